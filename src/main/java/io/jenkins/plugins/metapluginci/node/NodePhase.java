package io.jenkins.plugins.metapluginci.node;

/** Where a node is in its life around a build. Only a {@link #READY} node takes builds. */
public enum NodePhase {
    /** Clean: nothing of ours ran on it since its last verified reboot. */
    READY,
    /** A build that ends in a reboot has it; from before the build's first command. */
    RUNNING,
    /** That build is final; other builds on the node may end first. */
    DRAINING,
    /** It is to be rebooted: reached, compared, and sent the command. */
    REBOOTING,
    /** The command was sent and the connection dropped by us; it is awaited with a new boot id. */
    RETURNING,
    /** It did not reboot or did not come back; the reason says which. It is looked at now and then. */
    FAILED
}
