package io.jenkins.plugins.metapluginci.node;

/** What a task's builds do to their node. */
public enum NodeUse {
    /** They leave it as it is, as far as this plugin is concerned. */
    PLAIN,
    /** They end in its reboot; others may run on it until then. */
    REBOOTS,
    /** They end in its reboot and need it to themselves. */
    EXCLUSIVE
}
