package io.jenkins.plugins.metapluginci.merger;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.eclipse.jgit.lib.ProgressMonitor;

/** How far a long step is, in JGit's words. Written by the working thread, read by any. */
final class MirrorProgress implements ProgressMonitor {
    private final BooleanSupplier cancelled;
    private volatile String task;
    private volatile int total;
    private final AtomicInteger done = new AtomicInteger();

    /** @param cancelled whether the step should end early */
    MirrorProgress(BooleanSupplier cancelled) {
        this.cancelled = cancelled;
    }

    @Override
    public void start(int totalTasks) {
        task = null;
    }

    @Override
    public void beginTask(String title, int totalWork) {
        done.set(0);
        total = totalWork;
        task = title;
    }

    @Override
    public void update(int completed) {
        done.addAndGet(completed);
    }

    @Override
    public void endTask() {
        task = null;
        total = 0;
    }

    @Override
    public boolean isCancelled() {
        return cancelled.getAsBoolean();
    }

    @Override
    public void showDuration(boolean enabled) {
        // Pages show since when.
    }

    /** What the other side says of its own work, until ours begins. */
    void remote(String line) {
        if (!line.isEmpty() && total == 0) {
            done.set(0);
            task = "Gerrit: " + line;
        }
    }

    /** {@code Receiving objects: 4300 of 12000}, or null between steps. */
    @CheckForNull
    String text() {
        String now = task;
        if (now == null) {
            return null;
        }
        int count = done.get();
        if (total > 0) {
            return now + ": " + count + " of " + total;
        }
        return count > 0 ? now + ": " + count : now;
    }
}
