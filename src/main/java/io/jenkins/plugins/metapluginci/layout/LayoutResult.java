package io.jenkins.plugins.metapluginci.layout;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.List;
import java.util.Set;

/**
 * What became of a text that should be a layout.
 *
 * @param layout null when there are errors
 * @param definedJobs every job that the text names, also where it is off: what zuul-server -t holds against a job list
 * @param errors everything that is wrong, by line; empty when there is a layout
 * @param warnings what is off or has no effect, by line
 */
public record LayoutResult(
        @CheckForNull Layout layout, Set<String> definedJobs, List<Problem> errors, List<Problem> warnings) {
    public LayoutResult {
        definedJobs = Set.copyOf(definedJobs);
        errors = List.copyOf(errors);
        warnings = List.copyOf(warnings);
    }

    public boolean valid() {
        return layout != null;
    }
}
