package io.jenkins.plugins.metapluginci.gerrit;

import edu.umd.cs.findbugs.annotations.CheckForNull;

/**
 * A vote that stands on a patchset.
 *
 * @param type the label's id
 * @param description the label's name; empty where Gerrit gave none
 * @param value as cast, never 0
 * @param grantedOn when it was cast, in seconds since 1970 by Gerrit's clock
 * @param by who cast it
 */
public record PatchSetApproval(String type, String description, int value, long grantedOn, GerritAccount by) {
    /** The label as layouts name it; null for a vote without a description. See {@link GerritApproval#category()}. */
    @CheckForNull
    public String category() {
        return GerritApproval.category(description);
    }
}
