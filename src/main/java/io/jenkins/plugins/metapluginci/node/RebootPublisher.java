package io.jenkins.plugins.metapluginci.node;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Extension;
import hudson.Launcher;
import hudson.Util;
import hudson.model.AbstractBuild;
import hudson.model.AbstractProject;
import hudson.model.BuildListener;
import hudson.model.Project;
import hudson.tasks.BuildStepDescriptor;
import hudson.tasks.BuildStepMonitor;
import hudson.tasks.Publisher;
import hudson.tasks.Recorder;
import org.kohsuke.stapler.DataBoundConstructor;

/**
 * Chooses that the node of each build of a job is taken offline and rebooted once the build is final. The choosing is all
 * that the step does: {@link NodeRunListener} reads it off the job when a build starts, so that the node is rebooted
 * however the build ends.
 */
public class RebootPublisher extends Recorder {
    private final String rebootCommand;

    /** @param rebootCommand the shell command that reboots the node; null or empty for the default one */
    @DataBoundConstructor
    public RebootPublisher(@CheckForNull String rebootCommand) {
        this.rebootCommand = Util.fixEmptyAndTrim(rebootCommand);
    }

    /** The shell command that reboots the node; never empty. */
    public String getRebootCommand() {
        return rebootCommand == null ? NodeLifecycle.DEFAULT_COMMAND : rebootCommand;
    }

    @Override
    public BuildStepMonitor getRequiredMonitorService() {
        return BuildStepMonitor.NONE;
    }

    /** Holds a build back whose node was not taken for it: it would run on a node that is not known to be clean. */
    @Override
    public boolean prebuild(AbstractBuild<?, ?> build, BuildListener listener) {
        if (NodeBuilds.currentNode() == null) {
            return true;
        }
        String refusal = NodeBuilds.refusal(build);
        if (refusal != null) {
            listener.error(Messages.RebootPublisher_Refused(refusal));
        }
        return refusal == null;
    }

    /** Says what will happen; never changes the build's result. */
    @Override
    public boolean perform(AbstractBuild<?, ?> build, Launcher launcher, BuildListener listener) {
        String node = NodeBuilds.currentNode();
        NodeLifecycle lifecycle = Nodes.lifecycle();
        boolean left = node == null
                || lifecycle != null && lifecycle.leaves(NodeBuilds.refOf(build).key());
        listener.getLogger()
                .println(
                        left
                                ? Messages.RebootPublisher_Controller()
                                : Messages.RebootPublisher_Chosen(node, getRebootCommand()));
        return true;
    }

    /** Offered on the page of every job with post-build actions that does not reboot its node anyway. */
    @Extension
    public static final class DescriptorImpl extends BuildStepDescriptor<Publisher> {
        public DescriptorImpl() {
            super(RebootPublisher.class);
        }

        @Override
        public String getDisplayName() {
            return Messages.RebootPublisher_DisplayName();
        }

        @Override
        public boolean isApplicable(Class<? extends AbstractProject> type) {
            return Project.class.isAssignableFrom(type) && !RebootsNode.class.isAssignableFrom(type);
        }

        /** For the form. */
        public String getDefaultCommand() {
            return NodeLifecycle.DEFAULT_COMMAND;
        }
    }
}
