package io.jenkins.plugins.metapluginci.logs;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Removes old runs from a log server: first those that ended too long ago, then the oldest until the rest fits. Only directories
 * that hold the marker of {@link RunSending}, whole, with what is in them, and directories above that are empty then; a symbolic
 * link is never followed. Used once, by one thread.
 */
final class Retention {
    private static final Logger LOGGER = Logger.getLogger(Retention.class.getName());
    private static final int MAX_DEPTH = 20;
    private static final int MAX_DIRECTORIES = 1_000_000;
    private static final int MAX_MARKER = 16 * 1024;
    private static final long DAY_MS = 86_400_000;

    private final ServerFiles files;
    private final LogServer server;
    private final Set<String> busy;
    private final List<Run> runs = new ArrayList<>();
    private int directories;
    private int removed;
    private long bytes;

    private record Run(String path, long ended, long bytes) {}

    /** @param busy directories of runs that are still being published */
    Retention(ServerFiles files, LogServer server, Set<String> busy) {
        this.files = files;
        this.server = server;
        this.busy = Set.copyOf(busy);
    }

    /** Whether a server's old runs are removed at all. */
    static boolean isOn(LogServer server) {
        return server.retentionDays() > 0 || server.retentionBytes() > 0;
    }

    /** @param now epoch milliseconds @throws LogException when the server is gone; what was removed stays so */
    void run(long now) throws LogException, InterruptedException {
        look("", 0);
        runs.sort(Comparator.comparingLong(Run::ended));
        long total = runs.stream().mapToLong(Run::bytes).sum();
        long oldest = server.retentionDays() > 0 ? now - server.retentionDays() * DAY_MS : Long.MIN_VALUE;
        long most = server.retentionBytes() > 0 ? server.retentionBytes() : Long.MAX_VALUE;
        for (Run run : runs) {
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedException("closing");
            }
            if (run.ended() >= oldest && total <= most) {
                return;
            }
            remove(run);
            total -= run.bytes();
        }
    }

    private void look(String path, int depth) throws LogException {
        if (depth > MAX_DEPTH || ++directories > MAX_DIRECTORIES) {
            return;
        }
        List<ServerFiles.Entry> entries = files.list(path);
        if (entries.stream().anyMatch(each -> !each.directory() && each.name().equals(RunSending.MARKER))) {
            Run run = path.isEmpty() || busy.contains(path) ? null : marked(path);
            if (run != null) {
                runs.add(run);
            }
            return;
        }
        for (ServerFiles.Entry each : entries) {
            if (each.directory() && !each.name().startsWith(".")) {
                look(path.isEmpty() ? each.name() : path + "/" + each.name(), depth + 1);
            }
        }
    }

    /** @return null when the marker is not one of ours */
    @CheckForNull
    private Run marked(String path) throws LogException {
        String text = new String(files.read(path + "/" + RunSending.MARKER, MAX_MARKER), StandardCharsets.UTF_8);
        try {
            JsonObject marker = JsonParser.parseString(text).getAsJsonObject();
            long ended = number(marker, "ended");
            boolean ours = number(marker, "format") == 1 && marker.has("id") && ended > 0;
            return ours ? new Run(path, ended, Math.max(0, number(marker, "bytes"))) : null;
        } catch (JsonParseException | IllegalStateException | NumberFormatException e) {
            LOGGER.log(Level.FINE, "Not a run of ours: " + path, e);
            return null;
        }
    }

    /** 0 when there is none. */
    private static long number(JsonObject marker, String name) {
        JsonElement value = marker.get(name);
        return value != null && value.isJsonPrimitive() ? value.getAsLong() : 0;
    }

    /** The marker goes last: a removal that is cut off is gone on with. */
    private void remove(Run run) throws LogException {
        for (ServerFiles.Entry each : files.list(run.path())) {
            if (!each.name().equals(RunSending.MARKER)) {
                files.removeTree(run.path() + "/" + each.name());
            }
        }
        files.removeTree(run.path());
        removed++;
        bytes += run.bytes();
        for (int slash = run.path().lastIndexOf('/');
                slash > 0;
                slash = run.path().lastIndexOf('/', slash - 1)) {
            String above = run.path().substring(0, slash);
            if (!files.list(above).isEmpty()) {
                return;
            }
            files.removeTree(above);
        }
    }

    /** Runs that were removed. */
    int removed() {
        return removed;
    }

    /** The length of their files as they were on their nodes. */
    long bytes() {
        return bytes;
    }
}
