package io.jenkins.plugins.metapluginci.merger;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.eclipse.jgit.errors.PackProtocolException;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.storage.pack.PackConfig;
import org.eclipse.jgit.transport.AdvertiseRefsHook;
import org.eclipse.jgit.transport.PacketLineIn;
import org.eclipse.jgit.transport.PacketLineOut;
import org.eclipse.jgit.transport.ProtocolV2Hook;
import org.eclipse.jgit.transport.ReceivePack;
import org.eclipse.jgit.transport.ServiceMayNotContinueException;
import org.eclipse.jgit.transport.UploadPack;
import org.eclipse.jgit.transport.resolver.ServiceNotEnabledException;

/** One connection of a node; git's protocol is in its own Documentation/gitprotocol-pack. One thread. */
final class RefConnection {
    private static final String COMMAND = "git-upload-pack ";
    private static final String VERSION_2 = "version=2";
    private static final int LONGEST_NAME = 1000;
    private static final int SHOWN = 200;

    private final Merger merger;
    private final Socket client;
    private final ServerLimits limits;

    RefConnection(Merger merger, Socket client, ServerLimits limits) {
        this.merger = merger;
        this.client = client;
        this.limits = limits;
    }

    /** @return whether it got a repository */
    boolean serve() throws IOException {
        client.setTcpNoDelay(true);
        client.setSoTimeout((int) limits.request().toMillis());
        try (StallGuard guard = new StallGuard(limits.silence(), limits.whole(), this::cut)) {
            InputStream in = new BufferedInputStream(guard.watch(client.getInputStream()));
            OutputStream out = new BufferedOutputStream(guard.watch(client.getOutputStream()), 32 * 1024);
            String line = new PacketLineIn(in).readStringRaw();
            client.setSoTimeout(0);
            String[] words = line.split("\0\0", 2);
            String command = words[0].split("\0", 2)[0].stripTrailing();
            if (!command.startsWith(COMMAND)) {
                refuse(out, "only fetching is possible here");
                return false;
            }
            String path = command.substring(COMMAND.length());
            try (Repository found = find(path)) {
                if (found == null) {
                    refuse(out, "not found: nothing of the project " + shown(path) + " is under test here");
                    return false;
                }
                List<String> parameters = words.length > 1 ? Arrays.asList(words[1].split("\0")) : List.of();
                upload(found, parameters, in, out);
                return true;
            }
        }
    }

    private void cut() {
        try {
            client.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void refuse(OutputStream out, String why) throws IOException {
        new PacketLineOut(out).writeString("ERR " + why);
        out.flush();
    }

    private static String shown(String path) {
        String cut = path.length() > SHOWN ? path.substring(0, SHOWN) : path;
        return cut.replaceAll("^/(" + RefServer.PREFIX + ")?", "").replaceAll("\\p{Cntrl}", "?");
    }

    /** The mirror that a path means, if something in it is live. */
    @CheckForNull
    private Repository find(String path) throws IOException {
        if (path.length() > LONGEST_NAME) {
            return null;
        }
        for (String name : names(path)) {
            Repository found = merger.open(name);
            if (found != null) {
                if (!liveRefs(found).isEmpty()) {
                    return found;
                }
                found.close();
            }
        }
        return null;
    }

    /** With and without what may stand around a project's name; a project may itself have such a name. */
    private static Set<String> names(String path) {
        String whole = path.replaceAll("^/+", "").replaceAll("/+$", "");
        Set<String> names = new LinkedHashSet<>();
        for (String start : List.of(RefServer.PREFIX, "")) {
            if (whole.startsWith(start)) {
                String name = whole.substring(start.length());
                names.add(name);
                if (name.endsWith(".git")) {
                    names.add(name.substring(0, name.length() - ".git".length()));
                }
            }
        }
        return names;
    }

    private Map<String, Ref> liveRefs(Repository mirror) throws IOException {
        Map<String, Ref> live = new TreeMap<>();
        for (Ref ref : mirror.getRefDatabase().getRefsByPrefix(MirrorRefs.ZUUL)) {
            if (merger.isLive(ref.getName())) {
                live.put(ref.getName(), ref);
            }
        }
        return live;
    }

    private void upload(Repository mirror, List<String> parameters, InputStream in, OutputStream out)
            throws IOException {
        PackConfig packing = new PackConfig(mirror);
        packing.setThreads(1);
        // What the mirror's packs have as deltas is sent as such; looking for more would cost the controller's
        // processor.
        packing.setDeltaCompress(false);
        UploadPack upload = new UploadPack(mirror);
        upload.setPackConfig(packing);
        if (parameters.contains(VERSION_2)) {
            // Version 2 would take the policy for advertised refs as one for all that they can reach.
            upload.setRequestValidator(RefConnection::refuseWants);
        } else {
            upload.setRequestPolicy(UploadPack.RequestPolicy.ADVERTISED);
        }
        upload.setAdvertiseRefsHook(new OnlyLive());
        upload.setProtocolV2Hook(new OnlyFetches());
        upload.setExtraParameters(parameters);
        upload.upload(in, out, null);
    }

    private static void refuseWants(UploadPack upload, List<ObjectId> wants) throws PackProtocolException {
        if (!wants.isEmpty()) {
            throw new PackProtocolException(
                    "not found: " + wants.get(0).name() + " is no ref of what is under test here");
        }
    }

    /** Shows the refs of live requests. */
    private final class OnlyLive implements AdvertiseRefsHook {
        @Override
        public void advertiseRefs(UploadPack upload) throws ServiceMayNotContinueException {
            try {
                upload.setAdvertisedRefs(liveRefs(upload.getRepository()));
            } catch (IOException e) {
                throw new ServiceMayNotContinueException("the mirror cannot be read", e);
            }
        }

        @Override
        public void advertiseRefs(ReceivePack receive) throws ServiceMayNotContinueException {
            throw new ServiceMayNotContinueException("nothing can be pushed here", new ServiceNotEnabledException());
        }
    }

    /** Version 2 could otherwise be asked for the sizes of objects that are not shown. */
    private static final class OnlyFetches implements ProtocolV2Hook {
        @Override
        public void onObjectInfo(org.eclipse.jgit.transport.ObjectInfoRequest request)
                throws ServiceMayNotContinueException {
            throw new ServiceMayNotContinueException("only fetching is possible here");
        }
    }
}
