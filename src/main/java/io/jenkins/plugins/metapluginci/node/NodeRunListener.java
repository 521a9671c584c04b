package io.jenkins.plugins.metapluginci.node;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Extension;
import hudson.model.AbstractBuild;
import hudson.model.TaskListener;
import hudson.model.listeners.RunListener;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Tells the lifecycle of builds that end in their node's reboot: the node is taken before the build's first command, shown
 * offline while the build still holds its executor, and rebooted when the build is final.
 *
 * <p>On 1.395 {@code onCompleted} is the first moment at which the offline flag does no harm: earlier the core would take
 * it for a lost node (anchors D4-4). What a listener throws there is not caught, and would take others down with it.
 */
@Extension
public final class NodeRunListener extends RunListener<AbstractBuild<?, ?>> {
    private static final Logger LOGGER = Logger.getLogger(NodeRunListener.class.getName());

    @SuppressWarnings({"unchecked", "rawtypes"})
    public NodeRunListener() {
        super((Class) AbstractBuild.class);
    }

    @Override
    public void onStarted(AbstractBuild<?, ?> build, TaskListener listener) {
        try {
            NodeUse use = NodeBuilds.useOf(build.getProject());
            String node = NodeBuilds.currentNode();
            NodeLifecycle lifecycle = Nodes.lifecycle();
            if (use != NodeUse.PLAIN && node != null && lifecycle != null) {
                lifecycle.started(node, NodeBuilds.refOf(build), NodeBuilds.command(build.getProject()), use);
            }
        } catch (InterruptedException e) {
            // The build's own thread: its next wait ends the build.
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOGGER.log(Level.WARNING, "The node of " + build + " was not taken for it", e);
        }
    }

    @Override
    public void onCompleted(AbstractBuild<?, ?> build, @CheckForNull TaskListener listener) {
        try {
            NodeLifecycle lifecycle = Nodes.lifecycle();
            if (lifecycle != null) {
                lifecycle.completed(NodeBuilds.refOf(build));
            }
        } catch (RuntimeException e) {
            LOGGER.log(Level.WARNING, "The node of " + build + " was not taken offline", e);
        }
    }

    @Override
    public void onFinalized(AbstractBuild<?, ?> build) {
        try {
            NodeLifecycle lifecycle = Nodes.lifecycle();
            if (lifecycle != null) {
                lifecycle.finished(NodeBuilds.refOf(build));
            }
        } catch (RuntimeException e) {
            LOGGER.log(Level.WARNING, "The end of " + build + " was not noticed", e);
        }
    }
}
