package io.jenkins.plugins.metapluginci.scheduler;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.metapluginci.gerrit.GerritEvent;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The scheduler's {@link StreamMemory}, in memory and on disk. Owned by the scheduler's thread. */
final class Memory {
    private static final Logger LOGGER = Logger.getLogger(Memory.class.getName());
    private static final String KEY = "stream";
    /** A position alone is written so seldom, ms: after a crash Gerrit is asked for a little more. */
    private static final long EVERY = 10_000;

    private static final int MAX_NOTICES = 50;
    private static final int MAX_LATER = 5_000;

    private final Disk<StreamMemory> disk;
    private final StreamCursor cursor = new StreamCursor();
    private final Map<String, StreamMemory.Counter> counters = new LinkedHashMap<>();
    private final List<SchedulerView.Notice> unvoted = new ArrayList<>();
    private final List<GerritEvent> later = new ArrayList<>();
    private boolean changed;
    private long nextWrite;

    @CheckForNull
    private String problem;

    Memory(Disk<StreamMemory> disk) {
        this.disk = disk;
    }

    void load() throws IOException {
        StreamMemory found = disk.get(KEY);
        StreamMemory left = found == null ? StreamMemory.EMPTY : found;
        cursor.load(left.position());
        counters.clear();
        counters.putAll(left.counters());
        unvoted.clear();
        unvoted.addAll(left.unvoted());
        later.clear();
        later.addAll(left.later());
    }

    StreamCursor cursor() {
        return cursor;
    }

    /** Writes what is due. @return when the next write may be due */
    long work(long now) {
        if ((changed || cursor.unsettled() || cursor.stale() || problem != null) && now >= nextWrite) {
            write();
            nextWrite = now + EVERY;
        }
        return changed || cursor.unsettled() ? nextWrite : Long.MAX_VALUE;
    }

    /** Sees to it that decided events are on disk as such. @return whether they are */
    boolean settle() {
        return !(changed || cursor.unsettled()) || write();
    }

    private boolean write() {
        StreamPosition position = cursor.snapshot();
        try {
            disk.put(KEY, new StreamMemory(position, counters, unvoted, later));
            cursor.written(position);
            changed = false;
            if (problem != null) {
                LOGGER.info("The position in Gerrit's events is on disk again");
            }
            problem = null;
            return true;
        } catch (IOException e) {
            if (problem == null) {
                LOGGER.log(
                        Level.WARNING,
                        "Cannot write the position in Gerrit's events: nothing is reported until that works",
                        e);
            }
            problem = "Cannot write the position in Gerrit's events: " + e.getMessage();
            return false;
        }
    }

    /** Why it is not on disk, for people; null when it is. */
    @CheckForNull
    String problem() {
        return problem;
    }

    Map<String, StreamMemory.Counter> counters() {
        return Map.copyOf(counters);
    }

    StreamMemory.Counter counter(String pipeline) {
        return counters.getOrDefault(pipeline, StreamMemory.Counter.NONE);
    }

    void count(String pipeline, StreamMemory.Counter counter) {
        if (!counter.equals(counter(pipeline))) {
            counters.put(pipeline, counter);
            changed = true;
        }
    }

    void resetCounters() {
        changed |= !counters.isEmpty();
        counters.clear();
    }

    List<SchedulerView.Notice> unvoted() {
        return List.copyOf(unvoted);
    }

    void addUnvoted(SchedulerView.Notice notice) {
        unvoted.add(0, notice);
        while (unvoted.size() > MAX_NOTICES) {
            unvoted.remove(unvoted.size() - 1);
        }
        changed = true;
    }

    void forgetUnvoted() {
        changed |= !unvoted.isEmpty();
        unvoted.clear();
    }

    List<GerritEvent> later() {
        return List.copyOf(later);
    }

    void addLater(List<GerritEvent> events) {
        for (GerritEvent event : events) {
            if (later.stream().noneMatch(known -> known.key().same(event.key()))) {
                later.add(event);
                changed = true;
            }
        }
        while (later.size() > MAX_LATER) {
            later.remove(0);
        }
    }

    void dropLater(List<GerritEvent> events) {
        changed |= later.removeAll(events);
    }
}
