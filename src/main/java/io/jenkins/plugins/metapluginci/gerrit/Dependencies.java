package io.jenkins.plugins.metapluginci.gerrit;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.metapluginci.gerrit.QueryRow.Detail;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds what one patchset needs: its git parents that are not merged, at exactly the patchset that was built on, and the open
 * changes that its Depends-On lines name; and what those need. For one look, on one thread.
 *
 * <p>Parents are found by their commit. Gerrit's own {@code dependsOn} is asked for only where Gerrit does not tell parents: it
 * is of the current patchset only, and right after an upload it may be of the one before.
 */
final class Dependencies {
    /** More than these ahead of one change are not tested. */
    static final int MAX_AHEAD = 100;
    /** More lines of one message are not followed. */
    private static final int MAX_FOOTERS = 50;

    /** Zuul 2.5, source/gerrit.py. */
    private static final Pattern DEPENDS_ON = Pattern.compile(
            "^Depends-On: (I[0-9a-f]{40})\\s*$", Pattern.MULTILINE | Pattern.CASE_INSENSITIVE | Pattern.UNIX_LINES);

    private static final List<String> OPTIONS = List.of("--current-patch-set", "--patch-sets", "--commit-message");
    private static final List<String> CURRENT_OPTIONS = List.of("--current-patch-set", "--commit-message");
    private static final List<String> BUILT_OPTIONS = List.of("--current-patch-set", "--dependencies");

    private final GerritQuery query;
    private final RecentCommits recent;
    private final ChangeLookup.Patience patience;
    private final Map<String, Ahead> found = new LinkedHashMap<>();
    /** The answers so far: one change may be needed by several. */
    private final Map<String, List<QueryRow>> answers = new HashMap<>();

    Dependencies(GerritQuery query, RecentCommits recent, ChangeLookup.Patience patience) {
        this.query = query;
        this.recent = recent;
        this.patience = patience;
    }

    /** There is no order in which to test the changes. The message says why. */
    static final class UnusableException extends Exception {
        private static final long serialVersionUID = 1L;

        UnusableException(String message) {
            super(message);
        }
    }

    private record Needed(QueryRow row, GerritPatchSet patchSet) {}

    /** What a patchset needs, deepest first. To be called once. */
    List<Ahead> of(QueryRow row, GerritPatchSet patchSet) throws IOException, InterruptedException, UnusableException {
        follow(row, patchSet, List.of(row.change().number()));
        return List.copyOf(found.values());
    }

    private void follow(QueryRow row, GerritPatchSet patchSet, List<Integer> path)
            throws IOException, InterruptedException, UnusableException {
        for (String parent : parents(row, patchSet)) {
            Needed needed = ofCommit(parent, row.change());
            if (needed != null) {
                visit(needed, path);
            }
        }
        for (String id : footers(row.change().commitMessage())) {
            for (QueryRow named : ask(CURRENT_OPTIONS, "status:open change:" + id)) {
                Detail current = named.current();
                if (named.open() && current != null && named.change().changeId().equalsIgnoreCase(id)) {
                    visit(new Needed(named, current.patchSet()), path);
                }
            }
        }
    }

    private void visit(Needed needed, List<Integer> path) throws IOException, InterruptedException, UnusableException {
        int number = needed.row().change().number();
        if (path.contains(number)) {
            throw new UnusableException("Dependency cycle detected: " + number + " in " + path);
        }
        String key = number + "," + needed.patchSet().number();
        if (found.containsKey(key)) {
            return;
        }
        if (path.size() + found.size() > MAX_AHEAD) {
            throw new UnusableException("The change needs more than " + MAX_AHEAD + " changes that are not merged.");
        }
        List<Integer> longer = new ArrayList<>(path);
        longer.add(number);
        follow(needed.row(), needed.patchSet(), longer);
        found.put(key, new Ahead(needed.row().change(), needed.patchSet()));
    }

