package io.jenkins.plugins.metapluginci.gerrit;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.List;

/**
 * One event of {@code gerrit stream-events}. Immutable. Everything in it was written by strangers.
 *
 * @param type {@code patchset-created}, {@code comment-added}, …; of a type that this room does not know, nothing else is set
 * @param change what it is about; null for events without a change
 * @param patchSet which patchset; null for events without one
 * @param account who caused it: uploader, author, restorer, …
 * @param comment of a comment-added event, else empty; one longer than {@link EventParser#MAX_COMMENT} is cut, and then ends
 *     in a line {@code […]}
 * @param approvals of a comment-added event, else empty
 * @param refUpdate of a ref-updated event, else null
 * @param createdOn when Gerrit made it, in seconds since 1970 by its clock; 0 where it did not say (releases before 2.13)
 */
public record GerritEvent(
        String type,
        @CheckForNull GerritChange change,
        @CheckForNull GerritPatchSet patchSet,
        GerritAccount account,
        String comment,
        List<GerritApproval> approvals,
        @CheckForNull GerritRefUpdate refUpdate,
        long createdOn) {

    public GerritEvent {
        approvals = List.copyOf(approvals);
    }

    /** Gerrit dropped events because this side read too slowly. */
    public static final String DROPPED_OUTPUT = "dropped-output";

    /** An event of which only the type is kept. */
    static GerritEvent ofType(String type, long createdOn) {
        return new GerritEvent(type, null, null, GerritAccount.UNKNOWN, "", List.of(), null, createdOn);
    }
}
