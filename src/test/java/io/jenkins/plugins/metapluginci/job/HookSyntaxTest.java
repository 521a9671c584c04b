package io.jenkins.plugins.metapluginci.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.metapluginci.job.gate.Hook;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** What the controller's bash says of hooks. */
public class HookSyntaxTest {
    @Rule
    public TemporaryFolder folder = new TemporaryFolder();

    @Test
    public void aHookThatBashReadsIsFine() {
        for (String body : new String[] {
            "", "# only a comment", "echo fine\nreturn 3", "cat <<X\n$(\nX\n", "x=$(case a in a) echo b;; esac)"
        }) {
            assertThat(HookSyntax.problem(Hook.GATE, body)).as(body).isNull();
        }
    }

    @Test
    public void whatBashCannotReadIsNamedWithItsLine() {
        assertThat(HookSyntax.problem(Hook.PRE_TEST, "echo\nif true; then\n"))
                .startsWith("pre_test_hook is not valid bash: line ")
                .contains("syntax error");
        assertThat(HookSyntax.problem(Hook.GATE, "echo \"open\necho"))
                .contains("gate_hook", "unexpected EOF")
                .doesNotContain("bash: bash:");
        assertThat(HookSyntax.problem(Hook.GATE, "done")).contains("line 1", "`done'");
    }

    @Test
    public void aBraceThatEndsTheFunctionIsFound() {
        assertThat(HookSyntax.problem(Hook.POST_TEST, "echo a\n}\necho b\n{ :"))
                .startsWith("post_test_hook is not valid bash");
    }

    @Test
    public void nothingOfAHookIsRun() {
        Path file = folder.getRoot().toPath().resolve("ran");
        assertThat(HookSyntax.problem(Hook.GATE, "touch " + file + "\n$(touch " + file + ")\nset +n\ntouch " + file))
                .isNull();
        assertThat(Files.exists(file)).isFalse();
    }

    @Test
    public void aHookOfTheGreatestLengthIsReadInTime() {
        String body = "echo 0123456789abcdef\n".repeat(4_500);
        assertThat(HookSyntax.problem(Hook.GATE, body)).isNull();
        assertThat(HookSyntax.problem(Hook.GATE, body + "fi\n")).contains("line 4501");
    }
}
