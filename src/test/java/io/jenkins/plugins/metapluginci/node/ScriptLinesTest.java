package io.jenkins.plugins.metapluginci.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.Test;

public class ScriptLinesTest {
    private final List<String> lines = new ArrayList<>();
    private final ScriptLines output = new ScriptLines("end-7", lines::add);

    private void say(String text) throws IOException {
        output.write(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    public void linesComeAsTheyEndAndTheLastOneIsTheStatus() throws Exception {
        say("one\ntw");
        assertThat(lines).containsExactly("one");
        say("o\r\n\nend-7x 1\nend-7 42\nafter\n");
        assertThat(output.status(1)).isEqualTo(42);
        assertThat(lines).containsExactly("one", "two", "end-7x 1");
    }

    @Test
    public void whatANodeSaysIsPrintableAndBounded() throws Exception {
        say("\u001b[31mred\u0000\u202e\n" + "x".repeat(5_000) + "\n" + "y\n".repeat(60_000));
        assertThat(lines).hasSize(50_000);
        assertThat(lines).allMatch(line -> line.matches("[\\x20-\\x7e]{1,400}"));
        assertThat(lines.get(49_999)).isEqualTo("(more than 50000 lines)");
        say("end-7 0\n");
        assertThat(output.status(1)).isZero();
    }

    @Test
    public void withoutTheLastLineNothingIsKnown() throws Exception {
        say("end-7 4x\nend-7 \nend-7 1000\nend-7 0");
        assertThatThrownBy(() -> output.status(1))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cut off");
    }
}
