package io.jenkins.plugins.metapluginci.merger;

import io.jenkins.plugins.metapluginci.merger.GitRemote.Exchange;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.eclipse.jgit.errors.NoRemoteRepositoryException;
import org.eclipse.jgit.errors.NotSupportedException;
import org.eclipse.jgit.errors.PackProtocolException;
import org.eclipse.jgit.errors.TransportException;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.ProgressMonitor;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.transport.BasePackFetchConnection;
import org.eclipse.jgit.transport.FetchConnection;
import org.eclipse.jgit.transport.PackParser;
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
    private final Consumer<String> remoteSays;

    /** @param remoteSays gets what the other side says about its progress */
    Uplink(Repository mirror, String project, Exchange exchange, MergerLimits limits, Consumer<String> remoteSays) {
        super(mirror, new URIish().setPath(project));
        this.exchange = exchange;
        this.limits = limits;
        this.remoteSays = remoteSays;
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
        return new IOException(
                "Gerrit says about " + uri.getPath() + ": " + last.replaceAll("\\s+", " ") + " (" + e.getMessage()
                        + ")",
                e);
    }

    @Override
    public void close() {
        guard.close();
        exchange.close();
    }

    /** Reads which refs there are, then fetches some. */
    private final class Connection extends BasePackFetchConnection {
        /** Of git's protocol; 0 is what older servers speak. */
        private int version;

        Connection(Collection<RefSpec> specs, String... more) throws TransportException {
            super(Uplink.this);
            init(
                    new BufferedInputStream(guard.watch(exchange.fromRemote()), 32 * 1024),
                    new BufferedOutputStream(guard.watch(exchange.toRemote()), 32 * 1024));
            try {
                if (!readAdvertisedRefs()) {
                    version = 2;
                    lsRefs(specs, more);
                }
            } catch (NoRemoteRepositoryException e) {
                throw new TransportException("Gerrit has no project " + uri.getPath() + " for this account.", e);
            }
        }

        /**
         * Says at once all there is to say, in place of JGit's negotiation, which can walk the whole history of a project in search
         * of more to say. A mirror's branches came from the other side: it knows the tips.
         */
        @Override
        protected void doFetch(ProgressMonitor monitor, Collection<Ref> want, Set<ObjectId> have, OutputStream ignored)
                throws TransportException {
            if (version != 2 && !isCapableOf(OPTION_SIDE_BAND_64K)) {
                super.doFetch(monitor, want, have, ignored);
                return;
            }
            try {
                Set<ObjectId> ids = new LinkedHashSet<>();
                want.forEach(ref -> ids.add(ref.getObjectId()));
                if (version == 2) {
                    askVersion2(ids, have);
                } else {
                    askVersion0(ids, have);
                }
                receive(monitor);
            } catch (IOException | RuntimeException e) {
                throw new TransportException(String.valueOf(e.getMessage()), e);
            }
        }

        private void askVersion2(Set<ObjectId> want, Set<ObjectId> have) throws IOException {
            pckOut.writeString("command=fetch");
            pckOut.writeDelim();
            pckOut.writeString(OPTION_THIN_PACK);
            pckOut.writeString(OPTION_OFS_DELTA);
            for (ObjectId id : want) {
                pckOut.writeString("want " + id.name() + "\n");
            }
            haves(have);
            pckOut.writeString("done\n");
            outNeedsEnd = false;
            pckOut.end();
            String line = pckIn.readString();
            if (!"packfile".equals(line)) {
                throw new PackProtocolException("\"packfile\" was expected, not \"" + line + "\"");
            }
        }

        private void askVersion0(Set<ObjectId> want, Set<ObjectId> have) throws IOException {
            StringBuilder capabilities = new StringBuilder();
            for (String each : List.of(OPTION_SIDE_BAND_64K, OPTION_THIN_PACK, OPTION_OFS_DELTA)) {
                wantCapability(capabilities, each);
            }
            for (ObjectId id : want) {
                pckOut.writeString("want " + id.name() + capabilities + "\n");
                capabilities.setLength(0);
            }
            pckOut.end();
            outNeedsEnd = false;
            haves(have);
            pckOut.writeString("done\n");
            pckOut.flush();
            // Without one of the multi_ack capabilities there is exactly one answer to all of this.
            String line = pckIn.readString();
            if (!line.equals("NAK") && !line.startsWith("ACK ")) {
                throw new PackProtocolException("ACK or NAK was expected, not \"" + line + "\"");
            }
        }

        private void haves(Set<ObjectId> have) throws IOException {
            for (ObjectId id : have) {
                pckOut.writeString("have " + id.name() + "\n");
            }
        }

        private void receive(ProgressMonitor monitor) throws IOException {
            try (ObjectInserter inserter = local.newObjectInserter()) {
                PackParser parser = inserter.newPackParser(new SideBand(in, remoteSays));
                parser.setAllowThin(true);
                parser.parse(monitor);
                inserter.flush();
            }
        }
    }
}
