package io.jenkins.plugins.metapluginci.scheduler;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What goes wrong in a {@link Simulation} on purpose, to see that it is noticed. */
enum Breach {
    NONE,
    /** The disk forgets that a report was handed over. */
    FORGETS_SENDING,
    /** Old patchsets are tested to their end. */
    KEEPS_SUPERSEDED,
    /** Nothing holds the mutex. */
    NO_MUTEX,
    /** The position in the stream runs ahead of what is decided. */
    HASTY_POSITION,
    /** What was decided is decided again after a crash. */
    FORGETS_KEYS;

    private static final String LAYOUT = """
            pipelines:
              - name: check
            """ + PipelinesTest.TRIGGER + """
                DEQUEUE
                success:
                  gerrit:
                    verified: 1
                failure:
                  gerrit:
                    verified: -1
            jobs:
              - name: bounded-a
                MUTEX
              - name: bounded-b
                MUTEX
            projects:
              - name: org/project
                check:
                  - first:
                    - bounded-a
                  - JOB
            """;
    private static final Map<String, SchedulerSettings> SETTINGS = new ConcurrentHashMap<>();

    /** @param job the last one of the layout, so that there can be two layouts */
    SchedulerSettings settings(String job) {
        return SETTINGS.computeIfAbsent(
                this + " " + job,
                any -> EngineBed.settings(
                        LAYOUT.replace("DEQUEUE", "dequeue-on-new-patchset: " + (this != KEEPS_SUPERSEDED))
                                .replace("MUTEX", this == NO_MUTEX ? "voting: true" : "mutex: lab")
                                .replace("JOB", job)));
    }

    /** What a new process finds on its disk. */
    void corrupt(Map<String, Item> items, Map<String, StreamMemory> memory, long now) {
        if (this == FORGETS_SENDING) {
            items.replaceAll(
                    (id, item) -> item.report() == null || item.report().phase() != Report.Phase.SENDING
                            ? item
                            : item.withReport(item.report().to(Report.Phase.OWED)));
        } else if (this == HASTY_POSITION) {
            memory.replaceAll((key, left) -> left.position() == null
                    ? left
                    : with(new StreamPosition(now / 1000 + 1, left.position().keys()), left));
        } else if (this == FORGETS_KEYS) {
            memory.replaceAll((key, left) -> left.position() == null
                    ? left
                    : with(new StreamPosition(left.position().seconds(), List.of()), left));
        }
    }

    private static StreamMemory with(StreamPosition position, StreamMemory left) {
        return new StreamMemory(position, left.counters(), left.unvoted(), left.later());
    }
}
