package io.jenkins.plugins.metapluginci.layout;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.List;

/**
 * An independent pipeline as the layout describes it (contract: Pipeline, model.py of Zuul 2.5.2).
 *
 * @param source the connection that its changes come from
 * @param triggers one that matches lets an event in; empty when the layout triggers it by what is off here
 * @param require null when it asks nothing of a change
 * @param reject null when it refuses no change; a change must be allowed by both
 * @param footerMessage "" when there is none
 * @param disableAfter this many failures in a row disable it; 0 when nothing does
 */
public record Pipeline(
        String name,
        @CheckForNull String description,
        String source,
        List<EventFilter> triggers,
        @CheckForNull Requirement require,
        @CheckForNull Requirement reject,
        String successMessage,
        String failureMessage,
        String mergeFailureMessage,
        String footerMessage,
        Reporters reporters,
        int disableAfter,
        boolean dequeueOnNewPatchset,
        boolean ignoreDependencies,
        Precedence precedence) {

    /** Zuul's own texts (_parseConfig, scheduler.py); its documentation says "successful", its code does not. */
    public static final String SUCCESS_MESSAGE = "Build succeeded.";

    public static final String FAILURE_MESSAGE = "Build failed.";

    public static final String MERGE_FAILURE_MESSAGE = "Merge Failed.\n\n"
            + "This change or one of its cross-repo dependencies was unable to be automatically merged with the current"
            + " state of its repository. Please rebase the change and upload a new patchset.";

    public Pipeline {
        triggers = List.copyOf(triggers);
    }
}
