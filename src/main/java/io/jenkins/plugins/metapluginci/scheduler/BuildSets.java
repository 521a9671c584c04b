package io.jenkins.plugins.metapluginci.scheduler;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.metapluginci.layout.Job;
import io.jenkins.plugins.metapluginci.layout.ParameterFunction;
import io.jenkins.plugins.metapluginci.scheduler.BuildLauncher.LaunchRefusedException;
import io.jenkins.plugins.metapluginci.scheduler.ItemBuild.Result;
import io.jenkins.plugins.metapluginci.scheduler.ItemBuild.State;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Has the builds of merged items launched, one job after its parent, one build at a time for each mutex, and the
 * infrastructure's failures tried again. What comes back from them is in {@link BuildNews}. Owned by the scheduler's thread.
 */
final class BuildSets {
    private static final Logger LOGGER = Logger.getLogger(BuildSets.class.getName());
    private static final long MAX_REFUSAL_WAIT = 60_000;
    /** How soon it is looked again whether Jenkins launches, ms. */
    private static final long HOLDING = 5_000;

    private final Engine engine;
    /** Mutexes that are held, as {@link #countMutexes} found them and later launches took them. */
    private final Set<String> held = new HashSet<>();

    @CheckForNull
    private String holding;

    BuildSets(Engine engine) {
        this.engine = engine;
    }

    /** To be called before the {@link #due} of all items. */
    void countMutexes() {
        held.clear();
        for (Item item : engine.items.all()) {
            item.builds().stream()
                    .filter(ItemBuild::isOut)
                    .map(ItemBuild::mutex)
                    .forEach(this::hold);
            item.dying().stream().map(DyingBuild::mutex).forEach(this::hold);
        }
        holding = engine.world.launcher().holding();
    }

    private void hold(@CheckForNull String mutex) {
        if (mutex != null) {
            held.add(mutex);
        }
    }

    /** Why nothing is launched, for people; null when builds are. */
    @CheckForNull
    String holding() {
        return holding;
    }

    /** Does what is due for the builds of an item. @return when something is due again */
    long due(String id, long now) {
        Item item = engine.items.get(id);
        if (item == null || !item.underTest() || item.merge().state() == Merge.State.WANTED || item.done()) {
            return Long.MAX_VALUE;
        }
        if (item.merge().state() != Merge.State.MERGED) {
            skipAll(item, now);
            return now;
        }
        long next = Long.MAX_VALUE;
        JobPlan plan = engine.plans().of(item);
        for (int i = 0; i < item.builds().size() && !engine.items.pending(id); i++) {
            Item current = engine.items.require(id);
            JobPlan.Planned planned = plan.get(current.builds().get(i).job());
            if (planned != null && current.builds().get(i).state() == State.WAITING) {
                next = Math.min(next, step(current, i, planned, now));
            }
        }
        return next;
    }

    private void skipAll(Item item, long now) {
        List<ItemBuild> skipped = new ArrayList<>();
        for (ItemBuild build : item.builds()) {
            skipped.add(build.state() == State.WAITING ? skipped(build, "nothing could be merged", now) : build);
        }
        engine.items.put(item.withBuilds(skipped, item.dying()));
    }

    private static ItemBuild skipped(ItemBuild build, String why, long now) {
        return build.done(Result.SKIPPED, null, why, build.attempts(), now);
    }

