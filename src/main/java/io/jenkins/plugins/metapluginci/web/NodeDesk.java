package io.jenkins.plugins.metapluginci.web;

import edu.umd.cs.findbugs.annotations.CheckForNull;

/**
 * What the pages need of the nodes' lifecycle. Callable from any thread; looking returns at once or after reading a small file,
 * asking waits for the disk at most. What is asked for is answered with null when it will be done, else with the reason, for people.
 */
public interface NodeDesk {
    /** All nodes. */
    NodesView view();

    /**
     * One node.
     *
     * @param history how many entries of its history at most
     * @param log from where on the log of its preparation is wanted, in bytes
     * @return null when there is no such node
     */
    @CheckForNull
    NodesView.Detail detail(String node, int history, long log);

    /** How long a hold lasts for which nobody says, milliseconds. */
    long holdMs();

    /** Keeps a node as it is, now or when the build that has it ends. @param until epoch milliseconds */
    @CheckForNull
    String hold(String node, String by, long until);

    /** Ends a hold: the node is rebooted. */
    @CheckForNull
    String release(String node, String by);

    /** Lets a node take builds again as it is, dirty or not, if it passes its checks. */
    @CheckForNull
    String releaseWithoutReboot(String node, String by);

    /** Has a node rebooted now. */
    @CheckForNull
    String reboot(String node, String by);

    /** Has a node checked now. */
    @CheckForNull
    String recheck(String node, String by);

    /** Has a node prepared again. */
    @CheckForNull
    String prepare(String node, String by);
}
