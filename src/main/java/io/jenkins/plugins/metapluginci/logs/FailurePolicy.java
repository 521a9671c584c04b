package io.jenkins.plugins.metapluginci.logs;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.model.Result;

/** What a build becomes when its logs cannot be published. The names are in config.xml. */
public enum FailurePolicy {
    UNSTABLE,
    FAILURE,
    IGNORE;

    /** For people. */
    public String getDisplayName() {
        return switch (this) {
            case UNSTABLE -> Messages.FailurePolicy_unstable();
            case FAILURE -> Messages.FailurePolicy_failure();
            case IGNORE -> Messages.FailurePolicy_ignore();
        };
    }

    /** The result to set; null for none. */
    @CheckForNull
    Result result() {
        return switch (this) {
            case UNSTABLE -> Result.UNSTABLE;
            case FAILURE -> Result.FAILURE;
            case IGNORE -> null;
        };
    }
}
