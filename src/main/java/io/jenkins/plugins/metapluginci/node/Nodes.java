package io.jenkins.plugins.metapluginci.node;

import edu.umd.cs.findbugs.annotations.CheckForNull;

/** Where the extensions of this room find the lifecycle: Jenkins makes them, so nothing can be handed to them. */
public final class Nodes {
    private static volatile NodeLifecycle lifecycle;

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
}
