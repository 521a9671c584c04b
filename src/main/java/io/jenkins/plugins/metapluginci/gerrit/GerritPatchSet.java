package io.jenkins.plugins.metapluginci.gerrit;

/**
 * A patchset. Immutable; texts are empty where Gerrit said nothing.
 *
 * @param number from 1; 0 where Gerrit said nothing
 * @param revision its commit
 * @param ref where it can be fetched, {@code refs/changes/05/60105/3}
 * @param uploader who pushed it
 */
public record GerritPatchSet(int number, String revision, String ref, GerritAccount uploader) {}
