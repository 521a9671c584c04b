package io.jenkins.plugins.metapluginci.node;

import edu.umd.cs.findbugs.annotations.CheckForNull;

/** Where the extensions of this room find the lifecycle: Jenkins makes them, so nothing can be handed to them. */
public final class Nodes {
    private static volatile NodeLifecycle lifecycle;
    private static volatile PreparationLog preparations;

    private Nodes() {}

    /** Sets the lifecycle of this controller. @param engine null when the plugin ends: from then on every node is vetoed */
    public static void install(@CheckForNull NodeLifecycle engine) {
        lifecycle = engine;
    }

    /** The lifecycle; null before the plugin is up and after it ended, when nothing may run on a node. */
    @CheckForNull
    public static NodeLifecycle lifecycle() {
        return lifecycle;
    }

    /** Sets where the preparations of nodes are written down. @param log null when the plugin ends */
    static void install(@CheckForNull PreparationLog log) {
        preparations = log;
    }

    /** What the last preparation of each node said; null while there is no {@link #lifecycle}. */
    @CheckForNull
    public static PreparationLog preparations() {
        return preparations;
    }
}
