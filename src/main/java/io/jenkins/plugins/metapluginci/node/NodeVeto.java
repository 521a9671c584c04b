package io.jenkins.plugins.metapluginci.node;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Extension;
import hudson.model.Computer;
import hudson.model.Executor;
import hudson.model.Hudson;
import hudson.model.Node;
import hudson.model.Queue;
import hudson.model.queue.CauseOfBlockage;
import hudson.model.queue.QueueTaskDispatcher;
import hudson.model.queue.WorkUnit;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Keeps every task off a node that is not READY, and tasks that reboot their node off the controller's own host.
 *
 * <p>Asked under the queue's lock, for every task and executor: looks into memory and nowhere else.
 */
@Extension
public final class NodeVeto extends QueueTaskDispatcher {
    private static final Logger LOGGER = Logger.getLogger(NodeVeto.class.getName());

    /**
     * Exclusive tasks that were let onto a node with several executors, by node, until they left the queue: 1.395 hands
     * out all executors of a node in one round, before the first of them counts as busy. Guarded by {@code this}.
     */
    private final Map<String, Set<Queue.Task>> granted = new HashMap<>();

    /** Why a task waits, for the queue's page. */
    private static final class Blockage extends CauseOfBlockage {
        private final String text;

        Blockage(String text) {
            this.text = text;
        }

        @Override
        public String getShortDescription() {
            return text;
        }
    }

    @Override
    @CheckForNull
    public CauseOfBlockage canTake(Node node, Queue.Task task) {
        try {
            String reason = reason(node, task);
            return reason == null ? null : new Blockage(reason);
        } catch (RuntimeException e) {
            LOGGER.log(Level.WARNING, "Not known whether " + node.getNodeName() + " may take a task", e);
            return new Blockage(Messages.NodeVeto_NotKnown(node.getNodeName()));
        }
    }

    @CheckForNull
    private String reason(Node node, Queue.Task task) {
        NodeUse use = NodeBuilds.useOf(task);
        if (node instanceof Hudson) {
            return use == NodeUse.EXCLUSIVE ? Messages.NodeBuilds_Controller() : null;
        }
        NodeLifecycle lifecycle = Nodes.lifecycle();
        if (lifecycle == null) {
            return Messages.NodeBuilds_NotUp();
        }
        String reason = lifecycle.blocked(node.getNodeName(), use);
        return reason == null ? crowd(node, task, use) : reason;
    }

    @CheckForNull
    private synchronized String crowd(Node node, Queue.Task task, NodeUse use) {
        if (node.getNumExecutors() < 2) {
            return null;
        }
        String name = node.getNodeName();
        if (isPending(name, task) || isTaken(node.toComputer(), use)) {
            return Messages.NodeVeto_Crowded(name);
        }
        if (use == NodeUse.EXCLUSIVE) {
            granted.get(name).add(task);
        }
        return null;
    }

    /** Whether an exclusive task that was let onto the node has not started yet. */
    private boolean isPending(String node, Queue.Task task) {
        Queue queue = Hudson.getInstance().getQueue();
        Set<Queue.Task> tasks = granted.computeIfAbsent(node, key -> new LinkedHashSet<>());
        tasks.removeIf(other -> !other.equals(task) && !queue.isPending(other));
        for (Queue.Task other : tasks) {
            if (queue.isPending(other)) {
                return true;
            }
        }
        return false;
    }

    /** Whether what the node's executors do leaves no room: an exclusive task for anyone, any task for an exclusive one. */
    private static boolean isTaken(@CheckForNull Computer computer, NodeUse use) {
        if (computer != null) {
            for (Executor executor : computer.getExecutors()) {
                WorkUnit unit = executor.getCurrentWorkUnit();
                if (unit != null && (use == NodeUse.EXCLUSIVE || unit.work instanceof RebootsNode)) {
                    return true;
                }
            }
        }
        return false;
    }
}
