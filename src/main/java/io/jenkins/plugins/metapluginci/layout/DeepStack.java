package io.jenkins.plugins.metapluginci.layout;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Work on a thread with a large stack: java.util.regex takes some frames for each part of an expression and for each
 * repetition of a group. The caller waits, also when it is interrupted: the work is bounded by other means. Any thread; a
 * worker that has had nothing to do for a second ends, so that none outlives the plugin.
 */
final class DeepStack {
    /** In bytes. The pages are the system's until touched, and its again when the worker ends. */
    static final long SIZE = 64L << 20;

    private static final ThreadPoolExecutor WORKERS = new ThreadPoolExecutor(
            0, Integer.MAX_VALUE, 1, TimeUnit.SECONDS, new SynchronousQueue<>(), DeepStack::worker);

    private DeepStack() {}

    private static Thread worker(Runnable work) {
        Thread thread = new Thread(null, work, "metaplugin-ci deep regular expression", SIZE);
        thread.setDaemon(true);
        thread.setContextClassLoader(DeepStack.class.getClassLoader());
        return thread;
    }

    /** What the work returns; null when even this stack was too small for it. Throws what the work throws. */
    @CheckForNull
    static <T> T call(Supplier<T> work) {
        Future<T> answer = WORKERS.submit(work::get);
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return answer.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof StackOverflowError) {
                return null;
            }
            throw e.getCause() instanceof RuntimeException own ? own : new IllegalStateException(e.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
