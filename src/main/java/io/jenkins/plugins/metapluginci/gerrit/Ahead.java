package io.jenkins.plugins.metapluginci.gerrit;

/**
 * An unmerged change that another one needs.
 *
 * @param change the needed change
 * @param patchSet which patchset of it: for a git parent exactly the one that was built on, for a Depends-On the current one
 */
public record Ahead(GerritChange change, GerritPatchSet patchSet) {}
