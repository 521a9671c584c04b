package io.jenkins.plugins.metapluginci.scheduler;

import edu.umd.cs.findbugs.annotations.CheckForNull;

/**
 * One patchset of one change. Immutable.
 *
 * @param project the project's name at Gerrit
 * @param branch where the change wants to go
 * @param number the change's number
 * @param patchset the patchset's number
 * @param ref where Gerrit keeps it: {@code refs/changes/05/60105/3}
 * @param revision its commit; null when the event named none
 * @param url of the change at Gerrit; null when Gerrit has no canonical URL
 * @param subject first line of the commit message, for people; may be empty
 */
public record Change(
        String project,
        String branch,
        int number,
        int patchset,
        String ref,
        @CheckForNull String revision,
        @CheckForNull String url,
        String subject) {

    /** Gerrit's and Zuul's way to name a patchset: {@code 60105,3}. */
    public String id() {
        return number + "," + patchset;
    }

    boolean samePatchset(Change other) {
        return number == other.number && patchset == other.patchset && project.equals(other.project);
    }
}
