package io.jenkins.plugins.metapluginci.scheduler;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.metapluginci.gerrit.GerritEvent;
import io.jenkins.plugins.metapluginci.layout.EventFilter;
import io.jenkins.plugins.metapluginci.layout.Layout;
import io.jenkins.plugins.metapluginci.layout.Pipeline;
import io.jenkins.plugins.metapluginci.layout.TriggerEvent;
import io.jenkins.plugins.metapluginci.scheduler.ChangeSource.Found;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;

/**
 * What comes into the pipelines and what leaves them before its end (addChange, removeOldVersionsOfChange,
 * removeAbandonedChange of scheduler.py, Zuul 2.5.2). Owned by the scheduler's thread.
 */
final class Queues {
    private static final Logger LOGGER = Logger.getLogger(Queues.class.getName());
    /** Of a change's files, what is kept for choosing jobs. */
    private static final int MAX_FILES = 5_000;

    private static final String CREATED = "patchset-created";
    private static final String ABANDONED = "change-abandoned";

    private final Engine engine;

    Queues(Engine engine) {
        this.engine = engine;
    }

    /**
     * Takes out what an event ends: older patchsets when there is a newer one, an abandoned patchset.
     *
     * @param only the pipeline to look at; null for all
     */
    void remove(TriggerEvent trigger, @CheckForNull Pipeline only) {
        if (!ends(trigger)) {
            return;
        }
        for (Item item : engine.items.all()) {
            Pipeline pipeline = engine.plans().pipeline(item.pipeline());
            if (pipeline != null
                    && (only == null || only == pipeline)
                    && removable(item)
                    && ends(trigger, pipeline, item.change())) {
                String why = trigger.type().equals(CREATED)
                        ? "there is patchset " + trigger.patchset()
                        : "the change was abandoned";
                dequeue(item, why, engine.world.clock().getAsLong());
            }
        }
    }

    /** Whether an event of this kind takes items out of their queues. */
    static boolean ends(TriggerEvent trigger) {
        return trigger.change() != 0
                && (trigger.type().equals(CREATED) || trigger.type().equals(ABANDONED));
    }

    private static boolean ends(TriggerEvent trigger, Pipeline pipeline, Change change) {
        if (!ends(trigger) || change.number() != trigger.change()) {
            return false;
        }
        return trigger.type().equals(CREATED)
                ? pipeline.dequeueOnNewPatchset() && change.patchset() < trigger.patchset()
                : trigger.patchset() == 0 || change.patchset() == trigger.patchset();
    }

    /** Not one whose report is on its way: it has been decided. */
    static boolean removable(Item item) {
        Report report = item.report();
        return item.live() && (report == null || report.phase() == Report.Phase.OWED);
    }

    /**
     * Offers an event to each pipeline.
     *
     * @param found null for an event about a ref
     * @param later what came after it and is not decided yet: what that ends need not begin
     */
    void dispatch(
            GerritEvent event, TriggerEvent trigger, @CheckForNull Found found, List<TriggerEvent> later, long now) {
        Layout layout = engine.plans().layout();
        if (layout == null || !layout.projects().containsKey(String.valueOf(trigger.project()))) {
            return;
        }
        String account = engine.settings().gerrit().account();
        for (Pipeline pipeline : layout.pipelines()) {
            remove(trigger, pipeline);
            for (EventFilter filter : pipeline.triggers()) {
                if (filter.matches(
                        trigger,
                        found == null ? null : found.state(),
                        now / 1000,
                        account.isEmpty() ? null : account)) {
                    Change change = found == null ? ref(trigger) : found.change();
                    if (allowed(pipeline, found, now)
                            && later.stream().noneMatch(each -> ends(each, pipeline, change))) {
                        enqueue(pipeline, change, found, event, false, now);
                    }
                    break;
                }
            }
        }
    }

    private static Change ref(TriggerEvent trigger) {
        return Change.ofRef(
                String.valueOf(trigger.project()),
                String.valueOf(trigger.ref()),
                String.valueOf(trigger.oldrev()),
                String.valueOf(trigger.newrev()));
    }

    /** Requirements are asked for once, here; never of what is ahead of a change, and not of what a person enqueues. */
    private static boolean allowed(Pipeline pipeline, @CheckForNull Found found, long now) {
        if (found == null) {
            return true;
        }
        boolean allowed = Stream.of(Optional.ofNullable(pipeline.require()), Optional.ofNullable(pipeline.reject()))
                .flatMap(Optional::stream)
                .allMatch(each -> each.allows(found.state(), now / 1000));
        if (!allowed) {
            LOGGER.log(Level.FINE, "{0} does not fulfil what {1} requires", new Object[] {
                found.change().id(), pipeline.name()
            });
        }
        return allowed;
    }

