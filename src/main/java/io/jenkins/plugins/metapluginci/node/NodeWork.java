package io.jenkins.plugins.metapluginci.node;

import edu.umd.cs.findbugs.annotations.CheckForNull;
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
    private final Pacer pacer;
    private final long afterFailure;
    private boolean running;
    private boolean again;
    private boolean stopped;

    @CheckForNull
    private Pacer.Ticket timer;

    /** @param afterFailure milliseconds until the next step when one threw */
    NodeWork(String node, NodeDriver driver, Pacer pacer, long afterFailure) {
        this.node = node;
        this.driver = driver;
        this.pacer = pacer;
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
        running = true;
        pacer.now(this);
    }

    /** Never steps again; a step that is under way ends by itself. */
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
            running = true;
            pacer.now(this);
        } else if (delay > 0) {
            timer = pacer.later(this::wake, delay);
        }
    }

    private void cancelTimer() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }
}
