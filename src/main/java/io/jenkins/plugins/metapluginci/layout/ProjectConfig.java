package io.jenkins.plugins.metapluginci.layout;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is run for a project.
 *
 * @param jobs by pipeline, for those that the project uses: first what its templates list, then its own
 */
public record ProjectConfig(String name, MergeMode mergeMode, Map<String, List<JobNode>> jobs) {
    public ProjectConfig {
        Map<String, List<JobNode>> copy = new LinkedHashMap<>();
        jobs.forEach((pipeline, roots) -> copy.put(pipeline, List.copyOf(roots)));
        jobs = Collections.unmodifiableMap(copy);
    }
}
