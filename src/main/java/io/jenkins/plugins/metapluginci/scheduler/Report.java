package io.jenkins.plugins.metapluginci.scheduler;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.Map;

/**
 * A comment, and maybe a vote, owed to Gerrit. Immutable; persisted as part of its {@link Item} before it is sent.
 *
 * @param message the whole comment
 * @param labels the votes by label; empty for a comment alone
 * @param force whether the comment is to go out alone where the change is closed to votes (Zuul's force-message)
 * @param cause why it has no vote although its reporter would vote, for people; null when it has, or has none to cast
 * @param phase how far it is
 * @param owedSince epoch milliseconds
 * @param attempts how often its sending was tried
 * @param notBefore when the next try is due, epoch milliseconds
 * @param problem what the last try met, for people; null when there was none
 */
public record Report(
        String message,
        Map<String, Integer> labels,
        boolean force,
        @CheckForNull String cause,
        Phase phase,
        long owedSince,
        int attempts,
        long notBefore,
        @CheckForNull String problem) {

    public Report {
        labels = Map.copyOf(labels);
    }

    /** How far a report is. */
    public enum Phase {
        /** Not at Gerrit for certain. */
        OWED,
        /** Handed to Gerrit; until the answer is there (or after a crash) only Gerrit knows whether it arrived. */
        SENDING,
        /** Gerrit will never take it: the change is closed, or the account may not. Kept to be seen. */
        REFUSED
    }

    static Report owed(
            String message, Map<String, Integer> labels, boolean force, @CheckForNull String cause, long now) {
        return new Report(message, labels, force, cause, Phase.OWED, now, 0, now, null);
    }

    Report to(Phase next) {
        return new Report(message, labels, force, cause, next, owedSince, attempts, notBefore, problem);
    }

    /** The comment alone, due at once: Gerrit took nothing because of the votes. */
    Report withoutVotes(String why, long now) {
        return new Report(message, Map.of(), force, why, Phase.OWED, owedSince, attempts + 1, now, why);
    }

    Report tried(Phase next, String why, long retryAt) {
        return new Report(message, labels, force, cause, next, owedSince, attempts + 1, retryAt, why);
    }

    Report dueAt(long at) {
        return new Report(message, labels, force, cause, phase, owedSince, attempts, at, problem);
    }
}
