package io.jenkins.plugins.metapluginci.scheduler;

import io.jenkins.plugins.metapluginci.layout.Layout;
import io.jenkins.plugins.metapluginci.layout.MergeMode;
import io.jenkins.plugins.metapluginci.layout.ProjectConfig;
import io.jenkins.plugins.metapluginci.scheduler.MergeService.Conflict;
import io.jenkins.plugins.metapluginci.scheduler.MergeService.Failed;
import io.jenkins.plugins.metapluginci.scheduler.MergeService.Merged;
import io.jenkins.plugins.metapluginci.scheduler.MergeService.Request;
import io.jenkins.plugins.metapluginci.scheduler.MergeService.Result;
import io.jenkins.plugins.metapluginci.scheduler.MergeService.Step;
import io.jenkins.plugins.metapluginci.scheduler.MergeService.Unmergeable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Has items merged. Owned by the scheduler's thread. */
final class Merges {
    private static final Logger LOGGER = Logger.getLogger(Merges.class.getName());

    private final Engine engine;
    /** Items that the merger has. */
    private final Set<String> asked = new HashSet<>();

    Merges(Engine engine) {
        this.engine = engine;
    }

    /** Asks for a merge that is due. @return when it is due again; Long.MAX_VALUE when nothing is */
    long due(String id, long now) {
        Item item = engine.items.get(id);
        if (item == null
                || !item.underTest()
                || item.done()
                || item.merge().state() != Merge.State.WANTED
                || asked.contains(id)) {
            return Long.MAX_VALUE;
        }
        if (item.merge().notBefore() > now) {
            return item.merge().notBefore();
        }
        asked.add(id);
        if (item.change().isRef()) {
            engine.world.merges().update(item.change(), result -> answer(id, result));
        } else {
            engine.world.merges().merge(request(item), result -> answer(id, result));
        }
        return Long.MAX_VALUE;
    }

    private Request request(Item item) {
        List<Step> steps = new ArrayList<>();
        item.ahead().forEach(change -> steps.add(new Step(change, mode(change))));
        steps.add(new Step(item.change(), mode(item.change())));
        return new Request(item.uuid(), steps);
    }

    /** A project that is only ahead of others need not be in the layout. */
    private MergeMode mode(Change change) {
        Layout layout = engine.plans().layout();
        ProjectConfig project = layout == null ? null : layout.projects().get(change.project());
        return project == null ? MergeMode.MERGE_RESOLVE : project.mergeMode();
    }

    private void answer(String id, Result result) {
        engine.world
                .inbox()
                .execute(() -> answered(id, result, engine.world.clock().getAsLong()));
    }

    private void answered(String id, Result result, long now) {
        if (!asked.remove(id)) {
            return;
        }
        Item item = engine.items.get(id);
        if (item == null || !item.underTest() || item.merge().state() != Merge.State.WANTED) {
            return;
        }
        Merge merge = item.merge();
        if (result instanceof Merged merged) {
            engine.items.put(item.withMerge(merge.merged(merged.ref(), merged.commit(), now)));
        } else if (result instanceof Failed failed) {
            if (merge.attempts() == 0) {
                LOGGER.log(Level.WARNING, "{0} waits to be merged: {1}", new Object[] {
                    item.change().id(), failed.reason()
                });
            }
            engine.items.put(item.withMerge(merge.failed(failed.reason(), now)));
        } else {
            String why = result instanceof Conflict conflict ? conflict.detail() : ((Unmergeable) result).reason();
            Merge.State state = result instanceof Conflict ? Merge.State.CONFLICT : Merge.State.UNMERGEABLE;
            LOGGER.log(Level.INFO, "{0} {1} cannot be merged: {2}", new Object[] {
                item.change().project(), item.change().id(), why
            });
            engine.items.put(item.withMerge(merge.ended(state, why, now)));
        }
    }

    /** The merged refs of an item are of no more use. */
    void forget(Item item) {
        asked.remove(item.id());
        engine.world.merges().forget(item.uuid());
    }

    /** Every item's uuid with the projects in which it has a ref for nodes. */
    Map<String, Set<String>> refs() {
        Map<String, Set<String>> refs = new HashMap<>();
        for (Item item : engine.items.all()) {
            Set<String> projects = new HashSet<>();
            if (hasRefs(item)) {
                item.ahead().forEach(change -> projects.add(change.project()));
                projects.add(item.change().project());
            }
            refs.put(item.uuid(), projects);
        }
        return refs;
    }

    private static boolean hasRefs(Item item) {
        return item.underTest()
                && !item.done()
                && item.merge().state() == Merge.State.MERGED
                && !item.change().isRef();
    }

    /**
     * The merged refs of these are gone. What is still tested is merged again, and its builds run again: what they would fetch,
     * now or later, is not there, which would look like a failure of the change.
     */
    void lost(Set<String> uuids, long now) {
        for (Item item : engine.items.all()) {
            if (uuids.contains(item.uuid()) && hasRefs(item)) {
                String why = "the merged commit was lost with its mirror";
                LOGGER.log(Level.WARNING, "{0} is merged again: {1}", new Object[] {
                    item.change().id(), why
                });
                engine.builds.takeBack(item, ItemBuild::isOut, why, now);
                engine.items.put(engine.items.require(item.id()).withMerge(Merge.wanted(now)));
            }
        }
    }
}
