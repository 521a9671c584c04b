package io.jenkins.plugins.metapluginci.ssh;

import java.time.Duration;

/** A point of monotonic time by which something must be done. Immutable. */
record Deadline(long nanoTime) {
    static Deadline in(Duration time) {
        return new Deadline(System.nanoTime() + time.toNanos());
    }

    /** What is left, never negative. */
    Duration left() {
        return Duration.ofNanos(Math.max(0, nanoTime - System.nanoTime()));
    }

    /** What is left, at most the given time, and at least a millisecond: some libraries take zero for "for ever". */
    Duration leftAtMost(Duration most) {
        Duration left = left();
        Duration bounded = left.compareTo(most) < 0 ? left : most;
        return bounded.compareTo(Duration.ofMillis(1)) < 0 ? Duration.ofMillis(1) : bounded;
    }
}
