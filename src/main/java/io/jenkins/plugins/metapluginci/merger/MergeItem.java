package io.jenkins.plugins.metapluginci.merger;

import edu.umd.cs.findbugs.annotations.CheckForNull;

/**
 * One patchset that is to be merged. Immutable.
 *
 * @param project the project's name at Gerrit
 * @param branch the branch it is for, {@code master} or a whole name such as {@code refs/meta/config}
 * @param number of the change, for messages
 * @param patchset its number, for messages
 * @param ref where Gerrit keeps it, {@code refs/changes/05/60105/3}
 * @param revision the commit that the ref is known to hold; null takes what the ref holds. A mirror that has this patchset does
 *     not ask for it again.
 * @param mode how it is merged
 */
public record MergeItem(
        String project,
        String branch,
        int number,
        int patchset,
        String ref,
        @CheckForNull String revision,
        Mode mode) {

    /** Zuul's merge modes (its layout.yaml, {@code merge-mode}). */
    public enum Mode {
        /** {@code merge}: criss-cross histories are merged by their merged ancestors. */
        MERGE,
        /** {@code merge-resolve}, the default: three-way, closest to what Gerrit does. */
        MERGE_RESOLVE,
        /** {@code cherry-pick}: the patchset's own difference, as a new commit of the same author on the tip. */
        CHERRY_PICK
    }

    /** {@code 60105,3}, as Zuul and Gerrit write it. */
    public String id() {
        return number + "," + patchset;
    }

    ProjectBranch projectBranch() {
        return new ProjectBranch(project, branch);
    }
}
