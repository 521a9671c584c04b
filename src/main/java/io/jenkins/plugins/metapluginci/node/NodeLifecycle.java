package io.jenkins.plugins.metapluginci.node;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ThreadFactory;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The life of every node around its builds. A node that a build of ours touched takes nothing more until it came back from
 * a reboot with a new boot id and passed its checks; that survives a kill of the controller at any instant.
 *
 * <p>Threads: callable from any. {@link #blocked}, {@link #record}, {@link #mayRun}, {@link #snapshot}, {@link #history} and
 * the numbers only look into memory, so that the queue and pages may ask them; {@link #started}, {@link #completed},
 * {@link #finished} and what people ask for wait for the disk (and {@code started} for the node, within a deadline) and must
 * not be called under a lock. Everything else about a node happens on worker threads, whose number does not grow with that
 * of the nodes.
 */
public final class NodeLifecycle implements AutoCloseable {
    /** What reboots a node whose job and whose operator say nothing else. */
    public static final String DEFAULT_COMMAND = "sudo -n /sbin/shutdown -r now";

    private static final Logger LOGGER = Logger.getLogger(NodeLifecycle.class.getName());

    private final Machine machine;
    private final Supplier<NodeTimings> timings;
    private final LongSupplier clock;
    private final NodeChronicle chronicle;
    private final NodeRecords records;
    private final NodePermits permits;
    private final NodeCare care;
    private final Pacer pacer;
    private final NodeWorks works;

    /**
     * With fixed time limits and the default command.
     *
     * @param directory the records' home, {@code nodes/}
     * @param threads makes the worker threads; the Jenkins half gives them the rights of the system
     */
    public NodeLifecycle(Path directory, Machine machine, NodeTimings timings, ThreadFactory threads) {
        this(directory, machine, () -> timings, () -> DEFAULT_COMMAND, threads);
    }

    /** With time limits and a command that are asked for whenever they are needed. */
    NodeLifecycle(
            Path directory,
            Machine machine,
            Supplier<NodeTimings> timings,
            Supplier<String> command,
            ThreadFactory threads) {
        this(directory, machine, timings, command, new Workers(threads, timings.get()), System::currentTimeMillis);
    }

    NodeLifecycle(
            Path directory,
            Machine machine,
            Supplier<NodeTimings> timings,
            Supplier<String> command,
            Workers workers,
            LongSupplier clock) {
        this.machine = machine;
        this.timings = timings;
        this.clock = clock;
        this.pacer = workers.pacer();
        this.care = workers.care();
        this.chronicle = new NodeChronicle(directory, pacer::now);
        this.records = new NodeRecords(directory, () -> timings.get().attempts(), clock, chronicle);
        this.permits = new NodePermits(machine, records);
        this.works = new NodeWorks(machine, records, permits, workers, new NodeWorks.Settings(timings, command, clock));
    }

    /** Who does the work. */
    record Workers(Pacer pacer, NodeGates gates, NodeCare care) {
        Workers(ThreadFactory threads, NodeTimings timings) {
            this(threads, new NodeGates(timings.launches()));
        }

        private Workers(ThreadFactory threads, NodeGates gates) {
            this(new ThreadPacer(threads, gates.threads()), gates, new NodeCare(threads));
        }
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
                works.apply(record.node(), new NodeEvent.Loaded());
            } else {
                works.drop(record.node());
            }
        }
        for (String node : nodes) {
            NodeRecord record = record(node);
            if (record != null && !record.isReady()) {
                works.wake(node);
            } else if (machine.offline(node) == Machine.Offline.OURS) {
                // A flag of ours that nothing stands for any more.
                machine.clearOffline(node);
            }
        }
        machine.changed();
        works.start();
    }

    /** Ends the workers; the records stay as they are. */
    @Override
    public void close() {
        works.stop();
        chronicle.write();
        pacer.close();
        care.close();
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

    /** What happened to a node, the last first. @param limit of entries */
    public List<NodeHistoryEntry> history(String node, int limit) {
        return chronicle.history(node, limit);
    }

    /** What a node did up to now. */
    public NodeStats stats(String node) {
        NodeRecord record = records.get(node);
        NodeStats counted = chronicle.stats(node);
        return record == null ? counted : counted.in(record.phase(), clock.getAsLong() - record.since());
    }

    /** What all nodes of the controller did up to now. */
    public NodeStats poolStats() {
        return records.all().stream().map(record -> stats(record.node())).reduce(NodeStats.NONE, NodeStats::plus);
    }

    /** What the checks of a node found last; null when they never ran since the controller started. */
    @CheckForNull
    public CheckReport checks(String node) {
        return works.report(node);
    }

    /** What looks at nodes before they take builds; until it is set every node passes. */
    public void install(NodeChecks checks) {
        care.install(checks);
    }

    /** What sets nodes up; until it is set none can be. */
    public void install(NodePreparation preparation) {
        care.install(preparation);
    }

    /** What fetches logs that were left on nodes; until it is set nothing does. */
    public void install(LogRescue rescue) {
        care.install(rescue);
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
            boolean free = use == NodeUse.PLAIN ? record.takesPlain() : record.isReady();
            return free ? null : NodePermits.refusalOf(node, record);
        }
        if (use == NodeUse.PLAIN) {
            return null;
        }
        String never = permits.never(node);
        if (never != null) {
            return use == NodeUse.EXCLUSIVE ? never : null;
        }
        works.want(node);
        return node + " was not looked at yet";
    }

    /**
     * A build that ends in a reboot started on a node. When this returns null the node's record is on disk and the build
     * may run; else the build must not run any command, and the result says why.
     *
     * <p>A build that is not exclusive may join one that has the node, and may run on the controller's own host, which is
     * then left alone.
     *
     * @param rebootCommand of the build's job; null for the configured one
     * @param use REBOOTS or EXCLUSIVE
     */
    @CheckForNull
    public String started(String node, BuildRef build, @CheckForNull String rebootCommand, NodeUse use)
            throws InterruptedException {
        String refusal = permits.take(node, build, rebootCommand, use);
        works.began(node, build);
        return refusal;
    }

    /** Whether the node's record for this build is on disk, so that its first command may run. */
    public boolean mayRun(String node, String buildKey) {
        return refusal(node, buildKey) == null;
    }

    /** Why a build must not run on a node; null when it may. @param buildKey {@link BuildRef#key} */
    @CheckForNull
    public String refusal(String node, String buildKey) {
        return permits.refusal(node, buildKey);
    }

    /** Whether a build runs on the controller's own host, which is left as it is. @param buildKey {@link BuildRef#key} */
    public boolean leaves(String buildKey) {
        NodePermits.Permit permit = permits.get(buildKey);
        return permit != null && permit.left();
    }

    /** A build comes to nothing for its node's sake: that is counted. @param buildKey {@link BuildRef#key} */
    public void lost(String buildKey, String why) {
        permits.lost(buildKey, why);
    }

    /** A build is over but still holds its executor: the node is shown offline. */
    public void completed(BuildRef build) {
        NodePermits.Permit permit = permits.get(build.key());
        NodeRecord record = permit == null ? null : records.get(permit.node());
        if (record != null && build.isSame(record.build())) {
            works.ensureFlag(permit.node());
        }
    }

    /** A build is final: nothing of it can suffer from what happens to the node now. */
    public void finished(BuildRef build) {
        NodePermits.Permit permit = permits.remove(build.key());
        if (permit != null) {
            String lost = permit.lost();
            works.apply(
                    permit.node(), new NodeEvent.Finished(build, lost == null ? null : build + " was lost: " + lost));
            works.wake(permit.node());
        }
    }

    /** The controller has a new connection to the node. Returns at once. */
    public void online(String node) {
        NodeRecord record = records.get(node);
        if (record == null ? works.isWanted(node) : !record.isReady()) {
            works.online(node);
        }
    }

    /** A person brought a node online: where it is not ready, it is shown offline again, with the reason. Returns at once. */
    public void broughtOnline(String node) {
        NodeRecord record = records.get(node);
        if (record != null && !record.takesPlain() && record.phase() != NodePhase.RUNNING) {
            // Also told when our own flag goes, a moment before the node is READY.
            LOGGER.log(Level.FINE, "Node {0} is not brought online: it is {1}: {2}", new Object[] {
                node, record.phase(), record.reason()
            });
            pacer.now(() -> works.ensureFlag(node));
        }
    }

    /** The controller's list of nodes may have changed: the records of those that are gone are dropped. Returns at once. */
    public void nodesChanged() {
        pacer.now(() -> {
            Collection<String> nodes = machine.nodes();
            for (NodeRecord record : records.all()) {
                if (!nodes.contains(record.node())) {
                    works.drop(record.node());
                }
            }
            works.retain(nodes);
            permits.retain(nodes);
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
        long end = until > 0 ? until : clock.getAsLong() + timings.get().hold();
        return ask(node, new NodeEvent.Held(by, end));
    }

    /** Ends a hold, also one that was only asked for: a node that is held is rebooted. */
    @CheckForNull
    public String release(String node, String by) {
        return ask(node, new NodeEvent.Released(by));
    }

    /** Takes a node for clean without a reboot, whatever the last build left on it, and has it checked. */
    @CheckForNull
    public String releaseWithoutReboot(String node, String by) {
        return ask(node, new NodeEvent.Cleared(by));
    }

    /** Has a node rebooted now unless a build has it; builds of others on it may end first. */
    @CheckForNull
    public String rebootNow(String node, String by) {
        return ask(node, new NodeEvent.Wanted(by));
    }

    /** Has a node set up, again where it was before. */
    @CheckForNull
    public String prepare(String node, String by) {
        return ask(node, new NodeEvent.Preparing(by));
    }

    /** Has a node checked now. */
    @CheckForNull
    public String recheck(String node, String by) {
        return ask(node, new NodeEvent.Rechecked(by));
    }

    /**
     * A node was added: it is connected, set up where that is wanted, checked, and taken.
     *
     * @param prepare whether it is to be set up
     */
    @CheckForNull
    public String provision(String node, String by, boolean prepare) {
        return ask(node, new NodeEvent.Added(node, by, prepare));
    }

    @CheckForNull
    private String ask(String node, NodeEvent.Wish wish) {
        String refusal;
        try {
            refusal = records.ask(node, wish);
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, "The record of node " + node + " could not be written", e);
            return "The record of " + node + " could not be written: " + e;
        }
        NodeRecord record = records.get(node);
        if (refusal == null && record != null) {
            works.changed(record);
            works.wake(node);
        }
        return refusal;
    }
}
