package io.jenkins.plugins.metapluginci.merger;

import java.util.Set;

/** What came of a {@link MergeRequest}. Only {@link Conflict} is the change's fault. */
public sealed interface MergeResult {
    /**
     * All items are merged, and nodes can fetch the result.
     *
     * @param zuulRef {@code refs/zuul/<branch of the last item>/Z<uuid>}: the ZUUL_REF
     * @param commit what it holds, 40 hex digits: the ZUUL_COMMIT. The patchset itself where the branch had not moved, the
     *     branch's tip where the patchset was merged already.
     * @param refs every project and branch in which there is such a ref
     */
    record Merged(String zuulRef, String commit, Set<ProjectBranch> refs) implements MergeResult {
        public Merged {
            refs = Set.copyOf(refs);
        }
    }

    /** An item does not go on top of its branch and the items before it. @param detail what conflicts, for people */
    record Conflict(MergeItem item, String detail) implements MergeResult {}

    /**
     * There is nothing to merge, or nothing to merge it with: no such branch, no such patchset, or another commit than the one
     * that was announced. Trying again helps only once somebody changed that at Gerrit.
     *
     * @param reason for people
     */
    record Unmergeable(MergeItem item, String reason) implements MergeResult {}

    /** The network, Gerrit, the disk or this controller failed: to be tried again. @param reason for people */
    record Failed(String reason) implements MergeResult {}
}
