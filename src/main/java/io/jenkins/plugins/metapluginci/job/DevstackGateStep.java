package io.jenkins.plugins.metapluginci.job;

import hudson.Extension;
import hudson.Launcher;
import hudson.model.AbstractBuild;
import hudson.model.AbstractProject;
import hudson.model.BuildListener;
import hudson.tasks.BuildStepDescriptor;
import hudson.tasks.BuildStepMonitor;
import hudson.tasks.Builder;
import io.jenkins.plugins.metapluginci.scheduler.BuildRecord;

/** Cleanup, run and publish, in one step (core-notes R4). Never added by people: {@link DevstackGateProject} has it. */
public final class DevstackGateStep extends Builder {
    /** Of the time limit; tests cannot wait for minutes. */
    static volatile long secondsPerMinute = 60;

    @Override
    public BuildStepMonitor getRequiredMonitorService() {
        return BuildStepMonitor.NONE;
    }

    @Override
    public boolean perform(AbstractBuild<?, ?> build, Launcher launcher, BuildListener listener)
            throws InterruptedException {
        if (build instanceof DevstackGateBuild ours) {
            GateRun run = new GateRun(ours, launcher, listener, secondsPerMinute);
            Ending ending = run.perform();
            build.setResult(ending.result());
            InterruptedException abort = run.abort();
            if (abort != null) {
                throw abort;
            }
            return ending.outcome() == BuildRecord.Outcome.SUCCESS;
        }
        listener.error(Messages.DevstackGateStep_OtherJob());
        return false;
    }

    /** Offered nowhere. */
    @Extension
    public static final class DescriptorImpl extends BuildStepDescriptor<Builder> {
        @Override
        public boolean isApplicable(Class<? extends AbstractProject> jobType) {
            return false;
        }

        @Override
        public String getDisplayName() {
            return Messages.DevstackGateStep_DisplayName();
        }
    }
}
