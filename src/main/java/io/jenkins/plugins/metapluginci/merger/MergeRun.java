package io.jenkins.plugins.metapluginci.merger;

import io.jenkins.plugins.metapluginci.merger.MirrorState.Phase;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.eclipse.jgit.errors.IncorrectObjectTypeException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevWalk;

/** The work on one request, by a thread that has all mirrors in question. */
final class MergeRun {
    private final MergeRequest request;
    private final Map<String, Mirror> mirrors;
    private final GitRemote remote;
    private final PersonIdent ident;
    private final BooleanSupplier unwanted;

    /** What each project's refs hold at Gerrit, of those that matter here. */
    private final Map<String, Map<String, ObjectId>> fetched = new HashMap<>();

    private final Map<ProjectBranch, ObjectId> tips = new LinkedHashMap<>();

    /** An item cannot be merged, and trying again does not help. */
    static final class UnmergeableException extends Exception {
        private static final long serialVersionUID = 1L;
        private final transient MergeItem item;

        UnmergeableException(MergeItem item, String reason) {
            super(reason);
            this.item = item;
        }
    }

    /**
     * @param mirrors of every project of the request
     * @param unwanted whether nobody waits for the result any more
     */
    MergeRun(
            MergeRequest request,
            Map<String, Mirror> mirrors,
            GitRemote remote,
            MergerSettings settings,
            BooleanSupplier unwanted) {
        this.request = request;
        this.mirrors = mirrors;
        this.remote = remote;
        this.ident = new PersonIdent(settings.name(), settings.email(), Instant.now(), ZoneOffset.UTC);
        this.unwanted = unwanted;
    }

    /** The projects of a request. */
    static Set<String> projects(MergeRequest request) {
        Set<String> projects = new LinkedHashSet<>();
        request.items().forEach(item -> projects.add(item.project()));
        return projects;
    }

    /** @return merged or in conflict or not to be merged */
    MergeResult run() throws IOException, InterruptedException {
        MergeItem at = request.last();
        try {
            for (MergeItem item : request.items()) {
                checkNames(item);
            }
            for (Mirror mirror : mirrors.values()) {
                checkWanted();
                fetch(mirror);
            }
            for (MergeItem item : request.items()) {
                at = item;
                checkWanted();
                merge(item);
            }
            checkWanted();
            return publish();
        } catch (UnmergeableException e) {
            return new MergeResult.Unmergeable(e.item, e.getMessage());
        } catch (ConflictException e) {
            return new MergeResult.Conflict(
                    at,
                    at.id() + " does not merge into " + at.branch() + " of " + at.project() + ": " + e.getMessage()
                            + ".");
        }
    }

    private void checkWanted() throws IOException {
        if (unwanted.getAsBoolean()) {
            throw new IOException("The request was taken back.");
        }
    }

    private void checkNames(MergeItem item) throws UnmergeableException {
        if (!MirrorName.isProject(item.project())) {
            throw new UnmergeableException(item, "\"" + item.project() + "\" is not a name of a project.");
        }
        if (!Repository.isValidRefName(MirrorRefs.branch(item.branch()))
                || !Repository.isValidRefName(MirrorRefs.zuul(item.branch(), request.uuid()))) {
            throw new UnmergeableException(item, "\"" + item.branch() + "\" is not a name of a branch.");
        }
        if (!item.ref().startsWith(Constants.R_REFS) || !Repository.isValidRefName(item.ref())) {
            throw new UnmergeableException(item, "\"" + item.ref() + "\" is not a name of a ref.");
        }
        if (item.revision() != null && !ObjectId.isId(item.revision())) {
            throw new UnmergeableException(item, "\"" + item.revision() + "\" is not a commit.");
        }
    }

    /** One conversation with Gerrit for each project: its branches in question, and the patchsets that are not here. */
    private void fetch(Mirror mirror) throws IOException, InterruptedException {
        Set<String> wanted = new HashSet<>();
        Map<String, ObjectId> known = new HashMap<>();
        try (Repository opened = mirror.open()) {
            for (MergeItem item : request.items()) {
                if (item.project().equals(mirror.project())) {
                    wanted.add(MirrorRefs.branch(item.branch()));
                    if (opened != null && item.revision() != null && holds(opened, item)) {
                        known.put(item.ref(), ObjectId.fromString(item.revision()));
                    } else {
                        wanted.add(item.ref());
                    }
                }
            }
        }
        known.putAll(mirror.fetch(remote, wanted));
        fetched.put(mirror.project(), known);
    }

    private static boolean holds(Repository opened, MergeItem item) throws IOException {
        var ref = opened.exactRef(MirrorFetch.local(item.ref()));
        return ref != null && ref.getObjectId().name().equals(item.revision());
    }

    private void merge(MergeItem item) throws IOException, UnmergeableException, ConflictException {
        Map<String, ObjectId> refs = fetched.get(item.project());
        ObjectId tip = tips.get(item.projectBranch());
        if (tip == null) {
            tip = refs.get(MirrorRefs.branch(item.branch()));
        }
        if (tip == null) {
            throw new UnmergeableException(item, item.project() + " has no branch " + item.branch() + ".");
        }
        ObjectId patchset = refs.get(item.ref());
        if (patchset == null) {
            throw new UnmergeableException(item, item.project() + " has no " + item.ref() + ".");
        }
        if (item.revision() != null && !patchset.name().equals(item.revision())) {
            throw new UnmergeableException(
                    item, item.ref() + " is " + patchset.name() + ", not " + item.revision() + ".");
        }
        Mirror mirror = mirrors.get(item.project());
        mirror.phase(Phase.MERGING);
        try (Repository opened = mirror.open()) {
            checkCommit(opened, patchset, item);
            tips.put(item.projectBranch(), new CommitMerge(opened, ident).merge(tip, patchset, item));
        }
    }

    private static void checkCommit(Repository opened, ObjectId patchset, MergeItem item)
            throws IOException, UnmergeableException {
        try (RevWalk walk = new RevWalk(opened)) {
            walk.parseCommit(patchset);
        } catch (IncorrectObjectTypeException e) {
            throw new UnmergeableException(item, item.ref() + " is not a commit.");
        }
    }

    /** One ref of the same uuid in each project and branch, so that a node finds all of them under one name. */
    private MergeResult publish() throws IOException {
        for (Mirror mirror : mirrors.values()) {
            Map<String, ObjectId> refs = new HashMap<>();
            tips.forEach((branch, tip) -> {
                if (branch.project().equals(mirror.project())) {
                    refs.put(MirrorRefs.zuul(branch.branch(), request.uuid()), tip);
                }
            });
            try (Repository opened = mirror.open()) {
                MirrorRefs.create(opened, refs);
            }
        }
        MergeItem last = request.last();
        return new MergeResult.Merged(
                MirrorRefs.zuul(last.branch(), request.uuid()),
                tips.get(last.projectBranch()).name(),
                tips.keySet());
    }
}
