package io.jenkins.plugins.metapluginci.gerrit;

import io.jenkins.plugins.metapluginci.ssh.SshConnector;
import io.jenkins.plugins.metapluginci.ssh.SshException;
import io.jenkins.plugins.metapluginci.ssh.SshSession;
import io.jenkins.plugins.metapluginci.ssh.SshSession.ExecResult;
import io.jenkins.plugins.metapluginci.ssh.SshTarget;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One connection for all commands, opened with the first and kept; a connection that died meanwhile is replaced without the
 * caller's notice. Any thread, several at once.
 */
final class CommandSession implements AutoCloseable {
    private static final byte[] NOTHING = {};

    private final SshConnector connector;
    private final SshTarget target;
    private final Duration deadline;
    /** Held only while a connection is made, so that a burst of commands makes one. */
    private final ReentrantLock opening = new ReentrantLock();

    private volatile SshSession session;
    private volatile boolean closed;

    CommandSession(SshConnector connector, SshTarget target, Duration deadline) {
        this.connector = connector;
        this.target = target;
        this.deadline = deadline;
    }

    /**
     * Runs a command.
     *
     * @param repeatable whether it may be sent twice; one that may not is sent again only when it never went out
     */
    ExecResult run(String command, boolean repeatable, int maxBytes) throws SshException, InterruptedException {
        SshSession used = open();
        try {
            return used.exec(command, NOTHING, deadline, maxBytes);
        } catch (SshException e) {
            drop(used);
            boolean again = e.isUnsent() || repeatable && e.kind() == SshException.Kind.BROKEN;
            if (!again || closed) {
                throw e;
            }
        }
        SshSession fresh = open();
        try {
            return fresh.exec(command, NOTHING, deadline, maxBytes);
        } catch (SshException e) {
            drop(fresh);
            throw e;
        }
    }

    private SshSession open() throws SshException, InterruptedException {
        opening.lockInterruptibly();
        try {
            SshSession open = session;
            if (open == null || !open.isOpen()) {
                checkWanted();
                if (open != null) {
                    open.close();
                }
                open = connector.connect(target);
                session = open;
            }
            if (closed) {
                open.close();
            }
            checkWanted();
            return open;
        } finally {
            opening.unlock();
        }
    }

    private void checkWanted() throws SshException {
        if (closed) {
            throw new SshException(
                    SshException.Kind.UNREACHABLE, "The settings of Gerrit were changed meanwhile.", null);
        }
    }

    private static void drop(SshSession failed) {
        // Also after a time-out: a connection on which an answer did not come is not trusted with the next command.
        failed.close();
    }

    @Override
    public void close() {
        closed = true;
        SshSession open = session;
        if (open != null) {
            open.close();
        }
    }
}
