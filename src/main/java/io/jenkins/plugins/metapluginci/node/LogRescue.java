package io.jenkins.plugins.metapluginci.node;

import java.io.IOException;

/** Fetches what the end of a connection or of the controller left on a node. */
public interface LogRescue {
    /**
     * Called once after a node's return, when it is connected and before anything else runs on it, for the last build that
     * ran there, whatever became of that. It is interrupted when it takes too long.
     *
     * @throws IOException when something could not be fetched: that is logged, and the node goes on
     */
    void rescue(String node, BuildRef build) throws IOException, InterruptedException;
}
