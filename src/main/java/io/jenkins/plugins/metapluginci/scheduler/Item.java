package io.jenkins.plugins.metapluginci.scheduler;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A patchset on its way through the pipeline, with all the jobs that test it and the one report that they give. Immutable;
 * persisted as {@code items/ID.json} from the event until Gerrit has the report.
 *
 * @param id the file's name
 * @param change what is tested
 * @param trigger type of the event that asked for it
 * @param gerrit the {@code GERRIT_*} variables of that event
 * @param createdAt epoch milliseconds
 * @param builds one for each job, at least one
 * @param report null until every build is done
 */
public record Item(
        String id,
        Change change,
        String trigger,
        Map<String, String> gerrit,
        long createdAt,
        List<ItemBuild> builds,
        @CheckForNull Report report) {

    public Item {
        gerrit = Collections.unmodifiableMap(new LinkedHashMap<>(gerrit));
        builds = List.copyOf(builds);
    }

    /** Whether something is still to happen: not one whose report was refused for good. */
    public boolean live() {
        return report == null || report.phase() != Report.Phase.REFUSED;
    }

    boolean done() {
        return builds.stream().allMatch(build -> build.state() == ItemBuild.State.DONE);
    }

    Item withBuild(int index, ItemBuild build) {
        List<ItemBuild> changed = new ArrayList<>(builds);
        changed.set(index, build);
        return new Item(id, change, trigger, gerrit, createdAt, changed, report);
    }

    Item withBuilds(List<ItemBuild> kept) {
        return new Item(id, change, trigger, gerrit, createdAt, kept, report);
    }

    Item withReport(Report changed) {
        return new Item(id, change, trigger, gerrit, createdAt, builds, changed);
    }
}
