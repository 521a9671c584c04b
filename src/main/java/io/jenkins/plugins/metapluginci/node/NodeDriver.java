package io.jenkins.plugins.metapluginci.node;

import java.util.List;

/**
 * What is done about one node, one step at a time: each step looks at the node's record, does at most one thing that may
 * take its time, and says when to look again. Whatever interrupts it (a kill, a cut, an exception) the next step starts
 * from the record alone. Here is the way from a build to the return; {@link NodeVisit} has the rest.
 *
 * <p>Threads: {@link NodeWork} sees to it that one thread at a time steps.
 */
final class NodeDriver {
    /** Nothing more to do until somebody wakes the node's work. */
    static final long IDLE = -1;

    private final NodeContext context;
    private final String node;
    private final Machine machine;
    private final NodeContext.Records records;
    private final NodeReach reach;
    private final NodeVisit visit;
    /** Looks, in a row, at which the build of a RUNNING node was not there. */
    private int misses;
    /** When the connection of a RUNNING node was first found silent; 0 while it answers. */
    private long silentSince;
    /** When the others on a DRAINING node were aborted, and in which round; 0: not yet. */
    private long abortedAt;

    private long abortedIn;

    NodeDriver(NodeContext context, NodeReach reach, NodeVisit visit) {
        this.context = context;
        this.node = context.node();
        this.machine = context.machine();
        this.records = context.records();
        this.reach = reach;
        this.visit = visit;
    }

    NodeFlag flag() {
        return context.flag();
    }

    /** Whether the node is being connected by the step that is under way, which goes on with that itself. */
    boolean isConnecting() {
        return context.connecting().get();
    }

    /** Does what is next. @return milliseconds until the next step, or {@link #IDLE} */
    long step() throws InterruptedException {
        NodeRecord record = records.get();
        if (record == null) {
            return !records.isWanted() || records.apply(new NodeEvent.Provisioned(node)) == null ? IDLE : 0;
        }
        return switch (record.phase()) {
            case PROVISIONING -> visit.provision(record);
            case PREPARING -> visit.prepare(record);
            case CHECKING -> visit.check(record);
            case READY -> IDLE;
            case RUNNING -> watch(record);
            case DRAINING -> drain(record);
            case REBOOTING -> reboot(record);
            case RETURNING -> awaitReturn(record);
            case HELD -> visit.keep(record);
            case FAILED -> lookAtFailed(record);
        };
    }

    private long watch(NodeRecord record) throws InterruptedException {
        BuildRef build = record.build();
        if (build == null || machine.isBuilding(node, build)) {
            misses = 0;
            listen();
            return context.timings().watch();
        }
        misses++;
        if (misses < 2) {
            return context.timings().watch();
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
            long now = context.now();
            records.apply(new NodeEvent.Silent(e.getMessage()));
            if (silentSince == 0) {
                silentSince = now;
            } else if (now - silentSince >= context.timings().frozen()) {
                silentSince = 0;
                machine.disconnect(node, e.getMessage());
            }
        } catch (MachineException e) {
            // A connection that is lost ends the build without us; one that answers anything is not frozen.
            silentSince = 0;
        }
    }

    private long drain(NodeRecord record) {
        flag().ensure();
        List<String> others = machine.others(node, record.build());
        if (others.isEmpty()) {
            records.apply(new NodeEvent.Drained(others));
            return 0;
        }
        NodeTimings timings = context.timings();
        long left = timings.drain() - context.elapsed(record);
        if (left > 0) {
            records.apply(new NodeEvent.Waiting(others, left));
            return timings.poll();
        }
        if (abortedAt == 0 || abortedIn != record.since()) {
            NodeRecord overdue = records.apply(new NodeEvent.Overdue(others));
            abortedAt = context.now();
            abortedIn = record.since();
            if (overdue != null && overdue.phase() == NodePhase.DRAINING) {
                machine.abortOthers(node, record.build(), overdue.reason());
            }
        } else if (context.now() - abortedAt >= timings.abort()) {
            records.apply(new NodeEvent.Drained(others));
            return 0;
        }
        return timings.poll();
    }

    private long reboot(NodeRecord record) throws InterruptedException {
        flag().ensure();
        String bootId = reach.bootId();
        if (bootId == null) {
            return reach.again(record);
        }
        if (record.attempts() > 0 && !bootId.equals(record.bootId())) {
            records.apply(new NodeEvent.Returned(bootId));
            return 0;
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
            machine.reboot(node, records.command(sending));
        } catch (MachineException e) {
            reach.lost(e);
            return reach.again(record);
        }
        machine.disconnect(node, "It reboots");
        records.apply(new NodeEvent.Sent());
        return context.timings().firstConnect();
    }

    private long awaitReturn(NodeRecord record) throws InterruptedException {
        flag().ensure();
        String bootId = reach.bootId();
        if (bootId == null) {
            return reach.again(record);
        }
        if (!bootId.equals(record.bootId())) {
            records.apply(new NodeEvent.Returned(bootId));
            return 0;
        }
        if (context.elapsed(record) >= context.timings().settle()) {
            records.apply(new NodeEvent.Unchanged());
            return 0;
        }
        return context.timings().poll();
    }

    private long lookAtFailed(NodeRecord record) throws InterruptedException {
        flag().ensure();
        String bootId = reach.bootId();
        if (bootId == null) {
            flag().ensure();
            return reach.isCrowded() ? NodeGates.again() : context.timings().failedPoll();
        }
        NodeEvent seen;
        if (record.clean()) {
            seen = new NodeEvent.Reached();
        } else if (record.attempts() > 0 && !bootId.equals(record.bootId())) {
            seen = new NodeEvent.Returned(bootId);
        } else {
            seen = new NodeEvent.Unchanged();
        }
        NodeRecord after = records.apply(seen);
        return after != null && after.phase() != NodePhase.FAILED
                ? 0
                : context.timings().failedPoll();
    }
}
