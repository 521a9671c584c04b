package io.jenkins.plugins.metapluginci.layout;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.function.Supplier;

/**
 * Work on a thread of its own, with a large stack: java.util.regex takes some frames for each part of an expression and
 * for each repetition of a group. The caller waits, also when it is interrupted: the work is bounded by other means.
 */
final class DeepStack<T> implements Runnable {
    /** In bytes. The pages are the system's until touched, and its again when the work is done. */
    static final long SIZE = 64L << 20;

    private final Supplier<T> work;
    /** These two are written by the thread and read after it ended. */
    private T result;

    private RuntimeException failure;

    private DeepStack(Supplier<T> work) {
        this.work = work;
    }

    /** What the work returns; null when even this stack was too small for it. Throws what the work throws. */
    @CheckForNull
    static <T> T call(Supplier<T> work) {
        DeepStack<T> deep = new DeepStack<>(work);
        Thread thread = new Thread(null, deep, "metaplugin-ci deep regular expression", SIZE);
        thread.setDaemon(true);
        thread.start();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (deep.failure != null) {
            throw deep.failure;
        }
        return deep.result;
    }

    @Override
    public void run() {
        try {
            result = work.get();
        } catch (StackOverflowError e) {
            result = null;
        } catch (RuntimeException e) {
            failure = e;
        }
    }
}
