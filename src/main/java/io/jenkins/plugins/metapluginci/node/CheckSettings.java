package io.jenkins.plugins.metapluginci.node;

/**
 * What a node must show before it takes a build. Immutable.
 *
 * @param sudo whether the agent's user must have sudo without a password
 * @param git whether there must be git
 * @param java whether there must be a java in the path
 * @param gateDirectory absolute path of the directory where devstack-gate must be; empty for no check
 * @param diskBytes what must be free on the file system of the agent's directory; 0 for no check
 * @param memoryBytes what the machine must have; 0 for no check
 * @param skewMs how far its clock may be from the controller's, milliseconds; 0 for no check
 * @param leftovers whether processes and mounts of an earlier run must be gone
 */
public record CheckSettings(
        boolean sudo,
        boolean git,
        boolean java,
        String gateDirectory,
        long diskBytes,
        long memoryBytes,
        long skewMs,
        boolean leftovers) {

    /** Every check off: what a node is for that is none of OpenStack's. */
    public static CheckSettings none() {
        return new CheckSettings(false, false, false, "", 0, 0, 0, false);
    }
}
