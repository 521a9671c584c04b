package io.jenkins.plugins.metapluginci.scheduler;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.metapluginci.layout.ChangeState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A patchset on its way through a pipeline, with the changes that it needs, all the jobs that test it and the one report that
 * they give. Immutable; persisted as {@code items/ID.json} from the event until Gerrit has the report.
 *
 * @param id the file's name
 * @param uuid 32 hexadecimal digits; names the merged refs
 * @param pipeline its name
 * @param change what is tested
 * @param ahead the unmerged changes that it needs, deepest first: in its queue before it, not live
 * @param trigger type of the event that asked for it
 * @param gerrit the {@code GERRIT_*} variables of that event
 * @param files that the patchset touches, {@code /COMMIT_MSG} among them
 * @param owner of the change; null where unknown
 * @param createdAt when it was enqueued, epoch milliseconds
 * @param order items are served by it, lowest first
 * @param phase whether it is still wanted
 * @param merge how far its merge is
 * @param builds one for each job that applies, parents before children
 * @param dying builds that were asked to end
 * @param start the report of its begin, until Gerrit has it; null for none
 * @param report null until every build is done
 * @param told by what the event is known again that asked for it, as {@link StreamCursor#line} writes it: the event counts as
 *     decided as soon as the item is on disk; null for a person's wish
 */
public record Item(
        String id,
        String uuid,
        String pipeline,
        Change change,
        List<Change> ahead,
        String trigger,
        Map<String, String> gerrit,
        List<String> files,
        @CheckForNull Person owner,
        long createdAt,
        long order,
        Phase phase,
        Merge merge,
        List<ItemBuild> builds,
        List<DyingBuild> dying,
        @CheckForNull Report start,
        @CheckForNull Report report,
        @CheckForNull String told) {

    /** Whether an item is still wanted. */
    public enum Phase {
        /** To be tested and reported. */
        LIVE,
        /** Out of its queue, without a report or with one that Gerrit has; kept until its builds have ended. */
        OVER
    }

    public Item {
        ahead = List.copyOf(ahead);
        gerrit = Map.copyOf(gerrit);
        files = List.copyOf(files);
        builds = List.copyOf(builds);
        dying = List.copyOf(dying);
    }

    /** Whether it is in its queue: something is still to happen to it. Not one whose report was refused for good. */
    public boolean live() {
        return phase == Phase.LIVE && !refused();
    }

    /** Whether Gerrit will never take its report. */
    boolean refused() {
        return report != null && report.phase() == Report.Phase.REFUSED;
    }

    /** Whether it is still tested: an event for the same patchset would be a second one. */
    boolean underTest() {
        return phase == Phase.LIVE && report == null;
    }

    boolean done() {
        for (ItemBuild build : builds) {
            if (build.state() != ItemBuild.State.DONE) {
                return false;
            }
        }
        return true;
    }

    /** What jobs are chosen by. */
    ChangeState state() {
        return new ChangeState(
                change.project(),
                change.branch(),
                change.number(),
                change.patchset(),
                true,
                true,
                "NEW",
                List.of(),
                files);
    }

    /** The build of a job, or null. */
    @CheckForNull
    ItemBuild build(String job) {
        return builds.stream()
                .filter(build -> build.job().equals(job))
                .findFirst()
                .orElse(null);
    }

    Item withBuild(int index, ItemBuild build) {
        List<ItemBuild> changed = new ArrayList<>(builds);
        changed.set(index, build);
        return with(phase, merge, changed, dying, start, report);
    }

    Item withBuilds(List<ItemBuild> changed, List<DyingBuild> ending) {
        return with(phase, merge, changed, ending, start, report);
    }

    Item withMerge(Merge changed) {
        return with(phase, changed, builds, dying, start, report);
    }

    Item withDying(List<DyingBuild> changed) {
        return with(phase, merge, builds, changed, start, report);
    }

    Item withStart(@CheckForNull Report changed) {
        return with(phase, merge, builds, dying, changed, report);
    }

    Item withReport(@CheckForNull Report changed) {
        return with(phase, merge, builds, dying, start, changed);
    }

    /** This item out of its queue; nothing of it is reported any more. */
    Item over(List<ItemBuild> kept, List<DyingBuild> ending) {
        return with(Phase.OVER, merge, kept, ending, null, null);
    }

    Item withOrder(long changed) {
        return new Item(
                id, uuid, pipeline, change, ahead, trigger, gerrit, files, owner, createdAt, changed, phase, merge,
                builds, dying, start, report, told);
    }

    private Item with(
            Phase newPhase,
            Merge newMerge,
            List<ItemBuild> newBuilds,
            List<DyingBuild> newDying,
            @CheckForNull Report newStart,
            @CheckForNull Report newReport) {
        return new Item(
                id, uuid, pipeline, change, ahead, trigger, gerrit, files, owner, createdAt, order, newPhase, newMerge,
                newBuilds, newDying, newStart, newReport, told);
    }
}
