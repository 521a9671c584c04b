package io.jenkins.plugins.metapluginci.gerrit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.metapluginci.gerrit.EventLook.Seen;
import io.jenkins.plugins.metapluginci.gerrit.GerritJson.MalformedException;
import io.jenkins.plugins.metapluginci.gerrit.GerritState.Phase;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.Test;

public class EventSieveTest {
    private final EventSieve sieve = new EventSieve(() -> Set.of("a/b", "q\"uote")::contains);

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private GerritEvent take(String line) throws MalformedException {
        byte[] bytes = bytes("xx" + line + "yy");
        return sieve.take(bytes, 2, bytes.length - 2);
    }

    private GerritState state() {
        return sieve.counted(GerritState.of(Phase.CONNECTED, Instant.EPOCH, null), null);
    }

    private static String look(String line) {
        EventLook look = new EventLook();
        byte[] bytes = bytes(line);
        Seen seen = look.look(bytes, 0, bytes.length);
        return seen == Seen.UNSURE ? "UNSURE" : seen + " " + look.text();
    }

    @Test
    public void whatALookSees() {
        for (String line : new String[] {
            "{\"type\":\"comment-added\",\"change\":{\"project\":\"a/b\"}}",
            "{ \"author\" : {\"name\":\"\\\"}{\\\\\"} , \"change\" : { \"branch\":\"m\", \"project\" : \"a/b\" }}",
            "{\"patchSet\":{\"project\":\"no\",\"parents\":[\"x\",[1,-2.5e7,true,null,{}]]},\"refUpdate\":{\"project\":\"a/b\"",
            "{\"change\":{\"owner\":{\"project\":\"no\"},\"project\":\"a/b\"},\"type\":\"ref-replicated\"}",
            "{\"project\":\"a/b\",\"type\":\"ref-updated\"}"
        }) {
            assertThat(look(line)).as(line).isEqualTo("PROJECT a/b");
        }
        assertThat(look("{\"type\":\"ref-replicated\",\"change\":{}}")).isEqualTo("IGNORED_KIND ref-replicated");
        for (String line : new String[] {
            "",
            "null",
            "[]",
            "{}",
            "{\"type\":\"dropped-output\"}",
            "{\"type\":\"comment-added\"}",
            "{\"change\":{\"project\":5},\"type\":\"comment-added\"}",
            "{\"change\":{\"project\":\"\\u0061/b\"}}",
            "{\"ch\\u0061nge\":{\"project\":\"a/b\"}}",
            "{\"change\":{\"project\":\"a/b",
            "{\"change\":[\"project\"]}",
            "{\"x\":}",
            "{\"x\":[1,2",
            "{\"x\":\"\\",
            "{\"change\":{\"project\":\"" + "p".repeat(501) + "\"}}"
        }) {
            assertThat(look(line)).as(line).isEqualTo("UNSURE");
        }
    }

    @Test
    public void onlyWhatIsWantedIsMadeAnEventAndEverythingIsCounted() throws Exception {
        assertThat(take("{\"type\":\"comment-added\",\"change\":{\"project\":\"a/b\"}}"))
                .isNotNull();
        assertThat(take("{\"type\":\"ref-updated\",\"refUpdate\":{\"project\":\"a/b\",\"newRev\":\"1\"}}")
                        .project())
                .isEqualTo("a/b");
        assertThat(take("{\"change\":{\"project\":\"q\\\"uote\"},\"type\":\"change-merged\"}"))
                .isNotNull();
        assertThat(take("{\"change\":{\"project\":\"\\u0061/x\"},\"type\":\"change-merged\"}"))
                .isNull();
        assertThat(take("{\"type\":\"comment-added\",\"change\":{\"project\":\"a/bc\"}}"))
                .isNull();
        assertThat(take("{\"type\":\"dropped-output\"}").type()).isEqualTo(GerritEvent.DROPPED_OUTPUT);
        assertThat(take("{\"type\":\"project-created\"}")).isNull();
        assertThat(take("{\"change\":{\"project\":\"a/b\"},\"type\":\"hashtags-changed\"}"))
                .isNull();
        assertThat(take("{\"type\":\"change-deleted\"}"))
                .as("one that names no project")
                .isNotNull();
        assertThatThrownBy(() -> take("{\"type\":\"comment-added\",")).isInstanceOf(MalformedException.class);
        assertThat(state().events()).isEqualTo(9);
        assertThat(state().notWanted()).isEqualTo(2);
        assertThat(state().dropped()).isEqualTo(1);
        assertThat(state().ignored()).isEqualTo(Map.of("project-created", 1L, "hashtags-changed", 1L));
    }

