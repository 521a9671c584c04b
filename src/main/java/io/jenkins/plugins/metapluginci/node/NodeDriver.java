package io.jenkins.plugins.metapluginci.node;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.function.LongSupplier;

/**
 * What is done about one node, one step at a time: each step looks at the node's record, does at most one thing that may
 * take its time, and says when to look again. Whatever interrupts it (a kill, a cut, an exception) the next step starts
 * from the record alone.
 *
 * <p>Threads: {@link NodeWork} sees to it that one thread at a time steps.
 */
final class NodeDriver {
    /** Nothing more to do until somebody wakes the node's work. */
    static final long IDLE = -1;

    /** The records, as far as a driver needs them. */
    interface Records {
        /** The record of this node; null when it has none. */
        @CheckForNull
        NodeRecord get();

        /** Applies an event. @return the record after it */
        @CheckForNull
        NodeRecord apply(NodeEvent event);

        /** Takes up a node without a record. @return whether that is settled */
        boolean introduce(String bootId);

        /** Whether somebody waits for this node to be introduced. */
        boolean isWanted();
    }

    private final String node;
    private final Machine machine;
    private final NodeTimings timings;
    private final LongSupplier clock;
    private final Records records;
    /** Failed tries to reach the node, in a row. */
    private int tries;
    /** Looks, in a row, at which the build of a RUNNING node was not there. */
    private int misses;
    /** When the connection of a RUNNING node was first found silent; 0 while it answers. */
    private long silentSince;

    NodeDriver(String node, Machine machine, NodeTimings timings, LongSupplier clock, Records records) {
        this.node = node;
        this.machine = machine;
        this.timings = timings;
        this.clock = clock;
        this.records = records;
    }

    /** Does what is next. @return milliseconds until the next step, or {@link #IDLE} */
    long step() throws InterruptedException {
        NodeRecord record = records.get();
        if (record == null) {
            return introduce();
        }
        return switch (record.phase()) {
            case PROVISIONING, PREPARING, CHECKING, HELD, READY -> IDLE;
            case RUNNING -> watch(record);
            case DRAINING -> drain(record);
            case REBOOTING -> reboot(record);
            case RETURNING -> awaitReturn(record);
            case FAILED -> lookAtFailed(record);
        };
    }

    /**
     * Sees to it that the core shows the node offline. A flag that a person set is left alone, and so stays when ours would
     * be cleared.
     */
    void ensureOffline() {
        NodeRecord record = records.get();
        if (record == null || record.isReady()) {
            return;
        }
        switch (machine.offline(node)) {
            case NONE -> {
                // Recorded first: a flag that nobody remembers would stay for ever.
                if (!record.offlineByUs()) {
                    records.apply(new NodeEvent.Offline(true));
                }
                machine.setOffline(node, record.reason());
            }
            case OTHER -> {
                if (record.offlineByUs()) {
                    records.apply(new NodeEvent.Offline(false));
                }
            }
            case UNKNOWN -> {
                // The core has overwritten the cause: what the record says holds, and is shown again.
                if (record.offlineByUs()) {
                    machine.setOffline(node, record.reason());
                }
            }
            default -> {
                // A cause of ours does not make a flag ours: 1.395 shows it for our disconnecting too.
            }
        }
    }

    private long introduce() throws InterruptedException {
        if (!records.isWanted()) {
            return IDLE;
        }
        if (machine.isConnected(node)) {
            try {
                if (records.introduce(machine.bootId(node))) {
                    return 0;
                }
            } catch (MachineException e) {
                return timings.backoffMax();
            }
        }
        return timings.backoffMax();
    }

    private long watch(NodeRecord record) throws InterruptedException {
        BuildRef build = record.build();
        if (build == null || machine.isBuilding(node, build)) {
            misses = 0;
            listen();
            return timings.watch();
        }
        misses++;
        if (misses < 2) {
            return timings.watch();
        }
        misses = 0;
        records.apply(new NodeEvent.Finished(build, build + " is gone without having ended"));
        return 0;
    }

