package io.jenkins.plugins.metapluginci.node;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.metapluginci.store.JsonStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * What each node did: its history and its numbers, counted at each step of its life, in memory at once and on disk a moment
 * later. A kill costs at most the last lines, and never a node's place in its life, which its record has.
 *
 * <p>Threads: any. The monitor of this object owns the fields and is not held for the disk; one thread at a time writes.
 */
final class NodeChronicle {
    private static final Logger LOGGER = Logger.getLogger(NodeChronicle.class.getName());
    private static final int VERSION = 1;

    private final NodeHistory history;
    private final JsonStore<NodeStats> store;
    private final Executor writer;
    private final Map<String, NodeStats> numbers = new HashMap<>();
    /** What is not on disk yet. */
    private Map<String, List<NodeHistoryEntry>> pending = new LinkedHashMap<>();

    private Set<String> dropped = new HashSet<>();
    private boolean writing;
    /** Held by who writes. */
    private final Object disk = new Object();

    /** @param directory of the records, which has {@code history/} and {@code stats/} */
    NodeChronicle(Path directory, Executor writer) {
        this.history = new NodeHistory(directory.resolve("history"));
        this.store = new JsonStore<>(directory.resolve("stats"), NodeStats.class, VERSION);
        this.writer = writer;
    }

    /** Reads what is there about nodes that have records. Numbers that cannot be read begin anew. */
    void load(Collection<NodeRecord> records) {
        Map<String, NodeStats> read;
        try {
            read = store.all();
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, "The numbers of the nodes cannot be read", e);
            read = Map.of();
        }
        for (NodeRecord record : records) {
            history.load(record.node());
            NodeStats known = read.get(JsonStore.keyOf(record.node()));
            if (known != null) {
                synchronized (this) {
                    numbers.put(record.node(), known);
                }
            }
        }
    }

    /** A record became another one by an event, now. Called in the order in which that happens to a node. */
    void happened(@CheckForNull NodeRecord before, NodeEvent event, NodeRecord after, long now) {
        boolean moved = before == null || before.phase() != after.phase() || before.since() != after.since();
        boolean wished = event instanceof NodeEvent.Wish;
        if (!moved && !wished) {
            return;
        }
        String by = wished ? ((NodeEvent.Wish) event).by() : after.by();
        BuildRef build = after.build();
        synchronized (this) {
            NodeHistoryEntry entry = new NodeHistoryEntry(
                    moved ? after.since() : now, after.phase(), after.reason(), by, build == null ? null : build.key());
            history.add(after.node(), entry);
            pending.computeIfAbsent(after.node(), name -> new ArrayList<>()).add(entry);
            if (moved) {
                numbers.merge(after.node(), counted(before, event, after), NodeStats::plus);
            }
            writeSoon();
        }
    }

    private static NodeStats counted(@CheckForNull NodeRecord before, NodeEvent event, NodeRecord after) {
        NodePhase from = before == null ? null : before.phase();
        boolean run = after.phase() == NodePhase.RUNNING;
        boolean lost = from == NodePhase.RUNNING
                && (event instanceof NodeEvent.Loaded
                        || event instanceof NodeEvent.Finished finished && finished.lost() != null);
        boolean back = event instanceof NodeEvent.Returned;
        boolean failed =
                after.phase() == NodePhase.FAILED && (from == NodePhase.REBOOTING || from == NodePhase.RETURNING);
        NodeStats counted = new NodeStats(Map.of(), run ? 1 : 0, lost ? 1 : 0, back ? 1 : 0, failed ? 1 : 0);
        return before == null ? counted : counted.in(from, after.since() - before.since());
    }

    List<NodeHistoryEntry> history(String node, int limit) {
        return history.last(node, limit);
    }

    /** What a node did up to its last step. */
    synchronized NodeStats stats(String node) {
        return numbers.getOrDefault(node, NodeStats.NONE);
    }

    synchronized void drop(String node) {
        numbers.remove(node);
        pending.remove(node);
        dropped.add(node);
        writeSoon();
    }

    private void writeSoon() {
        if (!writing) {
            writing = true;
            writer.execute(this::write);
        }
    }

    /** Writes what is pending until nothing is. */
    void write() {
        synchronized (disk) {
            writeAll();
        }
    }

    private void writeAll() {
        while (true) {
            Map<String, List<NodeHistoryEntry>> lines;
            Set<String> gone;
            Map<String, NodeStats> counts = new HashMap<>();
            synchronized (this) {
                if (pending.isEmpty() && dropped.isEmpty()) {
                    writing = false;
                    return;
                }
                lines = pending;
                gone = dropped;
                pending = new LinkedHashMap<>();
                dropped = new HashSet<>();
                lines.keySet().forEach(node -> counts.put(node, stats(node)));
            }
            gone.forEach(this::remove);
            lines.forEach((node, added) -> write(node, added, counts.get(node)));
        }
    }

    private void write(String node, List<NodeHistoryEntry> added, NodeStats count) {
        try {
            history.write(node, added);
            store.put(JsonStore.keyOf(node), count);
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, "The history of node " + node + " could not be written", e);
        }
    }

    private void remove(String node) {
        try {
            history.drop(node);
            store.remove(JsonStore.keyOf(node));
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, "The history of node " + node + " could not be removed", e);
        }
    }
}
