package io.jenkins.plugins.metapluginci.logs;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** Makes this room's threads: named, daemons. */
final class LogThreads {
    private LogThreads() {}

    /** @param name each has it with a number */
    static ThreadFactory named(String name) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, name + " " + number.incrementAndGet());
            thread.setDaemon(true);
            // core-notes R13: the SSH library looks up its log by the thread's class loader
            thread.setContextClassLoader(LogThreads.class.getClassLoader());
            return thread;
        };
    }
}
