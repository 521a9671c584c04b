package io.jenkins.plugins.metapluginci.node;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/** As many threads as there is work at once, and one that only tells the time. */
final class ThreadPacer implements Pacer {
    private static final Logger LOGGER = Logger.getLogger(ThreadPacer.class.getName());

    private final ExecutorService pool;
    private final ScheduledExecutorService timer;

    ThreadPacer(ThreadFactory threads) {
        pool = Executors.newCachedThreadPool(threads);
        timer = Executors.newSingleThreadScheduledExecutor(threads);
    }

    @Override
    public void now(Runnable work) {
        try {
            pool.execute(work);
        } catch (RejectedExecutionException e) {
            LOGGER.log(Level.FINE, "The plugin has ended", e);
        }
    }

    @Override
    public Ticket later(Runnable work, long delay) {
        try {
            Future<?> future = timer.schedule(() -> now(work), delay, TimeUnit.MILLISECONDS);
            return () -> future.cancel(false);
        } catch (RejectedExecutionException e) {
            LOGGER.log(Level.FINE, "The plugin has ended", e);
            return () -> {};
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
        pool.shutdownNow();
    }
}
