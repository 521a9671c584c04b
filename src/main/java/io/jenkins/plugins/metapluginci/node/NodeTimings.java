package io.jenkins.plugins.metapluginci.node;

/**
 * How long the lifecycle waits for what; all in milliseconds. Immutable.
 *
 * @param reboot from the reboot command (or from the first try to reach the node) to FAILED
 * @param settle how long after the command an unchanged boot id may still mean that the machine is going down
 * @param attempts how often the reboot command is sent before the node is FAILED; a count
 * @param drain how long other builds on the node may go on after ours is final
 * @param poll between two looks at a node that is drained or that is connected with its old boot id
 * @param firstConnect from the reboot command to the first try to connect
 * @param backoffMin between the first two tries to connect
 * @param backoffMax between any two tries to connect; the pause doubles up to it
 * @param connect how long one try to connect may take
 * @param call how long one remote call (boot id, reboot command) may take before the connection counts as frozen
 * @param failedPoll between two looks at a FAILED node
 * @param watch between two looks whether the build of a RUNNING node still exists and its connection answers
 * @param frozen how long the connection of a RUNNING node may be silent before it is dropped, which ends the build
 * @param abort how long builds that were aborted may take to end
 * @param hold how long a node is held by a person who did not say how long
 * @param rescue how long logs that were left on a node may take to be fetched
 * @param recheck between two looks at a node that failed a check
 * @param launches how many nodes are connected at once; a count
 */
public record NodeTimings(
        long reboot,
        long settle,
        int attempts,
        long drain,
        long poll,
        long firstConnect,
        long backoffMin,
        long backoffMax,
        long connect,
        long call,
        long failedPoll,
        long watch,
        long frozen,
        long abort,
        long hold,
        long rescue,
        long recheck,
        int launches) {

    /** Prefix of the system properties that {@link #configured} reads. */
    public static final String PREFIX = "metaplugin-ci.node.";

    /** What suits a machine that takes a few minutes to reboot. */
    public static NodeTimings defaults() {
        return new NodeTimings(
                600_000,
                120_000,
                3,
                1_800_000,
                1_000,
                3_000,
                1_000,
                15_000,
                60_000,
                10_000,
                300_000,
                30_000,
                240_000,
                60_000,
                86_400_000,
                300_000,
                300_000,
                8);
    }

    /** The rest as by default. */
    public NodeTimings(
            long reboot,
            long settle,
            int attempts,
            long drain,
            long poll,
            long firstConnect,
            long backoffMin,
            long backoffMax,
            long connect,
            long call,
            long failedPoll,
            long watch,
            long frozen) {
        this(
                reboot,
                settle,
                attempts,
                drain,
                poll,
                firstConnect,
                backoffMin,
                backoffMax,
                connect,
                call,
                failedPoll,
                watch,
                frozen,
                defaults().abort,
                defaults().hold,
                defaults().rescue,
                defaults().recheck,
                defaults().launches);
    }

    /**
     * The defaults, each replaced by the system property {@code metaplugin-ci.node.NAME} (its component's name) where that
     * holds a positive number.
     */
    public static NodeTimings configured() {
        NodeTimings d = defaults();
        return new NodeTimings(
                property("reboot", d.reboot),
                property("settle", d.settle),
                (int) property("attempts", d.attempts),
                property("drain", d.drain),
                property("poll", d.poll),
                property("firstConnect", d.firstConnect),
                property("backoffMin", d.backoffMin),
                property("backoffMax", d.backoffMax),
                property("connect", d.connect),
                property("call", d.call),
                property("failedPoll", d.failedPoll),
                property("watch", d.watch),
                property("frozen", d.frozen),
                property("abort", d.abort),
                property("hold", d.hold),
                property("rescue", d.rescue),
                property("recheck", d.recheck),
                (int) property("launches", d.launches));
    }

    /** With what the operator chose, except where a system property says otherwise. */
    NodeTimings with(NodeSettings settings) {
        return new NodeTimings(
                property("reboot", settings.rebootMs()),
                settle,
                (int) property("attempts", settings.attempts()),
                property("drain", settings.drainMs()),
                poll,
                firstConnect,
                backoffMin,
                backoffMax,
                connect,
                call,
                failedPoll,
                watch,
                frozen,
                abort,
                property("hold", settings.holdMs()),
                rescue,
                recheck,
                launches);
    }

    private static long property(String name, long otherwise) {
        long value = Long.getLong(PREFIX + name, otherwise);
        return value > 0 ? value : otherwise;
    }

    /** The pause after a number of failed tries in a row, at least one. */
    long backoff(int tries) {
        int doublings = Math.max(0, Math.min(tries - 1, 20));
        return Math.min(backoffMax, backoffMin << doublings);
    }

    /**
     * The pause between two looks whether the port of a node answers, which cost next to nothing: short against the time
     * that was waited already, so that a node is not kept waiting when it is back.
     *
     * @param waited milliseconds
     */
    long glance(long waited) {
        return Math.min(backoffMax, Math.max(backoffMin, waited / 40));
    }
}
