package io.jenkins.plugins.metapluginci.gerrit;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.metapluginci.gerrit.QueryRow.Detail;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Asks Gerrit for all that a decision about a patchset needs. Any thread.
 *
 * <p>Usually that is one question. There is no fixed delay before it, as Zuul has: when the answer is from before what the
 * stream told ({@link RecentCommits}), it is asked again, for a second at most, and then given up as transient.
 */
public final class ChangeLookup {
    static final String COMMIT_MSG = "/COMMIT_MSG";
    /** Waits for an index that lags, for one look altogether. */
    private static final List<Integer> PAUSES_MILLIS = List.of(50, 100, 250, 500);

    private static final List<String> OPTIONS = List.of("--current-patch-set", "--files", "--commit-message");
    private static final List<String> ALL_OPTIONS =
            List.of("--current-patch-set", "--patch-sets", "--files", "--commit-message");

    private final GerritQuery query;
    private final RecentCommits recent;
    private final List<Integer> pausesMillis;

    ChangeLookup(GerritQuery query, RecentCommits recent) {
        this(query, recent, PAUSES_MILLIS);
    }

    ChangeLookup(GerritQuery query, RecentCommits recent, List<Integer> pausesMillis) {
        this.query = query;
        this.recent = recent;
        this.pausesMillis = List.copyOf(pausesMillis);
    }

    /** The waits that one look has left. One thread. */
    static final class Patience {
        private final List<Integer> pausesMillis;
        private int next;

        Patience(List<Integer> pausesMillis) {
            this.pausesMillis = pausesMillis;
        }

        /** Waits, and each time longer. @return false at once when it has waited enough */
        boolean pause() throws InterruptedException {
            if (next == pausesMillis.size()) {
                return false;
            }
            Thread.sleep(pausesMillis.get(next++));
            return true;
        }
    }

    /**
     * One patchset with what it needs.
     *
     * @param patchset 0 for the current one
     * @return null when Gerrit has no such patchset, or our account may not see it
     * @throws IOException when Gerrit could not be asked or did not answer as Gerrit does, or when its index does not know yet
     *     what its stream told: to be tried again
     */
    @CheckForNull
    public LookedUpChange look(int number, int patchset) throws IOException, InterruptedException {
        Patience patience = new Patience(pausesMillis);
        QueryRow row = row(number, patchset, patience);
        Detail current = row == null ? null : row.current();
        if (current == null) {
            return null;
        }
        boolean isCurrent = patchset == 0 || current.patchSet().number() == patchset;
        Detail tested = isCurrent ? current : earlier(number, patchset);
        if (tested == null) {
            return null;
        }
        List<Ahead> ahead = List.of();
        String cycle = null;
        try {
            ahead = new Dependencies(query, recent, patience).of(row, tested.patchSet());
        } catch (Dependencies.UnusableException e) {
            cycle = e.getMessage();
        }
        return new LookedUpChange(
                row.change(),
                tested.patchSet(),
                row.open(),
                isCurrent,
                current.approvals(),
                withMessage(tested.files()),
                row.change().commitMessage(),
                ahead,
                cycle);
    }

    /** The change, as new as the stream knows it. */
    @CheckForNull
    private QueryRow row(int number, int patchset, Patience patience) throws IOException, InterruptedException {
        while (true) {
            QueryRow row = find(query.rows(OPTIONS, "change:" + number), number);
            int indexed = row == null ? 0 : row.currentNumber();
            RecentCommits.Told told = recent.ofChange(number);
            if (told == null || indexed >= told.patchset() || patchset > 0 && indexed >= patchset) {
                return row;
            }
            if (!patience.pause()) {
                throw new IOException("Gerrit told of patchset " + told.patchset() + " of change " + number
                        + ", but its index does not have it yet.");
            }
        }
    }

    @CheckForNull
    private Detail earlier(int number, int patchset) throws IOException, InterruptedException {
        QueryRow row = find(query.rows(ALL_OPTIONS, "change:" + number), number);
        return row == null ? null : row.patchSet(patchset);
    }

    /** A number can be part of other matches too (an abbreviated commit, say). */
    @CheckForNull
    static QueryRow find(List<QueryRow> rows, int number) {
        return rows.stream()
                .filter(row -> row.change().number() == number)
                .findFirst()
                .orElse(null);
    }

    private static List<String> withMessage(List<String> files) {
        if (files.contains(COMMIT_MSG)) {
            return files;
        }
        List<String> all = new ArrayList<>(files);
        all.add(0, COMMIT_MSG);
        return all;
    }
}
