package io.jenkins.plugins.metapluginci.node;

/** Looks whether a connected node may take builds. */
public interface NodeChecks {
    /**
     * Looks at a node once; within a deadline of its own.
     *
     * @throws MachineException when the node could not be asked: that is no failed check
     */
    CheckReport run(String node) throws MachineException, InterruptedException;
}
