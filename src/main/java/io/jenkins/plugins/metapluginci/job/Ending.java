package io.jenkins.plugins.metapluginci.job;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.model.Hudson;
import hudson.model.Result;
import io.jenkins.plugins.metapluginci.scheduler.BuildRecord.Outcome;

/**
 * How a run step ended. Immutable.
 *
 * @param exitStatus of devstack-gate; null when it has none
 * @param reason for people; null after SUCCESS and FAILURE
 */
record Ending(
        Outcome outcome,
        @CheckForNull Integer exitStatus,
        @CheckForNull String reason) {
    static Ending exited(int status) {
        return new Ending(status == 0 ? Outcome.SUCCESS : Outcome.FAILURE, status, null);
    }

    static Ending infrastructure(String reason) {
        return new Ending(Outcome.INFRASTRUCTURE, null, reason);
    }

    /** Somebody stopped it: a person, unless the controller stops all its builds because it ends itself. */
    static Ending aborted(String reason) {
        return Hudson.getInstance().isTerminating()
                ? infrastructure(Messages.Ending_Terminating())
                : new Ending(Outcome.ABORTED, null, reason);
    }

    /** What Jenkins shows; the record votes. */
    Result result() {
        switch (outcome) {
            case SUCCESS:
                return Result.SUCCESS;
            case UNSTABLE:
                return Result.UNSTABLE;
            case ABORTED:
                return Result.ABORTED;
            case INFRASTRUCTURE:
                return Result.NOT_BUILT;
            default:
                return Result.FAILURE;
        }
    }

    /** devstack-gate may not have collected its logs. */
    boolean leftLogsBehind() {
        return outcome != Outcome.SUCCESS && outcome != Outcome.FAILURE;
    }

    /** The node, or what is ours, cannot run the build: not the change's failure. */
    static final class InfrastructureException extends Exception {
        private static final long serialVersionUID = 1L;

        InfrastructureException(String reason) {
            super(reason);
        }
    }
}