    @Test
    public void theKindsThatAreCountedAreBounded() throws Exception {
        for (int n = 0; n < 1_000; n++) {
            take("{\"type\":\"kind-" + n + "\"}");
        }
        take("{\"type\":\"" + "k".repeat(400) + "\"}");
        assertThat(state().ignored()).hasSize(33).containsEntry("other", 1_001L - 32);
    }

    /** A look may leave a line to the parser, but what it says is what the parser says. */
    @Test
    public void aLookNeverContradictsTheParser() {
        String whole =
                "{\"author\":{\"name\":\"x \\\"\\\\\",\"username\":\"y\"},\"approvals\":[{\"type\":\"V\",\"value\":\"1\"},[]],"
                        + "\"comment\":\"{\\\"project\\\":\\\"no\\\"}\",\"patchSet\":{\"number\":1,\"parents\":[]},"
                        + "\"change\":{\"branch\":\"m\",\"owner\":{},\"project\":\"a/b\"},\"type\":\"comment-added\"}";
        Random random = new Random(7);
        int sure = 0;
        for (int n = 0; n < 50_000; n++) {
            StringBuilder line = new StringBuilder(whole);
            for (int change = random.nextInt(3); change >= 0; change--) {
                int at = random.nextInt(Math.max(1, line.length()));
                switch (random.nextInt(3)) {
                    case 0 -> line.delete(at, at + 1);
                    case 1 -> line.insert(at, "{}[]\",:\\ x".charAt(random.nextInt(10)));
                    default -> line.setLength(Math.min(at, line.length()));
                }
            }
            String seen = look(line.toString());
            try {
                GerritEvent parsed = EventParser.parse(line.toString());
                if (seen.startsWith("PROJECT ") && EventParser.isUsed(parsed.type()) && parsed.project() != null) {
                    assertThat(seen).as(line.toString()).isEqualTo("PROJECT " + parsed.project());
                    sure++;
                }
            } catch (MalformedException e) {
                assertThat(seen).as(line.toString()).isNotNull();
            }
        }
        assertThat(sure).isGreaterThan(1_000);
    }

    @Test
    public void linesOfAnyLengthInPiecesOfAnyLength() throws Exception {
        Random random = new Random(11);
        List<String> lines = new ArrayList<>();
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        for (int n = 0; n < 300; n++) {
            int length = n % 50 == 7 ? 200_000 + n : random.nextInt(400);
            String line = "\u5909ü\ud834\udd1e!".repeat(length / 4);
            lines.add(line);
            stream.writeBytes(bytes(line + "\n"));
        }
        stream.writeBytes(bytes("without an end"));
        InputStream pieces = new ByteArrayInputStream(stream.toByteArray()) {
            @Override
            public synchronized int read(byte[] into, int offset, int length) {
                return super.read(into, offset, Math.min(length, 1 + random.nextInt(70_000)));
            }
        };
        LineReader reader = new LineReader(pieces, 400_000);
        List<String> read = new ArrayList<>();
        while (reader.next()) {
            read.add(reader.text());
        }
        List<String> expected =
                lines.stream().filter(line -> bytes(line).length <= 400_000).toList();
        assertThat(read).isEqualTo(expected);
        assertThat(reader.skipped()).isEqualTo(lines.size() - expected.size()).isPositive();
    }
}
