package io.jenkins.plugins.metapluginci.logs;

import edu.umd.cs.findbugs.annotations.CheckForNull;

/**
 * How it stands with a log server. Immutable; times are epoch milliseconds.
 *
 * @param since since when it has gone the way it goes; 0 before the first try
 * @param problem what was wrong, for administrators; null when nothing was
 * @param lastSuccess when something was last written there; 0 for never
 * @param how files get there and why so; empty before the first connection
 * @param failures how often in a row it failed
 */
record LogServerState(long since, @CheckForNull String problem, long lastSuccess, String how, int failures) {
    /** Nothing was published yet. */
    static final LogServerState UNTRIED = new LogServerState(0, null, 0, "", 0);

    LogServerState works(String way, long now) {
        return new LogServerState(since > 0 && problem == null ? since : now, null, now, way, 0);
    }

    LogServerState fails(String why, long now) {
        return new LogServerState(since > 0 && problem != null ? since : now, why, lastSuccess, how, failures + 1);
    }
}
