package io.jenkins.plugins.metapluginci.gerrit;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Asks Gerrit what happened while the stream was not read, with plain queries: {@code status:open -age:Ns} and the projects,
 * some at a time, page by page, with a pause between the questions. Gerrit needs no plugin for it. Any thread; takes seconds
 * to minutes.
 */
public final class MissedEvents {
    /**
     * By how much a caller should set its position back: a patchset or comment is up to some seconds older than the event that
     * the stream made of it. What was heard already is known by {@link GerritEvent#key}.
     */
    public static final Duration OVERLAP = Duration.ofMinutes(1);

    /** By how much our clock may be behind Gerrit's. Only what Gerrit's own times put after the position is handed back. */
    private static final Duration SKEW = Duration.ofMinutes(30);
    /** What is older is not even listed. */
    private static final Duration LISTED = Duration.ofDays(14);
    /** Gerrit reads a command line of any sane length; a query of very many terms it refuses (index.maxTerms, 1024). */
    private static final int MAX_QUERY = 3_000;

    private static final int MAX_TERMS = 60;
    /** Each brings its comments: some 10 KB in a busy project. */
    private static final int PAGE = 50;
    /** Bounds the questions about one group of projects. */
    private static final int MAX_PAGES = 200;

    private static final int MAX_EVENTS = 20_000;
    private static final int MAX_ROUNDS = 5;
    private static final Duration SLACK = Duration.ofMinutes(1);

    private static final List<String> OPTIONS = List.of("--current-patch-set", "--comments", "--commit-message");

    private final GerritQuery query;
    private final Duration pause;
    private final Clock clock;

    /** @param pause between two questions */
    MissedEvents(GerritQuery query, Duration pause, Clock clock) {
        this.query = query;
        this.pause = pause;
        this.clock = clock;
    }

    /**
     * What happened to the open changes of some projects: new current patchsets, comments on the current patchset with their
     * votes, changes that were restored.
     *
     * @param position by Gerrit's clock; what is older is left out
     * @param projects names; each costs a part of a query, so only those that a pipeline uses
     * @param back what is older than this, seen from now, is listed only
     * @param limit the most events to hand back for handling, the newest ones; the others are listed only
     * @throws IOException when Gerrit could not be asked, or did not answer as Gerrit does: nothing is known then
     */
    public Missed since(Instant position, Collection<String> projects, Duration back, int limit)
            throws IOException, InterruptedException {
        Instant now = clock.instant();
        Instant listed = now.minus(LISTED);
        Gathered gathered = new Gathered(position.isBefore(listed) ? listed : position);
        boolean whole = !position.isBefore(listed);
        boolean first = true;
        for (String group : groups(projects)) {
            if (!first) {
                Thread.sleep(pause.toMillis());
            }
            first = false;
            whole &= read(group, gathered);
        }
        return part(gathered.inOrder(), now.minus(back).getEpochSecond(), limit, whole);
    }

    /** The events found so far, by change: a change that is read again replaces what was read. One thread. */
    private static final class Gathered {
        private final Instant from;
        private final Map<Integer, List<GerritEvent>> byChange = new HashMap<>();
        private int count;

        Gathered(Instant from) {
            this.from = from;
        }

        void add(QueryRow row) {
            List<GerritEvent> events = Retelling.of(row, from.getEpochSecond());
            List<GerritEvent> before = byChange.put(row.change().number(), events);
            count += events.size() - (before == null ? 0 : before.size());
        }

        List<GerritEvent> inOrder() {
            List<GerritEvent> all = new ArrayList<>();
            byChange.values().forEach(all::addAll);
            // A stable sort: what one change got within a second keeps its order.
            all.sort(Comparator.comparingLong(GerritEvent::createdOn));
            return all;
        }
    }

    private static Missed part(List<GerritEvent> all, long oldest, int limit, boolean whole) {
        int start = Math.max(0, all.size() - Math.max(0, limit));
        while (start < all.size() && all.get(start).createdOn() < oldest) {
            start++;
        }
        return new Missed(all.subList(start, all.size()), all.subList(0, start), whole);
    }

    /** The projects as parts of queries, each short enough. */
    static List<String> groups(Collection<String> projects) {
        List<String> groups = new ArrayList<>();
        List<String> terms = new ArrayList<>();
        int length = 0;
        for (String project : new TreeSet<>(projects)) {
            if (!isName(project)) {
                continue;
            }
            String term = "project:\"" + project + '"';
            if (!terms.isEmpty() && (length + term.length() > MAX_QUERY || terms.size() == MAX_TERMS)) {
                groups.add(String.join(" OR ", terms));
                terms.clear();
                length = 0;
            }
            terms.add(term);
            length += term.length() + 4;
        }
        if (!terms.isEmpty()) {
            groups.add(String.join(" OR ", terms));
        }
        return groups;
    }

    /** Whether a project of Gerrit's can have the name; a query takes one that begins with ^ for a pattern. */
    private static boolean isName(String project) {
        return !project.isBlank()
                && project.charAt(0) != '^'
                && project.chars().noneMatch(c -> c < ' ' || c == '"' || c == '\\');
    }

    /**
     * Reads a group to its end. Changes come latest first, so one that is updated meanwhile moves to a page that was read
     * already: what was updated since the beginning is asked for again at the end.
     *
     * @return false when it was given up at a bound
     */
    private boolean read(String group, Gathered into) throws IOException, InterruptedException {
        Instant begun = clock.instant();
        long age = Math.max(0, Duration.between(into.from, begun).toSeconds()) + SKEW.toSeconds();
        int pages = pages(group, age, into);
        for (int round = 1; round < MAX_ROUNDS && pages > 1; round++) {
            if (pages > MAX_PAGES) {
                return false;
            }
            Thread.sleep(pause.toMillis());
            Instant again = clock.instant();
            // An age is a difference of Gerrit's own times, so no skew is in it.
            pages = pages(group, Duration.between(begun, again).toSeconds() + SLACK.toSeconds(), into);
            begun = again;
        }
        return true;
    }

    /** @return how many it took; one more than the bound when it was given up there */
    private int pages(String group, long age, Gathered into) throws IOException, InterruptedException {
        String question = "status:open -age:" + age + "s (" + group + ")";
        int size = PAGE;
        int start = 0;
        String resume = "";
        for (int page = 1; page <= MAX_PAGES; page++) {
            if (page > 1) {
                Thread.sleep(pause.toMillis());
            }
            QueryAnswer answer;
            try {
                answer = query.answer(options(start), question + resume + " limit:" + size);
            } catch (QueryAnswer.TooLongException e) {
                if (size == 1) {
                    throw e;
                }
                size = Math.max(1, size / 4);
                continue;
            }
            List<QueryRow> rows = answer.rows();
            for (QueryRow row : rows) {
                into.add(row);
            }
            String sortKey = rows.isEmpty() ? "" : rows.get(rows.size() - 1).sortKey();
            boolean byKey = !answer.saysMore() && rows.size() >= size && !sortKey.isEmpty();
            if (into.count > MAX_EVENTS) {
                return MAX_PAGES + 1;
            }
            if (rows.isEmpty() || !answer.more() && !byKey) {
                return page;
            }
            start += byKey ? 0 : rows.size();
            resume = byKey ? " resume_sortkey:" + sortKey : "";
        }
        return MAX_PAGES + 1;
    }

    private static List<String> options(int start) {
        if (start == 0) {
            return OPTIONS;
        }
        List<String> options = new ArrayList<>(OPTIONS);
        options.add("--start=" + start);
        return options;
    }
}
