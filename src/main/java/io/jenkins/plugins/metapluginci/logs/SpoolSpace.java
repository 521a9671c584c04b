package io.jenkins.plugins.metapluginci.logs;

import java.util.function.LongPredicate;
import java.util.function.LongSupplier;

/**
 * What the logs that wait for their server may take on the controller's disk, all together. Safe for any thread: its monitor
 * guards the count and is not held while room is made.
 */
final class SpoolSpace {
    private final LongSupplier limit;
    private final LongPredicate makeRoom;
    private long used;

    /**
     * @param limit bytes; asked each time
     * @param makeRoom is asked to free that many bytes, through {@link #giveBack}; gives false when it could free nothing
     */
    SpoolSpace(LongSupplier limit, LongPredicate makeRoom) {
        this.limit = limit;
        this.makeRoom = makeRoom;
    }

    /** Takes room. @return false when there is none, and none can be made */
    boolean take(long bytes) {
        while (!taken(bytes)) {
            if (bytes > limit.getAsLong() || !makeRoom.test(bytes)) {
                return false;
            }
        }
        return true;
    }

    private synchronized boolean taken(long bytes) {
        boolean fits = used + bytes <= limit.getAsLong();
        if (fits) {
            used += bytes;
        }
        return fits;
    }

    /** What is on the disk from before counts, whether it fits or not. */
    synchronized void found(long bytes) {
        used += bytes;
    }

    synchronized void giveBack(long bytes) {
        used -= bytes;
    }

    synchronized long used() {
        return used;
    }
}
