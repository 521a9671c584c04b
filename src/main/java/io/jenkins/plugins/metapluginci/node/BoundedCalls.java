package io.jenkins.plugins.metapluginci.node;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Runs what may never return on threads of its own, and waits for it no longer than it may take. A call that does not
 * return is interrupted; if it does not heed that its thread is left behind.
 */
final class BoundedCalls implements AutoCloseable {
    private final ExecutorService pool;

    BoundedCalls(ThreadFactory threads) {
        this.pool = Executors.newCachedThreadPool(threads);
    }

    /**
     * @param limit milliseconds
     * @throws TimeoutException when it had not returned by then
     * @throws ExecutionException around what it threw
     */
    <T> T call(long limit, Callable<T> work) throws TimeoutException, ExecutionException, InterruptedException {
        return await(pool.submit(work), limit);
    }

    /** Has something done that nobody waits for. */
    void start(Runnable work) {
        pool.execute(work);
    }

    /** Waits for a future of somebody else in the same way. */
    static <T> T await(Future<T> future, long limit) throws TimeoutException, ExecutionException, InterruptedException {
        boolean over = false;
        try {
            T result = future.get(limit, TimeUnit.MILLISECONDS);
            over = true;
            return result;
        } finally {
            if (!over) {
                future.cancel(true);
            }
        }
    }

    @Override
    public void close() {
        pool.shutdownNow();
    }
}
