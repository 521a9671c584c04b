package io.jenkins.plugins.metapluginci.gerrit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.metapluginci.gerrit.ReviewResult.Kind;
import io.jenkins.plugins.metapluginci.ssh.SshSession.ExecResult;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.Test;

public class GerritReviewTest {
    private static List<String> words(String message, Map<String, Integer> labels) {
        return FaultyGerrit.arguments(GerritReview.command("openstack/neutron", 42, 3, message, labels));
    }

    @Test
    public void noTextBreaksOut() {
        for (String message : new String[] {
            "it's",
            "say \"no\"",
            "back\\slash \\' \\\" \\",
            "two\nlines\n\n- job http://logs : SUCCESS",
            "$HOME `reboot` $(reboot) ; reboot & | > <",
            "--submit",
            "--",
            "-1",
            "--message=x --abandon",
            "' --submit '",
            "\\' --submit \\'",
            "'; gerrit review --submit 1,1; '",
            "''",
            "tab\there",
            "Grüße 変更 𝄞",
            "=",
            "@/etc/passwd",
            "x".repeat(GerritReview.MAX_MESSAGE_BYTES)
        }) {
            String blank = message.startsWith("-") || message.startsWith("@") ? " " : "";
            assertThat(words(message, Map.of("Verified", 1)))
                    .as(message)
                    .containsExactly(
                            "gerrit",
                            "review",
                            "--project",
                            "openstack/neutron",
                            "--message",
                            blank + message,
                            "--label",
                            "Verified=1",
                            "42,3");
        }
    }

    @Test
    public void aMessageOrAVoteAloneWillDo() {
        assertThat(words(" \n", Map.of("Verified", -1)))
                .containsExactly(
                        "gerrit", "review", "--project", "openstack/neutron", "--label", "Verified=-1", "42,3");
        assertThat(words("m", Map.of())).doesNotContain("--label");
        assertThatThrownBy(() -> words("", Map.of())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    public void aProjectsNameCannotBreakOutEither() {
        assertThat(FaultyGerrit.arguments(GerritReview.command("a' --submit 'b", 1, 1, "m", Map.of())))
                .containsExactly("gerrit", "review", "--project", "a' --submit 'b", "--message", "m", "1,1");
        for (String name : new String[] {"--abandon=x", "@/etc/passwd", ""}) {
            assertThatThrownBy(() -> GerritReview.command(name, 1, 1, "m", Map.of()))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    public void namesThatNoLabelHasAreRefused() {
        for (String name : new String[] {"", "-Verified", "Ver ified", "V=1", "V'", "Ü"}) {
            assertThatThrownBy(() -> words("m", Map.of(name, 1))).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> GerritReview.command("p", 0, 1, "m", Map.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    public void controlCharactersAndHalfCharactersAreLeftOut() {
        assertThat(GerritReview.fit("a\u0000b\u001b[31mc\r\nd\re\ud800f\u0085")).isEqualTo("ab[31mc\nd\nef");
    }

    @Test
    public void aLongMessageIsCutBetweenCharacters() {
        String cut = GerritReview.fit("𝄞".repeat(10_000));
        assertThat(cut).endsWith("𝄞" + GerritReview.CUT);
        assertThat(cut.getBytes(StandardCharsets.UTF_8).length)
                .isBetween(GerritReview.MAX_MESSAGE_BYTES - 4, GerritReview.MAX_MESSAGE_BYTES);
    }

    private static Kind kind(int status, String stderr) {
        return GerritReview.result(new ExecResult(status, "", stderr)).kind();
    }

    @Test
    public void answersAreTakenForWhatTheyAre() {
        assertThat(kind(0, "")).isEqualTo(Kind.POSTED);
        assertThat(kind(0, "warning: be nice\n")).isEqualTo(Kind.POSTED);
        assertThat(kind(0, "error: x\n")).isEqualTo(Kind.UNKNOWN);
        assertThat(kind(1, "error: change is closed\n\nfatal: one or more reviews failed\n"))
                .isEqualTo(Kind.REFUSED);
        assertThat(kind(1, "fatal: \"99,1\" no such patch set\n")).isEqualTo(Kind.REFUSED);
        for (String vote : new String[] {
            "error: Applying label \"Verified\": 1 is restricted\n\nfatal: one or more reviews failed\n",
            "fatal: Applying label \"Verified\": 1 is restricted\n",
            "error: label \"Verified\" is not a configured label\n",
            "error: label \"Verified\": 7 is not a valid value\n"
        }) {
            assertThat(kind(1, vote)).as(vote).isEqualTo(Kind.VOTE_REFUSED);
        }
        assertThat(kind(1, "fatal: internal server error while reviewing 1,1\n"))
                .isEqualTo(Kind.UNKNOWN);
        assertThat(kind(1, "error: Lock failure\n")).isEqualTo(Kind.UNKNOWN);
        assertThat(kind(128, "fatal: internal server error\n")).isEqualTo(Kind.UNKNOWN);
        assertThat(kind(-1, "")).isEqualTo(Kind.UNKNOWN);
    }
}
