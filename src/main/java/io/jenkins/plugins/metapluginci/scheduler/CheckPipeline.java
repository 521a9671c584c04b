package io.jenkins.plugins.metapluginci.scheduler;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.metapluginci.scheduler.BuildLauncher.LaunchRefusedException;
import io.jenkins.plugins.metapluginci.scheduler.ItemBuild.Result;
import io.jenkins.plugins.metapluginci.scheduler.ItemBuild.State;
import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The simple trigger's pipeline: from an event to the owed report. Decides and remembers; knows no threads. Owned by the
 * scheduler's thread, which calls everything here.
 *
 * <p>What happens to an item is on disk before anybody else sees it: the uuid before the launch, the report before it is
 * sent. So after a crash at any instant an attempt that may have started is never started again under its uuid, and a report
 * that may have arrived is looked up before it is sent.
 */
final class CheckPipeline {
    private static final Logger LOGGER = Logger.getLogger(CheckPipeline.class.getName());

    /** Zuul's {@code attempts}: builds without a verdict before it gives up. */
    static final int ATTEMPTS = 3;
    /** Between two comparisons with what Jenkins runs, ms. */
    static final long RECONCILE_EVERY = 60_000;
    /** How long a queued build may be unknown to Jenkins, ms: longer than it takes to go from the queue to a node. */
    static final long LOST_QUEUED = 120_000;
    /** How long a running build may be unknown to Jenkins, ms: longer than publishing its console may take. */
    static final long LOST_RUNNING = 1_800_000;

    private static final long MAX_REFUSAL_WAIT = 60_000;

    private final ItemStore items;
    private final BuildLauncher launcher;
    private final Function<String, BuildRecord> records;
    private final Supplier<SchedulerSettings> settings;
    private final OwedReports owed;
    /** Since when Jenkins has not known an attempt, by uuid. */
    private final Map<String, Long> unknownSince = new HashMap<>();

    private long nextReconcile;

    /**
     * @param items loaded by {@link #start}
     * @param launcher Jenkins
     * @param records the build record of a uuid as it is on disk, or null
     * @param settings asked each time
     * @param owed sends what is owed
     */
    CheckPipeline(
            ItemStore items,
            BuildLauncher launcher,
            Function<String, BuildRecord> records,
            Supplier<SchedulerSettings> settings,
            OwedReports owed) {
        this.items = items;
        this.launcher = launcher;
        this.records = records;
        this.settings = settings;
        this.owed = owed;
    }

    /**
     * Takes up what the last process left: what had not started is launched anew, what ran and is gone is an attempt
     * without a verdict (unless its final record is on disk).
     */
    void start(long now) throws IOException {
        items.load();
        launcher.cancelQueued();
        Collection<String> alive = launcher.alive();
        for (Item item : items.all()) {
            for (int i = 0; i < item.builds().size(); i++) {
                ItemBuild build = item.builds().get(i);
                if (build.uuid() != null && !alive.contains(build.uuid())) {
                    lost(item.id(), i, now, "the controller stopped while it ran");
                }
            }
        }
        nextReconcile = now + RECONCILE_EVERY;
    }

    /** An event of a change. */
    void accept(ChangeEvent event, long now) {
        SchedulerSettings current = settings.get();
        Change change = event.change();
        List<String> jobs = current.jobsFor(change.project(), change.branch()).stream()
                .filter(job -> !underWay(change, job))
                .toList();
        if (!current.takeEvents() || jobs.isEmpty() || !event.asksForTest()) {
            LOGGER.log(Level.FINE, "Nothing to do for {0} of {1}", new Object[] {event.type(), change.id()});
            return;
        }
        String id = change.number() + "-" + change.patchset() + "-" + newUuid().substring(0, 12);
        items.put(new Item(
                id,
                change,
                event.type(),
                GateEnvironment.gerrit(event, current),
                now,
                jobs.stream().map(job -> ItemBuild.waiting(job, now)).toList(),
                null));
        LOGGER.log(Level.INFO, "{0} of {1} {2}: testing it with {3}", new Object[] {
            event.type(), change.project(), change.id(), jobs
        });
    }

