package io.jenkins.plugins.metapluginci.testbed;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/** Waiting for something that another process does: polls until it is so, or fails naming what was waited for. */
public final class Await {

    private static final long INTERVAL_MS = 100;

    private Await() {}

    /** A condition that may need a call which fails while the other side is not ready; a failure counts as "not yet". */
    @FunctionalInterface
    public interface Condition {
        /**
         * Looks once.
         *
         * @return whether it is so
         * @throws Exception not yet; the last one becomes the cause of the failure
         */
        boolean holds() throws Exception;
    }

    /** A value that may not be there yet. */
    @FunctionalInterface
    public interface Source<T> {
        /**
         * Looks once.
         *
         * @return the value, empty for "not yet"
         * @throws Exception not yet
         */
        Optional<T> look() throws Exception;
    }

    /**
     * Waits until the condition holds.
     *
     * @param what what is waited for, for the failure's message
     * @param limit how long at most
     * @param condition looked at every 100 ms
     * @throws AssertionError when the time is over
     */
    public static void until(String what, Duration limit, Condition condition) {
        until(what, limit, () -> "", condition);
    }

    /**
     * Waits until the condition holds.
     *
     * @param detail asked only on failure: what to add to the message, say the end of a log
     */
    public static void until(String what, Duration limit, Supplier<String> detail, Condition condition) {
        value(what, limit, detail, () -> condition.holds() ? Optional.of(true) : Optional.empty());
    }

    /** Waits for a value and returns it. */
    public static <T> T value(String what, Duration limit, Source<T> source) {
        return value(what, limit, () -> "", source);
    }

    /** Waits for a value and returns it; {@code detail} is added to the message of a failure. */
    public static <T> T value(String what, Duration limit, Supplier<String> detail, Source<T> source) {
        long deadline = System.nanoTime() + limit.toNanos();
        Exception last = null;
        while (true) {
            try {
                Optional<T> value = source.look();
                if (value.isPresent()) {
                    return value.get();
                }
                last = null;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while waiting for " + what, e);
            } catch (Exception e) {
                last = e;
            }
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("not within " + limit.toSeconds() + " s: " + what + " " + detail.get(), last);
            }
            pause();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(INTERVAL_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting", e);
        }
    }
}
