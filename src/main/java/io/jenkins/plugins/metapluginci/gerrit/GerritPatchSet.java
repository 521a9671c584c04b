package io.jenkins.plugins.metapluginci.gerrit;

import java.util.List;

/**
 * A patchset. Immutable; texts are empty where Gerrit said nothing.
 *
 * @param number from 1; 0 where Gerrit said nothing
 * @param revision its commit
 * @param ref where it can be fetched, {@code refs/changes/05/60105/3}
 * @param uploader who pushed it
 * @param parents the commits that it is built on; empty where Gerrit did not say
 * @param createdOn when it was pushed, in seconds since 1970 by Gerrit's clock; 0 where Gerrit did not say
 */
public record GerritPatchSet(
        int number, String revision, String ref, GerritAccount uploader, List<String> parents, long createdOn) {
    public GerritPatchSet {
        parents = List.copyOf(parents);
    }
}
