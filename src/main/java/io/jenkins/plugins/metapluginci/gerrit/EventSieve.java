package io.jenkins.plugins.metapluginci.gerrit;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.metapluginci.gerrit.GerritJson.MalformedException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Makes events of the lines of a stream, of those that are wanted, and counts all. Its cost does not depend on how many
 * projects are wanted. {@link #take} belongs to the stream's thread; the counts may be read from any.
 */
final class EventSieve {
    private static final int MAX_KINDS = 32;
    private static final int MAX_KIND = 40;
    private static final String OTHER = "other";

    private final Supplier<Predicate<String>> wanted;
    private final EventLook look = new EventLook();
    private final LongAdder events = new LongAdder();
    private final LongAdder notWanted = new LongAdder();
    private final LongAdder dropped = new LongAdder();
    private final LongAdder unreadable = new LongAdder();
    private final Map<String, LongAdder> ignored = new ConcurrentHashMap<>();

    /** @param wanted asked anew for each event */
    EventSieve(Supplier<Predicate<String>> wanted) {
        this.wanted = wanted;
    }

    /**
     * Takes one line.
     *
     * @return null when nothing is to be made of it
     * @throws MalformedException when the line is no event; it is not counted
     */
    @CheckForNull
    GerritEvent take(byte[] bytes, int start, int end) throws MalformedException {
        EventLook.Seen seen = look.look(bytes, start, end);
        if (seen == EventLook.Seen.IGNORED_KIND) {
            events.increment();
            ignore(look.text());
            return null;
        }
        if (seen == EventLook.Seen.PROJECT && !wanted.get().test(look.text())) {
            events.increment();
            notWanted.increment();
            return null;
        }
        GerritEvent event = EventParser.parse(new String(bytes, start, end - start, StandardCharsets.UTF_8));
        events.increment();
        if (!EventParser.isUsed(event.type())) {
            ignore(event.type());
            return null;
        }
        String project = event.project();
        if (project != null && !wanted.get().test(project)) {
            notWanted.increment();
            return null;
        }
        if (event.type().equals(GerritEvent.DROPPED_OUTPUT)) {
            dropped.increment();
        }
        return event;
    }

    private void ignore(String kind) {
        boolean fits = kind.length() <= MAX_KIND && (ignored.size() < MAX_KINDS || ignored.containsKey(kind));
        ignored.computeIfAbsent(fits ? kind : OTHER, k -> new LongAdder()).increment();
    }

    /** Counts lines that were no events. */
    void unreadable(long lines) {
        unreadable.add(lines);
    }

    /** The state with what was counted. @param lastEvent when the last event came; null when none has */
    GerritState counted(GerritState state, @CheckForNull Instant lastEvent) {
        Map<String, Long> kinds = ignored.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, e -> e.getValue().sum()));
        return state.counted(lastEvent, events.sum(), notWanted.sum(), kinds, unreadable.sum(), dropped.sum());
    }
}
