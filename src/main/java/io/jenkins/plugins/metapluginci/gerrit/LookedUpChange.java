package io.jenkins.plugins.metapluginci.gerrit;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.List;

/**
 * All that a decision about one patchset needs, as Gerrit has it now. Immutable.
 *
 * @param change with its status
 * @param patchSet the one that was asked for, with its parents
 * @param open whether Gerrit still takes votes on the change
 * @param current whether no newer patchset is there
 * @param approvals the votes on the change's <em>current</em> patchset, also when an older one was asked for (Zuul's
 *     require-approval sees those, see model.py); oldest first
 * @param files the paths that the patchset touches, {@code /COMMIT_MSG} among them
 * @param commitMessage of the current patchset (Gerrit tells no other)
 * @param ahead every unmerged change that this one needs, git parents and Depends-On, recursively, deepest first, each once;
 *     empty when {@code cycle} is set
 * @param cycle why no such list can be made, for people: {@code Dependency cycle detected: 7 in [5, 7]}, or that they are too
 *     many; null otherwise
 */
public record LookedUpChange(
        GerritChange change,
        GerritPatchSet patchSet,
        boolean open,
        boolean current,
        List<PatchSetApproval> approvals,
        List<String> files,
        String commitMessage,
        List<Ahead> ahead,
        @CheckForNull String cycle) {
    public LookedUpChange {
        approvals = List.copyOf(approvals);
        files = List.copyOf(files);
        ahead = List.copyOf(ahead);
    }
}
