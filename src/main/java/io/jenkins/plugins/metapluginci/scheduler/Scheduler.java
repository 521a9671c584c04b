package io.jenkins.plugins.metapluginci.scheduler;

import com.google.gson.JsonObject;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.metapluginci.gerrit.GerritEvent;
import io.jenkins.plugins.metapluginci.store.JsonStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;

/**
 * Takes events from Gerrit and news from builds, has changes merged, builds launched and reports sent. One thread, "Metaplugin
 * CI scheduler", owns all the state; everything else comes to it through a queue, and what pages read is a snapshot. Survives a
 * restart: see {@link Engine}.
 */
public final class Scheduler implements BuildEvents {
    private static final Logger LOGGER = Logger.getLogger(Scheduler.class.getName());
    /** News that are dealt with before what is due is looked for. */
    private static final int AT_ONCE = 1_000;

    private final LinkedBlockingQueue<Runnable> inbox = new LinkedBlockingQueue<>();
    private final LongSupplier clock;
    private final Reports reports;
    private final Engine engine;
    private final Operators operators;
    private final Supplier<Stream<String>> unreadable;

    private volatile SchedulerSettings settings = SchedulerSettings.none();
    private volatile Snapshot snapshot = Snapshot.EMPTY;

    @CheckForNull
    private volatile String problem;

    private final CountDownLatch stopping = new CountDownLatch(1);

    /** Guarded by {@code this}. */
    @CheckForNull
    private Thread thread;

    /** The neighbours of a scheduler. @param records the build record of a uuid as it is on disk, or null */
    public record Neighbours(
            BuildLauncher launcher,
            Function<String, BuildRecord> records,
            ChangeSource changes,
            MergeService merges,
            ReviewSink sink) {}

    /**
     * @param home where everything is kept: {@code items/} and {@code scheduler/} there
     * @param neighbours what it works with
     * @param clock epoch milliseconds
     */
    public Scheduler(Path home, Neighbours neighbours, LongSupplier clock) {
        this.clock = clock;
        JsonStore<Item> items = new JsonStore<>(home.resolve("items"), Item.class, 2, Map.of(1, Scheduler::upgraded));
        JsonStore<StreamMemory> memory = new JsonStore<>(home.resolve("scheduler"), StreamMemory.class, 1);
        JsonStore<Durations.Saved> durations = new JsonStore<>(home.resolve("scheduler"), Durations.Saved.class, 1);
        this.unreadable = () -> Stream.of(items.unreadable(), memory.unreadable(), durations.unreadable())
                .flatMap(List::stream);
        this.reports = new Reports(neighbours.sink());
        this.engine = new Engine(
                new World(
                        neighbours.launcher(),
                        neighbours.records(),
                        neighbours.changes(),
                        neighbours.merges(),
                        reports,
                        this::tell,
                        () -> UUID.randomUUID().toString().replace("-", ""),
                        clock),
                Disk.of(items),
                Disk.of(memory),
                Disk.of(durations));
        this.operators = new Operators(engine);
    }

    private static JsonObject upgraded(JsonObject item) {
        return FirstFormat.upgrade(item);
    }

    /** Starts the thread; once. What the last process left is taken up first, with the settings of this moment. */
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

    /** Takes new settings at once, from any thread. With another layout version that is a reconfiguration. */
    public void configure(SchedulerSettings changed) {
        settings = changed;
        tell(() -> engine.configure(changed, false, clock.getAsLong()));
    }

    /** As {@link #configure}; a reconfiguration in any case, which enables disabled pipelines. */
    public void reload(SchedulerSettings changed) {
        settings = changed;
        tell(() -> engine.configure(changed, true, clock.getAsLong()));
    }

    /** An event of Gerrit's stream; returns at once. Most events are let go by here, on the caller's thread. */
    public void event(GerritEvent event) {
        SchedulerSettings current = settings;
        if (!current.takeEvents()) {
            return;
        }
        offer(event, EventIntake.matters(current, event), true);
    }

    private void offer(GerritEvent event, boolean matters, boolean live) {
        StreamCursor cursor = engine.memory.cursor();
        long seconds = event.createdOn() > 0 ? event.createdOn() : clock.getAsLong() / 1000;
        if (matters) {
            cursor.offered(seconds);
            tell(() -> engine.intake.accept(event, seconds, live, clock.getAsLong()));
        } else {
            cursor.ignored(seconds);
        }
    }

    /**
     * The stream came up: reports and questions that wait for Gerrit are tried now. To be called before the first event of the
     * connection; returns at once.
     *
     * @return completes once it is known what the last process had decided; then to be answered with {@link #caughtUp}. Until
     *     that, the position in the stream stays where it is.
     */
    public CompletableFuture<CatchUp> connected() {
        StreamCursor cursor = engine.memory.cursor();
        int turn = cursor.hold();
        CompletableFuture<CatchUp> answer = new CompletableFuture<>();
        tell(() -> {
            long now = clock.getAsLong();
            engine.reporting.gerritIsBack(now);
            engine.intake.gerritIsBack(now);
            Long since = cursor.missingSince();
            answer.complete(new CatchUp(since == null ? null : Instant.ofEpochSecond(since), turn));
        });
        return answer;
    }

