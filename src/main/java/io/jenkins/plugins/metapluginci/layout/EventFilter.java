package io.jenkins.plugins.metapluginci.layout;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * One entry of a pipeline's trigger (EventFilter, model.py of Zuul 2.5.2): a key that is given must be satisfied; of
 * several patterns in one key, one is enough; approvals must all be there. An empty list does not restrict. Where Zuul
 * raised an exception and lost the event (a branch filter on an event without a branch, a vote without a label), there is
 * no match here.
 *
 * @param events matched at the start of the event's type
 * @param branches matched at the start of the event's branch
 * @param refs matched at the start of the updated ref
 * @param ignoreDeletes whether an event that deletes a ref does not match
 * @param comments searched in the comment
 * @param emails searched in the account's address; not looked at when the event names no account at all
 * @param usernames likewise in the account's user name
 * @param approvals category, in Zuul's spelling, and value of votes that the event itself must carry
 * @param requireApprovals votes that must stand on the change
 * @param rejectApprovals votes that must not; with any here or above, a change without a vote does not match
 */
public record EventFilter(
        List<PythonPattern> events,
        List<PythonPattern> branches,
        List<PythonPattern> refs,
        boolean ignoreDeletes,
        List<PythonPattern> comments,
        List<PythonPattern> emails,
        List<PythonPattern> usernames,
        Map<String, Integer> approvals,
        List<ApprovalRule> requireApprovals,
        List<ApprovalRule> rejectApprovals) {

    /** What Gerrit sends as the new revision of a ref that was deleted. */
    private static final String NO_REVISION = "0".repeat(40);

    public EventFilter {
        events = List.copyOf(events);
        branches = List.copyOf(branches);
        refs = List.copyOf(refs);
        comments = List.copyOf(comments);
        emails = List.copyOf(emails);
        usernames = List.copyOf(usernames);
        approvals = Collections.unmodifiableMap(new LinkedHashMap<>(approvals));
        requireApprovals = List.copyOf(requireApprovals);
        rejectApprovals = List.copyOf(rejectApprovals);
    }

    /** A filter for these types of events with no further restriction but Zuul's default, that deletions do not count. */
    public static EventFilter of(List<PythonPattern> events) {
        return new EventFilter(
                events, List.of(), List.of(), true, List.of(), List.of(), List.of(), Map.of(), List.of(), List.of());
    }

    /**
     * Whether the event is for this pipeline.
     *
     * @param change what is known of the event's change; null when it has none: then filters by its votes do not match
     * @param nowSeconds since the epoch
     * @param ownUsername our account at Gerrit; null when unknown. A comment of our own never matches a filter by
     *     comment, so that a report that quotes its keyword starts nothing, unless the filter's user names match ours.
     */
    public boolean matches(
            TriggerEvent event, @CheckForNull ChangeState change, long nowSeconds, @CheckForNull String ownUsername) {
        return mayMatch(event, ownUsername)
                && (requireApprovals.isEmpty() && rejectApprovals.isEmpty()
                        || change != null
                                && ApprovalRule.satisfied(
                                        requireApprovals, rejectApprovals, change.approvals(), nowSeconds));
    }

    /** As {@link #matches}, but only the keys for which the event is enough: if false, the change need not be asked for. */
    public boolean mayMatch(TriggerEvent event, @CheckForNull String ownUsername) {
        Account account = event.account();
        return anyMatches(events, event.type())
                && anyMatches(branches, event.branch())
                && anyMatches(refs, event.ref())
                && !(ignoreDeletes && NO_REVISION.equals(event.newrev()))
                && !ownComment(account, ownUsername)
                && (account == null || anyFound(emails, account.email()) && anyFound(usernames, account.username()))
                && anyFound(comments, event.comment())
                && carries(event.approvals());
    }

    private boolean ownComment(@CheckForNull Account account, @CheckForNull String ownUsername) {
        return !comments.isEmpty()
                && usernames.isEmpty()
                && account != null
                && ownUsername != null
                && ownUsername.equals(account.username());
    }

    private boolean carries(List<Vote> votes) {
        return approvals.entrySet().stream()
                .allMatch(wanted -> votes.stream()
                        .anyMatch(vote ->
                                Objects.equals(vote.category(), wanted.getKey()) && vote.value() == wanted.getValue()));
    }

    private static boolean anyMatches(List<PythonPattern> patterns, @CheckForNull String text) {
        return patterns.isEmpty() || text != null && patterns.stream().anyMatch(pattern -> pattern.match(text));
    }

    private static boolean anyFound(List<PythonPattern> patterns, @CheckForNull String text) {
        return patterns.isEmpty() || text != null && patterns.stream().anyMatch(pattern -> pattern.search(text));
    }
}
