package io.jenkins.plugins.metapluginci.node;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.List;

/**
 * What the checks of a node found. Immutable.
 *
 * @param results in the order they were made
 */
public record CheckReport(List<CheckResult> results) {
    public CheckReport {
        results = List.copyOf(results);
    }

    /** The first that failed; null when the node may take builds. */
    @CheckForNull
    public CheckResult firstFailure() {
        return results.stream().filter(result -> !result.passed()).findFirst().orElse(null);
    }
}
