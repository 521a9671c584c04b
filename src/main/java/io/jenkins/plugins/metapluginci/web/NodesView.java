package io.jenkins.plugins.metapluginci.web;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Every node of one moment, for the pages and their JSON. Immutable. All texts in it are of strangers.
 *
 * @param now epoch milliseconds by the controller's clock, to which every other time is to be compared
 * @param nodes in the order of their names
 * @param pool the numbers of all of them together
 */
public record NodesView(long now, List<Node> nodes, Numbers pool) {

    /** Copies the list. */
    public NodesView {
        nodes = List.copyOf(nodes);
    }

    /**
     * One node of the controller.
     *
     * @param name as Jenkins has it
     * @param path of its own page below Jenkins' root
     * @param online whether its agent is connected
     * @param served when it was last READY or RUNNING, epoch milliseconds: now while it is; 0 when it never was
     * @param state where it is in its life; null while this CI has nothing to do with it
     * @param checks what the last round of checks found; empty before the first
     * @param numbers what was counted
     * @param actions what may be asked for in this state, by the last word of its URL
     */
    public record Node(
            String name,
            String path,
            boolean online,
            long served,
            @CheckForNull State state,
            List<Check> checks,
            Numbers numbers,
            List<String> actions) {
        /** Copies the lists. */
        public Node {
            checks = List.copyOf(checks);
            actions = List.copyOf(actions);
        }
    }

    /**
     * Where a node is in its life.
     *
     * @param phase the state's name
     * @param since when it came into it, epoch milliseconds
     * @param reason why it is there
     * @param by who or what brought it there
     * @param bootId as last read; null when it never was
     * @param build that had it last; null when none ever did
     * @param attempts how often the reboot command was sent in this round
     * @param hold what holds it, or will when its build ends; null when nothing does
     */
    public record State(
            String phase,
            long since,
            String reason,
            String by,
            @CheckForNull String bootId,
            @CheckForNull Build build,
            int attempts,
            @CheckForNull Hold hold) {}

    /**
     * What keeps a node as it is.
     *
     * @param kind PERSON, CHECK or PREPARATION
     * @param by who or what wants it
     * @param until when it ends by itself, epoch milliseconds; 0 when it does not
     */
    public record Hold(String kind, String by, long until) {}

    /**
     * A build.
     *
     * @param text {@code JOB #NUMBER}
     * @param path of its page below Jenkins' root
     */
    public record Build(String text, String path) {}

    /**
     * What one check found.
     *
     * @param name what was looked at
     * @param detail what was measured, what the limit is, and what to do
     */
    public record Check(String name, boolean passed, String detail) {}

    /**
     * What was counted about a node, or all of them.
     *
     * @param since since when all but the day is counted, epoch milliseconds; 0 when nothing was counted
     * @param runs of builds that reboot their node
     * @param lost of them, those that infrastructure lost: without a verdict, run again
     * @param phases milliseconds in each state since then
     * @param dayFrom since when the last day is known, epoch milliseconds
     * @param day milliseconds in each state of the last 24 hours
     */
    public record Numbers(
            long since,
            long runs,
            long lost,
            long reboots,
            long failedReboots,
            Map<String, Long> phases,
            long dayFrom,
            Map<String, Long> day) {
        /** Nothing was counted. */
        public static final Numbers NONE = new Numbers(0, 0, 0, 0, 0, Map.of(), 0, Map.of());

        /** Copies the maps, and keeps their order. */
        public Numbers {
            phases = Collections.unmodifiableMap(new LinkedHashMap<>(phases));
            day = Collections.unmodifiableMap(new LinkedHashMap<>(day));
        }

        /** The share of the runs that infrastructure lost, 0 to 1; null before the first run. */
        @CheckForNull
        Double lostShare() {
            return runs == 0 ? null : Math.round(1000.0 * lost / runs) / 1000.0;
        }
    }

    /**
     * One node with all that is known about it.
     *
     * @param history newest first; as much of it as was asked for
     * @param more whether there is more history
     * @param prepare what was asked for of the log of its preparation
     */
    public record Detail(long now, Node node, List<Entry> history, boolean more, Prepare prepare) {
        /** Copies the list. */
        public Detail {
            history = List.copyOf(history);
        }
    }

    /** One entry of a node's history. @param at epoch milliseconds @param build null when none had to do with it */
    public record Entry(
            long at,
            String phase,
            String reason,
            String by,
            @CheckForNull Build build) {}

    /**
     * A part of the log of a node's last preparation.
     *
     * @param from where it begins, in bytes; 0 also where another log has begun since it was last read
     * @param text whole lines; empty when there are no more
     * @param next where to read on
     */
    public record Prepare(long from, String text, long next) {
        /** There is no log. */
        public static final Prepare NONE = new Prepare(0, "", 0);
    }

    /** How many nodes are in each state; those without one are left out. */
    Map<String, Integer> counts() {
        Map<String, Integer> counts = new LinkedHashMap<>();
        for (Node node : nodes) {
            State state = node.state();
            if (state != null) {
                counts.merge(state.phase(), 1, Integer::sum);
            }
        }
        return counts;
    }
}
