package io.jenkins.plugins.metapluginci.node;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import io.jenkins.plugins.metapluginci.store.JsonStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * What happened to each node: the last entries in memory, and on disk a line of JSON for each in {@code NAME.jsonl}. A line
 * that a kill cut off, or that cannot be read, is skipped.
 *
 * <p>Threads: the monitor of this object owns the memory and is never held for the disk; {@link NodeChronicle} sees to it
 * that one thread at a time writes.
 */
final class NodeHistory {
    /** Entries of a node. */
    static final int MOST = 500;

    private static final Logger LOGGER = Logger.getLogger(NodeHistory.class.getName());
    private static final String SUFFIX = ".jsonl";

    private final Gson gson = new GsonBuilder().disableHtmlEscaping().create();
    private final Path directory;
    private final Map<String, Deque<NodeHistoryEntry>> entries = new HashMap<>();
    /** Lines in each file; owned by the thread that writes. */
    private final Map<String, Integer> lines = new HashMap<>();

    NodeHistory(Path directory) {
        this.directory = directory;
    }

    /** Reads what is there about a node, before anything is added. */
    void load(String node) {
        Deque<NodeHistoryEntry> read = new ArrayDeque<>();
        int count = 0;
        Path file = file(node);
        if (Files.isRegularFile(file)) {
            try {
                for (String line : Files.readAllLines(file)) {
                    count++;
                    read(line, read);
                }
            } catch (MalformedInputException e) {
                LOGGER.log(Level.WARNING, "The history of node " + node + " is not UTF-8; it begins anew", e);
            } catch (IOException e) {
                LOGGER.log(Level.WARNING, "The history of node " + node + " cannot be read", e);
            }
        }
        lines.put(node, count);
        synchronized (this) {
            entries.put(node, read);
        }
    }

    private void read(String line, Deque<NodeHistoryEntry> into) {
        try {
            NodeHistoryEntry entry = gson.fromJson(line, NodeHistoryEntry.class);
            if (entry != null && entry.phase() != null && entry.reason() != null && entry.by() != null) {
                push(into, entry);
            }
        } catch (JsonParseException e) {
            LOGGER.log(Level.FINE, "A line of a history cannot be read", e);
        }
    }

    private static void push(Deque<NodeHistoryEntry> into, NodeHistoryEntry entry) {
        into.addFirst(entry);
        if (into.size() > MOST) {
            into.removeLast();
        }
    }

    synchronized void add(String node, NodeHistoryEntry entry) {
        push(entries.computeIfAbsent(node, name -> new ArrayDeque<>()), entry);
    }

    /** The last entries first. */
    synchronized List<NodeHistoryEntry> last(String node, int limit) {
        Deque<NodeHistoryEntry> all = entries.get(node);
        return all == null ? List.of() : all.stream().limit(Math.max(0, limit)).toList();
    }

    /** Writes entries that were added, in their order. */
    void write(String node, List<NodeHistoryEntry> added) throws IOException {
        int count = lines.getOrDefault(node, 0) + added.size();
        if (count > 2 * MOST) {
            rewrite(node);
            return;
        }
        StringBuilder text = new StringBuilder();
        added.forEach(entry -> text.append(gson.toJson(entry)).append('\n'));
        Files.createDirectories(directory);
        write(file(node), text.toString(), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        lines.put(node, count);
    }

    /** Writes what is kept, so that the file does not grow for ever. */
    private void rewrite(String node) throws IOException {
        List<NodeHistoryEntry> kept = new ArrayList<>(last(node, MOST));
        StringBuilder text = new StringBuilder();
        for (int i = kept.size() - 1; i >= 0; i--) {
            text.append(gson.toJson(kept.get(i))).append('\n');
        }
        Path temporary = file(node).resolveSibling("." + file(node).getFileName() + ".tmp");
        Files.createDirectories(directory);
        write(temporary, text.toString(), StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING);
        Files.move(temporary, file(node), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        lines.put(node, kept.size());
    }

    /** @param how to open it, beside writing */
    private static void write(Path file, String text, StandardOpenOption... how) throws IOException {
        List<StandardOpenOption> options = new ArrayList<>(List.of(how));
        options.add(StandardOpenOption.WRITE);
        try (FileChannel out = FileChannel.open(file, options.toArray(new StandardOpenOption[0]))) {
            ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            out.force(true);
        }
    }

    /** Forgets a node that is gone. */
    void drop(String node) throws IOException {
        synchronized (this) {
            entries.remove(node);
        }
        lines.remove(node);
        Files.deleteIfExists(file(node));
    }

    private Path file(String node) {
        return directory.resolve(JsonStore.keyOf(node) + SUFFIX);
    }
}
