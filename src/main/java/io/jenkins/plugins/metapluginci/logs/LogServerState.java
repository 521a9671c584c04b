package io.jenkins.plugins.metapluginci.logs;

import edu.umd.cs.findbugs.annotations.CheckForNull;

/**
 * How the last publication of a console went: every build has one, so it tells how it stands with the log server. Immutable.
 *
 * @param since since when it has gone that way, epoch milliseconds; 0 before the first
 * @param problem what was wrong, for administrators; null when nothing was
 */
public record LogServerState(long since, @CheckForNull String problem) {
    /** Nothing was published yet. */
    static final LogServerState UNTRIED = new LogServerState(0, null);

    LogServerState next(@CheckForNull String now) {
        boolean same = since > 0 && (problem == null) == (now == null);
        return new LogServerState(same ? since : System.currentTimeMillis(), now);
    }
}
