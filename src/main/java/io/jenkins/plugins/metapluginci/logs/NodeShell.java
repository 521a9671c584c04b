package io.jenkins.plugins.metapluginci.logs;

import java.io.IOException;
import java.io.OutputStream;

/** Runs a script with {@code sh} on the machine that has the logs. */
interface NodeShell {
    /**
     * Starts it.
     *
     * @param output gets its standard output, from any threads, perhaps still after its end
     */
    RunningScript start(String script, OutputStream output) throws IOException, InterruptedException;

    /** A script under way. */
    interface RunningScript {
        /** Waits for its end. @throws IOException when the machine is gone */
        void join() throws IOException, InterruptedException;
    }
}
