package io.jenkins.plugins.metapluginci.logs;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.List;
import java.util.Map;

/**
 * What the operator chose for publishing logs. Immutable.
 *
 * @param servers in the order of the page: who names none means the first; their names differ
 * @param limits how much of a build is published
 * @param gzip whether text files of some length are stored compressed, for a web server that serves them as text
 * @param voteWaitMs how long the report of a change waits for a build's logs after the build has ended, milliseconds
 * @param deadlineMs what reading the logs may hold the node for, milliseconds
 * @param spoolBytes what the logs that wait for their server may take on the controller's disk, all together
 */
public record LogSettings(
        List<LogServer> servers,
        TransferLimits limits,
        boolean gzip,
        long voteWaitMs,
        long deadlineMs,
        long spoolBytes) {
    /** Prefix of the system properties, each the name of a {@link LogField}, that go before what is saved. */
    public static final String PREFIX = "metaplugin-ci.";

    private static final long MINUTE_MS = 60_000;
    private static final long MEGA = 1_000_000;

    /** No log server. */
    public static final LogSettings NONE = of(List.of(), Map.of());

    public LogSettings {
        servers = List.copyOf(servers);
    }

    /**
     * Reads saved texts. A field that is missing or cannot be read has its default; a system property goes before both.
     *
     * @param texts by {@link LogField#key}
     */
    public static LogSettings of(List<LogServer> servers, Map<String, String> texts) {
        return new LogSettings(
                servers,
                new TransferLimits(
                        (int) LogField.FILES.number(texts),
                        TransferLimits.DEFAULT.entries(),
                        LogField.FILE_MEGABYTES.number(texts) * MEGA,
                        LogField.TOTAL_MEGABYTES.number(texts) * MEGA,
                        Boolean.parseBoolean(LogField.GZIP.value(texts))),
                Boolean.parseBoolean(LogField.GZIP.value(texts)),
                milliseconds("logVoteWaitMs", LogField.VOTE_WAIT_MINUTES.number(texts) * MINUTE_MS),
                milliseconds("logDeadlineMs", LogField.DEADLINE_MINUTES.number(texts) * MINUTE_MS),
                LogField.SPOOL_MEGABYTES.number(texts) * MEGA);
    }

    /** For tests that cannot wait whole minutes. */
    private static long milliseconds(String property, long otherwise) {
        return Long.getLong(PREFIX + property, otherwise);
    }

    /** The same for one server alone, with the defaults. */
    public static LogSettings of(LogServer server) {
        return of(List.of(server), Map.of());
    }

    /** The server of a name. @param name null or blank for the first; null is given back when there is none such */
    @CheckForNull
    public LogServer server(@CheckForNull String name) {
        if (name == null || name.isBlank()) {
            return servers.isEmpty() ? null : servers.get(0);
        }
        return servers.stream()
                .filter(each -> each.name().equals(name.strip()))
                .findFirst()
                .orElse(null);
    }
}
