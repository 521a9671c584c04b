package io.jenkins.plugins.metapluginci.scheduler;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.Map;

/** Where reports go: Gerrit. Called from the reports' thread only; may take as long as its own deadlines allow. */
public interface ReviewSink {
    /** Casts a vote and leaves a comment. */
    Answer post(Review review) throws InterruptedException;

    /**
     * Whether Gerrit already has a review, for one whose sending was cut short.
     *
     * @return POSTED when it has it, NOT_SENT when it has not, UNKNOWN when it cannot be asked now
     */
    Answer lookUp(Review review) throws InterruptedException;

    /**
     * One comment with its votes.
     *
     * @param change which patchset
     * @param message the comment
     * @param labels votes by label; empty for none
     * @param since no copy of it can be older, epoch milliseconds of the controller's clock
     */
    record Review(Change change, String message, Map<String, Integer> labels, long since) {
        public Review {
            labels = Map.copyOf(labels);
        }
    }

    /**
     * What became of it.
     *
     * @param kind what the scheduler decides by
     * @param reason for people; null when POSTED
     */
    record Answer(Kind kind, @CheckForNull String reason) {
        /** What is known. */
        public enum Kind {
            /** Gerrit has it. */
            POSTED,
            /** Gerrit has it not; may be tried again. */
            NOT_SENT,
            /** Gerrit took nothing because of the votes: the account may not cast them. */
            VOTE_REFUSED,
            /** Gerrit will never take it. */
            REFUSED,
            /** Nobody but Gerrit knows; ask before sending again. */
            UNKNOWN
        }

        public static Answer posted() {
            return new Answer(Kind.POSTED, null);
        }

        public static Answer of(Kind kind, String reason) {
            return new Answer(kind, reason);
        }
    }
}
