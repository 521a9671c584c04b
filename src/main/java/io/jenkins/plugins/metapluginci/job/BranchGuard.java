package io.jenkins.plugins.metapluginci.job;

import hudson.Extension;
import hudson.model.Action;
import hudson.model.Failure;
import hudson.model.Queue;
import io.jenkins.plugins.metapluginci.job.gate.GateRules;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.kohsuke.stapler.Stapler;

/**
 * Refuses a build of a branch that cannot be one, before it takes a node: a person is told on a page, anything else that
 * starts builds finds that none was queued.
 *
 * <p>Asked under the queue's lock: looks into memory and nowhere else.
 */
@Extension
public final class BranchGuard extends Queue.QueueDecisionHandler {
    private static final Logger LOGGER = Logger.getLogger(BranchGuard.class.getName());

    @Override
    public boolean shouldSchedule(Queue.Task task, List<Action> actions) {
        // The scheduler's branches are Gerrit's.
        if (!(task instanceof DevstackGateProject job) || GateParameters.among(actions) != null) {
            return true;
        }
        String problem = GateRules.branch(BranchParameter.among(actions));
        if (problem == null) {
            return true;
        }
        if (Stapler.getCurrentRequest() != null) {
            throw new Failure(problem);
        }
        LOGGER.log(Level.WARNING, Messages.BranchGuard_Refused(job.getFullName(), problem));
        return false;
    }
}
