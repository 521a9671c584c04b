package io.jenkins.plugins.metapluginci.node;

import edu.umd.cs.findbugs.annotations.CheckForNull;

/**
 * Connects to one node and tells it by its boot id. A port that answers is looked for first, often and cheaply; only then
 * the core is asked to connect, with few nodes at once and longer pauses.
 *
 * <p>Threads: {@link NodeWork} sees to it that one thread at a time uses it.
 */
final class NodeReach {
    /** Looks at a port that does not answer, after which connecting is tried all the same: it may be behind a proxy. */
    private static final int MOST_SILENCES = 20;

    private final NodeContext context;
    /** Failed tries to connect, in a row. */
    private int tries;
    /** Looks at a port that did not answer, since the last try to connect. */
    private int silences;
    /** Why the last try came to nothing. */
    private Miss miss = Miss.LAUNCH;

    private enum Miss {
        CROWDED,
        PORT,
        LAUNCH
    }

    NodeReach(NodeContext context) {
        this.context = context;
    }

    /** The boot id; null (and disconnected) when the node cannot be reached. */
    @CheckForNull
    String bootId() throws InterruptedException {
        String node = context.node();
        Machine machine = context.machine();
        if (!machine.isConnected(node) && !connect()) {
            return null;
        }
        try {
            String bootId = machine.bootId(node);
            tries = 0;
            return bootId;
        } catch (MachineException e) {
            lost(e);
            return null;
        }
    }

    /** A connection that did not do what it should: it is dropped, so that another one can be had. */
    void lost(MachineException why) throws InterruptedException {
        miss = Miss.LAUNCH;
        context.records().apply(new NodeEvent.Silent(why.getMessage()));
        context.machine().disconnect(context.node(), why.getMessage());
    }

    private boolean connect() throws InterruptedException {
        String node = context.node();
        Machine machine = context.machine();
        if (silences < MOST_SILENCES && !machine.answers(node)) {
            silences++;
            miss = Miss.PORT;
            tries = 0;
            context.records().apply(new NodeEvent.Silent("its SSH port does not answer yet"));
            return false;
        }
        if (!context.gates().launches.tryAcquire()) {
            miss = Miss.CROWDED;
            return false;
        }
        silences = 0;
        context.connecting().set(true);
        try {
            machine.connect(node);
        } finally {
            context.connecting().set(false);
            context.gates().launches.release();
        }
        if (machine.isConnected(node)) {
            return true;
        }
        miss = Miss.LAUNCH;
        context.records().apply(new NodeEvent.Silent("it does not accept a connection yet"));
        return false;
    }

    /** Whether the last try was none, since enough other nodes are being connected. */
    boolean isCrowded() {
        return miss == Miss.CROWDED;
    }

    /** When to try again, milliseconds; the round is over when its time is. */
    long again(NodeRecord record) {
        // 1.395 now shows a launch that failed, which says nothing of what is waited for.
        context.flag().ensure();
        NodeTimings timings = context.timings();
        if (context.elapsed(record) >= timings.reboot()) {
            tries = 0;
            context.records().apply(new NodeEvent.TimedOut());
            return timings.failedPoll();
        }
        return pause(record);
    }

    /** When to try again where there is no deadline; milliseconds. */
    long pause(NodeRecord record) {
        return switch (miss) {
            case CROWDED -> NodeGates.again();
            case PORT -> spread(context.timings().glance(context.elapsed(record)));
            case LAUNCH -> spread(context.timings().backoff(++tries));
        };
    }

    /** Nodes that went at the same moment do not come at the same moment, by up to a fifth. */
    private long spread(long pause) {
        long fifth = pause / 5;
        return fifth == 0 ? pause : pause - Math.floorMod((context.node() + pause).hashCode(), fifth);
    }
}
