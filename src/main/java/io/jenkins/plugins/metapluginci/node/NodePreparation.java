package io.jenkins.plugins.metapluginci.node;

import java.util.function.Consumer;

/** Makes a connected machine into a node that can run the tests. */
public interface NodePreparation {
    /**
     * Prepares a node, which may be prepared already; within a deadline of its own.
     *
     * @param progress takes each line that it says, printable and bounded
     * @throws PreparationException when it could not be done; the message is fit for people
     */
    void run(String node, Consumer<String> progress) throws PreparationException, InterruptedException;
}
