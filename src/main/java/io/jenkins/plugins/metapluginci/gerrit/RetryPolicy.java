package io.jenkins.plugins.metapluginci.gerrit;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.metapluginci.ssh.SshException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.DoubleSupplier;

/**
 * When to try again. The wait doubles with each failure in a row, and a random part of it is left out, so that the clients of
 * a Gerrit that was restarted do not all come at once. What a person must mend first is tried seldom, since servers lock out
 * who knocks with a wrong key. One thread.
 */
final class RetryPolicy {
    private final GerritTimings timings;
    private final Clock clock;
    private final DoubleSupplier random;
    private int failures;

    /** @param random from 0 to 1 */
    RetryPolicy(GerritTimings timings, Clock clock, DoubleSupplier random) {
        this.timings = timings;
        this.clock = clock;
        this.random = random;
    }

    /**
     * How long to wait after a failure.
     *
     * @param connectedSince when the connection that failed had come up; null when it never did
     */
    Duration after(SshException.Kind kind, @CheckForNull Instant connectedSince) {
        if (isForPeople(kind)) {
            return timings.refusedRetry();
        }
        if (connectedSince != null && !connectedSince.plus(timings.stable()).isAfter(clock.instant())) {
            failures = 0;
        }
        long wait = timings.firstRetry().toMillis() << Math.min(failures, 20);
        failures++;
        long bounded = Math.min(wait, timings.lastRetry().toMillis());
        return Duration.ofMillis(Math.round(bounded * (0.5 + random.getAsDouble() / 2)));
    }

    /** Whether trying again cannot help until somebody changed something. */
    static boolean isForPeople(SshException.Kind kind) {
        return kind == SshException.Kind.AUTHENTICATION || kind == SshException.Kind.HOST_KEY;
    }
}
