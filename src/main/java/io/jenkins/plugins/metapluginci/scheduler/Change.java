package io.jenkins.plugins.metapluginci.scheduler;

import edu.umd.cs.findbugs.annotations.CheckForNull;

/**
 * One patchset of one change, or one update of a ref. Immutable.
 *
 * @param project the project's name at Gerrit
 * @param branch where the change wants to go; the ref's name, as Gerrit sent it, for an updated ref
 * @param number the change's number; 0 for an updated ref
 * @param patchset the patchset's number; 0 for an updated ref
 * @param ref where Gerrit keeps it: {@code refs/changes/05/60105/3}; the ref's name for an updated ref
 * @param revision its commit; null when the event named none
 * @param oldRevision what an updated ref held before; null for a change
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
        @CheckForNull String oldRevision,
        @CheckForNull String url,
        String subject) {

    /** A patchset. */
    public Change(
            String project,
            String branch,
            int number,
            int patchset,
            String ref,
            @CheckForNull String revision,
            @CheckForNull String url,
            String subject) {
        this(project, branch, number, patchset, ref, revision, null, url, subject);
    }

    /** An update of a ref. */
    static Change ofRef(String project, String ref, String oldRevision, String newRevision) {
        return new Change(project, ref, 0, 0, ref, newRevision, oldRevision, null, "");
    }

    /** Gerrit's and Zuul's way to name a patchset, {@code 60105,3}; an updated ref goes by its new revision. */
    public String id() {
        return isRef() ? String.valueOf(revision) : number + "," + patchset;
    }

    /** Whether this is an updated ref, of which Gerrit has no page and takes no review. */
    public boolean isRef() {
        return number == 0;
    }

    /** Whether both are one patchset, or one update of one ref. */
    boolean same(Change other) {
        return isRef()
                ? other.isRef()
                        && project.equals(other.project)
                        && ref.equals(other.ref)
                        && String.valueOf(revision).equals(other.revision)
                : number == other.number && patchset == other.patchset;
    }
}