    /**
     * Makes an item, unless the patchset is under test in that pipeline.
     *
     * @param found null for an updated ref
     * @param event null when a person asked for it
     * @param quiet whether nothing is said of its begin
     */
    void enqueue(
            Pipeline pipeline,
            Change change,
            @CheckForNull Found found,
            @CheckForNull GerritEvent event,
            boolean quiet,
            long now) {
        for (Item item : engine.items.all()) {
            if (item.underTest()
                    && item.pipeline().equals(pipeline.name())
                    && item.change().same(change)) {
                LOGGER.log(Level.FINE, "{0} is already in pipeline {1}", new Object[] {change.id(), pipeline.name()});
                return;
            }
        }
        if (found != null && found.cycle() != null) {
            LOGGER.log(Level.WARNING, "{0} {1} is not tested: {2}", new Object[] {
                change.project(), change.id(), found.cycle()
            });
            return;
        }
        Item item = item(pipeline, change, found, event, now);
        JobPlan plan = engine.plans().of(item);
        Report start = quiet ? null : engine.reporting.startReport(item, pipeline, now);
        if (plan.isEmpty() && start == null) {
            engine.plans().forget(item.id());
            LOGGER.log(Level.FINE, "No job of {0} is for {1}", new Object[] {pipeline.name(), change.id()});
            return;
        }
        List<ItemBuild> builds = plan.all().stream()
                .map(planned -> ItemBuild.waiting(planned.job().name(), now))
                .toList();
        engine.items.put(item.withBuilds(builds, List.of()).withStart(start));
        LOGGER.log(Level.INFO, "{0} of {1} {2}: into {3}, {4} jobs", new Object[] {
            item.trigger(), change.project(), change.id(), pipeline.name(), builds.size()
        });
    }

    private Item item(
            Pipeline pipeline, Change change, @CheckForNull Found found, @CheckForNull GerritEvent event, long now) {
        ChangeDetails details = found == null ? ChangeDetails.NONE : found.details();
        String uuid = engine.world.uuids().get();
        List<String> files = found == null ? List.of() : found.state().files();
        Map<String, String> env =
                GateEnvironment.gerrit(event, change, details, engine.settings().gerrit());
        return new Item(
                name(change) + "-" + uuid.substring(0, 12),
                uuid,
                pipeline.name(),
                change,
                found == null || pipeline.ignoreDependencies() ? List.of() : found.ahead(),
                event == null ? "enqueue" : event.type(),
                env,
                files.size() > MAX_FILES ? files.subList(0, MAX_FILES) : files,
                found == null ? null : details.owner(),
                now,
                now,
                Item.Phase.LIVE,
                Merge.wanted(now),
                List.of(),
                List.of(),
                null,
                null,
                event == null ? null : engine.memory.cursor().line(event.key()));
    }

    private static String name(Change change) {
        return change.isRef() ? "ref" : change.number() + "-" + change.patchset();
    }

    /** Takes an item out of its queue; nothing of it is reported, its builds are ended. */
    void dequeue(Item item, String why, long now) {
        LOGGER.log(Level.INFO, "{0} {1} leaves {2}: {3}", new Object[] {
            item.change().project(), item.change().id(), item.pipeline(), why
        });
        List<DyingBuild> dying = new ArrayList<>(item.dying());
        for (ItemBuild build : item.builds()) {
            if (build.isOut()) {
                dying.add(new DyingBuild(build.uuid(), build.job(), build.mutex(), now));
            }
        }
        List<ItemBuild> kept =
                item.builds().stream().filter(build -> !build.isOut()).toList();
        leave(item.over(kept, dying));
        end(dying);
    }

    /** An item is over: it goes as soon as its builds have ended and nothing can bring it back. */
    void leave(Item over) {
        engine.merges.forget(over);
        if (over.dying().isEmpty() && engine.memory.settle()) {
            engine.items.remove(over.id());
            engine.plans().forget(over.id());
        } else if (!over.equals(engine.items.get(over.id()))) {
            engine.items.put(over);
        }
    }

    private void end(List<DyingBuild> dying) {
        dying.forEach(build -> engine.builds.cancel(build.uuid()));
    }

    /** Fits the items to the layout: after a start, and when there is another one. */
    void adopt(long now) {
        Layout layout = engine.plans().layout();
        if (layout == null) {
            return;
        }
        for (Item item : engine.items.all()) {
            if (!item.underTest()) {
                continue;
            }
            if (layout.pipeline(item.pipeline()) == null) {
                engine.note(item);
                dequeue(item, "the layout has no such pipeline any more", now);
            } else if (layout.jobTree(item.pipeline(), item.change().project()).isEmpty()) {
                dequeue(item, "the layout runs nothing there for its project any more", now);
            } else {
                adopt(item, now);
            }
        }
    }

    private void adopt(Item item, long now) {
        JobPlan plan = engine.plans().of(item);
        List<ItemBuild> builds = new ArrayList<>();
        for (JobPlan.Planned planned : plan.all()) {
            ItemBuild kept = item.build(planned.job().name());
            builds.add(kept != null ? kept : ItemBuild.waiting(planned.job().name(), now));
        }
        List<DyingBuild> dying = new ArrayList<>(item.dying());
        for (ItemBuild build : item.builds()) {
            if (build.isOut() && plan.get(build.job()) == null) {
                dying.add(new DyingBuild(build.uuid(), build.job(), build.mutex(), now));
            }
        }
        if (!builds.equals(item.builds())) {
            List<DyingBuild> added = dying.subList(item.dying().size(), dying.size());
            engine.items.put(item.withBuilds(builds, dying));
            end(added);
        }
    }
}
