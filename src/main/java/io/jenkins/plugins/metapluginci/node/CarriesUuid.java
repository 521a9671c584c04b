package io.jenkins.plugins.metapluginci.node;

import edu.umd.cs.findbugs.annotations.CheckForNull;

/** An action of a build that knows the scheduler's uuid of it, so that the node's record can name it. */
public interface CarriesUuid {
    @CheckForNull
    String getUuid();
}
