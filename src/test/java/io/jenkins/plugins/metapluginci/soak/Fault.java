package io.jenkins.plugins.metapluginci.soak;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** What happens to the CI during a {@link QueueSoak}. */
enum Fault {
    /** The controller is killed at a random moment and started again. */
    KILL,
    /** The controller is killed when Gerrit has taken a report and the answer is still on its way. */
    KILL_AFTER_REVIEW,
    /** The connection to Gerrit passes nothing for some seconds, then everything that was held. */
    FREEZE,
    /** The open connections to Gerrit pass nothing any more and never end; new ones work. */
    SILENCE,
    /** The connections to Gerrit are closed. */
    CUT,
    /** Gerrit takes no connection for some seconds. */
    REFUSE,
    /** Gerrit is stopped and started. */
    GERRIT_RESTART,
    /** The layout is saved with a difference that concerns no job. */
    RELOAD,
    /** A change gets a new patchset, tested or not. */
    PATCHSET,
    /** Somebody asks for a test again, whether one runs or not. */
    RECHECK,
    /** A change is built on another one that is not merged. */
    DEPENDENCY;

    /** Faults in a random order, in which each comes once before one comes again. */
    static final class Deck {
        private final Random random;
        private final List<Fault> left = new ArrayList<>();

        Deck(Random random) {
            this.random = random;
        }

        Fault next() {
            if (left.isEmpty()) {
                left.addAll(List.of(values()));
                Collections.shuffle(left, random);
            }
            return left.remove(left.size() - 1);
        }
    }
}
