package io.jenkins.plugins.metapluginci.merger;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.eclipse.jgit.errors.IncorrectObjectTypeException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.NullProgressMonitor;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.transport.BundleWriter;

/**
 * Branches of the mirrors as git bundles (gitformat-bundle(5)), for machines that reach the controller and not Gerrit.
 * Branches are all there is in them: nothing under test, nothing that Gerrit keeps from the public. {@link Merger#bundles} makes one. Methods wait for network
 * and disk; any thread may call.
 */
public final class Bundles {
    private final Merger merger;

    Bundles(Merger merger) {
        this.merger = merger;
    }

    /**
     * A project's branches as Gerrit has them now.
     *
     * @return commits by the branches' whole names
     * @throws IOException when Gerrit could not be asked
     */
    public Map<String, String> branches(String project) throws IOException, InterruptedException {
        try {
            merger.update(project).get();
        } catch (ExecutionException e) {
            throw new IOException(e.getCause().getMessage(), e.getCause());
        }
        Map<String, String> branches = new TreeMap<>();
        try (Repository mirror = open(project)) {
            for (Ref ref : mirror.getRefDatabase().getRefsByPrefix(Constants.R_HEADS)) {
                branches.put(ref.getName(), ref.getObjectId().name());
            }
        }
        return branches;
    }

    /**
     * Writes a bundle.
     *
     * @param refs commits, of branches or behind them, by the names that they have in the bundle
     * @param have commits that whoever gets it has already; those that the mirror has not are passed over
     * @param out not closed; what it throws ends the bundle
     * @throws IOException also when the mirror has not all of the commits
     */
    public void write(String project, Map<String, String> refs, Collection<String> have, OutputStream out)
            throws IOException {
        try (Repository mirror = open(project);
                RevWalk walk = new RevWalk(mirror)) {
            BundleWriter bundle = new BundleWriter(mirror);
            List<Ref> branches = mirror.getRefDatabase().getRefsByPrefix(Constants.R_HEADS);
            for (Map.Entry<String, String> ref : refs.entrySet()) {
                ObjectId commit = ObjectId.fromString(ref.getValue());
                // What was fetched for merges is in the mirror, too, and may be anybody's.
                if (!has(walk, commit) || !walk.isMergedIntoAny(walk.parseCommit(commit), branches)) {
                    throw new IOException("No branch of " + project + " has the commit " + ref.getValue() + ".");
                }
                bundle.include(ref.getKey(), commit);
            }
            for (String commit : have) {
                ObjectId id = ObjectId.fromString(commit);
                if (has(walk, id)) {
                    bundle.assume(walk.parseCommit(id));
                }
            }
            bundle.writeBundle(NullProgressMonitor.INSTANCE, out);
        }
    }

    private static boolean has(RevWalk walk, ObjectId commit) throws IOException {
        try {
            walk.parseCommit(commit);
            return true;
        } catch (MissingObjectException | IncorrectObjectTypeException e) {
            return false;
        }
    }

    private Repository open(String project) throws IOException {
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException();
        }
        Repository mirror = MirrorName.isProject(project) ? merger.mirrorOf(project) : null;
        if (mirror == null) {
            throw new IOException("There is no mirror of " + project + ".");
        }
        return mirror;
    }
}
