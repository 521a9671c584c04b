package io.jenkins.plugins.metapluginci.scheduler;

import edu.umd.cs.findbugs.annotations.CheckForNull;

/**
 * One job of an {@link Item}, through all its attempts. Immutable; persisted as part of the item.
 *
 * @param job full name of the Jenkins job
 * @param state where the current attempt is
 * @param since of the state, epoch milliseconds
 * @param uuid of the current attempt; null before the first
 * @param mutex that the current attempt holds while it is launched or runs; null for none
 * @param attempts builds that ran and ended without a verdict (node, disk, network or controller failed them)
 * @param refusals how often in a row Jenkins would not queue it
 * @param notBefore when the next launch may be tried, epoch milliseconds
 * @param launchedAt when the current attempt was, epoch milliseconds; 0 before
 * @param reason why it waits or how the last attempt failed, for people; may be null
 * @param record of the current attempt; null until it started
 * @param result null until {@link State#DONE}
 */
public record ItemBuild(
        String job,
        State state,
        long since,
        @CheckForNull String uuid,
        @CheckForNull String mutex,
        int attempts,
        int refusals,
        long notBefore,
        long launchedAt,
        @CheckForNull String reason,
        @CheckForNull BuildRecord record,
        @CheckForNull Result result) {

    /** Where an attempt is. */
    public enum State {
        /** To be launched, once {@link #notBefore} has passed, its parent succeeded and its mutex is free. */
        WAITING,
        /** Handed to Jenkins' queue, or about to be. */
        LAUNCHED,
        /** On a node, or on the way from it. */
        RUNNING,
        /** Has a {@link Result}. */
        DONE
    }

    /** The word of the report. */
    public enum Result {
        SUCCESS,
        FAILURE,
        UNSTABLE,
        ABORTED,
        SKIPPED,
        RETRY_LIMIT,
        NOT_REGISTERED;

        /** Whether the test itself decided so, and neither its surroundings nor a person. */
        boolean isVerdict() {
            return this == SUCCESS || this == FAILURE || this == UNSTABLE;
        }
    }

    static ItemBuild waiting(String job, long now) {
        return new ItemBuild(job, State.WAITING, now, null, null, 0, 0, now, 0, null, null, null);
    }

    /** Whether Jenkins has the current attempt, or may have it. */
    boolean isOut() {
        return state == State.LAUNCHED || state == State.RUNNING;
    }

    ItemBuild launched(String newUuid, @CheckForNull String held, long now) {
        return new ItemBuild(job, State.LAUNCHED, now, newUuid, held, attempts, refusals, 0, now, reason, null, null);
    }

    ItemBuild refused(String why, long now, long retryAt) {
        return new ItemBuild(job, State.WAITING, now, null, null, attempts, refusals + 1, retryAt, 0, why, null, null);
    }

    ItemBuild running(BuildRecord started) {
        return new ItemBuild(
                job,
                State.RUNNING,
                started.startedAt(),
                uuid,
                mutex,
                attempts,
                0,
                0,
                launchedAt,
                reason,
                started,
                null);
    }

    /** To be launched again without having used up an attempt: it had not started. */
    ItemBuild again(@CheckForNull String why, long now) {
        return new ItemBuild(job, State.WAITING, now, null, null, attempts, 0, now, 0, why, null, null);
    }

    ItemBuild failedAttempt(String why, long now, long retryAt) {
        return new ItemBuild(job, State.WAITING, now, null, null, attempts + 1, 0, retryAt, 0, why, null, null);
    }

    ItemBuild done(Result how, @CheckForNull BuildRecord last, @CheckForNull String why, int attemptsMade, long now) {
        return new ItemBuild(job, State.DONE, now, uuid, null, attemptsMade, 0, 0, launchedAt, why, last, how);
    }
}
