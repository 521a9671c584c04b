package io.jenkins.plugins.metapluginci.ssh;

import io.jenkins.plugins.metapluginci.ssh.SshException.Kind;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One connection to a target, opened when it is first wanted and kept, since a log-in takes longer than most of what is done
 * over it. One that died or was closed by whoever used it is replaced at the next {@link #open}. Any thread, several at once.
 */
public final class KeptSession implements AutoCloseable {
    private final SshConnector connector;
    private final SshTarget target;
    private final String whenClosed;
    /** Held only while a connection is made, so that many who want it at once make one. */
    private final ReentrantLock opening = new ReentrantLock();

    private volatile SshSession session;
    private volatile boolean closed;

    /** @param whenClosed what those are told, for people, who want it after {@link #close} */
    public KeptSession(SshConnector connector, SshTarget target, String whenClosed) {
        this.connector = connector;
        this.target = target;
        this.whenClosed = whenClosed;
    }

    /**
     * The connection, made if there is none. A user who does not trust it any more closes it, which ends what others do over it.
     *
     * @throws SshException when it cannot be made, and after {@link #close}
     */
    public SshSession open() throws SshException, InterruptedException {
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
            throw new SshException(Kind.UNREACHABLE, whenClosed, null);
        }
    }

    /** Whether nobody wants it any more. */
    public boolean isClosed() {
        return closed;
    }

    /** Cuts the connection for good; waits for nothing. */
    @Override
    public void close() {
        closed = true;
        SshSession open = session;
        if (open != null) {
            open.close();
        }
    }
}
