package io.jenkins.plugins.metapluginci.gerrit;

import edu.umd.cs.findbugs.annotations.CheckForNull;

/**
 * What a test of the settings found at a Gerrit that let us in.
 *
 * @param version of Gerrit
 * @param mayStream whether the account may read the event stream
 * @param problem what to mend when it may not; null otherwise
 */
public record GerritProbe(
        String version, boolean mayStream, @CheckForNull String problem) {}
