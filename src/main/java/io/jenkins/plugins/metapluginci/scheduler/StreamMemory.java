package io.jenkins.plugins.metapluginci.scheduler;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.metapluginci.gerrit.GerritEvent;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the scheduler must remember beside its items. Immutable; persisted as {@code stream.json}.
 *
 * @param position how far the stream is decided; null before the first event
 * @param counters of pipelines, by name
 * @param unvoted reports that went out without their vote, newest first
 * @param later missed events that wait for a person's word, oldest first
 */
record StreamMemory(
        @CheckForNull StreamPosition position,
        Map<String, Counter> counters,
        List<SchedulerView.Notice> unvoted,
        List<GerritEvent> later) {

    static final StreamMemory EMPTY = new StreamMemory(null, Map.of(), List.of(), List.of());

    StreamMemory {
        counters = Collections.unmodifiableMap(new LinkedHashMap<>(counters));
        unvoted = List.copyOf(unvoted);
        later = List.copyOf(later);
    }

    /** Failures in a row of a pipeline. @param disabled whether they were too many */
    record Counter(int failures, boolean disabled) {
        static final Counter NONE = new Counter(0, false);
    }
}
