package io.jenkins.plugins.metapluginci.node;

/** Where a node is in its life. Only a {@link #READY} node takes builds of ours. */
public enum NodePhase {
    /** It was added, or a build of ours wants it for the first time: its first connection is awaited. */
    PROVISIONING,
    /** It is being set up by the script that this plugin ships. */
    PREPARING,
    /** It is clean and connected, and looked at before it takes builds. */
    CHECKING,
    /** Clean and checked: nothing of ours ran on it since its last verified reboot. */
    READY,
    /** A build that ends in a reboot has it; from before the build's first command. */
    RUNNING,
    /** It is to be rebooted; other builds on the node may end first. */
    DRAINING,
    /** It is to be rebooted: reached, compared, and sent the command. */
    REBOOTING,
    /** The command was sent and the connection dropped by us; it is awaited with a new boot id. */
    RETURNING,
    /** It takes nothing: a person holds it, or it failed a check; the record's {@link NodeHold} says which. */
    HELD,
    /** It did not reboot or did not come back; the reason says which. It is looked at now and then. */
    FAILED
}
