package io.jenkins.plugins.metapluginci.merger;

import java.util.concurrent.ThreadFactory;

/** Makes the threads of this room: daemons, with the plugin's class loader. */
final class Threads {
    private Threads() {}

    static ThreadFactory named(String name) {
        return task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            thread.setContextClassLoader(Threads.class.getClassLoader());
            return thread;
        };
    }
}
