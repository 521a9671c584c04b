package io.jenkins.plugins.metapluginci.merger;

import io.jenkins.plugins.metapluginci.merger.GitRemote.Exchange;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.transport.FetchConnection;
import org.eclipse.jgit.transport.ReceiveCommand;
import org.eclipse.jgit.transport.RefSpec;

/**
 * Fetches into one mirror. Branches keep their names there; every other ref of Gerrit's is kept under {@link #FETCHED}, so that
 * none can pose as one of ours. Used by whoever has the mirror to itself.
 */
final class MirrorFetch {
    static final String FETCHED = "refs/fetched/";

    private static final int MOST_HAVES = 256;
    private static final int TIPS_WITH_ANCESTORS = 4;
    private static final int FARTHEST_HAVE = 256;

    private final Repository mirror;
    private final String project;
    private final GitRemote remote;
    private final MergerLimits limits;
    private final MirrorProgress progress;

    MirrorFetch(Repository mirror, String project, GitRemote remote, MergerLimits limits, MirrorProgress progress) {
        this.mirror = mirror;
        this.project = project;
        this.remote = remote;
        this.limits = limits;
        this.progress = progress;
    }

    /** Where a ref of Gerrit's is in the mirror. @param remote a whole name, {@code refs/…} */
    static String local(String remote) {
        return remote.startsWith(Constants.R_HEADS) ? remote : FETCHED + remote.substring(Constants.R_REFS.length());
    }

    /**
     * Fetches these refs, whatever they were before.
     *
     * @param names whole names at Gerrit
     * @return what those of them hold that exist
     */
    Map<String, ObjectId> some(Collection<String> names) throws IOException, InterruptedException {
        Set<String> wanted = new HashSet<>(names);
        Map<String, ObjectId> found = receive(wanted.stream().map(RefSpec::new).toList(), wanted::contains);
        if (!update(found)) {
            // A branch that is gone at Gerrit may be in the way of one whose name begins with its own.
            all();
            if (!update(found)) {
                throw new IOException("The refs of the mirror of " + project + " cannot be written.");
            }
        }
        return found;
    }

    /** Fetches every branch, and forgets those that are gone. */
    void all() throws IOException, InterruptedException {
        Map<String, ObjectId> found =
                receive(List.of(new RefSpec("refs/heads/*:refs/heads/*")), name -> name.startsWith(Constants.R_HEADS));
        List<ReceiveCommand> gone = new ArrayList<>();
        for (Ref ref : mirror.getRefDatabase().getRefsByPrefix(Constants.R_HEADS)) {
            if (!found.containsKey(ref.getName())) {
                gone.add(new ReceiveCommand(ref.getObjectId(), ObjectId.zeroId(), ref.getName()));
            }
        }
        if (!execute(gone) || !update(found)) {
            throw new IOException("The branches of the mirror of " + project + " cannot be written.");
        }
    }

    private Map<String, ObjectId> receive(List<RefSpec> specs, Predicate<String> wanted)
            throws IOException, InterruptedException {
        try (Exchange exchange = remote.uploadPack(project);
                Uplink link = new Uplink(mirror, project, exchange, limits, progress::remote)) {
            try (FetchConnection connection = link.openFetch(specs)) {
                Map<String, ObjectId> found = new TreeMap<>();
                List<Ref> missing = new ArrayList<>();
                for (Ref ref : connection.getRefs()) {
                    ObjectId id = ref.getObjectId();
                    if (id != null && wanted.test(ref.getName())) {
                        found.put(ref.getName(), id);
                        if (!id.equals(valueOf(local(ref.getName())))) {
                            missing.add(ref);
                        }
                    }
                }
                if (!missing.isEmpty()) {
                    connection.fetch(progress, missing, known(wanted));
                }
                if (progress.isCancelled()) {
                    throw new IOException("The fetch of " + project + " was given up.");
                }
                return found;
            } catch (IOException e) {
                throw link.explained(e);
            }
        }
    }

    /**
     * What the other side needs not send: the branches in question, or all when there are none of these; and, since a branch may
     * have been rewritten there, some of their ancestors, at growing distances.
     */
    private Set<ObjectId> known(Predicate<String> wanted) throws IOException {
        List<Ref> branches = mirror.getRefDatabase().getRefsByPrefix(Constants.R_HEADS);
        List<Ref> asked =
                branches.stream().filter(ref -> wanted.test(ref.getName())).toList();
        Set<ObjectId> known = new LinkedHashSet<>();
        List<Ref> tips = asked.isEmpty() ? branches : asked;
        for (Ref ref : tips) {
            if (known.size() < MOST_HAVES && ref.getObjectId() != null) {
                known.add(ref.getObjectId());
            }
        }
        try (RevWalk walk = new RevWalk(mirror)) {
            walk.setRetainBody(false);
            for (Ref ref : tips.subList(0, Math.min(tips.size(), TIPS_WITH_ANCESTORS))) {
                addAncestors(walk, ref.getObjectId(), known);
            }
        }
        return known;
    }

    private static void addAncestors(RevWalk walk, ObjectId tip, Set<ObjectId> known) throws IOException {
        RevCommit at = walk.parseCommit(tip);
        for (int distance = 1; distance <= FARTHEST_HAVE && at.getParentCount() > 0; distance++) {
            at = walk.parseCommit(at.getParent(0));
            if (Integer.bitCount(distance) == 1) {
                known.add(at.copy());
            }
        }
    }

    private ObjectId valueOf(String local) throws IOException {
        Ref ref = mirror.exactRef(local);
        return ref == null ? null : ref.getObjectId();
    }

    private boolean update(Map<String, ObjectId> found) throws IOException {
        List<ReceiveCommand> commands = new ArrayList<>();
        for (Map.Entry<String, ObjectId> each : found.entrySet()) {
            String name = local(each.getKey());
            ObjectId before = valueOf(name);
            if (!each.getValue().equals(before)) {
                commands.add(new ReceiveCommand(before == null ? ObjectId.zeroId() : before, each.getValue(), name));
            }
        }
        return execute(commands);
    }

    private boolean execute(List<ReceiveCommand> commands) throws IOException {
        return MirrorRefs.execute(mirror, commands);
    }
}
