package io.jenkins.plugins.metapluginci.node;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.io.IOException;
import java.io.OutputStream;
import java.util.function.Consumer;

/** Runs scripts as root on connected nodes. */
interface NodeShell {
    /** What a script reads from its standard input. */
    interface Input {
        /** Writes all of it; an exception ends the script. Nobody reads on once {@code out} throws. */
        void write(OutputStream out) throws IOException;
    }

    /**
     * Runs a script with sh, as root: as the agent's user if that is root, else by {@code sudo -n}. Its output is read while it
     * runs.
     *
     * @param input null for none
     * @param lines is told each line of both output streams, as it comes, printable and bounded in length and number
     * @param deadline milliseconds; past it the script is ended
     * @return the exit status
     * @throws MachineException when it could not be run to its end; the message is fit for people
     */
    int run(String node, String script, @CheckForNull Input input, Consumer<String> lines, long deadline)
            throws MachineException, InterruptedException;
}
