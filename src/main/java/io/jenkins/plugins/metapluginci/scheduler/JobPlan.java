package io.jenkins.plugins.metapluginci.scheduler;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.metapluginci.layout.ChangeState;
import io.jenkins.plugins.metapluginci.layout.Job;
import io.jenkins.plugins.metapluginci.layout.JobNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The jobs that a layout runs for one change, parents before children. A job that does not apply takes those under it along:
 * Zuul 2.5.2 went on waiting for them for ever. Immutable.
 */
final class JobPlan {
    /** @param parent the job that must succeed first; null for a root */
    record Planned(Job job, @CheckForNull String parent) {}

    private final Map<String, Planned> jobs = new LinkedHashMap<>();

    private JobPlan() {}

    static JobPlan of(List<JobNode> roots, ChangeState change) {
        JobPlan plan = new JobPlan();
        plan.add(roots, null, change);
        return plan;
    }

    private void add(List<JobNode> nodes, @CheckForNull String parent, ChangeState change) {
        for (JobNode node : nodes) {
            if (node.job().appliesTo(change)) {
                jobs.putIfAbsent(node.job().name(), new Planned(node.job(), parent));
                add(node.children(), node.job().name(), change);
            }
        }
    }

    List<Planned> all() {
        return new ArrayList<>(jobs.values());
    }

    boolean isEmpty() {
        return jobs.isEmpty();
    }

    /** Null when it is not one of them. */
    @CheckForNull
    Planned get(String job) {
        return jobs.get(job);
    }
}
