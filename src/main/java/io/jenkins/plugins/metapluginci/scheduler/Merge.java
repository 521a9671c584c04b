package io.jenkins.plugins.metapluginci.scheduler;

import edu.umd.cs.findbugs.annotations.CheckForNull;

/**
 * How far the merge of an {@link Item} is. Immutable; persisted as part of the item.
 *
 * @param state where it is
 * @param since of the state, epoch milliseconds
 * @param attempts that the network or the disk failed
 * @param notBefore when the next may be made, epoch milliseconds
 * @param ref what nodes fetch; null before it is there
 * @param commit what the ref holds; null before it is there
 * @param reason of a failure or of the wait, for people; null when there is nothing to say
 */
public record Merge(
        State state,
        long since,
        int attempts,
        long notBefore,
        @CheckForNull String ref,
        @CheckForNull String commit,
        @CheckForNull String reason) {

    /** Where a merge is. */
    public enum State {
        /** To be asked for, or asked for. */
        WANTED,
        /** There is a ref to test. */
        MERGED,
        /** The change's own fault. */
        CONFLICT,
        /** It can never be merged, by no fault of the change. */
        UNMERGEABLE
    }

    private static final long MAX_WAIT = 60_000;

    static Merge wanted(long now) {
        return new Merge(State.WANTED, now, 0, now, null, null, null);
    }

    Merge merged(@CheckForNull String intoRef, @CheckForNull String intoCommit, long now) {
        return new Merge(State.MERGED, now, attempts, 0, intoRef, intoCommit, null);
    }

    Merge ended(State how, String why, long now) {
        return new Merge(how, now, attempts, 0, null, null, why);
    }

    Merge failed(String why, long now) {
        long wait = Math.min(MAX_WAIT, 2_000L << Math.min(attempts, 10));
        return new Merge(state, since, attempts + 1, now + wait, null, null, why);
    }
}
