package io.jenkins.plugins.metapluginci.gerrit;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;

/**
 * One event of {@code gerrit stream-events}, or one that {@link MissedEvents} found. Immutable. Everything in it was written by
 * strangers.
 *
 * @param type {@code patchset-created}, {@code comment-added}, …
 * @param change what it is about; null for events without a change
 * @param patchSet which patchset; null for events without one (old releases' change-restored and change-abandoned)
 * @param account who caused it: uploader, author, restorer, … as {@link #hasAccount} says
 * @param comment of a comment-added event, else empty; one longer than {@link EventParser#MAX_COMMENT} is cut, and then ends
 *     in a line {@code […]}
 * @param approvals the votes that the event carries; those of a comment-added, else mostly empty
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

    /** The project that it is about: of its change, or of its ref. Null for an event without one. */
    @CheckForNull
    public String project() {
        if (change != null && !change.project().isEmpty()) {
            return change.project();
        }
        return refUpdate == null || refUpdate.project().isEmpty() ? null : refUpdate.project();
    }

    /** Whether Gerrit named who caused it. Filters of people pass an event that names nobody (Zuul, model.py). */
    public boolean hasAccount() {
        return !account.equals(GerritAccount.UNKNOWN);
    }

    /** By what this event is known again when it is told twice. */
    public EventKey key() {
        StringBuilder what = new StringBuilder(type);
        if (change != null) {
            what.append(' ').append(change.number());
        }
        if (patchSet != null) {
            what.append(',').append(patchSet.number());
        }
        if (refUpdate != null) {
            what.append(' ').append(refUpdate.project()).append(' ').append(refUpdate.ref());
            what.append(' ').append(refUpdate.newRevision());
        }
        if (type.equals("comment-added")) {
            String words = comment.strip().replaceAll("\\s+", " ");
            what.append(' ').append(account.username()).append(' ');
            what.append(UUID.nameUUIDFromBytes(words.getBytes(StandardCharsets.UTF_8)));
        }
        return new EventKey(what.toString(), type.equals("patchset-created") ? 0 : createdOn);
    }
}
