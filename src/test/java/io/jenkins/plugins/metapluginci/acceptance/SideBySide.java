package io.jenkins.plugins.metapluginci.acceptance;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.junit.runner.notification.RunNotifier;
import org.junit.runners.BlockJUnit4ClassRunner;
import org.junit.runners.model.FrameworkMethod;
import org.junit.runners.model.InitializationError;
import org.junit.runners.model.RunnerScheduler;

/**
 * Runs a class's tests at the same time, as many as there are nodes for, since they mostly wait for machines that reboot; those
 * that are {@link Alone} come last, one after the other.
 */
public final class SideBySide extends BlockJUnit4ClassRunner {
    private static final long LIMIT_MINUTES = 15;

    private final ReentrantReadWriteLock site = new ReentrantReadWriteLock();

    public SideBySide(Class<?> tests) throws InitializationError {
        super(tests);
        setScheduler(new RunnerScheduler() {
            private final ExecutorService threads = Executors.newFixedThreadPool(NodePool.SIZE);

            @Override
            public void schedule(Runnable test) {
                threads.execute(test);
            }

            @Override
            public void finished() {
                threads.shutdown();
                try {
                    if (!threads.awaitTermination(LIMIT_MINUTES, TimeUnit.MINUTES)) {
                        threads.shutdownNow();
                    }
                } catch (InterruptedException e) {
                    threads.shutdownNow();
                    Thread.currentThread().interrupt();
                }
            }
        });
    }

    @Override
    protected List<FrameworkMethod> computeTestMethods() {
        List<FrameworkMethod> all = new ArrayList<>(super.computeTestMethods());
        all.sort(Comparator.comparing(SideBySide::isAlone));
        return all;
    }

    @Override
    protected void runChild(FrameworkMethod method, RunNotifier notifier) {
        Lock share = isAlone(method) ? site.writeLock() : site.readLock();
        share.lock();
        try {
            super.runChild(method, notifier);
        } finally {
            share.unlock();
        }
    }

    private static boolean isAlone(FrameworkMethod method) {
        return method.getAnnotation(Alone.class) != null;
    }
}
