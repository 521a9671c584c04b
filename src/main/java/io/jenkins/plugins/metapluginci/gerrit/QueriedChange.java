package io.jenkins.plugins.metapluginci.gerrit;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.List;

/**
 * A change as Gerrit answered it. Immutable.
 *
 * @param change with its status
 * @param currentPatchSet null where Gerrit did not say
 * @param open whether it can still be voted on
 * @param messages the comments on it, oldest first; empty unless asked for
 */
public record QueriedChange(
        GerritChange change, @CheckForNull GerritPatchSet currentPatchSet, boolean open, List<GerritMessage> messages) {
    public QueriedChange {
        messages = List.copyOf(messages);
    }
}
