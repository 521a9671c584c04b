package io.jenkins.plugins.metapluginci.node;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Steps the driver of one node, on one thread at a time, now and whenever the driver wants to be stepped again. No thread
 * is held between steps, and no node waits for another.
 *
 * <p>Threads: the monitor of this object owns its fields and is never held while the driver steps.
 */
final class NodeWork implements Runnable {
    private static final Logger LOGGER = Logger.getLogger(NodeWork.class.getName());

    private final String node;
    private final NodeDriver driver;
    private final ExecutorService pool;
    private final ScheduledExecutorService clock;
    private final long afterFailure;
    private boolean running;
    private boolean again;
    private boolean stopped;
    private Future<?> timer;

    /** @param afterFailure milliseconds until the next step when one threw */
    NodeWork(String node, NodeDriver driver, ExecutorService pool, ScheduledExecutorService clock, long afterFailure) {
        this.node = node;
        this.driver = driver;
        this.pool = pool;
        this.clock = clock;
        this.afterFailure = afterFailure;
    }

    NodeDriver driver() {
        return driver;
    }

    /** Has the driver stepped soon; returns at once. */
    synchronized void wake() {
        if (stopped) {
            return;
        }
        if (running) {
            again = true;
            return;
        }
        cancelTimer();
        submit();
    }

    /** Never steps again; a step that is under way ends by itself or with the pool. */
    synchronized void stop() {
        stopped = true;
        cancelTimer();
    }

    @Override
    public void run() {
        Thread thread = Thread.currentThread();
        String name = thread.getName();
        thread.setName("Node lifecycle: " + node);
        long delay = afterFailure;
        try {
            delay = driver.step();
        } catch (InterruptedException e) {
            thread.interrupt();
        } catch (RuntimeException | LinkageError e) {
            LOGGER.log(Level.WARNING, "A step in the life of node " + node + " failed; it is tried again", e);
        } finally {
            thread.setName(name);
            next(delay);
        }
    }

    private synchronized void next(long delay) {
        running = false;
        if (stopped) {
            return;
        }
        if (again || delay == 0) {
            again = false;
            submit();
        } else if (delay > 0) {
            try {
                timer = clock.schedule(this::wake, delay, TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException e) {
                stopped = true;
            }
        }
    }

    private void submit() {
        running = true;
        try {
            pool.execute(this);
        } catch (RejectedExecutionException e) {
            running = false;
            stopped = true;
        }
    }

    private void cancelTimer() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }
}
