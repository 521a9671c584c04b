package io.jenkins.plugins.metapluginci.node;

import hudson.security.ACL;
import java.util.concurrent.ThreadFactory;
import org.acegisecurity.context.SecurityContextHolder;

/**
 * Makes the room's threads: daemons with a name, the rights of the system and the plugin's class loader. A thread that a
 * plugin starts is anonymous otherwise, and sees no node where anonymous may not (core-notes R16).
 */
final class SystemThreads implements ThreadFactory {
    private final String name;

    SystemThreads(String name) {
        this.name = name;
    }

    @Override
    public Thread newThread(Runnable work) {
        Thread thread = new Thread(
                () -> {
                    SecurityContextHolder.getContext().setAuthentication(ACL.SYSTEM);
                    try {
                        work.run();
                    } finally {
                        SecurityContextHolder.clearContext();
                    }
                },
                name);
        thread.setDaemon(true);
        thread.setContextClassLoader(SystemThreads.class.getClassLoader());
        return thread;
    }
}
