package io.jenkins.plugins.metapluginci.node;

import java.util.EnumMap;
import java.util.Map;

/**
 * What a node, or the whole pool, did since it was first seen. Immutable.
 *
 * @param inPhase milliseconds in each phase, up to now; a phase never seen is not in it
 * @param runs builds that had the node
 * @param lost those of them that ended without a verdict, for the node's or the controller's sake
 * @param reboots that were verified
 * @param failedReboots rounds that ended in FAILED
 */
public record NodeStats(Map<NodePhase, Long> inPhase, long runs, long lost, long reboots, long failedReboots) {
    /** Of a node that was never seen. */
    public static final NodeStats NONE = new NodeStats(Map.of(), 0, 0, 0, 0);

    public NodeStats(Map<NodePhase, Long> inPhase, long runs, long lost, long reboots, long failedReboots) {
        this.inPhase = Map.copyOf(inPhase == null ? Map.of() : inPhase);
        this.runs = runs;
        this.lost = lost;
        this.reboots = reboots;
        this.failedReboots = failedReboots;
    }

    /** The share of runs that were lost, 0 to 1; 0 without runs. */
    public double lostShare() {
        return runs == 0 ? 0 : (double) lost / runs;
    }

    /** Both together. */
    public NodeStats plus(NodeStats other) {
        return new NodeStats(
                sum(inPhase, other.inPhase),
                runs + other.runs,
                lost + other.lost,
                reboots + other.reboots,
                failedReboots + other.failedReboots);
    }

    /** With some more time in a phase. */
    NodeStats in(NodePhase phase, long milliseconds) {
        return new NodeStats(
                sum(inPhase, Map.of(phase, Math.max(0, milliseconds))), runs, lost, reboots, failedReboots);
    }

    private static Map<NodePhase, Long> sum(Map<NodePhase, Long> a, Map<NodePhase, Long> b) {
        Map<NodePhase, Long> sum = new EnumMap<>(NodePhase.class);
        sum.putAll(a);
        b.forEach((phase, time) -> sum.merge(phase, time, Long::sum));
        return sum;
    }
}
