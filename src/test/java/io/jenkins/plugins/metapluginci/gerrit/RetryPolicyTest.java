package io.jenkins.plugins.metapluginci.gerrit;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.metapluginci.ssh.SshException.Kind;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.Test;

public class RetryPolicyTest {
    private static final Instant NOW = Instant.ofEpochSecond(1_400_000_000);

    private static RetryPolicy policy(double random) {
        return new RetryPolicy(GerritTimings.defaults(), Clock.fixed(NOW, ZoneOffset.UTC), () -> random);
    }

    private static long seconds(RetryPolicy policy, Kind kind, Instant connectedSince) {
        return policy.after(kind, connectedSince).toSeconds();
    }

    @Test
    public void g2_theWaitDoublesUpToFiveMinutes() {
        RetryPolicy policy = policy(1);
        long[] expected = {2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300};
        for (long wait : expected) {
            assertThat(seconds(policy, Kind.UNREACHABLE, null)).isEqualTo(wait);
        }
        for (int i = 0; i < 100; i++) {
            assertThat(seconds(policy, Kind.BROKEN, null)).isEqualTo(300);
        }
    }

    @Test
    public void halfOfTheWaitIsRandom() {
        assertThat(policy(0).after(Kind.TIMEOUT, null)).isEqualTo(Duration.ofSeconds(1));
        assertThat(policy(0.5).after(Kind.TIMEOUT, null)).isEqualTo(Duration.ofMillis(1500));
    }

    @Test
    public void aConnectionThatLastedStartsTheWaitsAnew() {
        RetryPolicy policy = policy(1);
        seconds(policy, Kind.BROKEN, null);
        seconds(policy, Kind.BROKEN, null);
        assertThat(seconds(policy, Kind.BROKEN, NOW.minusSeconds(5)))
                .as("one that came up and fell over")
                .isEqualTo(8);
        assertThat(seconds(policy, Kind.BROKEN, NOW.minusSeconds(60))).isEqualTo(2);
    }

    @Test
    public void whatAPersonMustMendIsNotHammered() {
        RetryPolicy policy = policy(0);
        for (Kind kind : new Kind[] {Kind.AUTHENTICATION, Kind.HOST_KEY}) {
            assertThat(policy.after(kind, null)).isEqualTo(Duration.ofMinutes(5));
        }
    }
}
