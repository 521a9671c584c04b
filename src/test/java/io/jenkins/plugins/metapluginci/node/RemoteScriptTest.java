package io.jenkins.plugins.metapluginci.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.Test;

/** What is kept of a script's output. */
public class RemoteScriptTest {
    private static RemoteScript.Kept kept(int most, String printed) throws IOException {
        RemoteScript.Kept kept = new RemoteScript.Kept(most, "end-x");
        kept.write(printed.getBytes(StandardCharsets.UTF_8));
        return kept;
    }

    @Test
    public void outputAndStatusAreToldApart() throws Exception {
        assertThat(kept(100, "a\nb\n\nend-x 0\n").await()).isEqualTo(new Machine.Output(0, "a\nb\n"));
        assertThat(kept(100, "no line end\nend-x 124\n").await()).isEqualTo(new Machine.Output(124, "no line end"));
        assertThat(kept(100, "\nend-x 7\n").await()).isEqualTo(new Machine.Output(7, ""));
    }

    @Test
    public void moreThanIsWantedIsForgotten() throws Exception {
        assertThat(kept(5, "x".repeat(10_000) + "\nend-x 1\n").await()).isEqualTo(new Machine.Output(1, "xxxxx"));
    }

    @Test
    public void theEndMayComeLater() throws Exception {
        RemoteScript.Kept kept = kept(100, "a\n");
        Thread late = new Thread(() -> {
            try {
                kept.write("\nend-x 0\n".getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                Thread.currentThread().interrupt();
            }
        });
        late.start();
        assertThat(kept.await()).isEqualTo(new Machine.Output(0, "a\n"));
        late.join();
    }

    @Test
    public void outputWithoutItsEndIsNone() throws Exception {
        RemoteScript.Kept kept = kept(100, "a\nend-y 0\n");
        kept.close();
        Thread.currentThread().interrupt();
        assertThatThrownBy(kept::await).isInstanceOf(InterruptedException.class);
    }
}
