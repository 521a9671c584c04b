package io.jenkins.plugins.metapluginci.node;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.io.IOException;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Which builds of ours run now, and on which nodes: a build gives its first command only with its node's record on disk.
 *
 * <p>Threads: any.
 */
final class NodePermits {
    private static final Logger LOGGER = Logger.getLogger(NodePermits.class.getName());

    private final Machine machine;
    private final NodeRecords records;
    /** Nodes that are never taken, with the reason. */
    private final Map<String, String> refused = new ConcurrentHashMap<>();
    /** By key of the build. */
    private final Map<String, Permit> permits = new ConcurrentHashMap<>();

    /**
     * Where a build of ours runs.
     *
     * @param refusal why it must not run any command; null when it may
     * @param left whether the node is left as it is
     * @param lost why the build comes to nothing for the node's sake; null while it does not
     */
    record Permit(
            String node,
            @CheckForNull String refusal,
            boolean left,
            @CheckForNull String lost) {}

    NodePermits(Machine machine, NodeRecords records) {
        this.machine = machine;
        this.records = records;
    }

    /** Why no build of ours ever runs on a node; null when it may. */
    @CheckForNull
    String never(String node) {
        return refused.get(node);
    }

    /** Takes the controller's own host out of use. @return why */
    String ownHost(String node) {
        String reason =
                node + " is the controller's own host: no build of this kind runs there, and it is never rebooted";
        refused.put(node, reason);
        return reason;
    }

    void retain(Collection<String> nodes) {
        refused.keySet().retainAll(nodes);
    }

    /** @return why the build must not run; null when it may */
    @CheckForNull
    String take(String node, BuildRef build, @CheckForNull String command, NodeUse use) throws InterruptedException {
        Permit permit = permit(node, build, command, use == NodeUse.EXCLUSIVE);
        permits.put(build.key(), permit);
        if (permit.refusal != null) {
            LOGGER.log(Level.WARNING, "{0} must not run on {1}: {2}", new Object[] {build, node, permit.refusal});
        }
        return permit.refusal;
    }

    /** Why a build must not run on a node; null when it may. */
    @CheckForNull
    String refusal(String node, String buildKey) {
        Permit permit = permits.get(buildKey);
        if (permit == null || !permit.node.equals(node)) {
            return "The node " + node + " was not taken for this build";
        }
        if (permit.refusal != null || permit.left) {
            return permit.refusal;
        }
        NodeRecord record = records.get(node);
        boolean taken = record != null && (record.phase() == NodePhase.RUNNING || record.phase() == NodePhase.DRAINING);
        return taken ? null : "The node " + node + " is not taken any more";
    }

    @CheckForNull
    Permit get(String buildKey) {
        return permits.get(buildKey);
    }

    @CheckForNull
    Permit remove(String buildKey) {
        return permits.remove(buildKey);
    }

    void lost(String buildKey, String why) {
        permits.computeIfPresent(buildKey, (key, permit) -> new Permit(permit.node, permit.refusal, permit.left, why));
    }

    private Permit permit(String node, BuildRef build, @CheckForNull String command, boolean exclusive)
            throws InterruptedException {
        String bootId = null;
        String trouble = null;
        try {
            bootId = machine.bootId(node);
        } catch (MachineException e) {
            trouble = "The boot id of " + node + " could not be read: " + e.getMessage();
        }
        if (bootId != null && bootId.equals(machine.controllerBootId())) {
            String reason = ownHost(node);
            return new Permit(node, exclusive ? reason : null, true, null);
        }
        try {
            NodeRecord record = records.apply(node, new NodeEvent.Started(node, build, bootId, command));
            if (record == null || !build.isSame(record.build())) {
                String refusal = joins(record, exclusive) ? trouble : refusalOf(node, record);
                return new Permit(node, refusal, false, null);
            }
            return new Permit(node, trouble, false, null);
        } catch (IOException e) {
            return new Permit(node, "The record of " + node + " could not be written: " + e, false, null);
        }
    }

    private static boolean joins(@CheckForNull NodeRecord record, boolean exclusive) {
        return !exclusive
                && record != null
                && (record.phase() == NodePhase.RUNNING || record.phase() == NodePhase.DRAINING);
    }

    static String refusalOf(String node, @CheckForNull NodeRecord record) {
        return record == null
                ? "The node " + node + " cannot be taken"
                : "The node " + node + " is " + record.phase() + ": " + record.reason();
    }
}
