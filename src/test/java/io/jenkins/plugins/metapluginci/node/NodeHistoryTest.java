package io.jenkins.plugins.metapluginci.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** The file of a node's history. */
public class NodeHistoryTest {
    private static final String NODE = "a node/../x";

    @Rule
    public TemporaryFolder folder = new TemporaryFolder();

    private static NodeHistoryEntry entry(int at) {
        return new NodeHistoryEntry(at, NodePhase.READY, "why \"" + at + "\"\n", "kim", null);
    }

    @Test
    public void itIsBoundedInMemoryAndOnDiskAndTheLastEntriesAreKept() throws Exception {
        Path directory = folder.getRoot().toPath().resolve("history");
        NodeHistory history = new NodeHistory(directory);
        history.load(NODE);
        for (int i = 0; i < 1_300; i++) {
            history.add(NODE, entry(i));
            if (i % 100 == 99) {
                List<NodeHistoryEntry> added = history.last(NODE, 100);
                history.write(NODE, added);
            }
        }
        assertThat(history.last(NODE, 10_000)).hasSize(NodeHistory.MOST).startsWith(entry(1_299));
        NodeHistory next = new NodeHistory(directory);
        next.load(NODE);
        assertThat(next.last(NODE, 10_000)).hasSize(NodeHistory.MOST);
        try (var files = Files.list(directory)) {
            List<Path> all = files.toList();
            assertThat(all).hasSize(1);
            assertThat(Files.readAllLines(all.get(0))).hasSizeBetween(NodeHistory.MOST, 2 * NodeHistory.MOST);
        }
        next.drop(NODE);
        assertThat(next.last(NODE, 1)).isEmpty();
        assertThat(directory).isEmptyDirectory();
    }
}
