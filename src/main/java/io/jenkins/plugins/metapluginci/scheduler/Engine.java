package io.jenkins.plugins.metapluginci.scheduler;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.metapluginci.layout.Layout;
import io.jenkins.plugins.metapluginci.layout.Pipeline;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The pipelines: from an event to the owed report. Decides and remembers; knows no threads. Owned by the scheduler's thread,
 * which calls everything here.
 *
 * <p>What happens to an item is on disk before anybody else sees it: the uuid before the launch, the report before it is
 * sent, the event's key before the report. So after a crash at any instant an attempt that may have started is never started
 * again under its uuid, a report that may have arrived is looked up before it is sent, and an event that is told again does
 * nothing.
 */
final class Engine {
    private static final Logger LOGGER = Logger.getLogger(Engine.class.getName());

    final World world;
    final ItemStore items;
    final Memory memory;
    final Durations durations;
    final EventIntake intake;
    final Queues queues;
    final Merges merges;
    final BuildSets builds;
    final BuildNews news;
    final Reporting reporting;

    private SchedulerSettings settings = SchedulerSettings.none();
    private Plans plans = new Plans(null);
    private long lastReconfigured;

    /** What the last reconfiguration took away, for people. */
    private final List<String> dropped = new ArrayList<>();

    /** What an item met that nobody foresaw, for people; null when nothing is wrong. */
    @CheckForNull
    private String trouble;

    /** Items that met it; each is logged once. */
    private final Set<String> troubled = new HashSet<>();

    Engine(World world, Disk<Item> items, Disk<StreamMemory> memory, Disk<Durations.Saved> durations) {
        this.world = world;
        this.items = new ItemStore(items);
        this.memory = new Memory(memory);
        this.durations = new Durations(durations);
        this.intake = new EventIntake(this);
        this.queues = new Queues(this);
        this.merges = new Merges(this);
        this.builds = new BuildSets(this);
        this.news = new BuildNews(this);
        this.reporting = new Reporting(this);
    }

    SchedulerSettings settings() {
        return settings;
    }

    Plans plans() {
        return plans;
    }

    /** Epoch milliseconds; 0 before there was a layout. */
    long lastReconfigured() {
        return lastReconfigured;
    }

    /** Takes up what the last process left. To be called once, after the first {@link #configure}. */
    void start(long now) throws IOException {
        memory.load();
        durations.load();
        items.load();
        items.all().stream().map(Item::told).filter(Objects::nonNull).forEach(memory.cursor()::remember);
        if (!settings.takeEvents()) {
            memory.cursor().forget();
        }
        world.launcher().cancelQueued();
        news.takeUp(new HashSet<>(world.launcher().alive()), now);
        world.merges().keepOnly(merges.refs());
        queues.adopt(now);
    }

    /**
     * Takes new settings.
     *
     * @param reload whether the layout counts as a new one although its version is the same
     */
    void configure(SchedulerSettings changed, boolean reload, long now) {
        if (settings.takeEvents() && !changed.takeEvents()) {
            memory.cursor().forget();
        }
        boolean another = reload
                || !changed.layoutVersion().equals(settings.layoutVersion())
                || plans.layout() == null != (changed.layout() == null);
        settings = changed;
        if (another) {
            plans = new Plans(changed.layout());
            if (changed.layout() != null) {
                lastReconfigured = now;
                memory.resetCounters();
                dropped.clear();
                queues.adopt(now);
            }
        }
    }

    /** What the engine finds at its first start is no reconfiguration: counters stay. */
    void configureFirst(SchedulerSettings first, long now) {
        settings = first;
        plans = new Plans(first.layout());
        lastReconfigured = first.layout() == null ? 0 : now;
    }

    /** Does what is due. @return when there is something to do again, epoch milliseconds */
    long work(long now) {
        items.flush();
        trouble = null;
        long next = Math.min(news.reconcile(now), intake.work(now));
        if (items.problem() != null || memory.problem() != null) {
            next = Math.min(next, now + 5_000);
        }
        next = Math.min(next, memory.work(now));
        builds.countMutexes();
        for (Item item : inOrder()) {
            next = Math.min(next, workOn(item.id(), now));
        }
        return next;
    }

    /** One item that nobody was made for must not stop the others. */
    private long workOn(String id, long now) {
        try {
            Item item = items.get(id);
            if (item == null || items.pending(id)) {
                return Long.MAX_VALUE;
            }
            if (item.phase() == Item.Phase.OVER) {
                queues.leave(item);
                return Long.MAX_VALUE;
            }
            long next = reporting.start(id, now);
            if (plans.layout() != null) {
                next = Math.min(next, merges.due(id, now));
                next = Math.min(next, builds.due(id, now));
            }
            return Math.min(next, reporting.due(id, now));
        } catch (RuntimeException e) {
            if (troubled.add(id)) {
                LOGGER.log(Level.SEVERE, "Item " + id + " met what the scheduler was not made for", e);
            }
            trouble = "Item " + id + ": " + e;
            return now + 60_000;
        }
    }

    private List<Item> inOrder() {
        List<Item> all = new ArrayList<>(items.all());
        all.sort(Comparator.comparingInt(this::precedence).thenComparingLong(Item::order));
        return all;
    }

    private int precedence(Item item) {
        Pipeline pipeline = plans.pipeline(item.pipeline());
        return pipeline == null ? Integer.MAX_VALUE : pipeline.precedence().ordinal();
    }

    /** Why the engine cannot do its work, for people; null when it can. */
    @CheckForNull
    String problem() {
        return trouble != null ? trouble : items.problem() != null ? items.problem() : memory.problem();
    }

    /** Why no event is taken although they should be; null when they are, or should not be. */
    @CheckForNull
    String idle() {
        if (!settings.takeEvents()) {
            return null;
        }
        Layout layout = plans.layout();
        if (layout == null) {
            return "There is no layout: no event is taken.";
        }
        if (settings.defaultLayout()) {
            for (String job : layout.jobNames()) {
                if (!world.launcher().exists(job)) {
                    return "The default layout names the job " + job + ", which does not exist: no event is taken."
                            + " Create the job, or write a layout that names yours.";
                }
            }
        }
        return null;
    }

    /** A reconfiguration takes away the pipeline of an item. */
    void note(Item item) {
        if (dropped.size() < 100) {
            dropped.add("The layout has no pipeline " + item.pipeline() + " any more: "
                    + item.change().project() + " " + item.change().id()
                    + " is not tested there, its builds are ended.");
        }
    }

    /** What pages show, as of now. */
    Snapshot snapshot() {
        return new Snapshot(
                items.all(),
                settings,
                plans,
                lastReconfigured,
                idle(),
                builds.holding(),
                memory.counters(),
                intake.backlog(),
                memory.later(),
                memory.unvoted(),
                dropped,
                memory.cursor().undecidedCount(),
                memory.cursor().missingSince());
    }
}