    private boolean underWay(Change change, String job) {
        return items.all().stream()
                .anyMatch(item -> item.live()
                        && item.change().samePatchset(change)
                        && item.builds().stream().anyMatch(build -> build.job().equals(job)));
    }

    /** A build of ours started. */
    void started(BuildRecord record) {
        withBuild(record.uuid(), (item, index, build) -> {
            if (build.state() == State.LAUNCHED) {
                items.put(item.withBuild(index, build.running(record)));
            }
        });
    }

    /** A build of ours is final. */
    void finished(BuildRecord record, long now) {
        withBuild(record.uuid(), (item, index, build) -> {
            if (build.state() != State.DONE) {
                items.put(item.withBuild(index, ended(build, record, now)));
            }
        });
    }

    /** A person cancelled a build in Jenkins' queue. */
    void cancelled(String uuid, long now) {
        withBuild(uuid, (item, index, build) -> {
            if (build.state() == State.LAUNCHED) {
                ItemBuild done = build.done(Result.ABORTED, null, "cancelled in the queue", build.attempts(), now);
                items.put(item.withBuild(index, done));
            }
        });
    }

    private static ItemBuild ended(ItemBuild build, BuildRecord record, long now) {
        BuildRecord.Outcome outcome = record.outcome();
        String reason = record.reason();
        return switch (outcome == null ? BuildRecord.Outcome.INFRASTRUCTURE : outcome) {
            case SUCCESS -> build.done(Result.SUCCESS, record, null, build.attempts(), now);
            case FAILURE, TIMED_OUT, UNSTABLE -> build.done(Result.FAILURE, record, reason, build.attempts(), now);
            case ABORTED -> build.done(Result.ABORTED, record, reason, build.attempts(), now);
            case INFRASTRUCTURE ->
                withoutVerdict(build, record, reason == null ? "it ended without an outcome" : reason, now);
        };
    }

    private static ItemBuild withoutVerdict(ItemBuild build, @CheckForNull BuildRecord record, String why, long now) {
        int attempts = build.attempts() + 1;
        LOGGER.log(Level.WARNING, "Attempt {0} of {1} gave no verdict: {2}", new Object[] {attempts, build.job(), why});
        if (attempts >= ATTEMPTS) {
            return build.done(Result.RETRY_LIMIT, record, why, attempts, now);
        }
        return build.failedAttempt(why, now, now + 5_000L * attempts);
    }

    /** An attempt that Jenkins knows nothing of any more. */
    private void lost(String id, int index, long now, String why) {
        Item item = items.require(id);
        ItemBuild build = item.builds().get(index);
        if (build.state() == State.LAUNCHED) {
            // It may have started in the instant before: its uuid is never used again, and its record would say so.
            BuildRecord record = records.apply(build.uuid());
            ItemBuild next = record == null ? build.again(why, now) : lostRunning(build, record, why, now);
            items.put(item.withBuild(index, next));
        } else if (build.state() == State.RUNNING) {
            items.put(item.withBuild(index, lostRunning(build, records.apply(build.uuid()), why, now)));
        }
    }

    private static ItemBuild lostRunning(ItemBuild build, @CheckForNull BuildRecord record, String why, long now) {
        boolean complete = record != null && record.outcome() != null && record.logs() != BuildRecord.Logs.PENDING;
        return complete ? ended(build, record, now) : withoutVerdict(build, record, why, now);
    }

    /** Does what is due. @return when there is something to do again, epoch milliseconds */
    long work(long now) {
        items.flush();
        if (now >= nextReconcile) {
            reconcile(now);
            nextReconcile = now + RECONCILE_EVERY;
        }
        long next = items.problem() == null ? nextReconcile : Math.min(nextReconcile, now + 5_000);
        for (Item item : items.all()) {
            next = Math.min(next, launchDue(item, now));
            next = Math.min(next, owed.due(item.id(), now));
        }
        return next;
    }