    private List<String> parents(QueryRow row, GerritPatchSet patchSet) throws IOException, InterruptedException {
        if (!patchSet.parents().isEmpty()) {
            return patchSet.parents();
        }
        int number = row.change().number();
        Detail current = row.current();
        if (current == null || current.patchSet().number() != patchSet.number()) {
            return List.of();
        }
        QueryRow told = ChangeLookup.find(ask(BUILT_OPTIONS, "change:" + number), number);
        return told == null
                ? List.of()
                : told.built().stream().map(QueryRow.Built::revision).toList();
    }

    /**
     * The change whose patchset a commit is; null when it is merged, or the commit is no change's: a merge commit of the
     * branch, mostly. Gerrit tells of a parent before it tells of what is built on it, so that the stream knows a parent which
     * the index does not have yet. For one that neither knows, when the child is new too, the first look at that commit alone
     * waits once, in case the two were told in the wrong order.
     */
    @CheckForNull
    private Needed ofCommit(String commit, GerritChange child) throws IOException, InterruptedException {
        if (!RecentCommits.isCommit(commit) || recent.isKnownToBeNobodys(commit)) {
            return null;
        }
        boolean waited = false;
        while (true) {
            RecentCommits.Told told = recent.ofCommit(commit);
            boolean isTold = told != null && told.project().equals(child.project());
            String question = isTold ? "change:" + told.number() : "commit:" + commit;
            Needed needed = choose(ask(OPTIONS, question), commit, child);
            if (needed != null && needed.row().change().status().equals("MERGED")) {
                recent.settle(commit);
                return null;
            } else if (needed != null) {
                return needed;
            }
            if (isTold && patience.pause()) {
                answers.remove(key(OPTIONS, question));
                continue;
            }
            if (isTold) {
                throw new IOException("Gerrit told of patchset " + told.patchset() + " of change " + told.number()
                        + ", on which " + child.number() + " is built, but its index does not have it yet.");
            }
            boolean mayCome = recent.ofChange(child.number()) != null && !waited && !recent.wasAbsent(commit);
            if (!mayCome || !patience.pause()) {
                recent.absent(commit);
                return null;
            }
            waited = true;
            answers.remove(key(OPTIONS, question));
        }
    }

    /** One commit can be up for review for several branches, and in several projects that share history. */
    @CheckForNull
    private static Needed choose(List<QueryRow> rows, String commit, GerritChange child) {
        List<Needed> candidates = new ArrayList<>();
        for (QueryRow row : rows) {
            Detail detail = row.patchSet(commit);
            if (detail != null && row.change().project().equals(child.project())) {
                candidates.add(new Needed(row, detail.patchSet()));
            }
        }
        return candidates.stream()
                .min(Comparator.comparing(
                                (Needed each) -> !each.row().change().branch().equals(child.branch()))
                        .thenComparing(each -> !each.row().change().status().equals("MERGED"))
                        .thenComparing(each -> !each.row().open())
                        .thenComparing(each -> each.row().change().number()))
                .orElse(null);
    }

    private List<QueryRow> ask(List<String> options, String question) throws IOException, InterruptedException {
        String key = key(options, question);
        List<QueryRow> rows = answers.get(key);
        if (rows == null) {
            rows = query.rows(options, question);
            answers.put(key, rows);
        }
        return rows;
    }

    private static String key(List<String> options, String question) {
        return options + " " + question;
    }

    private static Set<String> footers(String message) throws UnusableException {
        Set<String> ids = new LinkedHashSet<>();
        Matcher lines = DEPENDS_ON.matcher(message);
        while (lines.find()) {
            ids.add("I" + lines.group(1).substring(1).toLowerCase(Locale.ROOT));
            if (ids.size() > MAX_FOOTERS) {
                throw new UnusableException("The commit message has more than " + MAX_FOOTERS + " Depends-On lines.");
            }
        }
        return ids;
    }
}
