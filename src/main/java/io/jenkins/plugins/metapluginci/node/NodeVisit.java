package io.jenkins.plugins.metapluginci.node;

import java.util.function.Consumer;

/**
 * What is done with a node that is not on its way to a reboot: introduced, prepared, checked, held. One step at a time.
 *
 * <p>Threads: {@link NodeWork} sees to it that one thread at a time uses it.
 */
final class NodeVisit {
    private final NodeContext context;
    private final NodeReach reach;
    private final NodeCare care;
    private final Consumer<CheckReport> found;
    /** When it was checked last; 0: not since this began to look after it. */
    private long checked;

    /** @param found told of each report of the checks */
    NodeVisit(NodeContext context, NodeReach reach, NodeCare care, Consumer<CheckReport> found) {
        this.context = context;
        this.reach = reach;
        this.care = care;
        this.found = found;
    }

    /** Waits for the first connection. One that nobody but a build asked for is the core's to connect. */
    long provision(NodeRecord record) throws InterruptedException {
        boolean ours = record.prepare() || !NodeTransitions.PLUGIN.equals(record.by());
        if (!ours && !context.machine().isConnected(context.node())) {
            return context.timings().backoffMax();
        }
        String bootId = reach.bootId();
        if (bootId == null) {
            return reach.pause(record);
        }
        context.records().introduce(bootId);
        return 0;
    }

    long prepare(NodeRecord record) throws InterruptedException {
        context.flag().ensure();
        if (!context.gates().preparations.tryAcquire()) {
            context.records().apply(new NodeEvent.Progress("It waits until other nodes are prepared"));
            return NodeGates.again();
        }
        try {
            if (reach.bootId() == null) {
                return reach.again(record);
            }
            String problem = care.prepare(
                    context.node(), line -> context.records().apply(new NodeEvent.Progress("Preparing: " + line)));
            context.records().apply(new NodeEvent.Prepared(problem));
            return 0;
        } finally {
            context.gates().preparations.release();
        }
    }

    long check(NodeRecord record) throws InterruptedException {
        context.flag().ensure();
        if (!context.gates().checks.tryAcquire()) {
            return NodeGates.again();
        }
        try {
            if (reach.bootId() == null) {
                return reach.again(record);
            }
            BuildRef build = record.build();
            if (record.rescue()) {
                if (build != null) {
                    care.rescue(context.node(), build, context.timings().rescue());
                }
                context.records().apply(new NodeEvent.Rescued());
            }
            String failure = look();
            if (failure == null) {
                context.flag().ready();
            } else {
                context.records().apply(new NodeEvent.Checked(failure));
            }
            return 0;
        } catch (MachineException e) {
            reach.lost(e);
            return reach.again(record);
        } finally {
            context.gates().checks.release();
        }
    }

    private String look() throws MachineException, InterruptedException {
        CheckReport report = care.check(context.node());
        checked = context.now();
        found.accept(report);
        CheckResult failure = report.firstFailure();
        return failure == null ? null : failure.name() + ": " + failure.detail();
    }

    long keep(NodeRecord record) throws InterruptedException {
        context.flag().ensure();
        NodeHold hold = record.hold();
        if (hold == null) {
            return NodeDriver.IDLE;
        }
        return switch (hold.kind()) {
            case PERSON -> keepForPerson(hold);
            case CHECK -> checkAgain(record);
            case PREPARATION -> NodeDriver.IDLE;
        };
    }

    private long keepForPerson(NodeHold hold) {
        if (hold.until() <= 0) {
            return NodeDriver.IDLE;
        }
        long left = hold.until() - context.now();
        if (left <= 0) {
            context.records().apply(new NodeEvent.Expired());
            return 0;
        }
        return left;
    }

    private long checkAgain(NodeRecord record) throws InterruptedException {
        long left = checked == 0 ? 0 : checked + context.timings().recheck() - context.now();
        if (left > 0) {
            return left;
        }
        if (!context.gates().checks.tryAcquire()) {
            return NodeGates.again();
        }
        try {
            if (reach.bootId() == null) {
                return Math.max(reach.pause(record), context.timings().recheck());
            }
            context.records().apply(new NodeEvent.Checked(look()));
            return 0;
        } catch (MachineException e) {
            reach.lost(e);
            return context.timings().recheck();
        } finally {
            context.gates().checks.release();
        }
    }
}
