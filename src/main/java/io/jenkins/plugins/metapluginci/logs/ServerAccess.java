package io.jenkins.plugins.metapluginci.logs;

/** How a log server is reached. */
interface ServerAccess {
    /**
     * Does some work there, over a connection that was just made or looked at.
     *
     * @throws LogException when there is no connection, or the work failed
     */
    <T> T call(LogServer server, LogConnections.Cancellation cancellation, LogConnections.ServerWork<T> work)
            throws LogException, InterruptedException;
}
