package io.jenkins.plugins.metapluginci.scheduler;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.metapluginci.gerrit.GerritEvent;
import java.util.List;
import java.util.Map;

/**
 * The engine's state as of one moment, for other threads. Immutable, and cheap to make: {@link Views} does the work when
 * somebody looks.
 */
record Snapshot(
        List<Item> items,
        SchedulerSettings settings,
        Plans plans,
        long lastReconfigured,
        @CheckForNull String idle,
        @CheckForNull String holding,
        Map<String, StreamMemory.Counter> counters,
        List<SchedulerView.Waiting> backlog,
        List<GerritEvent> later,
        List<SchedulerView.Notice> unvoted,
        List<String> dropped,
        int undecided,
        @CheckForNull Long position) {

    static final Snapshot EMPTY = new Snapshot(
            List.of(),
            SchedulerSettings.none(),
            new Plans(null),
            0,
            null,
            null,
            Map.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            0,
            null);

    Snapshot {
        items = List.copyOf(items);
        counters = Map.copyOf(counters);
        dropped = List.copyOf(dropped);
    }
}
