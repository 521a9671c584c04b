package io.jenkins.plugins.metapluginci.node;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Util;
import hudson.model.AbstractProject;
import hudson.model.Action;
import hudson.model.Computer;
import hudson.model.Executor;
import hudson.model.Hudson;
import hudson.model.Queue;
import hudson.model.Run;

/** What the room has to know of a build of the core: which node it has, what it is called, whether it ends in a reboot. */
public final class NodeBuilds {
    private NodeBuilds() {}

    /** The build's name in the nodes' records. */
    public static BuildRef refOf(Run<?, ?> run) {
        String uuid = null;
        for (Action action : run.getActions()) {
            if (action instanceof CarriesUuid carrier && carrier.getUuid() != null) {
                uuid = carrier.getUuid();
            }
        }
        return new BuildRef(run.getParent().getFullName(), run.getNumber(), uuid);
    }

    /**
     * The name of the node whose executor the calling thread is; null on the controller's own executors and on a thread that
     * is none. {@code getBuiltOn} would say "the controller" for every build whose node is not set yet (core-notes R6).
     */
    @CheckForNull
    public static String currentNode() {
        Executor executor = Executor.currentExecutor();
        Computer owner = executor == null ? null : executor.getOwner();
        return owner == null || owner instanceof Hudson.MasterComputer ? null : Util.fixEmpty(owner.getName());
    }

    /**
     * Why a build must not run its first command on the node of the calling executor thread; null when it may: the node is
     * not the controller, and its record for this build is on disk. For the one step of a {@link RebootsNode} job.
     */
    @CheckForNull
    public static String refusal(Run<?, ?> run) {
        String node = currentNode();
        if (node == null) {
            return Messages.NodeBuilds_Controller();
        }
        NodeLifecycle lifecycle = Nodes.lifecycle();
        return lifecycle == null
                ? Messages.NodeBuilds_NotUp()
                : lifecycle.refusal(node, refOf(run).key());
    }

    /** What the builds of a task do to their node. */
    static NodeUse useOf(Queue.Task task) {
        if (task instanceof RebootsNode) {
            return NodeUse.EXCLUSIVE;
        }
        return publisherOf(task) == null ? NodeUse.PLAIN : NodeUse.REBOOTS;
    }

    /** The command that a task's builds reboot their node with; null for the configured one. */
    @CheckForNull
    static String command(Queue.Task task) {
        RebootPublisher publisher = publisherOf(task);
        String command = null;
        if (task instanceof RebootsNode reboots) {
            command = Util.fixEmptyAndTrim(reboots.getRebootCommand());
        } else if (publisher != null) {
            command = Util.fixEmptyAndTrim(publisher.getRebootCommand());
        }
        // What a form shows for "nothing of its own".
        return NodeLifecycle.DEFAULT_COMMAND.equals(command) ? null : command;
    }

    @CheckForNull
    private static RebootPublisher publisherOf(Queue.Task task) {
        return task instanceof AbstractProject<?, ?> project
                ? project.getPublishersList().get(RebootPublisher.class)
                : null;
    }
}
