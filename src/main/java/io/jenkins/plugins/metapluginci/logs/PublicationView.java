package io.jenkins.plugins.metapluginci.logs;

import edu.umd.cs.findbugs.annotations.CheckForNull;

/**
 * How far the publication of one run's logs is, for pages and JSON. Immutable; times are epoch milliseconds.
 *
 * @param id names it in {@code retry} and {@code giveUp}
 * @param run the build, for people
 * @param server name of its log server
 * @param destination directory there, a safe relative path
 * @param state how far it is
 * @param since when it began
 * @param tries how often its server was tried in vain
 * @param next when it is tried again; 0 when that is not planned
 * @param problem of the last try, for administrators; null when there was none
 * @param spooled what it takes on the controller's disk, bytes
 */
public record PublicationView(
        String id,
        String run,
        String server,
        String destination,
        State state,
        long since,
        int tries,
        long next,
        @CheckForNull String problem,
        long spooled) {
    /** How far the publication of a run's logs is. */
    public enum State {
        /** The build runs. */
        WAITING,
        /** The node is being read. */
        READING,
        /** What was read is on its way to the server. */
        SENDING,
        /** It waits on the controller for the next try. */
        SPOOLED,
        /** All that there is of it is at the server. */
        PUBLISHED,
        /** A person gave it up, or there was no room for it. */
        GIVEN_UP
    }
}
