package io.jenkins.plugins.metapluginci;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.metapluginci.config.LayoutSource;
import io.jenkins.plugins.metapluginci.config.MetapluginCiSettings;
import io.jenkins.plugins.metapluginci.layout.JobNode;
import io.jenkins.plugins.metapluginci.layout.Layout;
import io.jenkins.plugins.metapluginci.layout.Problem;
import io.jenkins.plugins.metapluginci.layout.ProjectConfig;
import java.util.List;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;

/**
 * The last layout that was valid: one with errors changes nothing. Read by one thread at a time, which is for the caller to see
 * to; everything else from any thread.
 */
final class LayoutInForce {
    private static final Logger LOGGER = Logger.getLogger(LayoutInForce.class.getName());

    private record State(
            @CheckForNull Layout layout,
            String version,
            boolean shipped,
            @CheckForNull String problem) {}

    private volatile State state = new State(null, "", false, null);

    /** Reads the layout from where the settings say, and takes it if it is valid. @return what is wrong, in one line each */
    List<String> read(MetapluginCiSettings settings) {
        LayoutSource.Read read = LayoutSource.read(settings);
        Layout layout = read.result().layout();
        State before = state;
        if (layout == null) {
            List<String> errors =
                    read.result().errors().stream().map(Problem::toString).toList();
            LOGGER.log(Level.WARNING, "The layout is not taken: {0}", errors);
            String instead = before.layout == null ? "no event is taken" : "the one before stays in force";
            String problem = "The layout has errors, " + instead + ": "
                    + errors.stream().limit(10).collect(Collectors.joining("; "));
            state = new State(before.layout, before.version, before.shipped, problem);
            return errors;
        }
        read.result().warnings().forEach(warning -> LOGGER.log(Level.INFO, "The layout is taken, but at {0}", warning));
        state = new State(layout, settings.connectionName() + "\n" + read.text(), read.isDefault(), null);
        return List.of();
    }

    /** Null before one was valid. */
    @CheckForNull
    Layout layout() {
        return state.layout;
    }

    /** Another one for another layout. */
    String version() {
        return state.version;
    }

    /** Whether it is the layout that is shipped, which names a job that nobody may have. */
    boolean isShipped() {
        return state.shipped;
    }

    /** Why the layout that is configured is not in force, for people; null when it is. */
    @CheckForNull
    String problem() {
        return state.problem;
    }

    /** Whose events matter: what goes on in others is let go by. */
    Set<String> projects() {
        Layout layout = state.layout;
        return layout == null ? Set.of() : layout.projectNames();
    }

    /** The first project whose changes a job tests; null when there is none. */
    @CheckForNull
    String projectOf(String job) {
        Layout layout = state.layout;
        return layout == null
                ? null
                : layout.projects().values().stream()
                        .filter(project -> project.jobs().values().stream().anyMatch(roots -> has(roots, job)))
                        .map(ProjectConfig::name)
                        .findFirst()
                        .orElse(null);
    }

    private static boolean has(List<JobNode> nodes, String job) {
        return nodes.stream().anyMatch(node -> node.job().name().equals(job) || has(node.children(), job));
    }
}
