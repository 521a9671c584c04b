package io.jenkins.plugins.metapluginci.gerrit;

/**
 * By what two tellings of one event are known: the stream's and that of {@link MissedEvents}.
 *
 * <p>{@code what} names the kind, the change, the patchset, and for comments the author and a digest of the text; equal for
 * both tellings. A patchset is made once, so that is all. A comment or a restoring can come again: those are the same only
 * when their times are within {@link #TOLERANCE_SECONDS} too, since the stream tells when the event was made and a query when
 * the comment was. To remember events: a map from {@code what} to the times of it, with {@link #same} for the comparison.
 *
 * @param what equal for two tellings of one event
 * @param at seconds since 1970 by Gerrit's clock; 0 where the time does not matter, or Gerrit did not say
 */
public record EventKey(String what, long at) {
    /** How far two tellings' times may lie apart. A second, equal comment within that time is taken for the first. */
    public static final long TOLERANCE_SECONDS = 60;

    /** Whether both are of one event. */
    public boolean same(EventKey other) {
        return what.equals(other.what) && (at == 0 || other.at == 0 || Math.abs(at - other.at) <= TOLERANCE_SECONDS);
    }
}
