package io.jenkins.plugins.metapluginci.layout;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A valid layout.yaml, without what is off. Immutable.
 *
 * @param pipelines in the file's order, which is the order in which an event is offered to them
 * @param projects by name, in the file's order
 * @param warnings what is off or has no effect, by line
 */
public record Layout(List<Pipeline> pipelines, Map<String, ProjectConfig> projects, List<Problem> warnings) {
    public Layout {
        pipelines = List.copyOf(pipelines);
        projects = Collections.unmodifiableMap(new LinkedHashMap<>(projects));
        warnings = List.copyOf(warnings);
    }

    /** The pipeline of this name; null when there is none, or it is off. */
    @CheckForNull
    public Pipeline pipeline(String name) {
        return pipelines.stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    /** The jobs at the root of what is run for a project in a pipeline; empty when the project does not use it. */
    public List<JobNode> jobTree(String pipeline, String project) {
        ProjectConfig config = projects.get(project);
        return config == null ? List.of() : config.jobs().getOrDefault(pipeline, List.of());
    }

    /** The projects whose events matter. */
    public Set<String> projectNames() {
        return projects.keySet();
    }

    /** The jobs that may be launched, sorted; not the built-in noop, and none that only the jobs section mentions. */
    public Set<String> jobNames() {
        Set<String> names = new TreeSet<>();
        projects.values().forEach(project -> project.jobs().values().forEach(roots -> collect(roots, names)));
        names.remove(Job.NOOP);
        return names;
    }

    private static void collect(Collection<JobNode> nodes, Set<String> names) {
        for (JobNode node : nodes) {
            names.add(node.job().name());
            collect(node.children(), names);
        }
    }
}