    /** A build whose connection is frozen never ends by itself: the core's own calls wait for ever, too. */
    private void listen() throws InterruptedException {
        try {
            machine.bootId(node);
            silentSince = 0;
            records.apply(new NodeEvent.Answered());
        } catch (FrozenException e) {
            long now = clock.getAsLong();
            records.apply(new NodeEvent.Silent(e.getMessage()));
            if (silentSince == 0) {
                silentSince = now;
            } else if (now - silentSince >= timings.frozen()) {
                silentSince = 0;
                machine.disconnect(node, e.getMessage());
            }
        } catch (MachineException e) {
            // A connection that is lost ends the build without us; one that answers anything is not frozen.
            silentSince = 0;
        }
    }

    private long drain(NodeRecord record) {
        ensureOffline();
        int others = machine.others(node, record.build()).size();
        if (others == 0 || elapsed(record) >= timings.drain()) {
            tries = 0;
            records.apply(new NodeEvent.Drained(others));
            return 0;
        }
        records.apply(new NodeEvent.Waiting(others));
        return timings.poll();
    }

    private long reboot(NodeRecord record) throws InterruptedException {
        ensureOffline();
        String bootId = reach();
        if (bootId == null) {
            return unreached(record);
        }
        if (record.attempts() > 0 && !bootId.equals(record.bootId())) {
            return returned(bootId);
        }
        records.apply(new NodeEvent.Baseline(bootId));
        if (bootId.equals(machine.controllerBootId())) {
            records.apply(new NodeEvent.Refused("It is the controller's own host, which is never rebooted"));
            return 0;
        }
        NodeRecord sending = records.apply(new NodeEvent.Sending());
        if (sending == null || sending.phase() != NodePhase.REBOOTING) {
            return 0;
        }
        try {
            machine.reboot(node, NodeLifecycle.commandOf(sending));
        } catch (MachineException e) {
            records.apply(new NodeEvent.Silent(e.getMessage()));
            machine.disconnect(node, e.getMessage());
            return unreached(record);
        }
        machine.disconnect(node, "It reboots");
        tries = 0;
        records.apply(new NodeEvent.Sent());
        return timings.firstConnect();
    }

    private long awaitReturn(NodeRecord record) throws InterruptedException {
        ensureOffline();
        String bootId = reach();
        if (bootId == null) {
            return unreached(record);
        }
        if (!bootId.equals(record.bootId())) {
            return returned(bootId);
        }
        if (elapsed(record) >= timings.settle()) {
            records.apply(new NodeEvent.Unchanged());
            return 0;
        }
        return timings.poll();
    }

    private long lookAtFailed(NodeRecord record) throws InterruptedException {
        ensureOffline();
        String bootId = reach();
        if (bootId == null) {
            ensureOffline();
            return timings.failedPoll();
        }
        if (record.attempts() > 0 && !bootId.equals(record.bootId())) {
            return returned(bootId);
        }
        NodeRecord after = records.apply(new NodeEvent.Unchanged());
        return after != null && after.phase() == NodePhase.REBOOTING ? 0 : timings.failedPoll();
    }

    /** Connects where there is no connection, and asks for the boot id; null (and disconnected) when that fails. */
    @CheckForNull
    private String reach() throws InterruptedException {
        if (!machine.isConnected(node)) {
            machine.connect(node);
        }
        if (!machine.isConnected(node)) {
            records.apply(new NodeEvent.Silent("it does not accept a connection yet"));
            return null;
        }
        try {
            String bootId = machine.bootId(node);
            tries = 0;
            return bootId;
        } catch (MachineException e) {
            records.apply(new NodeEvent.Silent(e.getMessage()));
            machine.disconnect(node, e.getMessage());
            return null;
        }
    }

    private long unreached(NodeRecord record) {
        // 1.395 now shows a launch that failed, which says nothing of what is waited for.
        ensureOffline();
        tries++;
        if (elapsed(record) >= timings.reboot()) {
            tries = 0;
            records.apply(new NodeEvent.TimedOut());
            return timings.failedPoll();
        }
        return timings.backoff(tries);
    }

    private long returned(String bootId) {
        NodeRecord record = records.get();
        if (record != null && record.offlineByUs()) {
            Machine.Offline flag = machine.offline(node);
            if (flag == Machine.Offline.OURS || flag == Machine.Offline.UNKNOWN) {
                machine.clearOffline(node);
            }
        }
        tries = 0;
        records.apply(new NodeEvent.Returned(bootId));
        return IDLE;
    }

    private long elapsed(NodeRecord record) {
        return clock.getAsLong() - record.since();
    }
}
