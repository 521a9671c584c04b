package io.jenkins.plugins.metapluginci.merger;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.metapluginci.merger.MirrorState.Phase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.eclipse.jgit.errors.ConfigInvalidException;
import org.eclipse.jgit.errors.CorruptObjectException;
import org.eclipse.jgit.errors.IncorrectObjectTypeException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.errors.PackInvalidException;
import org.eclipse.jgit.errors.PackMismatchException;
import org.eclipse.jgit.errors.RepositoryNotFoundException;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.lib.StoredConfig;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.eclipse.jgit.util.FS;

/**
 * The bare mirror of one project. Everything that changes it is called by whoever has it from the {@link MirrorGate}, one at a
 * time; {@link #open}, {@link #state} and {@link #inLine} by anyone.
 */
final class Mirror {
    private final String project;
    private final Path directory;
    private final MergerLimits limits;
    private final MirrorProgress progress;
    private final AtomicBoolean tidyWaits = new AtomicBoolean();

    /** Guarded by this. Kept open: what JGit learned of its packs makes the next merge fast. */
    private Repository repository;

    /** Guarded by this. */
    private Phase phase = Phase.IDLE;

    private Instant since = Instant.now();
    private Instant lastUsed = Instant.MIN;
    private String reason;
    private int waiting;

    /** These belong to whoever has the mirror. */
    private Instant madeAnew;

    private final AtomicInteger deletions = new AtomicInteger();

    /**
     * @param directory where it is, or will be
     * @param cancelled whether long steps should end early
     */
    Mirror(String project, Path directory, MergerLimits limits, BooleanSupplier cancelled) {
        this.project = project;
        this.directory = directory;
        this.limits = limits;
        this.progress = new MirrorProgress(cancelled);
    }

    String project() {
        return project;
    }

    /**
     * The repository, as it is.
     *
     * @return null when there is none yet; to be closed by the caller
     */
    @CheckForNull
    Repository open() throws IOException {
        synchronized (this) {
            if (repository == null && Files.isDirectory(directory)) {
                MirrorFiles.clearLeftovers(directory);
                repository = build(directory);
            }
            if (repository != null) {
                repository.incrementOpen();
            }
            return repository;
        }
    }

    private static Repository build(Path gitDir) throws IOException {
        // JGit measures a file system where it first meets it, which must not be a directory that may be renamed.
        FS.getFileStoreAttributes(gitDir.getParent());
        return new FileRepositoryBuilder()
                .setGitDir(gitDir.toFile())
                .setBare()
                .setMustExist(true)
                .build();
    }

    /** Fetches these refs; everything, first, when there is no mirror yet. @return what those of them hold that exist */
    Map<String, ObjectId> fetch(GitRemote remote, Collection<String> names) throws IOException, InterruptedException {
        try (Repository opened = openOrClone(remote)) {
            phase(Phase.FETCHING);
            return new MirrorFetch(opened, project, remote, limits, progress).some(names);
        }
    }

    /** Fetches all branches. */
    void fetchAll(GitRemote remote) throws IOException, InterruptedException {
        try (Repository opened = openOrClone(remote)) {
            phase(Phase.FETCHING);
            new MirrorFetch(opened, project, remote, limits, progress).all();
        }
    }

    private Repository openOrClone(GitRemote remote) throws IOException, InterruptedException {
        Repository opened = open();
        if (opened == null) {
            make(remote);
            opened = open();
        }
        if (opened == null) {
            throw new IOException("The mirror of " + project + " vanished.");
        }
        return opened;
    }

    /** Beside its place, so that what is there is always whole. */
    private void make(GitRemote remote) throws IOException, InterruptedException {
        phase(Phase.CLONING);
        Path fresh = directory.resolveSibling(directory.getFileName() + ".new");
        MirrorFiles.delete(fresh);
        Path parent = Objects.requireNonNull(directory.getParent(), "a mirror is in a directory");
        Files.createDirectories(parent);
        FS.getFileStoreAttributes(parent);
        boolean done = false;
        try {
            try (Repository made = new FileRepositoryBuilder()
                    .setGitDir(fresh.toFile())
                    .setBare()
                    .build()) {
                made.create(true);
                configure(made);
                new MirrorFetch(made, project, remote, limits, progress).all();
            }
            Files.move(fresh, directory);
            done = true;
        } finally {
            if (!done) {
                MirrorFiles.delete(fresh);
            }
        }
    }

