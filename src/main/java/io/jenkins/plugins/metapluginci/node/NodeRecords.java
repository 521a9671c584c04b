package io.jenkins.plugins.metapluginci.node;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.metapluginci.store.JsonStore;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The nodes' records in memory, for readers that must not wait, and on disk, for the next process.
 *
 * <p>The disk never knows a node for cleaner than it is: a node is taken (leaves READY) only with its record on disk, while
 * a record that could not be written on the way back leaves the older, less clean one there, and costs at worst a reboot.
 *
 * <p>Threads: reading is lock-free; writers of one node take turns by a lock of that node's own.
 */
final class NodeRecords {
    private static final Logger LOGGER = Logger.getLogger(NodeRecords.class.getName());
    private static final int VERSION = 1;

    private final Path directory;
    private final JsonStore<NodeRecord> store;
    private final IntSupplier limit;
    private final LongSupplier clock;
    private final NodeChronicle chronicle;
    private final Map<String, NodeRecord> records = new ConcurrentHashMap<>();
    private final Map<String, Object> locks = new ConcurrentHashMap<>();
    /** Keys of records that cannot be read any more. */
    private final Set<String> unreadable = ConcurrentHashMap.newKeySet();
    /** Boot ids of nodes that were not clean when they were removed or renamed. */
    private final Set<String> unclean = ConcurrentHashMap.newKeySet();

    /** @param limit how often a reboot command may be sent */
    NodeRecords(Path directory, IntSupplier limit, LongSupplier clock, NodeChronicle chronicle) {
        this.directory = directory;
        this.store = new JsonStore<>(directory, NodeRecord.class, VERSION);
        this.limit = limit;
        this.clock = clock;
        this.chronicle = chronicle;
    }

    void load() throws IOException {
        for (Map.Entry<String, NodeRecord> entry : store.all().entrySet()) {
            NodeRecord record = entry.getValue();
            if (record.node() == null || record.phase() == null || record.reason() == null) {
                unreadable.add(entry.getKey());
            } else {
                records.put(record.node(), record);
            }
        }
        chronicle.load(records.values());
        if (Files.isDirectory(directory)) {
            try (DirectoryStream<Path> aside = Files.newDirectoryStream(directory, "*.json.unreadable*")) {
                for (Path file : aside) {
                    String name = String.valueOf(file.getFileName());
                    unreadable.add(name.substring(0, name.indexOf(".json.unreadable")));
                }
            }
        }
    }

    @CheckForNull
    NodeRecord get(String node) {
        return records.get(node);
    }

    Collection<NodeRecord> all() {
        return new ArrayList<>(records.values());
    }

    /** Why a node without a record cannot be taken for clean; null when it can. */
    @CheckForNull
    String uncleanReason(String node, String bootId) {
        if (unreadable.contains(JsonStore.keyOf(node))) {
            return "Its record could not be read, so it is not known to be clean";
        }
        return unclean.contains(bootId) ? "It was not clean under the name that it had before" : null;
    }

    /**
     * Applies an event to a node's record.
     *
     * @return the record after it; null when the node has none
     * @throws IOException when the node was to leave READY and its record could not be written; it is then still as it was
     */
    @CheckForNull
    NodeRecord apply(String node, NodeEvent event) throws IOException {
        synchronized (locks.computeIfAbsent(node, name -> new Object())) {
            NodeRecord before = records.get(node);
            long now = clock.getAsLong();
            NodeRecord after = NodeTransitions.next(before, event, now, limit.getAsInt());
            if (after == null || after.equals(before)) {
                return before;
            }
            boolean taken = (before == null || before.isReady()) && !after.isReady();
            if (taken) {
                take(node, before, after);
            } else {
                keep(before, after);
                records.put(node, after);
            }
            chronicle.happened(before, event, after, now);
            return after;
        }
    }

    /**
     * Has a wish granted, unless it is refused at this very moment.
     *
     * @return why it is refused, for people; null when it is granted
     * @throws IOException when the record could not be written; it is then still as it was
     */
    @CheckForNull
    String ask(String node, NodeEvent.Wish wish) throws IOException {
        synchronized (locks.computeIfAbsent(node, name -> new Object())) {
            String refusal = NodeWishes.refusal(records.get(node), wish);
            if (refusal == null) {
                apply(node, wish);
            }
            return refusal;
        }
    }

    /** Forgets a node that the controller does not have any more. */
    void drop(String node) {
        synchronized (locks.computeIfAbsent(node, name -> new Object())) {
            NodeRecord record = records.remove(node);
            if (record != null && !record.isReady() && record.bootId() != null) {
                unclean.add(record.bootId());
            }
            try {
                store.remove(JsonStore.keyOf(node));
            } catch (IOException e) {
                LOGGER.log(Level.WARNING, "The record of node " + node + " could not be removed", e);
            }
            chronicle.drop(node);
        }
    }

    /** The queue must see it before the disk has it, and nobody may build on the strength of it before that. */
    private void take(String node, @CheckForNull NodeRecord before, NodeRecord after) throws IOException {
        records.put(node, after);
        boolean written = false;
        try {
            store.put(JsonStore.keyOf(node), after);
            written = true;
        } finally {
            if (!written) {
                if (before == null) {
                    records.remove(node);
                } else {
                    records.put(node, before);
                }
            }
        }
    }

    private void keep(@CheckForNull NodeRecord before, NodeRecord after) {
        if (before != null && before.because(after.reason()).equals(after)) {
            return;
        }
        String key = JsonStore.keyOf(after.node());
        try {
            store.put(key, after);
            unreadable.remove(key);
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, "The record of node " + after.node() + " could not be written", e);
        }
    }
}
