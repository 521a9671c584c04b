package io.jenkins.plugins.metapluginci.layout;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.List;

/**
 * What the filters of a pipeline's trigger look at (TriggerEvent, model.py of Zuul 2.5.2).
 *
 * @param type Gerrit's name of the event, such as comment-added
 * @param branch null for ref-updated
 * @param ref of ref-updated, as Gerrit sent it
 * @param oldrev of ref-updated
 * @param newrev of ref-updated; 40 zeros when the ref was deleted
 * @param change its number, 0 when the event is not about a change
 * @param patchset the event's own, 0 when it has none
 * @param account null when the event names nobody, which is not the same as an account without a name
 * @param approvals the votes that the event itself carries
 */
public record TriggerEvent(
        String type,
        @CheckForNull String project,
        @CheckForNull String branch,
        @CheckForNull String ref,
        @CheckForNull String oldrev,
        @CheckForNull String newrev,
        int change,
        int patchset,
        @CheckForNull String comment,
        @CheckForNull Account account,
        List<Vote> approvals) {
    public TriggerEvent {
        approvals = List.copyOf(approvals);
    }
}
