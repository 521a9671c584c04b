package io.jenkins.plugins.metapluginci.layout;

import java.util.List;

/**
 * What is known of a change when it is decided whether and with which jobs it is tested.
 *
 * @param branch or the ref's name, for an updated ref
 * @param number 0 for an updated ref
 * @param currentPatchset whether the patchset is the change's current one
 * @param status Gerrit's word: NEW, MERGED, ABANDONED, ...
 * @param approvals those of the <em>current</em> patchset, even when this is an older one (model.py of Zuul 2.5.2)
 * @param files that the patchset touches, "/COMMIT_MSG" among them
 */
public record ChangeState(
        String project,
        String branch,
        int number,
        int patchset,
        boolean currentPatchset,
        boolean open,
        String status,
        List<Approval> approvals,
        List<String> files) {
    public ChangeState {
        approvals = List.copyOf(approvals);
        files = List.copyOf(files);
    }
}
