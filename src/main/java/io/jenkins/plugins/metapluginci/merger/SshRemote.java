package io.jenkins.plugins.metapluginci.merger;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.metapluginci.ssh.SshConnector;
import io.jenkins.plugins.metapluginci.ssh.SshException;
import io.jenkins.plugins.metapluginci.ssh.SshSession;
import io.jenkins.plugins.metapluginci.ssh.SshSession.RemoteExchange;
import io.jenkins.plugins.metapluginci.ssh.SshTarget;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.jgit.util.QuotedString;

/**
 * Gerrit over SSH. One connection, opened with the first fetch and kept, since a log-in takes longer than a small fetch; each
 * fetch has a channel of its own on it.
 */
final class SshRemote implements GitRemote {
    /** git's protocol(5): how a client asks for version 2, in which only the refs in question are listed. */
    private static final Map<String, String> VERSION_2 = Map.of("GIT_PROTOCOL", "version=2");

    private final SshConnector connector;
    private final SshTarget target;
    /** Held only while a connection is made. */
    private final ReentrantLock opening = new ReentrantLock();

    private volatile SshSession session;
    private volatile boolean closed;

    SshRemote(SshConnector connector, SshTarget target) {
        this.connector = connector;
        this.target = target;
    }

    @Override
    public Exchange uploadPack(String project) throws SshException, InterruptedException {
        String command = "git-upload-pack " + QuotedString.BOURNE.quote(project);
        SshSession used = open(null);
        try {
            return new OverSsh(used.exchange(command, VERSION_2));
        } catch (SshException e) {
            // A kept connection may have died unnoticed. Nothing was fetched yet, so that asking again does no harm.
            return new OverSsh(open(used).exchange(command, VERSION_2));
        }
    }

    /** @param broken is not taken again; null when none is known to be */
    private SshSession open(@CheckForNull SshSession broken) throws SshException, InterruptedException {
        opening.lockInterruptibly();
        try {
            SshSession open = session;
            if (open == null || open == broken || !open.isOpen()) {
                if (open != null) {
                    open.close();
                }
                checkWanted();
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

    @Override
    public void close() {
        closed = true;
        SshSession open = session;
        if (open != null) {
            open.close();
        }
    }

    /** One channel. */
    private record OverSsh(RemoteExchange exchange) implements Exchange {
        @Override
        public InputStream fromRemote() {
            return exchange.stdout();
        }

        @Override
        public OutputStream toRemote() {
            return exchange.stdin();
        }

        @Override
        public String errors() {
            return exchange.stderr();
        }

        @Override
        public void close() {
            exchange.close();
        }
    }
}
