package io.jenkins.plugins.metapluginci.layout;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.List;

/**
 * What a pipeline asks of a change before it lets it in: its require or reject section (ChangeishFilter, model.py of Zuul
 * 2.5.2). Asked once, when a change comes; not of the changes ahead of it and not of those enqueued by hand.
 *
 * @param open null when it does not matter
 * @param currentPatchset null when it does not matter
 * @param statuses of which the change has one, in Gerrit's spelling; empty when it does not matter
 * @param requireApprovals each must be fulfilled by a vote on the current patchset
 * @param rejectApprovals none may be; with any here or above, a change without a vote is not let in (a trap of Zuul's)
 */
public record Requirement(
        @CheckForNull Boolean open,
        @CheckForNull Boolean currentPatchset,
        List<String> statuses,
        List<ApprovalRule> requireApprovals,
        List<ApprovalRule> rejectApprovals) {

    public Requirement {
        statuses = List.copyOf(statuses);
        requireApprovals = List.copyOf(requireApprovals);
        rejectApprovals = List.copyOf(rejectApprovals);
    }

    /** A reject section, which knows approvals only. */
    public static Requirement rejecting(List<ApprovalRule> approvals) {
        return new Requirement(null, null, List.of(), List.of(), approvals);
    }

    /**
     * Whether the change may come in.
     *
     * @param nowSeconds since the epoch
     */
    public boolean allows(ChangeState change, long nowSeconds) {
        return (open == null || open == change.open())
                && (currentPatchset == null || currentPatchset == change.currentPatchset())
                && (statuses.isEmpty() || change.status() != null && statuses.contains(change.status()))
                && ApprovalRule.satisfied(requireApprovals, rejectApprovals, change.approvals(), nowSeconds);
    }
}
