package io.jenkins.plugins.metapluginci.logs;

import edu.umd.cs.findbugs.annotations.CheckForNull;

/**
 * What came of trying a log server. Immutable.
 *
 * @param problem what is wrong and what to look at, for administrators, without a secret; null when all is well
 * @param how which way files would go there and why; null when nothing got that far
 */
public record LogServerProbe(
        @CheckForNull String problem, @CheckForNull String how) {}
