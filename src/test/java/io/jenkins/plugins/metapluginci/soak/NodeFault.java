package io.jenkins.plugins.metapluginci.soak;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** What happens to the nodes and their controller during a {@link NodesSoak}. */
enum NodeFault {
    /** A node's agent is killed. */
    AGENT_KILLED(2),
    /** A node's plug is pulled and put back. */
    POWER_CUT(2),
    /** The controller is killed and started again. */
    CONTROLLER_KILLED(2),
    /** An administrator takes a node offline for some seconds, whatever it does at that moment. */
    TOGGLED(2),
    /** A node's connection passes nothing any more, and is cut later; new ones work. */
    STRANDED(1),
    /** A node hangs on the way down for some seconds. */
    HANGS(1),
    /** A node crashes once or twice after its next start. */
    CRASHES(1),
    /** A node's next reboot takes long. */
    SLOW(1),
    /** A node's reboot command does nothing for some seconds. */
    IGNORED(1);

    private final int weight;

    NodeFault(int weight) {
        this.weight = weight;
    }

    /** Faults in a random order, in which each comes as often as its weight says before the order begins anew. */
    static final class Deck {
        private final Random random;
        private final List<NodeFault> left = new ArrayList<>();

        Deck(Random random) {
            this.random = random;
        }

        NodeFault next() {
            if (left.isEmpty()) {
                for (NodeFault fault : values()) {
                    left.addAll(Collections.nCopies(fault.weight, fault));
                }
                Collections.shuffle(left, random);
            }
            return left.remove(left.size() - 1);
        }
    }
}
