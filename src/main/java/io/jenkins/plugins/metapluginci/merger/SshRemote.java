package io.jenkins.plugins.metapluginci.merger;

import io.jenkins.plugins.metapluginci.ssh.KeptSession;
import io.jenkins.plugins.metapluginci.ssh.SshConnector;
import io.jenkins.plugins.metapluginci.ssh.SshException;
import io.jenkins.plugins.metapluginci.ssh.SshSession;
import io.jenkins.plugins.metapluginci.ssh.SshSession.RemoteExchange;
import io.jenkins.plugins.metapluginci.ssh.SshTarget;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import org.eclipse.jgit.util.QuotedString;

/**
 * Gerrit over SSH: one connection for all fetches, each with a channel of its own on it.
 */
final class SshRemote implements GitRemote {
    /** git's protocol(5): how a client asks for version 2, in which only the refs in question are listed. */
    private static final Map<String, String> VERSION_2 = Map.of("GIT_PROTOCOL", "version=2");

    private final KeptSession session;

    SshRemote(SshConnector connector, SshTarget target) {
        this.session = new KeptSession(connector, target, "The settings of Gerrit were changed meanwhile.");
    }

    @Override
    public Exchange uploadPack(String project) throws SshException, InterruptedException {
        String command = "git-upload-pack " + QuotedString.BOURNE.quote(project);
        SshSession used = session.open();
        try {
            return new OverSsh(used.exchange(command, VERSION_2));
        } catch (SshException e) {
            // A kept connection may have died unnoticed. Nothing was fetched yet, so that asking again does no harm.
            used.close();
            return new OverSsh(session.open().exchange(command, VERSION_2));
        }
    }

    @Override
    public void close() {
        session.close();
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
