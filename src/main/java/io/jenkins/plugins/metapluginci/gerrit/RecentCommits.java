package io.jenkins.plugins.metapluginci.gerrit;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;

/**
 * What the stream told of commits lately. Gerrit's index may lag behind its own events: asked right after an upload it may not
 * know the patchset, or give what depended on the one before. Zuul waits 10 s before it asks (connection/gerrit.py). Here the
 * stream's word is kept instead: with it {@link ChangeLookup} sees that an answer is from before the event and asks again, and
 * finds the change of a parent's commit though the index does not.
 *
 * <p>It also keeps which commits are on a branch for good, so that most parents cost no question. Bounded, a few megabytes at
 * most; lost with a restart, after which the index has long caught up. Any thread; its monitor guards it.
 */
final class RecentCommits {
    /** For how long the stream is believed against the index. */
    static final Duration FRESH = Duration.ofMinutes(1);
    /** No change has the commit, and had none this long before: it is on a branch. An index that lags would have it by now. */
    private static final Duration SETTLES = Duration.ofSeconds(5);

    private static final int MAX_PATCH_SETS = 4_000;
    private static final int MAX_SETTLED = 20_000;
    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}(?:[0-9a-f]{24})?");

    private final LongSupplier nanos;
    private final Map<String, Told> byCommit = bounded(MAX_PATCH_SETS);
    private final Map<Integer, Told> byNumber = bounded(MAX_PATCH_SETS);
    /** Commits that are on a branch. */
    private final Map<String, Boolean> settled = bounded(MAX_SETTLED);
    /** Commits that no change has, as far as the index knows, with when that was first found. */
    private final Map<String, Long> absentSince = bounded(MAX_PATCH_SETS);

    /** A patchset that the stream told of. */
    record Told(int number, int patchset, String project, long heardAt) {}

    /** @param nanos such as System::nanoTime */
    RecentCommits(LongSupplier nanos) {
        this.nanos = nanos;
    }

    private static <K, V> Map<K, V> bounded(int max) {
        return new LinkedHashMap<>() {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
                return size() > max;
            }
        };
    }

    static boolean isCommit(String text) {
        return COMMIT.matcher(text).matches();
    }

    /** Keeps what an event of the stream told. */
    synchronized void heard(GerritEvent event) {
        GerritRefUpdate update = event.refUpdate();
        if (update != null) {
            boolean branch =
                    update.ref().startsWith("refs/heads/") || !update.ref().startsWith("refs/");
            if (branch && isCommit(update.newRevision())) {
                settle(update.newRevision());
            }
            return;
        }
        GerritChange change = event.change();
        GerritPatchSet patchSet = event.patchSet();
        if (change == null || change.number() <= 0) {
            return;
        }
        if (event.type().equals("change-deleted")) {
            byNumber.remove(change.number());
            byCommit.values().removeIf(told -> told.number() == change.number());
        } else if (event.type().equals("patchset-created") && patchSet != null && isCommit(patchSet.revision())) {
            Told told = new Told(change.number(), patchSet.number(), change.project(), nanos.getAsLong());
            byCommit.put(patchSet.revision(), told);
            Told before = byNumber.get(change.number());
            if (before == null || before.patchset() <= told.patchset()) {
                byNumber.put(change.number(), told);
            }
        }
    }

    /** The patchset of a commit; null when the stream did not tell of it in the last minute. */
    @CheckForNull
    synchronized Told ofCommit(String commit) {
        return fresh(byCommit.get(commit));
    }

    /** The newest patchset of a change that the stream told of in the last minute; null when it told of none. */
    @CheckForNull
    synchronized Told ofChange(int number) {
        return fresh(byNumber.get(number));
    }

    @CheckForNull
    private Told fresh(@CheckForNull Told told) {
        return told != null && nanos.getAsLong() - told.heardAt() <= FRESH.toNanos() ? told : null;
    }

    /**
     * Whether a commit need not be asked for: it is on a branch, or no change had it some seconds ago. Not so when the stream
     * told of it since.
     */
    synchronized boolean isKnownToBeNobodys(String commit) {
        if (settled.containsKey(commit)) {
            return true;
        }
        Long since = absentSince.get(commit);
        return since != null && !byCommit.containsKey(commit) && nanos.getAsLong() - since <= SETTLES.toNanos();
    }

    /** Takes down that a commit is merged. */
    synchronized void settle(String commit) {
        settled.put(commit, true);
        absentSince.remove(commit);
    }

    /** Takes down that no change has a commit; it is settled when that was so some seconds ago too. */
    synchronized void absent(String commit) {
        Long since = absentSince.putIfAbsent(commit, nanos.getAsLong());
        if (since != null && nanos.getAsLong() - since > SETTLES.toNanos()) {
            settle(commit);
        }
    }

    /** Whether it was asked for before, and no change had it. */
    synchronized boolean wasAbsent(String commit) {
        return absentSince.containsKey(commit);
    }

    /** Another Gerrit: forgets all. */
    synchronized void clear() {
        byCommit.clear();
        byNumber.clear();
        settled.clear();
        absentSince.clear();
    }
}
