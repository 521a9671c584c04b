package io.jenkins.plugins.metapluginci.gerrit;

import edu.umd.cs.findbugs.annotations.CheckForNull;

/**
 * What became of a review.
 *
 * @param kind what to do next
 * @param reason for people; null when POSTED
 */
public record ReviewResult(Kind kind, @CheckForNull String reason) {
    /** What is known. */
    public enum Kind {
        /** Gerrit has it. */
        POSTED,
        /** Gerrit has it not; it may be sent again. */
        NOT_SENT,
        /** Gerrit answered that it will not take it: no such change, change closed, label or value not permitted. */
        REFUSED,
        /** The answer did not come, or says nothing certain: {@link GerritReview#lookUp} before sending it again. */
        UNKNOWN
    }

    static ReviewResult posted() {
        return new ReviewResult(Kind.POSTED, null);
    }
}
