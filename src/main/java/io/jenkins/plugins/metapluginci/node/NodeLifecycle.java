package io.jenkins.plugins.metapluginci.node;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.function.LongSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The life of every node around its builds. A node that a build of ours touched takes nothing more until it came back from
 * a reboot with a new boot id; that survives a kill of the controller at any instant.
 *
 * <p>Threads: callable from any. {@link #blocked}, {@link #record}, {@link #mayRun} and {@link #snapshot} only look into
 * memory, so that the queue may ask them; {@link #started}, {@link #completed}, {@link #finished} and {@link #rebootNow}
 * wait for the disk (and {@code started} for the node, within a deadline) and must not be called under a lock. Everything
 * else about a node happens on worker threads.
 */
public final class NodeLifecycle implements AutoCloseable {
    /** What reboots a node whose job says nothing else. */
    public static final String DEFAULT_COMMAND = "sudo -n /sbin/shutdown -r now";

    private static final Logger LOGGER = Logger.getLogger(NodeLifecycle.class.getName());

    private final Machine machine;
    private final NodeTimings timings;
    private final LongSupplier clock;
    private final NodeRecords records;
    private final Pacer pacer;
    private final Map<String, NodeWork> works = new ConcurrentHashMap<>();
    /** Nodes without a record that a build waits for. */
    private final Set<String> wanted = ConcurrentHashMap.newKeySet();
    /** Nodes that are never taken, with the reason. */
    private final Map<String, String> refused = new ConcurrentHashMap<>();

    private volatile NodeChecks checks = node -> new CheckReport(List.of());
    private volatile LogRescue rescue = (node, build) -> {};

    @CheckForNull
    private volatile NodePreparation preparation;

    /** The builds of ours that run now, by key. */
    private final Map<String, Permit> permits = new ConcurrentHashMap<>();

    /**
     * Where a build of ours runs.
     *
     * @param refusal why it must not run any command; null when it may
     * @param left whether the node is left as it is
     */
    private record Permit(String node, @CheckForNull String refusal, boolean left) {}

    /**
     * @param directory the records' home, {@code nodes/}
     * @param threads makes the worker threads; the Jenkins half gives them the rights of the system
     */
    public NodeLifecycle(Path directory, Machine machine, NodeTimings timings, ThreadFactory threads) {
        this(directory, machine, timings, new ThreadPacer(threads), System::currentTimeMillis);
    }

    NodeLifecycle(Path directory, Machine machine, NodeTimings timings, Pacer pacer, LongSupplier clock) {
        this.machine = machine;
        this.timings = timings;
        this.clock = clock;
        this.records = new NodeRecords(directory, timings.attempts(), clock);
        this.pacer = pacer;
    }

    /** The command that reboots the node of a record. */
    static String commandOf(NodeRecord record) {
        String command = record.command();
        return command == null || command.isBlank() ? DEFAULT_COMMAND : command;
    }

    /**
     * Reads the records and takes up every node where it was left. To be called once, when the controller knows its nodes.
     *
     * @throws IOException when the records cannot be read; then no node may be taken
     */
    public void start() throws IOException {
        records.load();
        Collection<String> nodes = machine.nodes();
        for (NodeRecord record : records.all()) {
            if (nodes.contains(record.node())) {
                apply(record.node(), new NodeEvent.Loaded());
            } else {
                drop(record.node());
            }
        }
        for (String node : nodes) {
            NodeRecord record = record(node);
            if (record != null && !record.isReady()) {
                wake(node);
            } else if (machine.offline(node) == Machine.Offline.OURS) {
                // A flag of ours that nothing stands for any more.
                machine.clearOffline(node);
            }
        }
        machine.changed();
    }

    /** Ends the workers; the records stay as they are. */
    @Override
    public void close() {
        works.values().forEach(NodeWork::stop);
        pacer.close();
    }

    /** The record of a node; null when it has none. */
    @CheckForNull
    public NodeRecord record(String node) {
        return records.get(node);
    }

    /** Every record, in the order of the nodes' names. */
    public List<NodeRecord> snapshot() {
        Map<String, NodeRecord> byName = new TreeMap<>();
        for (NodeRecord record : records.all()) {
            byName.put(record.node(), record);
        }
        return new ArrayList<>(byName.values());
    }

    /**
     * Why a node takes no task now; null when it may. Asking for a node that is not known yet has it looked at, soon and
     * elsewhere.
     *
     * @param use what the task's builds do to their node
     */
    @CheckForNull
    public String blocked(String node, NodeUse use) {
        NodeRecord record = records.get(node);
        if (record != null) {
            return record.isReady() ? null : refusalOf(node, record);
        }
        if (use == NodeUse.PLAIN) {
            return null;
        }
        String never = refused.get(node);
        if (never != null) {
            return use == NodeUse.EXCLUSIVE ? never : null;
        }
        if (wanted.add(node)) {
            wake(node);
        }
        return node + " was not looked at yet";
    }

    /**
     * A build that ends in a reboot started on a node. When this returns null the node's record is on disk and the build
     * may run; else the build must not run any command, and the result says why.
     *
     * <p>A build that is not exclusive may join one that has the node, and may run on the controller's own host, which is
     * then left alone.
     *
     * @param command that reboots the node; null for the default one
     * @param use REBOOTS or EXCLUSIVE
     */
    @CheckForNull
    public String started(String node, BuildRef build, @CheckForNull String command, NodeUse use)
            throws InterruptedException {
        Permit permit = take(node, build, command, use == NodeUse.EXCLUSIVE);
        permits.put(build.key(), permit);
        if (permit.refusal != null) {
            LOGGER.log(Level.WARNING, "{0} must not run on {1}: {2}", new Object[] {build, node, permit.refusal});
        }
        wake(node);
        return permit.refusal;
    }

    /** Whether the node's record for this build is on disk, so that its first command may run. */
    public boolean mayRun(String node, String buildKey) {
        return refusal(node, buildKey) == null;
    }

    /** Why a build must not run on a node; null when it may. @param buildKey {@link BuildRef#key} */
    @CheckForNull
    public String refusal(String node, String buildKey) {
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

    /** Whether a build runs on the controller's own host, which is left as it is. @param buildKey {@link BuildRef#key} */
    public boolean leaves(String buildKey) {
        Permit permit = permits.get(buildKey);
        return permit != null && permit.left;
    }

    /** A build is over but still holds its executor: the node is shown offline. */
    public void completed(BuildRef build) {
        Permit permit = permits.get(build.key());
        NodeRecord record = permit == null ? null : records.get(permit.node);
        if (record != null && build.isSame(record.build()) && !record.isReady()) {
            work(permit.node).driver().ensureOffline();
        }
    }

    /** A build is final: nothing of it can suffer from what happens to the node now. */
    public void finished(BuildRef build) {
        Permit permit = permits.remove(build.key());
        if (permit != null) {
            apply(permit.node, new NodeEvent.Finished(build, null));
            wake(permit.node);
        }
    }

    /** The controller has a new connection to the node. Returns at once. */
    public void online(String node) {
        NodeRecord record = records.get(node);
        if (record == null ? wanted.contains(node) : !record.isReady()) {
            wake(node);
        }
    }

    /** The controller's list of nodes may have changed: the records of those that are gone are dropped. Returns at once. */
    public void nodesChanged() {
        pacer.now(() -> {
            Collection<String> nodes = machine.nodes();
            for (NodeRecord record : records.all()) {
                if (!nodes.contains(record.node())) {
                    drop(record.node());
                }
            }
            wanted.retainAll(nodes);
            refused.keySet().retainAll(nodes);
        });
    }

    /**
     * Keeps a node as it is, for a person to look at. While a build has it that takes effect when the build has ended.
     *
     * @param by who wants it, for people; of all such operations
     * @param until when it ends by itself and the node is rebooted, epoch milliseconds; 0: after the configured time
     * @return why it cannot be, for people; null when it is done. So do all such operations.
     */
    @CheckForNull
    public String hold(String node, String by, long until) {
        return "Nodes cannot be held yet";
    }

    /** Ends a hold, also one that was only asked for: a node that is held is rebooted. */
    @CheckForNull
    public String release(String node, String by) {
        return "Nodes cannot be held yet";
    }

    /** Takes a node for clean without a reboot, whatever the last build left on it, and has it checked. */
    @CheckForNull
    public String releaseWithoutReboot(String node, String by) {
        return "Nodes cannot be released yet";
    }

    /** Has a node rebooted now unless a build has it; builds of others on it may end first. */
    @CheckForNull
    public String rebootNow(String node, String by) {
        NodeRecord record = apply(node, new NodeEvent.Wanted(by));
        wake(node);
        return record != null && record.phase() == NodePhase.REBOOTING ? null : refusalOf(node, record);
    }

    /** Has a node set up, again where it was before. */
    @CheckForNull
    public String prepare(String node, String by) {
        return "Nodes cannot be prepared yet";
    }

    /** Has a node checked now. */
    @CheckForNull
    public String recheck(String node, String by) {
        return "Nodes cannot be checked yet";
    }

    /**
     * A node was added: it is connected, set up where that is wanted, checked, and taken.
     *
     * @param prepare whether it is to be set up
     */
    @CheckForNull
    public String added(String node, String by, boolean prepare) {
        return null;
    }

    /** What happened to a node, the last first. @param limit of entries */
    public List<NodeHistoryEntry> history(String node, int limit) {
        return List.of();
    }

    /** What a node did up to now. */
    public NodeStats stats(String node) {
        return NodeStats.NONE;
    }

    /** What all nodes of the controller did up to now. */
    public NodeStats poolStats() {
        return NodeStats.NONE;
    }

    /** What the checks of a node found last; null when they never ran since the controller started. */
    @CheckForNull
    public CheckReport checks(String node) {
        return null;
    }

    /** What looks at nodes before they take builds; until it is set every node passes. */
    public void install(NodeChecks checker) {
        this.checks = checker;
    }

    /** What sets nodes up; until it is set none can be. */
    public void install(NodePreparation preparer) {
        this.preparation = preparer;
    }

    /** What fetches logs that were left on nodes; until it is set nothing does. */
    public void install(LogRescue rescuer) {
        this.rescue = rescuer;
    }

    private Permit take(String node, BuildRef build, @CheckForNull String command, boolean exclusive)
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
            return new Permit(node, exclusive ? reason : null, true);
        }
        try {
            NodeRecord record = records.apply(node, new NodeEvent.Started(node, build, bootId, command));
            if (record == null || !build.isSame(record.build())) {
                return new Permit(node, joins(record, exclusive) ? trouble : refusalOf(node, record), false);
            }
            changed(record);
            return new Permit(node, trouble, false);
        } catch (IOException e) {
            return new Permit(node, "The record of " + node + " could not be written: " + e, false);
        }
    }

    private static boolean joins(@CheckForNull NodeRecord record, boolean exclusive) {
        return !exclusive
                && record != null
                && (record.phase() == NodePhase.RUNNING || record.phase() == NodePhase.DRAINING);
    }

    private static String refusalOf(String node, @CheckForNull NodeRecord record) {
        return record == null
                ? "The node " + node + " cannot be taken"
                : "The node " + node + " is " + record.phase() + ": " + record.reason();
    }

    private String ownHost(String node) {
        String reason =
                node + " is the controller's own host: no build of this kind runs there, and it is never rebooted";
        refused.put(node, reason);
        return reason;
    }

    private void drop(String node) {
        NodeWork work = works.remove(node);
        if (work != null) {
            work.stop();
        }
        records.drop(node);
    }

    private NodeWork work(String node) {
        return works.computeIfAbsent(
                node,
                name -> new NodeWork(
                        name,
                        new NodeDriver(name, machine, timings, clock, new RecordOf(name)),
                        pacer,
                        timings.backoffMax()));
    }

    private void wake(String node) {
        work(node).wake();
    }

    @CheckForNull
    private NodeRecord apply(String node, NodeEvent event) {
        NodeRecord before = records.get(node);
        NodeRecord after;
        try {
            after = records.apply(node, event);
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, "The record of node " + node + " could not be written", e);
            return records.get(node);
        }
        if (after != null && (before == null || before.phase() != after.phase())) {
            changed(after);
        } else if (after != null && !after.reason().equals(before.reason())) {
            LOGGER.log(Level.INFO, "Node {0}: {1}", new Object[] {node, after.reason()});
        }
        return after;
    }

    private void changed(NodeRecord record) {
        LOGGER.log(Level.INFO, "Node {0} is {1}: {2}", new Object[] {record.node(), record.phase(), record.reason()});
        machine.changed();
    }

    private final class RecordOf implements NodeDriver.Records {
        private final String node;

        RecordOf(String node) {
            this.node = node;
        }

        @Override
        public NodeRecord get() {
            return records.get(node);
        }

        @Override
        public NodeRecord apply(NodeEvent event) {
            return NodeLifecycle.this.apply(node, event);
        }

        @Override
        public boolean isWanted() {
            return wanted.contains(node);
        }

        @Override
        public boolean introduce(String bootId) {
            if (bootId.equals(machine.controllerBootId())) {
                ownHost(node);
                wanted.remove(node);
                machine.changed();
                return false;
            }
            NodeRecord record = apply(new NodeEvent.Introduced(node, bootId, records.uncleanReason(node, bootId)));
            if (record != null) {
                wanted.remove(node);
            }
            return record != null;
        }
    }
}
