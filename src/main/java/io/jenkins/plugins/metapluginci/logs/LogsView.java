package io.jenkins.plugins.metapluginci.logs;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.List;

/**
 * How it stands with the logs, for pages and JSON. Immutable; times are epoch milliseconds, 0 for never.
 *
 * @param servers in the order of the settings
 * @param runs whose logs are not all published, oldest first
 * @param spooled what waits on the controller's disk, bytes
 * @param spoolLimit what may
 * @param dropped what was lost for want of room since the controller started, for administrators; newest last, bounded
 */
public record LogsView(
        List<Server> servers, List<PublicationView> runs, long spooled, long spoolLimit, List<String> dropped) {
    /** Nothing to tell. */
    public static final LogsView NONE = new LogsView(List.of(), List.of(), 0, 0, List.of());

    public LogsView {
        servers = List.copyOf(servers);
        runs = List.copyOf(runs);
        dropped = List.copyOf(dropped);
    }

    /**
     * One log server.
     *
     * @param where account, host and directory
     * @param how files get there and why so; empty before the first connection
     * @param since since when it has gone as it goes now
     * @param problem null when the last try went well, or before the first
     * @param lastSuccess when something was last written there
     * @param retention what became of the last removal of old runs; null where nothing is removed
     */
    public record Server(
            String name,
            String where,
            String how,
            long since,
            @CheckForNull String problem,
            long lastSuccess,
            @CheckForNull Retention retention) {}

    /**
     * The removal of old runs.
     *
     * @param running whether one is under way
     * @param at when the last one ended
     * @param removed runs that it removed
     * @param bytes their size
     * @param problem why it ended early; null when it did not
     */
    public record Retention(
            boolean running,
            long at,
            int removed,
            long bytes,
            @CheckForNull String problem) {}
}
