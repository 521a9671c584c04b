package io.jenkins.plugins.metapluginci.merger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.Test;

/** Packs beside messages, and what pages show of those. */
public class SideBandTest {
    private final List<String> messages = new ArrayList<>();

    private String read(String bytes) throws IOException {
        SideBand band =
                new SideBand(new ByteArrayInputStream(bytes.getBytes(StandardCharsets.ISO_8859_1)), messages::add);
        return new String(band.readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    private static String packet(int channel, String data) {
        return String.format("%04x", data.length() + 5) + (char) channel + data;
    }

    @Test
    public void thePackComesOutWhole() throws IOException {
        assertThat(read(packet(1, "PA") + packet(2, "Counting: 10%\r\n") + packet(1, "") + packet(1, "CK") + "0000"))
                .isEqualTo("PACK");
        assertThat(messages).containsExactly("Counting: 10%");
        assertThat(read("0000")).isEmpty();
    }

    @Test
    public void whatIsNoPackIsAnError() {
        assertThatThrownBy(() -> read(packet(3, "broken"))).hasMessage("the other side says: broken");
        for (String bad : List.of(
                packet(1, "PACK"), "0009" + (char) 1 + "PA", "0003", "xyz0", packet(7, "x") + "0000", "", "00")) {
            assertThatThrownBy(() -> read(bad)).as(bad).isInstanceOf(IOException.class);
        }
    }

    @Test
    public void aPageSeesHowFarAFetchIs() {
        MirrorProgress progress = new MirrorProgress(() -> false);
        assertThat(progress.text()).isNull();
        progress.remote("Counting objects: 10% (1/10)");
        assertThat(progress.text()).isEqualTo("Gerrit: Counting objects: 10% (1/10)");
        progress.beginTask("Receiving objects", 12_000);
        progress.update(4_000);
        progress.update(300);
        progress.remote("Total 12000");
        assertThat(progress.text()).isEqualTo("Receiving objects: 4300 of 12000");
        progress.endTask();
        assertThat(progress.text()).isNull();
        progress.beginTask("Counting", 0);
        progress.update(5);
        assertThat(progress.text()).isEqualTo("Counting: 5");
    }
}
