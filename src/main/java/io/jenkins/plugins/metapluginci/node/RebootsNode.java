package io.jenkins.plugins.metapluginci.node;

import edu.umd.cs.findbugs.annotations.CheckForNull;

/**
 * A job every build of which has its node alone and ends with the node's reboot. Its tasks run only on nodes that the
 * lifecycle knows as READY, never on the controller's own host.
 */
public interface RebootsNode {
    /** The shell command that reboots the node; null or empty for the default one. */
    @CheckForNull
    String getRebootCommand();
}
