package io.jenkins.plugins.metapluginci.scheduler;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.metapluginci.store.JsonStore;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Takes events from Gerrit and news from builds, has builds launched and reports sent. One thread, "Metaplugin CI
 * scheduler", owns all the state; everything else comes to it through a queue, and what pages read is a snapshot. Survives a
 * restart: see {@link CheckPipeline}.
 */
public final class Scheduler implements BuildEvents {
    private static final Logger LOGGER = Logger.getLogger(Scheduler.class.getName());

    private final LinkedBlockingQueue<Runnable> inbox = new LinkedBlockingQueue<>();
    private final LongSupplier clock;
    private final ItemStore items;
    private final Reports reports;
    private final OwedReports owed;
    private final CheckPipeline pipeline;

    private volatile SchedulerSettings settings = SchedulerSettings.none();
    private volatile List<Item> snapshot = List.of();

    @CheckForNull
    private volatile String problem;

    private final CountDownLatch stopping = new CountDownLatch(1);

    /** Guarded by {@code this}. */
    @CheckForNull
    private Thread thread;

    /**
     * @param disk where items are kept
     * @param launcher starts builds
     * @param records the build record of a uuid as it is on disk, or null
     * @param sink where reports go
     * @param clock epoch milliseconds
     */
    public Scheduler(
            JsonStore<Item> disk,
            BuildLauncher launcher,
            Function<String, BuildRecord> records,
            ReviewSink sink,
            LongSupplier clock) {
        this.clock = clock;
        this.items = new ItemStore(disk);
        this.reports = new Reports(sink);
        this.owed = new OwedReports(
                items,
                reports,
                () -> settings,
                (id, answer) -> tell(() -> this.owed().answered(id, answer, clock.getAsLong())));
        this.pipeline = new CheckPipeline(items, launcher, records, () -> settings, owed);
    }

    private OwedReports owed() {
        return owed;
    }

    /** Starts the thread; once. What the last process left is taken up first. */
    public synchronized void start() {
        if (thread != null || stopping.getCount() == 0) {
            throw new IllegalStateException("started before");
        }
        thread = new Thread(this::run, "Metaplugin CI scheduler");
        thread.setDaemon(true);
        thread.setContextClassLoader(Scheduler.class.getClassLoader());
        thread.start();
    }

    /** Stops both threads; this one writes down what it was told before. May be called twice. */
    public void stop() {
        Thread running;
        synchronized (this) {
            stopping.countDown();
            running = thread;
        }
        reports.stop();
        if (running != null) {
            tell(() -> {}); // not an interrupt: that would close a file which is being written
            try {
                running.join(TimeUnit.SECONDS.toMillis(5));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Takes new settings at once, from any thread. */
    public void configure(SchedulerSettings changed) {
        settings = changed;
        tell(() -> {});
    }

    /** An event of Gerrit's; returns at once. Most events are let go by here, on the caller's thread. */
    public void event(ChangeEvent event) {
        SchedulerSettings current = settings;
        Change change = event.change();
        if (current.takeEvents()
                && !current.jobsFor(change.project(), change.branch()).isEmpty()
                && event.asksForTest()) {
            tell(() -> pipeline.accept(event, clock.getAsLong()));
        }
    }

    /** Gerrit can be reached again: reports that wait for it are sent now. */
    public void gerritIsBack() {
        tell(() -> owed.gerritIsBack(clock.getAsLong()));
    }

    @Override
    public void buildStarted(BuildRecord record) {
        tell(() -> pipeline.started(record));
    }

    @Override
    public void buildFinished(BuildRecord record) {
        tell(() -> pipeline.finished(record, clock.getAsLong()));
    }

    @Override
    public void buildCancelled(String uuid) {
        tell(() -> pipeline.cancelled(uuid, clock.getAsLong()));
    }

    /** Every item as of a moment ago, oldest first. */
    public List<Item> items() {
        return Collections.unmodifiableList(snapshot);
    }

    /** Why the scheduler cannot do its work now, for people; null when it can. */
    @CheckForNull
    public String problem() {
        return problem;
    }

    /** Why Gerrit takes no votes of ours, for people; null while it does. */
    @CheckForNull
    public String voteProblem() {
        return owed.voteProblem();
    }

    private void tell(Runnable news) {
        inbox.add(news);
    }

    private void run() {
        try {
            if (!takeUp()) {
                return;
            }
            long due = clock.getAsLong();
            while (stopping.getCount() > 0) {
                long wait = Math.max(0, Math.min(due - clock.getAsLong(), 60_000));
                due = step(inbox.poll(wait, TimeUnit.MILLISECONDS));
            }
            for (Runnable news = inbox.poll(); news != null; news = inbox.poll()) {
                run(news);
            }
        } catch (InterruptedException e) {
            LOGGER.log(Level.FINE, "Interrupted");
        }
    }

    /** News stay in the queue until what the last process left is known. @return false when stopped before that */
    private boolean takeUp() throws InterruptedException {
        do {
            try {
                pipeline.start(clock.getAsLong());
                problem = null;
                return true;
            } catch (IOException | RuntimeException e) {
                if (problem == null) {
                    LOGGER.log(Level.SEVERE, "The scheduler cannot start, trying again", e);
                }
                problem = "Cannot start: " + e.getMessage();
            }
        } while (!stopping.await(5, TimeUnit.SECONDS));
        return false;
    }

    @CheckForNull
    private String run(Runnable work) {
        try {
            work.run();
            return null;
        } catch (RuntimeException e) {
            LOGGER.log(Level.SEVERE, "The scheduler met what it was not made for", e);
            return e.toString();
        }
    }

    private long step(@CheckForNull Runnable news) {
        String trouble = news == null ? null : run(news);
        long now = clock.getAsLong();
        long[] due = {now + 5_000};
        String workTrouble = run(() -> due[0] = pipeline.work(now));
        snapshot = items.all();
        if (trouble == null) {
            trouble = workTrouble == null ? items.problem() : workTrouble;
        }
        problem = trouble;
        return due[0];
    }
}
