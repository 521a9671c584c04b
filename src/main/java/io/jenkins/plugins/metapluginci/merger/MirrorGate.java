package io.jenkins.plugins.metapluginci.merger;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Hands out mirrors: each to one task at a time, a task that needs several gets them together or waits, first come first
 * served, on a bounded number of threads. Housekeeping comes after everything else, one at a time. Guarded by its monitor.
 */
final class MirrorGate implements AutoCloseable {
    private final int threads;
    /** Its queue never holds more than what comes between the end of a task and the end of its thread's turn. */
    private final ThreadPoolExecutor pool;

    private final List<Task> waiting = new ArrayList<>();
    private final List<Task> housekeeping = new ArrayList<>();
    private final Set<String> busy = new HashSet<>();
    private int running;
    private boolean tidying;
    private boolean closed;

    private record Task(Set<String> projects, boolean tidies, Runnable work) {}

    MirrorGate(int threads) {
        this.threads = threads;
        this.pool = new ThreadPoolExecutor(
                threads, threads, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), Threads.named("Merger"));
        this.pool.allowCoreThreadTimeOut(true);
    }

    /**
     * Runs a task once it can have its mirrors.
     *
     * @param tidies whether it is housekeeping
     * @param work throws nothing
     * @return false when this is closed: it will not run
     */
    synchronized boolean submit(Set<String> projects, boolean tidies, Runnable work) {
        if (closed) {
            return false;
        }
        (tidies ? housekeeping : waiting).add(new Task(Set.copyOf(projects), tidies, work));
        startWhatCan();
        return true;
    }

    private void startWhatCan() {
        Set<String> taken = new HashSet<>(busy);
        start(waiting, taken);
        if (!tidying) {
            start(housekeeping, taken);
        }
    }

    private void start(List<Task> line, Set<String> taken) {
        for (Iterator<Task> each = line.iterator(); each.hasNext() && running < threads; ) {
            Task task = each.next();
            boolean free = task.projects.stream().noneMatch(taken::contains) && !(task.tidies && tidying);
            // Also what has to wait reserves its mirrors, or a request for two could be overtaken for ever.
            taken.addAll(task.projects);
            if (free) {
                each.remove();
                busy.addAll(task.projects);
                tidying |= task.tidies;
                running++;
                pool.execute(() -> run(task));
            }
        }
    }

    private void run(Task task) {
        try {
            task.work.run();
        } finally {
            end(task);
        }
    }

    private synchronized void end(Task task) {
        running--;
        busy.removeAll(task.projects);
        if (task.tidies) {
            tidying = false;
        }
        if (!closed) {
            startWhatCan();
        }
    }

    synchronized int waiting() {
        return waiting.size();
    }

    synchronized int running() {
        return running;
    }

    /** Starts nothing more and interrupts what runs. What waits is dropped: its owner knows what it submitted. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            waiting.clear();
            housekeeping.clear();
        }
        pool.shutdownNow();
    }

    /** Waits until what ran has ended. @return whether it has */
    boolean awaitEnd(long seconds) throws InterruptedException {
        return pool.awaitTermination(seconds, TimeUnit.SECONDS);
    }
}
