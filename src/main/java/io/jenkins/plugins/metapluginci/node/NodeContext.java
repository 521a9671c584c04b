package io.jenkins.plugins.metapluginci.node;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What is needed to do something about one node.
 *
 * @param node its name
 * @param clock tells epoch milliseconds
 * @param born when this began to look after it, epoch milliseconds: no deadline ran before that
 * @param connecting whether the core connects the node now because a step asked it to
 */
record NodeContext(
        String node,
        Machine machine,
        Supplier<NodeTimings> settings,
        LongSupplier clock,
        long born,
        Records records,
        NodeFlag flag,
        NodeGates gates,
        AtomicBoolean connecting) {

    /** The records, as far as a driver needs them. */
    interface Records {
        /** The record of this node; null when it has none. */
        @CheckForNull
        NodeRecord get();

        /** Applies an event. @return the record after it */
        @CheckForNull
        NodeRecord apply(NodeEvent event);

        /** Takes up a node that is connected for the first time. */
        void introduce(String bootId);

        /** Whether a build waits for this node, which has no record. */
        boolean isWanted();

        /** The command that reboots the node. */
        String command(NodeRecord record);
    }

    NodeTimings timings() {
        return settings.get();
    }

    long now() {
        return clock.getAsLong();
    }

    /** Milliseconds since it came into its phase, or since it is looked after. */
    long elapsed(NodeRecord record) {
        return now() - Math.max(record.since(), born);
    }
}