    private long step(Item item, int index, JobPlan.Planned planned, long now) {
        ItemBuild build = item.builds().get(index);
        Job job = planned.job();
        ItemBuild parent = planned.parent() == null ? null : item.build(planned.parent());
        if (parent != null && parent.state() != State.DONE) {
            return Long.MAX_VALUE;
        }
        if (parent != null && parent.result() != Result.SUCCESS) {
            engine.items.put(item.withBuild(index, skipped(build, parent.job() + " did not succeed", now)));
            return now;
        }
        if (job.noop()) {
            engine.items.put(item.withBuild(index, build.done(Result.SUCCESS, null, null, 0, now)));
            return now;
        }
        if (build.notBefore() > now) {
            return build.notBefore();
        }
        if (holding != null) {
            return now + HOLDING;
        }
        if (job.mutex() != null && held.contains(job.mutex())) {
            return Long.MAX_VALUE;
        }
        if (!engine.world.launcher().exists(job.name())) {
            String why = "The controller has no job " + job.name() + ".";
            engine.items.put(
                    item.withBuild(index, build.done(Result.NOT_REGISTERED, null, why, build.attempts(), now)));
            return now;
        }
        launch(item, index, job, now);
        ItemBuild after = engine.items.require(item.id()).builds().get(index);
        return after.state() == State.WAITING ? after.notBefore() : Long.MAX_VALUE;
    }

    private void launch(Item item, int index, Job job, long now) {
        String uuid = engine.world.uuids().get();
        ItemBuild launched = item.builds().get(index).launched(uuid, job.mutex(), now);
        if (!engine.items.put(item.withBuild(index, launched))) {
            return;
        }
        hold(job.mutex());
        Change change = item.change();
        SchedulerSettings.GerritSite gerrit = engine.settings().gerrit();
        Map<String, String> env = GateEnvironment.zuul(item, job, uuid, gerrit.zuulUrl());
        ParameterFunction function = job.parameterFunction();
        if (function != null) {
            function.apply(job.name(), env);
        }
        env.putAll(item.gerrit());
        try {
            engine.world
                    .launcher()
                    .launch(new BuildRequest(
                            uuid, job.name(), env, change.project() + " " + change.id(), change.url()));
        } catch (LaunchRefusedException e) {
            refused(item.id(), index, launched, e.getMessage(), now);
        } catch (RuntimeException e) {
            LOGGER.log(Level.WARNING, "Cannot launch " + launched.job(), e);
            refused(item.id(), index, launched, e.toString(), now);
        }
    }

    private void refused(String id, int index, ItemBuild launched, String why, long now) {
        if (launched.refusals() == 0) {
            LOGGER.log(Level.WARNING, "{0} cannot be queued, trying again: {1}", new Object[] {launched.job(), why});
        }
        if (launched.mutex() != null) {
            held.remove(launched.mutex());
        }
        long wait = Math.min(MAX_REFUSAL_WAIT, 2_000L << Math.min(launched.refusals(), 10));
        engine.items.put(engine.items.require(id).withBuild(index, launched.refused(why, now, now + wait)));
    }

    /** Has a build ended that is of no more use; its end is told as that of any other. */
    void cancel(String uuid) {
        try {
            engine.world.launcher().cancel(uuid);
        } catch (RuntimeException e) {
            LOGGER.log(Level.WARNING, "Cannot end build " + uuid + ", trying again later", e);
        }
    }

    /** Takes the builds of an item that have not started out of Jenkins' queue; they are asked for again in their turn. */
    void unqueue(Item item, long now) {
        takeBack(item, build -> build.state() == State.LAUNCHED, "others were promoted", now);
    }

    /** Ends builds of an item, wherever they are; they are asked for again. @param which only such as are {@code isOut} */
    void takeBack(Item item, Predicate<ItemBuild> which, String why, long now) {
        List<ItemBuild> builds = new ArrayList<>();
        List<DyingBuild> dying = new ArrayList<>(item.dying());
        for (ItemBuild build : item.builds()) {
            boolean taken = which.test(build);
            builds.add(taken ? build.again(why, now) : build);
            if (taken) {
                dying.add(new DyingBuild(build.uuid(), build.job(), build.mutex(), now));
            }
        }
        if (dying.size() > item.dying().size()) {
            engine.items.put(item.withBuilds(builds, dying));
            dying.subList(item.dying().size(), dying.size()).forEach(build -> cancel(build.uuid()));
        }
    }
}
