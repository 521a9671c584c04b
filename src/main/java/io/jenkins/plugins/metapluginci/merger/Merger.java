package io.jenkins.plugins.metapluginci.merger;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.metapluginci.merger.MirrorState.Phase;
import io.jenkins.plugins.metapluginci.ssh.SshConnector;
import io.jenkins.plugins.metapluginci.ssh.SshTarget;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.eclipse.jgit.lib.Repository;

/**
 * Merges patchsets onto their branches, in mirrors of Gerrit's repositories, so that nodes can fetch what Gerrit would have
 * after the submission. No method waits for network or disk; any thread may call.
 */
public final class Merger implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Merger.class.getName());

    private final Path mirrorsDirectory;
    private final Function<SshTarget, GitRemote> remotes;
    private final MergerLimits limits;
    private final MirrorGate gate;
    private final LiveRefs live = new LiveRefs();
    private final Map<String, Mirror> mirrors = new ConcurrentHashMap<>();
    /** Requests that were not answered yet. */
    private final Set<Pending> pending = ConcurrentHashMap.newKeySet();

    /** Updates that were not done yet. */
    private final Set<CompletableFuture<Void>> updates = ConcurrentHashMap.newKeySet();

    private volatile Link link;
    private volatile boolean closed;
    private volatile Consumer<Collection<String>> lost = uuids -> {};

    /** The settings with the remote that they lead to. */
    private record Link(MergerSettings settings, GitRemote remote) {}

    /** A request and who waits for it. */
    private static final class Pending {
        private final MergeRequest request;
        private final CompletableFuture<MergeResult> result = new CompletableFuture<>();
        private volatile boolean forgotten;

        Pending(MergeRequest request) {
            this.request = request;
        }
    }

    /** What is done with a mirror that the thread has to itself. */
    @FunctionalInterface
    private interface Work {
        void with(Mirror mirror, GitRemote remote) throws IOException, InterruptedException;
    }

    /**
     * Does nothing yet, and fails every request until {@link #reconfigure}.
     *
     * @param mirrors directory of the mirrors, made when missing; nobody else writes there
     * @param connector stays the caller's
     */
    public Merger(Path mirrors, SshConnector connector) {
        this(mirrors, target -> new SshRemote(connector, target), MergerLimits.defaults());
    }

    Merger(Path mirrors, Function<SshTarget, GitRemote> remotes, MergerLimits limits) {
        IsolatedGit.ensure();
        this.mirrorsDirectory = mirrors;
        this.remotes = remotes;
        this.limits = limits;
        this.gate = new MirrorGate(limits.threads());
    }

    /**
     * Takes new settings. When they name another Gerrit, or another log-in there, fetches under way are cut, and their requests
     * end as {@link MergeResult.Failed}.
     *
     * @param wanted null when there is no Gerrit
     */
    public synchronized void reconfigure(@CheckForNull MergerSettings wanted) {
        Link before = link;
        boolean same =
                before != null && wanted != null && before.settings.gerrit().equals(wanted.gerrit());
        if (wanted == null || closed) {
            link = null;
        } else {
            link = new Link(wanted, same ? before.remote : remotes.apply(wanted.gerrit()));
        }
        if (before != null && !same) {
            before.remote.close();
        }
    }

    /**
     * Who is to know that refs of requests are gone, with their mirror or from it: the requests have to be made again.
     *
     * @param listener gets uuids, on a thread of this room
     */
    public void onLost(Consumer<Collection<String>> listener) {
        lost = listener;
    }

    /**
     * Merges the items of a request, in their order.
     *
     * @return completes on a thread of this room, never exceptionally; {@link MergeResult.Failed} also when the request was
     *     {@link #forget forgotten} meanwhile or this was closed
     */
    public CompletableFuture<MergeResult> merge(MergeRequest request) {
        Pending one = new Pending(request);
        pending.add(one);
        Set<String> projects = MergeRun.projects(request);
        projects.forEach(project -> mirror(project).inLine(1));
        boolean taken = gate.submit(projects, false, () -> {
            projects.forEach(project -> mirror(project).inLine(-1));
            answer(one, run(one));
            projects.forEach(this::tidyIfNeeded);
        });
        if (!taken) {
            answer(one, new MergeResult.Failed("The merger was stopped."));
        }
        return one.result;
    }

    private void answer(Pending one, MergeResult result) {
        pending.remove(one);
        one.result.complete(result);
    }

    private MergeResult run(Pending one) {
        Link with = link;
        if (with == null) {
            return new MergeResult.Failed("No Gerrit is configured.");
        }
        Map<String, Mirror> ours = new LinkedHashMap<>();
        MergeRun.projects(one.request).forEach(project -> ours.put(project, mirror(project)));
        String problem = null;
        boolean merged = false;
        try {
            live.begin(one.request.uuid(), ours.keySet());
            MergeResult result = attempt(one, with, ours);
            merged = result instanceof MergeResult.Merged && !one.forgotten;
            return result;
        } catch (IOException | InterruptedException | RuntimeException | Error e) {
            problem = problem(e);
            LOG.log(Level.FINE, "request " + one.request.uuid(), e);
            return new MergeResult.Failed(problem);
        } finally {
            if (!merged) {
                // Also when it was forgotten while its refs were made.
                live.begin(one.request.uuid(), ours.keySet());
                forget(one.request.uuid());
            }
            String reason = problem;
            ours.values().forEach(mirror -> mirror.done(reason));
        }
    }

    private MergeResult attempt(Pending one, Link with, Map<String, Mirror> ours)
            throws IOException, InterruptedException {
        BooleanSupplier unwanted = () -> one.forgotten || closed;
        try {
            return new MergeRun(one.request, ours, with.remote, with.settings, unwanted).run();
        } catch (IOException | RuntimeException e) {
            boolean anew = false;
            for (Mirror mirror : ours.values()) {
                anew |= setAside(mirror, e);
            }
            if (!anew) {
                throw e;
            }
        }
        return new MergeRun(one.request, ours, with.remote, with.settings, unwanted).run();
    }

    private boolean setAside(Mirror mirror, Exception why) throws IOException {
        boolean done = mirror.setAside(why);
        if (done) {
            LOG.warning("The mirror of " + mirror.project() + " is damaged (" + why.getMessage()
                    + "). It was put aside, its name ends in .unreadable now; it is cloned anew.");
            tellLost(live.in(mirror.project()));
        }
        return done;
    }

    /** A request that waits for its answer makes its refs itself. */
    private void tellLost(Set<String> uuids) {
        Set<String> gone = new HashSet<>(uuids);
        pending.forEach(one -> gone.remove(one.request.uuid()));
        if (!gone.isEmpty()) {
            lost.accept(gone);
        }
    }

    private String problem(Throwable e) {
        if (closed) {
            return "The merger was stopped.";
        }
        if (e instanceof InterruptedException || e instanceof InterruptedIOException) {
            return "It was interrupted.";
        }
        String message = e.getMessage();
        return message == null || message.isBlank() ? e.toString() : message;
    }

    /**
     * Brings a project's mirror up to date with Gerrit: all branches, gone ones removed.
     *
     * @return completes on a thread of this room; with an {@link java.io.IOException} when it could not be done
     */
    public CompletableFuture<Void> update(String project) {
        CompletableFuture<Void> result = new CompletableFuture<>();
        if (!MirrorName.isProject(project)) {
            result.completeExceptionally(new IOException("\"" + project + "\" is not a name of a project."));
            return result;
        }
        Mirror mirror = mirror(project);
        mirror.inLine(1);
        updates.add(result);
        result.whenComplete((done, failure) -> updates.remove(result));
        boolean taken = gate.submit(Set.of(project), false, () -> {
            mirror.inLine(-1);
            String problem = with(mirror, Mirror::fetchAll);
            if (problem == null) {
                result.complete(null);
            } else {
                result.completeExceptionally(new IOException(problem));
            }
        });
        if (!taken) {
            result.completeExceptionally(new IOException("The merger was stopped."));
        }
        return result;
    }

    /** @return why it failed, or null */
    @CheckForNull
    private String with(Mirror mirror, Work work) {
        String problem = null;
        Link with = link;
        try {
            if (with == null) {
                throw new IOException("No Gerrit is configured.");
            }
            try {
                work.with(mirror, with.remote);
            } catch (IOException | RuntimeException e) {
                if (!setAside(mirror, e)) {
                    throw e;
                }
                work.with(mirror, with.remote);
            }
        } catch (IOException | InterruptedException | RuntimeException | Error e) {
            problem = problem(e);
            LOG.log(Level.FINE, "mirror of " + mirror.project(), e);
        }
        mirror.done(problem);
        return problem;
    }

    /** The refs of a request are of no more use: no longer served from now on, soon deleted. A request under way ends. */
    public void forget(String uuid) {
        for (Pending one : pending) {
            if (one.request.uuid().equals(uuid)) {
                one.forgotten = true;
            }
        }
        live.forget(uuid).forEach(this::tidy);
    }

    /**
     * Called once after a start: the refs of these requests are served again, all others deleted.
     *
     * @param kept each with the projects that must have a ref of it; those that have not are {@link #onLost lost}
     */
    public void keepOnly(Map<String, Set<String>> kept) {
        Map<String, Set<String>> all = new HashMap<>(kept);
        pending.forEach(one -> all.putIfAbsent(one.request.uuid(), Set.of()));
        live.keepOnly(all);
        gate.submit(Set.of(), true, () -> {
            for (String project : MirrorFiles.projects(mirrorsDirectory)) {
                tidy(project);
            }
        });
        Set<String> projects = new HashSet<>();
        kept.values().forEach(projects::addAll);
        for (String project : projects) {
            gate.submit(Set.of(project), false, () -> tellLost(missing(project, live.in(project))));
        }
    }

    /** @return which requests have no ref in a project: all when the mirror is gone, or cannot be read */
    private Set<String> missing(String project, Set<String> uuids) {
        try (Repository opened = mirror(project).open()) {
            return opened == null ? uuids : MirrorRefs.without(opened, uuids);
        } catch (IOException | RuntimeException e) {
            LOG.log(Level.WARNING, "The mirror of " + project + " cannot be read: its merges are made again", e);
            return uuids;
        }
    }

    /** Packing takes long and has the mirror to itself: not while the next request may come at any moment. */
    private void tidyIfNeeded(String project) {
        Mirror mirror = mirror(project);
        if (mirror.needsPackingNow()) {
            tidy(mirror, true);
        } else if (mirror.needsPacking() && !closed) {
            long wait = limits.quiet().toMillis();
            CompletableFuture.delayedExecutor(wait, TimeUnit.MILLISECONDS, Runnable::run)
                    .execute(() -> tidy(project));
        }
    }

    private void tidy(String project) {
        Mirror mirror = mirror(project);
        if (mirror.tidyAsked()) {
            gate.submit(Set.of(project), true, () -> tidy(mirror, mirror.isQuiet()));
        }
    }

    /** Deletes the refs that nobody needs. @param packs whether this is the moment to pack, if need be */
    private void tidy(Mirror mirror, boolean packs) {
        String problem = null;
        mirror.tidyBegins();
        mirror.phase(Phase.TIDYING);
        try (Repository opened = mirror.open()) {
            if (opened != null) {
                mirror.deleted(MirrorRefs.delete(opened, MirrorRefs.ZUUL, ref -> live.isDead(mirror.project(), ref)));
                if (packs && mirror.needsPacking()) {
                    mirror.pack();
                }
            }
        } catch (IOException | RuntimeException | Error e) {
            problem = "The mirror of " + mirror.project() + " could not be tidied: " + problem(e);
            LOG.log(closed ? Level.FINE : Level.WARNING, problem, e);
        }
        mirror.tidied(problem);
    }

    private Mirror mirror(String project) {
        return mirrors.computeIfAbsent(
                project,
                name -> new Mirror(name, mirrorsDirectory.resolve(MirrorName.directory(name)), limits, () -> closed));
    }

    /** The mirror of a project, for whoever serves it; null when there is none. To be closed by the caller. */
    @CheckForNull
    Repository open(String project) throws IOException {
        if (closed || !MirrorName.isProject(project) || !live.any()) {
            return null;
        }
        return mirrors.containsKey(project) || MirrorFiles.isMirror(mirrorsDirectory, project)
                ? mirror(project).open()
                : null;
    }

    /** The mirror of a project, whatever is served of it; null when there is none. To be closed by the caller. */
    @CheckForNull
    Repository mirrorOf(String project) throws IOException {
        return closed ? null : mirror(project).open();
    }

    /** Whether nodes may fetch a ref. */
    boolean isLive(String ref) {
        return live.isLive(ref);
    }

    /** How it goes. */
    public MergerState state() {
        TreeMap<String, MirrorState> states = new TreeMap<>();
        mirrors.forEach((project, mirror) -> states.put(project, mirror.state()));
        return new MergerState(List.copyOf(states.values()), gate.waiting(), gate.running());
    }

    /** The mirrors' branches for machines that reach this controller and not Gerrit; of use while this merger is open. */
    public Bundles bundles() {
        return new Bundles(this);
    }

    /** Ends what is under way, its requests as {@link MergeResult.Failed}; refs and mirrors stay. Waits a moment for it. */
    @Override
    public void close() {
        closed = true;
        reconfigure(null);
        gate.close();
        try {
            gate.awaitEnd(5);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        pending.forEach(one -> answer(one, new MergeResult.Failed("The merger was stopped.")));
        updates.forEach(each -> each.completeExceptionally(new IOException("The merger was stopped.")));
        mirrors.values().forEach(Mirror::close);
    }
}
