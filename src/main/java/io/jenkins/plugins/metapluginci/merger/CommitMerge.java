package io.jenkins.plugins.metapluginci.merger;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.eclipse.jgit.errors.NoMergeBaseException;
import org.eclipse.jgit.lib.CommitBuilder;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.lib.TreeFormatter;
import org.eclipse.jgit.merge.MergeStrategy;
import org.eclipse.jgit.merge.ResolveMerger;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.revwalk.filter.RevFilter;

/**
 * Puts one patchset onto a commit, wholly in the object database: no work tree, no index, nothing of the patchset is ever
 * checked out. The results are those of {@code git merge -s resolve}, {@code git merge} and {@code git cherry-pick}, which
 * zuul-merger ran; like Gerrit, and unlike {@code git merge}, none of the modes follows renames.
 */
final class CommitMerge {
    private static final int PATHS_SHOWN = 10;

    private final Repository mirror;
    private final PersonIdent ident;

    /** @param ident committer, and author of merge commits */
    CommitMerge(Repository mirror, PersonIdent ident) {
        this.mirror = mirror;
        this.ident = ident;
    }

    /**
     * Merges.
     *
     * @param tip what is merged onto
     * @param patchset the commit of the item
     * @return {@code tip} when it has the patchset already, {@code patchset} when that is ahead of the tip, or a new commit
     * @throws ConflictException when it does not go on top
     * @throws IOException when the mirror cannot be read or written
     */
    ObjectId merge(ObjectId tip, ObjectId patchset, MergeItem item) throws IOException, ConflictException {
        try (ObjectInserter inserter = mirror.newObjectInserter();
                ObjectReader reader = inserter.newReader();
                RevWalk walk = new RevWalk(reader)) {
            RevCommit onto = walk.parseCommit(tip);
            RevCommit change = walk.parseCommit(patchset);
            List<RevCommit> bases = bases(walk, onto, change);
            if (bases.contains(change)) {
                return onto.copy();
            }
            // Gerrit merges a merge commit even where the project cherry-picks: it has no one difference to pick.
            boolean pick = item.mode() == MergeItem.Mode.CHERRY_PICK && change.getParentCount() <= 1;
            if (!pick && bases.contains(onto)) {
                return change.copy();
            }
            ObjectId made = pick ? pick(inserter, walk, onto, change) : join(inserter, onto, change, bases, item);
            inserter.flush();
            return made;
        }
    }

    private static List<RevCommit> bases(RevWalk walk, RevCommit onto, RevCommit change) throws IOException {
        walk.setRevFilter(RevFilter.MERGE_BASE);
        walk.markStart(onto);
        walk.markStart(change);
        List<RevCommit> bases = new ArrayList<>();
        for (RevCommit base = walk.next(); base != null; base = walk.next()) {
            bases.add(base);
        }
        walk.reset();
        walk.setRevFilter(RevFilter.ALL);
        return bases;
    }

    private ObjectId join(
            ObjectInserter inserter, RevCommit onto, RevCommit change, List<RevCommit> bases, MergeItem item)
            throws IOException, ConflictException {
        if (bases.isEmpty()) {
            throw new ConflictException("it has no common history with the branch");
        }
        boolean simple = item.mode() != MergeItem.Mode.MERGE && bases.size() == 1;
        MergeStrategy strategy = simple ? MergeStrategy.RESOLVE : MergeStrategy.RECURSIVE;
        ObjectId tree = tree(inserter, strategy, simple ? bases.get(0).getTree() : null, onto, change);
        CommitBuilder commit = new CommitBuilder();
        commit.setTreeId(tree);
        commit.setParentIds(onto, change);
        commit.setAuthor(ident);
        commit.setCommitter(ident);
        commit.setMessage("Merge '" + item.ref() + "' into " + item.branch() + "\n");
        return inserter.insert(commit);
    }

    private ObjectId pick(ObjectInserter inserter, RevWalk walk, RevCommit onto, RevCommit change)
            throws IOException, ConflictException {
        ObjectId base = change.getParentCount() == 0
                ? inserter.insert(new TreeFormatter())
                : walk.parseCommit(change.getParent(0)).getTree();
        ObjectId tree = tree(inserter, MergeStrategy.RESOLVE, base, onto, change);
        if (tree.equals(onto.getTree())) {
            return onto.copy();
        }
        CommitBuilder commit = new CommitBuilder();
        commit.setTreeId(tree);
        commit.setParentId(onto);
        commit.setAuthor(change.getAuthorIdent());
        commit.setCommitter(ident);
        commit.setMessage(change.getFullMessage());
        return inserter.insert(commit);
    }

    /** @param base tree that both sides come from; null lets the strategy find it */
    private ObjectId tree(
            ObjectInserter inserter,
            MergeStrategy strategy,
            @CheckForNull ObjectId base,
            RevCommit onto,
            RevCommit change)
            throws IOException, ConflictException {
        ResolveMerger merger = (ResolveMerger) strategy.newMerger(inserter, mirror.getConfig());
        if (base != null) {
            merger.setBase(base);
        }
        try {
            if (merger.merge(onto, change)) {
                return merger.getResultTreeId();
            }
        } catch (NoMergeBaseException e) {
            throw new ConflictException("its history meets the branch's in too many places");
        }
        TreeSet<String> paths = new TreeSet<>(merger.getUnmergedPaths());
        if (merger.getFailingPaths() != null) {
            paths.addAll(merger.getFailingPaths().keySet());
        }
        throw new ConflictException("it conflicts in " + listed(paths));
    }

    private static String listed(TreeSet<String> paths) {
        String first =
                String.join(", ", paths.stream().limit(PATHS_SHOWN).toList()).replaceAll("\\p{Cntrl}", "?");
        return paths.size() > PATHS_SHOWN ? first + " and " + (paths.size() - PATHS_SHOWN) + " more" : first;
    }
}
