package io.jenkins.plugins.metapluginci.scheduler;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.metapluginci.layout.Layout;
import io.jenkins.plugins.metapluginci.layout.Pipeline;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What one layout makes of the items. Any thread. */
final class Plans {
    private static final JobPlan NOTHING = JobPlan.of(List.of(), null);

    @CheckForNull
    private final Layout layout;

    private final Map<String, Pipeline> pipelines = new HashMap<>();
    private final Map<String, JobPlan> plans = new ConcurrentHashMap<>();

    /** @param layout null while none is known */
    Plans(@CheckForNull Layout layout) {
        this.layout = layout;
        if (layout != null) {
            layout.pipelines().forEach(pipeline -> pipelines.put(pipeline.name(), pipeline));
        }
    }

    /** Null while no layout is known. */
    @CheckForNull
    Layout layout() {
        return layout;
    }

    /** Null when the layout has none of that name. */
    @CheckForNull
    Pipeline pipeline(String name) {
        return pipelines.get(name);
    }

    /** The jobs of an item; none when its project does not use its pipeline. */
    JobPlan of(Item item) {
        Layout known = layout;
        if (known == null) {
            return NOTHING;
        }
        return plans.computeIfAbsent(
                item.id(),
                id -> JobPlan.of(known.jobTree(item.pipeline(), item.change().project()), item.state()));
    }

    void forget(String id) {
        plans.remove(id);
    }
}
