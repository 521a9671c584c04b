package io.jenkins.plugins.metapluginci.merger;

import io.jenkins.plugins.metapluginci.merger.GitRemote.Exchange;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import org.eclipse.jgit.errors.NoRemoteRepositoryException;
import org.eclipse.jgit.errors.NotSupportedException;
import org.eclipse.jgit.errors.TransportException;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.transport.BasePackFetchConnection;
import org.eclipse.jgit.transport.FetchConnection;
import org.eclipse.jgit.transport.PackTransport;
import org.eclipse.jgit.transport.PushConnection;
import org.eclipse.jgit.transport.RefSpec;
import org.eclipse.jgit.transport.TagOpt;
import org.eclipse.jgit.transport.Transport;
import org.eclipse.jgit.transport.URIish;

/**
 * JGit's fetch protocol over an {@link Exchange}. (JGit's own SSH transport wants processes, environment variables of the
 * controller, and time-outs by interrupts.) For one connection; one thread.
 */
final class Uplink extends Transport implements PackTransport {
    private final Exchange exchange;
    private final StallGuard guard;
    private final MergerLimits limits;

    Uplink(Repository mirror, String project, Exchange exchange, MergerLimits limits) {
        super(mirror, new URIish().setPath(project));
        this.exchange = exchange;
        this.limits = limits;
        this.guard = new StallGuard(limits.silence(), limits.fetch(), exchange::close);
        setTagOpt(TagOpt.NO_TAGS);
    }

    @Override
    public FetchConnection openFetch() throws NotSupportedException, TransportException {
        return openFetch(List.of());
    }

    @Override
    public FetchConnection openFetch(Collection<RefSpec> specs, String... more) throws TransportException {
        return new Connection(specs, more);
    }

    @Override
    public PushConnection openPush() throws NotSupportedException {
        throw new NotSupportedException("mirrors are only fetched");
    }

    /** What went wrong, for people: what the other side said about it is worth more than how JGit noticed. */
    IOException explained(IOException e) {
        if (guard.stalled()) {
            return new IOException(
                    "Gerrit did not go on with " + uri.getPath() + " for "
                            + limits.silence().toSeconds() + " s.",
                    e);
        }
        String said = exchange.errors().strip();
        if (said.isEmpty()) {
            return e;
        }
        String last = said.length() > 500 ? said.substring(said.length() - 500) : said;
        return new IOException("Gerrit says about " + uri.getPath() + ": " + last.replaceAll("\\s+", " "), e);
    }

    @Override
    public void close() {
        guard.close();
        exchange.close();
    }

    /** Reads which refs there are, then fetches some. */
    private final class Connection extends BasePackFetchConnection {
        Connection(Collection<RefSpec> specs, String... more) throws TransportException {
            super(Uplink.this);
            init(
                    new BufferedInputStream(guard.watch(exchange.fromRemote()), 32 * 1024),
                    new BufferedOutputStream(guard.watch(exchange.toRemote()), 32 * 1024));
            try {
                if (!readAdvertisedRefs()) {
                    lsRefs(specs, more);
                }
            } catch (NoRemoteRepositoryException e) {
                throw new TransportException("Gerrit has no project " + uri.getPath() + " for this account.", e);
            }
        }
    }
}