    private long launchDue(Item item, long now) {
        long next = Long.MAX_VALUE;
        for (int i = 0; i < item.builds().size() && !items.pending(item.id()); i++) {
            Item current = items.require(item.id());
            ItemBuild build = current.builds().get(i);
            if (build.state() != State.WAITING) {
                continue;
            }
            if (build.notBefore() <= now) {
                if (build.refusals() > 0 && !watched(current.change(), build.job())) {
                    drop(current, build);
                    return now;
                }
                launch(current, i, now);
                build = items.require(item.id()).builds().get(i);
            }
            if (build.state() == State.WAITING) {
                next = Math.min(next, build.notBefore());
            }
        }
        return next;
    }

    private void launch(Item item, int index, long now) {
        String uuid = newUuid();
        ItemBuild launched = item.builds().get(index).launched(uuid, now);
        if (!items.put(item.withBuild(index, launched))) {
            return;
        }
        Change change = item.change();
        Map<String, String> env = new LinkedHashMap<>(GateEnvironment.zuul(
                change, launched.job(), uuid, settings.get().zuulUrl()));
        env.putAll(item.gerrit());
        try {
            launcher.launch(
                    new BuildRequest(uuid, launched.job(), env, change.project() + " " + change.id(), change.url()));
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
        long wait = Math.min(MAX_REFUSAL_WAIT, 2_000L << Math.min(launched.refusals(), 10));
        items.put(items.require(id).withBuild(index, launched.refused(why, now, now + wait)));
    }

    private boolean watched(Change change, String job) {
        return settings.get().jobsFor(change.project(), change.branch()).contains(job);
    }

    /** A job that cannot be queued and that nobody wants any more. */
    private void drop(Item item, ItemBuild unwanted) {
        LOGGER.log(Level.INFO, "{0} is not configured for {1} any more: not run for {2}", new Object[] {
            unwanted.job(), item.change().project(), item.change().id()
        });
        List<ItemBuild> kept =
                item.builds().stream().filter(build -> build != unwanted).toList();
        if (kept.isEmpty()) {
            items.remove(item.id());
        } else {
            items.put(item.withBuilds(kept));
        }
    }

    /** Finds attempts whose end nobody told us: a job deleted while its build waited, say. */
    private void reconcile(long now) {
        Collection<String> alive = launcher.alive();
        Map<String, Long> unknown = new HashMap<>();
        for (Item item : items.all()) {
            for (int i = 0; i < item.builds().size(); i++) {
                ItemBuild build = item.builds().get(i);
                boolean gone = (build.state() == State.LAUNCHED || build.state() == State.RUNNING)
                        && !alive.contains(build.uuid());
                if (gone) {
                    long since = unknownSince.getOrDefault(build.uuid(), now);
                    unknown.put(build.uuid(), since);
                    if (now - since >= (build.state() == State.LAUNCHED ? LOST_QUEUED : LOST_RUNNING)) {
                        lost(item.id(), i, now, "Jenkins does not know it any more");
                    }
                }
            }
        }
        unknownSince.clear();
        unknownSince.putAll(unknown);
    }

    private interface BuildChange {
        void apply(Item item, int index, ItemBuild build);
    }

    /** An attempt of an earlier uuid, or a build started by a person, is none of our business. */
    private void withBuild(String uuid, BuildChange change) {
        for (Item item : items.all()) {
            for (int i = 0; i < item.builds().size(); i++) {
                if (uuid.equals(item.builds().get(i).uuid())) {
                    change.apply(item, i, item.builds().get(i));
                    return;
                }
            }
        }
        LOGGER.log(Level.FINE, "No item has build {0}", uuid);
    }

    static String newUuid() {
        return UUID.randomUUID().toString().replace("-", "");
    }
}
