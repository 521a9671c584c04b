package io.jenkins.plugins.metapluginci.layout;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.Test;

public class NearestTest {
    private static final List<String> KEYS =
            List.of("name", "check", "trigger", "branch", "to", "email_filter", "email");

    @Test
    public void aSlipOfTheFingerIsSeenThrough() {
        String[][] slips = {
            {"chek", "check"},
            {"chekc", "check"},
            {"checks", "check"},
            {"Check", "check"},
            {"branches", "branch"},
            {"tirgger", "trigger"},
            {"too", "to"},
            {"email-filter", "email_filter"},
            {"e-mail", "email"}
        };
        for (String[] slip : slips) {
            assertThat(Nearest.to(slip[0], KEYS)).as(slip[0]).isEqualTo(slip[1]);
        }
    }

    @Test
    public void anotherWordIsNotGuessedAt() {
        for (String word :
                new String[] {"", "gate", "x", "t", "colour", "checkpoint", "brand-new", "c".repeat(10_000)}) {
            assertThat(Nearest.to(word, KEYS)).as(word).isNull();
        }
        assertThat(Nearest.to("check", List.of())).isNull();
        assertThat(Nearest.to("check", List.of("c".repeat(10_000)))).isNull();
    }

    @Test
    public void theNearestWinsAndTheFirstOfEquals() {
        assertThat(Nearest.to("check3", List.of("check1", "check2"))).isEqualTo("check1");
        assertThat(Nearest.to("experimenta", List.of("experiment-x", "experimental")))
                .isEqualTo("experimental");
    }
}