    /**
     * What was missed before a connection; any thread.
     *
     * @param asked as {@link #connected} gave it
     * @param events to be handled as if they had come from the stream
     * @param later to be listed until a person says what is to become of them
     */
    public void caughtUp(CatchUp asked, List<GerritEvent> events, List<GerritEvent> later) {
        SchedulerSettings current = settings;
        events.forEach(event -> offer(event, EventIntake.matters(current, event), false));
        List<GerritEvent> listed = later.stream()
                .filter(event -> EventIntake.matters(current, event))
                .toList();
        tell(() -> {
            engine.memory.addLater(listed);
            engine.memory.cursor().release(asked.turn(), clock.getAsLong() / 1000);
        });
    }

    /**
     * Handles missed events that are listed.
     *
     * @param keys of {@link SchedulerView.Later}
     * @return what is wrong, for people; null when all were listed, and are handled now
     */
    public CompletableFuture<String> takeLater(Collection<String> keys) {
        Set<String> wanted = new LinkedHashSet<>(keys);
        CompletableFuture<String> answer = new CompletableFuture<>();
        tell(() -> operators.takeLater(wanted, event -> offer(event, true, false), answer));
        return answer;
    }

    /** The list of reports that went out without their vote was seen. */
    public void forgetUnvoted() {
        tell(engine.memory::forgetUnvoted);
    }

    /**
     * Tests a patchset because a person says so, whatever the pipeline requires or is triggered by.
     *
     * @param patchset 0 for the current one
     * @return what is wrong, in Zuul's words; null when it was done
     */
    public CompletableFuture<String> enqueue(String pipeline, String project, int number, int patchset) {
        CompletableFuture<String> answer = new CompletableFuture<>();
        tell(() -> operators.enqueue(pipeline, project, number, patchset, answer));
        return answer;
    }

    /** Takes a patchset out of a pipeline. @param change {@code N,PS} @return what is wrong; null when it was done */
    public CompletableFuture<String> dequeue(String pipeline, String change) {
        CompletableFuture<String> answer = new CompletableFuture<>();
        tell(() -> operators.dequeue(pipeline, change, answer));
        return answer;
    }

    /** Serves patchsets before all others of their pipeline. @param changes {@code N,PS} each @return as {@link #dequeue} */
    public CompletableFuture<String> promote(String pipeline, List<String> changes) {
        List<String> wanted = List.copyOf(changes);
        CompletableFuture<String> answer = new CompletableFuture<>();
        tell(() -> operators.promote(pipeline, wanted, answer));
        return answer;
    }

    /**
     * Refs that {@link MergeService} made are gone: the items are merged again, and their builds run again.
     *
     * @param uuids of the items; those that need their refs no more are let go by
     */
    public void mergesLost(Collection<String> uuids) {
        Set<String> lost = Set.copyOf(uuids);
        tell(() -> engine.merges.lost(lost, clock.getAsLong()));
    }

    @Override
    public void buildStarted(BuildRecord record) {
        tell(() -> engine.news.started(record));
    }

    @Override
    public void buildFinished(BuildRecord record) {
        tell(() -> engine.news.finished(record, clock.getAsLong()));
    }

    @Override
    public void buildCancelled(String uuid) {
        tell(() -> engine.news.cancelled(uuid, clock.getAsLong()));
    }

    /** Every item as of a moment ago, oldest first; also those that only wait for the end of their builds. */
    public List<Item> items() {
        return snapshot.items();
    }

    /** What pages show, as of a moment ago. Made anew with each call: with 2,000 items that takes milliseconds. */
    public SchedulerView view() {
        List<String> problems = new ArrayList<>();
        Stream.of(problem, voteProblem(), snapshot.idle())
                .filter(each -> each != null)
                .forEach(problems::add);
        unreadable.get().forEach(file -> problems.add("Could not be read and was set aside: " + file));
        return new Views(snapshot, engine.durations, clock.getAsLong()).view(inbox.size(), problems);
    }

    /** Files that could not be read and were set aside. */
    public List<String> unreadable() {
        return unreadable.get().toList();
    }

    /** Why the scheduler cannot do its work now, for people; null when it can. */
    @CheckForNull
    public String problem() {
        return problem;
    }

    /** Why Gerrit takes no votes of ours, for people; null while it does. */
    @CheckForNull
    public String voteProblem() {
        return engine.reporting.voteProblem();
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
            run(engine.memory::settle);
        } catch (InterruptedException e) {
            LOGGER.log(Level.FINE, "Interrupted");
        }
    }

    /** News stay in the queue until what the last process left is known. @return false when stopped before that */
    private boolean takeUp() throws InterruptedException {
        do {
            try {
                long now = clock.getAsLong();
                engine.configureFirst(settings, now);
                engine.start(now);
                snapshot = engine.snapshot();
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

    private long step(@CheckForNull Runnable first) {
        String trouble = null;
        Runnable news = first;
        for (int i = 0; news != null && i < AT_ONCE; i++) {
            String met = run(news);
            trouble = met == null ? trouble : met;
            news = inbox.poll();
        }
        if (news != null) {
            String met = run(news);
            trouble = met == null ? trouble : met;
        }
        long now = clock.getAsLong();
        long[] due = {now + 5_000};
        String workTrouble = run(() -> due[0] = engine.work(now));
        snapshot = engine.snapshot();
        if (trouble == null) {
            trouble = workTrouble == null ? engine.problem() : workTrouble;
        }
        problem = trouble;
        return due[0];
    }
}
