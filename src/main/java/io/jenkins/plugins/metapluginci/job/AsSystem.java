package io.jenkins.plugins.metapluginci.job;

import hudson.security.ACL;
import java.util.function.Supplier;
import org.acegisecurity.Authentication;
import org.acegisecurity.context.SecurityContextHolder;

/**
 * Runs a task with the rights of the system and the plugin's class loader, and gives the thread back as it was. Threads of
 * our own are anonymous to Jenkins (core-notes R16) and have whatever context loader made them (R13).
 */
public final class AsSystem {
    private AsSystem() {}

    /** Runs the task on the calling thread and returns its result. */
    public static <T> T call(Supplier<T> task) {
        Thread thread = Thread.currentThread();
        ClassLoader loader = thread.getContextClassLoader();
        Authentication before = SecurityContextHolder.getContext().getAuthentication();
        thread.setContextClassLoader(AsSystem.class.getClassLoader());
        SecurityContextHolder.getContext().setAuthentication(ACL.SYSTEM);
        try {
            return task.get();
        } finally {
            SecurityContextHolder.getContext().setAuthentication(before);
            thread.setContextClassLoader(loader);
        }
    }

    /** Runs the task on the calling thread. */
    public static void run(Runnable task) {
        call(() -> {
            task.run();
            return null;
        });
    }
}
