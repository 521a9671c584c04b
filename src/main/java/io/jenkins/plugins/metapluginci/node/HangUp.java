package io.jenkins.plugins.metapluginci.node;

import hudson.model.TaskListener;
import hudson.remoting.Channel;
import hudson.remoting.VirtualChannel;
import hudson.slaves.OfflineCause;
import hudson.slaves.SlaveComputer;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.reflect.Method;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Ends a connection that may be frozen. On return the core is ready to connect again, and the old channel is closed as far
 * as can be had: when one closes late, both cores take the new channel for it and drop that ({@code SlaveComputer.setChannel}).
 *
 * <p>A frozen connection takes bytes and answers nothing. {@code SlaveComputer.disconnect} then hangs: SSH Slaves 0.14
 * deletes its jar on the node before it closes the connection, waits for the answer for ever, and holds the lock that the
 * next launch needs. Its waits heed an interrupt, though, and so the launcher is asked to hang up on a thread that is ours
 * to interrupt.
 */
final class HangUp {
    private static final Logger LOGGER = Logger.getLogger(HangUp.class.getName());
    /** Between two interrupts of a launcher that does not return; milliseconds. */
    private static final long NUDGE = 500;

    private final BoundedCalls calls;
    private final long limit;

    /** @param limit of each part, milliseconds */
    HangUp(BoundedCalls calls, long limit) {
        this.calls = calls;
        this.limit = limit;
    }

    /** @param answers whether the connection is known to answer */
    void drop(SlaveComputer computer, VirtualChannel channel, boolean answers, OfflineCause cause)
            throws InterruptedException {
        boolean dropped = answers && disconnect(computer, cause) && isClosed(channel);
        if (!dropped) {
            hangUp(computer);
            if (!isClosed(channel)) {
                cut(computer, channel);
            }
            disconnect(computer, cause);
        }
        if (computer.getChannel() == channel) {
            LOGGER.log(Level.WARNING, "The connection of node {0} cannot be dropped", computer.getName());
        }
    }

    /** Waits for the channel to be closed from both sides. @return false when it was not within half the limit */
    private boolean isClosed(VirtualChannel channel) throws InterruptedException {
        if (!(channel instanceof Channel remote)) {
            return true;
        }
        try {
            return calls.call(Math.max(1, limit / 2), () -> {
                remote.join();
                return true;
            });
        } catch (TimeoutException | ExecutionException e) {
            return false;
        }
    }

    private boolean disconnect(SlaveComputer computer, OfflineCause cause) throws InterruptedException {
        try {
            BoundedCalls.await(computer.disconnect(cause), limit);
            return true;
        } catch (TimeoutException | ExecutionException e) {
            LOGGER.log(Level.FINE, "Node " + computer.getName() + " was not disconnected in time", e);
            return false;
        }
    }

    /**
     * After a launch that failed, where there is no channel. SSH Slaves of today keeps a connection that broke in the middle of its
     * launch, and then answers each later launch with "The Agent is connected" and does nothing.
     */
    void tidy(SlaveComputer computer) throws InterruptedException {
        hangUp(computer);
    }

    private void hangUp(SlaveComputer computer) throws InterruptedException {
        Thread thread = new SystemThreads("Node hang-up: " + computer.getName()).newThread(() -> {
            try {
                computer.getLauncher().afterDisconnect(computer, TaskListener.NULL);
            } catch (RuntimeException | LinkageError e) {
                LOGGER.log(Level.FINE, "The launcher of node " + computer.getName() + " did not hang up", e);
            }
        });
        thread.start();
        thread.join(Math.max(1, limit / 2));
        long end = System.nanoTime() + limit * 1_000_000;
        while (thread.isAlive() && System.nanoTime() < end) {
            thread.interrupt();
            interruptWhoHoldsTheLauncher(thread);
            thread.join(NUDGE);
        }
    }

    /**
     * SSH Slaves 0.14 tidies up and launches under its launcher's monitor, over the connection: a thread of the core that does so
     * on a frozen one never ends, and nobody else can hang up.
     */
    private static void interruptWhoHoldsTheLauncher(Thread waiting) {
        ThreadInfo info = ManagementFactory.getThreadMXBean().getThreadInfo(waiting.getId(), 1);
        boolean blocked = info != null
                && info.getLockOwnerId() != -1
                && info.getStackTrace().length > 0
                && "afterDisconnect".equals(info.getStackTrace()[0].getMethodName());
        if (blocked) {
            Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getId() == info.getLockOwnerId())
                    .forEach(Thread::interrupt);
        }
    }

    /**
     * Ends the channel's own half. {@code Channel.terminate} is what its reader calls at the end of the stream; 1.395 does
     * not show it.
     */
    private void cut(SlaveComputer computer, VirtualChannel channel) throws InterruptedException {
        try {
            calls.call(limit, () -> {
                Method terminate = Channel.class.getDeclaredMethod("terminate", IOException.class);
                terminate.setAccessible(true);
                return terminate.invoke(channel, new IOException("The connection is frozen"));
            });
        } catch (TimeoutException | ExecutionException | RuntimeException e) {
            LOGGER.log(Level.WARNING, "The frozen channel of node " + computer.getName() + " cannot be ended", e);
        }
    }
}
