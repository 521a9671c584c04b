package io.jenkins.plugins.metapluginci.node;

import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How much may go on at once on one controller, whatever the number of its nodes. Nobody waits at a gate holding a thread:
 * who does not get in comes again.
 *
 * <p>Threads: any.
 */
final class NodeGates {
    /** Nodes that are looked at, or set up, at once. */
    private static final int CHECKS = 8;

    private static final int PREPARATIONS = 4;
    /** Steps that are under way at once beside those: short calls, each within a deadline. */
    private static final int SHORT = 16;

    final Semaphore launches;
    final Semaphore checks = new Semaphore(CHECKS);
    final Semaphore preparations = new Semaphore(PREPARATIONS);
    private final int threads;

    /** @param launches how many nodes are connected at once */
    NodeGates(int launches) {
        int most = Math.max(1, launches);
        this.launches = new Semaphore(most);
        this.threads = most + CHECKS + PREPARATIONS + SHORT;
    }

    /** The threads that all gates and the short steps can need at once. */
    int threads() {
        return threads;
    }

    /** When to come again; milliseconds. */
    static long again() {
        return ThreadLocalRandom.current().nextLong(250, 750);
    }
}
