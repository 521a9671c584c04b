package io.jenkins.plugins.metapluginci.node;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.io.IOException;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * What is under way for each node: its work, and the events that come of it.
 *
 * <p>Threads: any. Each node's work is done by one thread at a time, whichever is free.
 */
final class NodeWorks {
    private static final Logger LOGGER = Logger.getLogger(NodeWorks.class.getName());

    private final Machine machine;
    private final NodeRecords records;
    private final NodePermits permits;
    private final NodeLifecycle.Workers workers;
    private final Settings settings;
    private final Map<String, NodeWork> works = new ConcurrentHashMap<>();
    /** Nodes without a record that a build waits for. */
    private final Set<String> wanted = ConcurrentHashMap.newKeySet();
    /** What the checks found last, by node. */
    private final Map<String, CheckReport> reports = new ConcurrentHashMap<>();

    /** What is asked for whenever it is needed. @param command that reboots a node whose job says nothing else */
    record Settings(Supplier<NodeTimings> timings, Supplier<String> command, LongSupplier clock) {}

    NodeWorks(
            Machine machine,
            NodeRecords records,
            NodePermits permits,
            NodeLifecycle.Workers workers,
            Settings settings) {
        this.machine = machine;
        this.records = records;
        this.permits = permits;
        this.workers = workers;
        this.settings = settings;
    }

    void start() {
        workers.pacer().later(this::keepFlags, settings.timings().get().poll());
    }

    void stop() {
        works.values().forEach(NodeWork::stop);
    }

    /** 1.395 tells nobody that a person brought a node online: the flags are looked at. */
    private void keepFlags() {
        try {
            for (NodeRecord record : records.all()) {
                // On 1.395 a flag that comes before a build's end makes the core take the node for lost.
                if (!record.isReady() && record.phase() != NodePhase.RUNNING) {
                    ensureFlag(record.node());
                }
            }
        } catch (RuntimeException | LinkageError e) {
            LOGGER.log(Level.WARNING, "The offline flags of the nodes were not looked at; they will be", e);
        } finally {
            start();
        }
    }

    void ensureFlag(String node) {
        work(node).driver().flag().ensure();
    }

    void wake(String node) {
        work(node).wake();
    }

    /** The node has a new connection. One that its own step has asked for must not have that begin anew without a pause. */
    void online(String node) {
        NodeWork work = work(node);
        if (!work.driver().isConnecting()) {
            work.wake();
        }
    }

    /** A build wants a node that has no record. */
    void want(String node) {
        if (wanted.add(node)) {
            wake(node);
        }
    }

    boolean isWanted(String node) {
        return wanted.contains(node);
    }

    /** What the checks of a node found last; null when they were not made yet. */
    @CheckForNull
    CheckReport report(String node) {
        return reports.get(node);
    }

    /** A build was given its node, or was not. */
    void began(String node, BuildRef build) {
        NodeRecord record = records.get(node);
        if (record != null && record.phase() == NodePhase.RUNNING && build.isSame(record.build())) {
            changed(record);
        }
        wake(node);
    }

    void retain(Collection<String> nodes) {
        wanted.retainAll(nodes);
        reports.keySet().retainAll(nodes);
    }

    void drop(String node) {
        NodeWork work = works.remove(node);
        if (work != null) {
            work.stop();
        }
        wanted.remove(node);
        records.drop(node);
    }

    /** Applies an event. @return the record after it */
    @CheckForNull
    NodeRecord apply(String node, NodeEvent event) {
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
            LOGGER.log(Level.FINE, "Node {0}: {1}", new Object[] {node, after.reason()});
        }
        return after;
    }

    void changed(NodeRecord record) {
        LOGGER.log(Level.INFO, "Node {0} is {1}: {2}", new Object[] {record.node(), record.phase(), record.reason()});
        machine.changed();
    }

    private NodeWork work(String node) {
        return works.computeIfAbsent(node, this::newWork);
    }

    private NodeWork newWork(String node) {
        RecordOf record = new RecordOf(node);
        LongSupplier clock = settings.clock();
        NodeFlag flag = new NodeFlag(node, machine, record);
        NodeContext context = new NodeContext(
                node,
                machine,
                settings.timings(),
                clock,
                clock.getAsLong(),
                record,
                flag,
                workers.gates(),
                new AtomicBoolean());
        NodeReach reach = new NodeReach(context);
        NodeVisit visit = new NodeVisit(context, reach, workers.care(), report -> reports.put(node, report));
        long afterFailure = settings.timings().get().backoffMax();
        return new NodeWork(node, new NodeDriver(context, reach, visit), workers.pacer(), afterFailure);
    }

    private final class RecordOf implements NodeContext.Records {
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
            NodeRecord after = NodeWorks.this.apply(node, event);
            if (after != null) {
                wanted.remove(node);
            }
            return after;
        }

        @Override
        public boolean isWanted() {
            return wanted.contains(node);
        }

        @Override
        public void introduce(String bootId) {
            if (bootId.equals(machine.controllerBootId())) {
                permits.ownHost(node);
                drop(node);
                machine.changed();
            } else {
                apply(new NodeEvent.Introduced(bootId, records.uncleanReason(node, bootId)));
            }
        }

        @Override
        public String command(NodeRecord record) {
            String own = record.command();
            return own == null || own.isBlank() ? settings.command().get() : own;
        }
    }
}
