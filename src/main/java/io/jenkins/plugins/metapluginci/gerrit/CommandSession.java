package io.jenkins.plugins.metapluginci.gerrit;

import io.jenkins.plugins.metapluginci.ssh.KeptSession;
import io.jenkins.plugins.metapluginci.ssh.SshConnector;
import io.jenkins.plugins.metapluginci.ssh.SshException;
import io.jenkins.plugins.metapluginci.ssh.SshSession;
import io.jenkins.plugins.metapluginci.ssh.SshSession.ExecResult;
import io.jenkins.plugins.metapluginci.ssh.SshTarget;
import java.time.Duration;

/**
 * One connection for all commands; one that died meanwhile is replaced without the caller's notice. Any thread, several at
 * once.
 */
final class CommandSession implements AutoCloseable {
    private static final byte[] NOTHING = {};

    private final KeptSession session;
    private final Duration deadline;

    CommandSession(SshConnector connector, SshTarget target, Duration deadline) {
        this.session = new KeptSession(connector, target, "The settings of Gerrit were changed meanwhile.");
        this.deadline = deadline;
    }

    /**
     * Runs a command.
     *
     * @param repeatable whether it may be sent twice; one that may not is sent again only when it never went out
     */
    ExecResult run(String command, boolean repeatable, int maxBytes) throws SshException, InterruptedException {
        SshSession used = session.open();
        try {
            return used.exec(command, NOTHING, deadline, maxBytes);
        } catch (SshException e) {
            drop(used);
            boolean again = e.isUnsent() || repeatable && e.kind() == SshException.Kind.BROKEN;
            if (!again || session.isClosed()) {
                throw e;
            }
        }
        SshSession fresh = session.open();
        try {
            return fresh.exec(command, NOTHING, deadline, maxBytes);
        } catch (SshException e) {
            drop(fresh);
            throw e;
        }
    }

    private static void drop(SshSession failed) {
        // Also after a time-out: a connection on which an answer did not come is not trusted with the next command.
        failed.close();
    }

    @Override
    public void close() {
        session.close();
    }
}
