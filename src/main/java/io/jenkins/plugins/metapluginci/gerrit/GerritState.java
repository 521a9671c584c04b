package io.jenkins.plugins.metapluginci.gerrit;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.time.Instant;
import java.util.Map;

/**
 * How it stands with the event stream, for pages and JSON. Immutable.
 *
 * @param phase what is going on
 * @param since when that began
 * @param reason why, for people; null while all is well
 * @param serverVersion of Gerrit, as of the last connection; null before the first
 * @param lastEventAt when the last event came; null when none has
 * @param lastProbeAt when Gerrit last answered that it is still there; null when it was not asked
 * @param nextAttemptAt when it is tried again; null unless WAITING or REFUSED
 * @param connections how many were made since the settings were given
 * @param events how many came, of every kind and project
 * @param notWanted how many of them were about projects that nobody asked for, and were dropped after a look at their names
 * @param ignored how many of them were of a kind that nothing is made of, by kind; bounded, the rest under {@code other}
 * @param unreadable how many lines were no events, or too long
 * @param dropped how many times Gerrit said that it dropped events
 */
public record GerritState(
        Phase phase,
        Instant since,
        @CheckForNull String reason,
        @CheckForNull String serverVersion,
        @CheckForNull Instant lastEventAt,
        @CheckForNull Instant lastProbeAt,
        @CheckForNull Instant nextAttemptAt,
        long connections,
        long events,
        long notWanted,
        Map<String, Long> ignored,
        long unreadable,
        long dropped) {

    public GerritState {
        ignored = Map.copyOf(ignored);
    }

    /** What is going on. */
    public enum Phase {
        /** An attempt is under way. */
        CONNECTING,
        /** Events are taken. */
        CONNECTED,
        /** The connection was lost or could not be made; it is tried again by itself. */
        WAITING,
        /** Gerrit refused us, or is not who it should be: somebody must mend the settings or the account. */
        REFUSED,
        /** Not wanted, or not configured. */
        STOPPED
    }

    static GerritState of(Phase phase, Instant since, @CheckForNull String reason) {
        return new GerritState(phase, since, reason, null, null, null, null, 0, 0, 0, Map.of(), 0, 0);
    }

    GerritState to(Phase next, Instant at, @CheckForNull String why, @CheckForNull Instant attemptAt) {
        return new GerritState(
                next,
                at,
                why,
                serverVersion,
                lastEventAt,
                lastProbeAt,
                attemptAt,
                connections,
                events,
                notWanted,
                ignored,
                unreadable,
                dropped);
    }

    GerritState connected(Instant at, String version) {
        return new GerritState(
                Phase.CONNECTED,
                at,
                null,
                version,
                lastEventAt,
                lastProbeAt,
                null,
                connections + 1,
                events,
                notWanted,
                ignored,
                unreadable,
                dropped);
    }

    GerritState probed(Instant at) {
        return new GerritState(
                phase,
                since,
                reason,
                serverVersion,
                lastEventAt,
                at,
                nextAttemptAt,
                connections,
                events,
                notWanted,
                ignored,
                unreadable,
                dropped);
    }

    GerritState counted(
            @CheckForNull Instant lastEvent,
            long allEvents,
            long unwanted,
            Map<String, Long> ignoredKinds,
            long unreadableLines,
            long droppedOutputs) {
        return new GerritState(
                phase,
                since,
                reason,
                serverVersion,
                lastEvent,
                lastProbeAt,
                nextAttemptAt,
                connections,
                allEvents,
                unwanted,
                ignoredKinds,
                unreadableLines,
                droppedOutputs);
    }
}
