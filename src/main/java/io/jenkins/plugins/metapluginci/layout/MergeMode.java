package io.jenkins.plugins.metapluginci.layout;

/** How a project's changes are merged onto their branch. */
public enum MergeMode {
    /** git merge. */
    MERGE,
    /** git merge -s resolve: Zuul's default, nearest to what Gerrit does. */
    MERGE_RESOLVE,
    /** git cherry-pick. */
    CHERRY_PICK
}
