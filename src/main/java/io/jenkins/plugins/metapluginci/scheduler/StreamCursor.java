package io.jenkins.plugins.metapluginci.scheduler;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.metapluginci.gerrit.EventKey;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How far Gerrit's events are decided, and which of the last ones were seen. Threads that bring events call
 * {@link #offered}, {@link #ignored} and {@link #hold}; all else is the scheduler's thread's. The monitor of this object
 * guards all but the times.
 *
 * <p>A position is behind every event that is not decided, and behind everything that the stream may have missed since it was
 * connected and that was not asked for yet.
 */
final class StreamCursor {
    /** Events do not come strictly in the order of their times, s. */
    private static final long SLACK = 60;

    private static final int MAX_KEYS = 20_000;
    /** What keys are written with: {@code L} for one of the stream, {@code S} for one that was asked for. */
    private static final char LIVE = 'L';

    private static final char ASKED = 'S';

    private record Seen(long at, boolean live, long seconds) {}

    /** Times of events that were brought and are not decided, with how many there are of each. */
    private final ConcurrentSkipListMap<Long, Integer> undecided = new ConcurrentSkipListMap<>();

    private final AtomicLong highest = new AtomicLong();

    /** What was seen, by {@link EventKey#what}; oldest first. */
    private final Map<String, List<Seen>> seen = new LinkedHashMap<>();

    private int keys;
    /** Events that are seen and not decided: their keys must not survive a crash. */
    private final Map<EventKey, Integer> open = new LinkedHashMap<>();

    /** Where it stands while events may be missing that are newer; null while it moves. */
    @CheckForNull
    private Long held;

    private int turn;
    private boolean known;
    private boolean keysChanged;
    private long written;

    /** What an earlier process left. @param position null when there was none */
    synchronized void load(@CheckForNull StreamPosition position) {
        seen.clear();
        open.clear();
        keys = 0;
        known = position != null;
        held = position == null ? Long.MAX_VALUE : position.seconds();
        written = position == null ? 0 : position.seconds();
        keysChanged = false;
        if (position != null) {
            highest.accumulateAndGet(position.seconds(), Math::max);
            position.keys().forEach(this::read);
        }
    }

    /** An event that is decided because what became of it is on disk. @param line as {@link #line} gave it */
    synchronized void remember(String line) {
        read(line);
        keysChanged = true;
    }

    /** How an event that was seen is written down; null when it was not. */
    @CheckForNull
    synchronized String line(EventKey key) {
        for (Seen one : seen.getOrDefault(key.what(), List.of())) {
            if (one.at() == key.at()) {
                return line(key.what(), one);
            }
        }
        return null;
    }

    private static String line(String what, Seen one) {
        return (one.live() ? LIVE : ASKED) + Long.toString(one.at()) + " " + one.seconds() + " " + what;
    }

    private void read(String line) {
        String[] part = line.split(" ", 3);
        if (part.length == 3) {
            long at = Long.parseLong(part[0].substring(1));
            long seconds = Long.parseLong(part[1]);
            remember(part[2], new Seen(at, part[0].charAt(0) == LIVE, seconds));
        }
    }

    /** An event is on its way to the scheduler's thread. @param seconds its time by Gerrit's clock */
    void offered(long seconds) {
        undecided.merge(seconds, 1, Integer::sum);
        highest.accumulateAndGet(seconds, Math::max);
    }

    /** An event came that nothing can come of. */
    void ignored(long seconds) {
        highest.accumulateAndGet(seconds, Math::max);
    }

    /**
     * Events may be missing from here on: the stream was connected. To be called before the first event of the connection.
     *
     * @return to be given to {@link #release}
     */
    synchronized int hold() {
        if (held == null) {
            held = position();
        }
        turn++;
        return turn;
    }

    /** From when on events may be missing, seconds by Gerrit's clock; null where nothing is known of the past. */
    @CheckForNull
    synchronized Long missingSince() {
        return known ? held == null ? Long.valueOf(position()) : held : null;
    }

    /**
     * Nothing is missing any more, unless the stream was connected anew meanwhile.
     *
     * @param ofTurn as {@link #hold} gave it
     * @param nowSeconds for a first start, before which nothing matters
     */
    synchronized void release(int ofTurn, long nowSeconds) {
        if (ofTurn != turn) {
            return;
        }
        if (!known) {
            known = true;
            highest.accumulateAndGet(nowSeconds, Math::max);
        }
        held = null;
        keysChanged = true;
    }

    /** Everything up to now is none of our business: events were let go by. */
    synchronized void forget() {
        known = false;
        held = Long.MAX_VALUE;
        keysChanged = true;
    }

    /**
     * Whether an event is seen for the first time; from now on it was seen.
     *
     * @param live whether the stream brought it: two that the stream brought are two, unless they are of one second
     */
    synchronized boolean fresh(EventKey key, boolean live, long seconds) {
        for (Seen before : seen.getOrDefault(key.what(), List.of())) {
            boolean sure = live && before.live();
            if (sure ? key.at() != 0 && key.at() == before.at() : key.same(new EventKey(key.what(), before.at()))) {
                return false;
            }
        }
        remember(key.what(), new Seen(key.at(), live, seconds));
        open.merge(key, 1, Integer::sum);
        return true;
    }

    private synchronized void remember(String what, Seen one) {
        seen.computeIfAbsent(what, any -> new ArrayList<>(1)).add(one);
        keys++;
    }

    /** An event is decided. @param key null for one that was no fresh one */
    synchronized void decided(@CheckForNull EventKey key, long seconds) {
        undecided.computeIfPresent(seconds, (any, count) -> count == 1 ? null : count - 1);
        if (key != null) {
            open.computeIfPresent(key, (any, count) -> count == 1 ? null : count - 1);
            keysChanged = true;
        }
    }

    /** Everything older is decided; seconds by Gerrit's clock. */
    private synchronized long position() {
        long reached = highest.get() - SLACK;
        Map.Entry<Long, Integer> oldest = undecided.firstEntry();
        return oldest == null ? reached : Math.min(reached, oldest.getKey() - SLACK);
    }

    /** What is to be on disk; null while nothing is known of the stream. */
    @CheckForNull
    synchronized StreamPosition snapshot() {
        if (!known) {
            return null;
        }
        long seconds = held == null ? position() : held;
        prune(seconds);
        List<String> lines = new ArrayList<>();
        seen.forEach((what, times) -> {
            for (Seen one : times) {
                if (!open.containsKey(new EventKey(what, one.at()))) {
                    lines.add(line(what, one));
                }
            }
        });
        return new StreamPosition(seconds, lines);
    }

    private synchronized void prune(long position) {
        Iterator<Map.Entry<String, List<Seen>>> each = seen.entrySet().iterator();
        while (each.hasNext()) {
            Map.Entry<String, List<Seen>> entry = each.next();
            int before = entry.getValue().size();
            boolean tooMany = keys > MAX_KEYS;
            entry.getValue()
                    .removeIf(one -> (tooMany || one.seconds() < position - EventKey.TOLERANCE_SECONDS)
                            && !open.containsKey(new EventKey(entry.getKey(), one.at())));
            keys -= before - entry.getValue().size();
            if (entry.getValue().isEmpty()) {
                each.remove();
            }
        }
    }

    /** Whether decided events are not on disk as such: nothing may become of them that cannot be undone. */
    synchronized boolean unsettled() {
        return keysChanged;
    }

    /** Whether the position on disk is old enough to be worth another write. */
    synchronized boolean stale() {
        return known && held == null && position() > written;
    }

    synchronized void written(@CheckForNull StreamPosition position) {
        keysChanged = false;
        written = position == null ? 0 : position.seconds();
    }

    int undecidedCount() {
        return undecided.values().stream().mapToInt(Integer::intValue).sum();
    }
}