    private void configure(Repository made) throws IOException {
        StoredConfig config = made.getConfig();
        config.setString("metapluginci", null, "project", project);
        config.setBoolean("core", null, "logAllRefUpdates", false);
        config.setInt("core", null, "compression", 1);
        // Nobody else writes here, and it is packed by whoever has it to itself: nothing young needs a reprieve.
        config.setString("gc", null, "pruneExpire", "now");
        config.setString("gc", null, "prunePackExpire", "now");
        config.setInt("gc", null, "auto", 0);
        config.setInt("pack", null, "threads", 1);
        // They only help those who fetch everything; nodes fetch what is new.
        config.setBoolean("pack", null, "buildBitmaps", false);
        config.save();
    }

    /**
     * Whether a failure says that the mirror itself is damaged, and enough time has passed since the last time: then it was put
     * aside, and the next fetch makes it anew.
     */
    boolean setAside(Throwable failure) throws IOException {
        Instant now = Instant.now();
        boolean again = madeAnew != null && Duration.between(madeAnew, now).compareTo(limits.salvage()) < 0;
        if (again || !isDamage(failure) || !Files.isDirectory(directory)) {
            return false;
        }
        madeAnew = now;
        synchronized (this) {
            close();
            Path aside = directory.resolveSibling(directory.getFileName() + ".unreadable");
            MirrorFiles.delete(aside);
            Files.move(directory, aside);
        }
        return true;
    }

    private static boolean isDamage(Throwable failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (each instanceof MissingObjectException
                    || each instanceof CorruptObjectException
                    || each instanceof IncorrectObjectTypeException
                    || each instanceof PackInvalidException
                    || each instanceof PackMismatchException
                    || each instanceof RepositoryNotFoundException
                    || each instanceof ConfigInvalidException) {
                return true;
            }
        }
        return false;
    }

    /** Somebody wants it tidied. @return whether nobody had asked before */
    boolean tidyAsked() {
        return tidyWaits.compareAndSet(false, true);
    }

    /** What is asked for from now on is not covered by this time. */
    void tidyBegins() {
        tidyWaits.set(false);
    }

    /** Refs were deleted: at some number it is time to pack. */
    void deleted(int count) {
        deletions.addAndGet(count);
    }

    /** Whether the next merge would suffer from what the last ones left. */
    boolean needsPacking() {
        return deletions.get() >= limits.deletions()
                || MirrorFiles.packs(directory) > limits.packs()
                || MirrorFiles.looseObjects(directory) > limits.looseObjects();
    }

    /** Whether it cannot wait for a quiet moment any more. */
    boolean needsPackingNow() {
        return MirrorFiles.packs(directory) > 2 * limits.packs();
    }

    /** Whether nothing was asked of it for a while. */
    synchronized boolean isQuiet() {
        return waiting == 0 && Duration.between(lastUsed, Instant.now()).compareTo(limits.quiet()) >= 0;
    }

    /** Packs objects and refs, and drops what nothing refers to. */
    void pack() throws IOException {
        try (Repository opened = open()) {
            if (opened != null) {
                deletions.set(0);
                MirrorFiles.pack(opened, progress);
            }
        }
    }

    synchronized void phase(Phase next) {
        if (phase != next) {
            phase = next;
            since = Instant.now();
        }
    }

    /** A request for it stands in line. */
    synchronized void inLine(int more) {
        lastUsed = Instant.now();
        waiting += more;
        if (phase == Phase.IDLE && waiting > 0) {
            phase(Phase.WAITING);
        }
    }

    /** Whatever was done is over. @param why it failed; null when it went well */
    synchronized void done(@CheckForNull String why) {
        reason = why;
        progress.endTask();
        phase(waiting > 0 ? Phase.WAITING : Phase.IDLE);
    }

    /** Housekeeping is over: it says nothing of whether Gerrit can be reached. */
    synchronized void tidied(@CheckForNull String why) {
        done(why == null ? reason : why);
    }

    synchronized MirrorState state() {
        return new MirrorState(project, phase, since, progress.text(), reason);
    }

    /** Lets go of the files. */
    synchronized void close() {
        if (repository != null) {
            repository.close();
            repository = null;
        }
    }
}
