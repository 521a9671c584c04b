package io.jenkins.plugins.metapluginci.node;

import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/** A bounded number of threads, each made when there is work for it, and one that only tells the time. */
final class ThreadPacer implements Pacer {
    private static final Logger LOGGER = Logger.getLogger(ThreadPacer.class.getName());
    /** Seconds after which a thread without work ends. */
    private static final long IDLE = 30;

    private final ThreadPoolExecutor pool;
    private final ScheduledThreadPoolExecutor timer;

    /** @param most threads for work */
    ThreadPacer(ThreadFactory threads, int most) {
        pool = new ThreadPoolExecutor(most, most, IDLE, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), threads);
        pool.allowCoreThreadTimeOut(true);
        timer = new ScheduledThreadPoolExecutor(1, threads);
        // A cancelled timer of a node that was woken would otherwise be kept until its time.
        timer.setRemoveOnCancelPolicy(true);
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
