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
        /** Gerrit took nothing because of a vote: no such label or value, or the account may not give it. */
        VOTE_REFUSED,
        /** Gerrit answered that it will not take it: no such change, change closed. */
        REFUSED,
        /** The answer did not come, or says nothing certain: {@link GerritReview#lookUp} before sending it again. */
        UNKNOWN
    }

    static ReviewResult posted() {
        return new ReviewResult(Kind.POSTED, null);
    }
}
