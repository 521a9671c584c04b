package io.jenkins.plugins.metapluginci.scheduler;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.metapluginci.layout.Job;
import io.jenkins.plugins.metapluginci.scheduler.ItemBuild.Result;
import io.jenkins.plugins.metapluginci.scheduler.ItemBuild.State;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;

/** What becomes of builds that were launched, told by Jenkins or found out. Owned by the scheduler's thread. */
final class BuildNews {
    private static final Logger LOGGER = Logger.getLogger(BuildNews.class.getName());

    /** Between two comparisons with what Jenkins runs, ms. */
    static final long RECONCILE_EVERY = 60_000;
    /** How long a queued build may be unknown to Jenkins, ms: longer than it takes to go from the queue to a node. */
    static final long LOST_QUEUED = 120_000;
    /** How long a running build may be unknown to Jenkins, ms: longer than publishing its console may take. */
    static final long LOST_RUNNING = 1_800_000;

    private final Engine engine;
    /** Since when Jenkins has not known an attempt, by uuid. */
    private final Map<String, Long> unknownSince = new HashMap<>();

    private long nextReconcile;

    BuildNews(Engine engine) {
        this.engine = engine;
    }

    /**
     * Takes up what the last process left: what had not started is launched anew, what ran and is gone is an attempt without
     * a verdict (unless its final record is on disk), what was to end and still runs is told again.
     *
     * @param alive the uuids that Jenkins runs
     */
    void takeUp(Collection<String> alive, long now) {
        for (Item item : engine.items.all()) {
            for (int i = 0; i < item.builds().size(); i++) {
                ItemBuild build = item.builds().get(i);
                if (build.isOut() && !alive.contains(build.uuid())) {
                    lost(item.id(), i, now, "the controller stopped while it ran");
                }
            }
            for (DyingBuild build : item.dying()) {
                if (alive.contains(build.uuid())) {
                    engine.builds.cancel(build.uuid());
                } else {
                    ended(build.uuid());
                }
            }
        }
        nextReconcile = now + RECONCILE_EVERY;
    }

    /** A build of ours started. */
    void started(BuildRecord record) {
        withBuild(record.uuid(), (item, index, build) -> {
            if (build.state() == State.LAUNCHED) {
                engine.items.put(item.withBuild(index, build.running(record)));
            }
        });
        if (isDying(record.uuid())) {
            engine.builds.cancel(record.uuid());
        }
    }

    /** A build of ours is final. */
    void finished(BuildRecord record, long now) {
        withBuild(record.uuid(), (item, index, build) -> {
            if (build.state() != State.DONE) {
                engine.items.put(item.withBuild(index, ended(item, build, record, now)));
            }
        });
        ended(record.uuid());
    }

    /** A build was cancelled in Jenkins' queue: by a person, unless it was of no more use to us. */
    void cancelled(String uuid, long now) {
        withBuild(uuid, (item, index, build) -> {
            if (build.state() == State.LAUNCHED) {
                ItemBuild done = build.done(Result.ABORTED, null, "cancelled in the queue", build.attempts(), now);
                engine.items.put(item.withBuild(index, done));
            }
        });
        ended(uuid);
    }

    private boolean isDying(String uuid) {
        return engine.items.all().stream()
                .anyMatch(item ->
                        item.dying().stream().anyMatch(build -> build.uuid().equals(uuid)));
    }

    /** A build that was of no more use is no more. */
    private void ended(String uuid) {
        for (Item item : engine.items.all()) {
            List<DyingBuild> left = item.dying().stream()
                    .filter(build -> !build.uuid().equals(uuid))
                    .toList();
            if (left.size() < item.dying().size()) {
                Item changed = engine.items.require(item.id()).withDying(left);
                if (changed.phase() == Item.Phase.OVER) {
                    engine.queues.leave(changed);
                } else {
                    engine.items.put(changed);
                }
            }
        }
    }

    private ItemBuild ended(Item item, ItemBuild build, BuildRecord record, long now) {
        BuildRecord.Outcome outcome = record.outcome();
        String reason = record.reason();
        return switch (outcome == null ? BuildRecord.Outcome.INFRASTRUCTURE : outcome) {
            case SUCCESS -> {
                if (record.startedAt() > 0 && record.endedAt() >= record.startedAt()) {
                    engine.durations.add(build.job(), record.endedAt() - record.startedAt());
                }
                yield build.done(Result.SUCCESS, record, null, build.attempts(), now);
            }
            case FAILURE, TIMED_OUT -> build.done(Result.FAILURE, record, reason, build.attempts(), now);
            case UNSTABLE -> build.done(Result.UNSTABLE, record, reason, build.attempts(), now);
            case ABORTED -> build.done(Result.ABORTED, record, reason, build.attempts(), now);
            case INFRASTRUCTURE ->
                withoutVerdict(item, build, record, reason == null ? "it ended without an outcome" : reason, now);
        };
    }

    private ItemBuild withoutVerdict(
            Item item, ItemBuild build, @CheckForNull BuildRecord record, String why, long now) {
        JobPlan.Planned planned = engine.plans().of(item).get(build.job());
        int limit = planned == null ? Job.ATTEMPTS : planned.job().attempts();
        int attempts = build.attempts() + 1;
        LOGGER.log(Level.WARNING, "{0} for {1} ended without a verdict ({2} of {3}): {4}", new Object[] {
            build.job(), item.change().id(), attempts, limit, why
        });
        if (attempts >= limit) {
            return build.done(Result.RETRY_LIMIT, record, why, attempts, now);
        }
        return build.failedAttempt(why, now, now + 5_000L * attempts);
    }

    /** An attempt that Jenkins knows nothing of any more. */
    private void lost(String id, int index, long now, String why) {
        Item item = engine.items.require(id);
        ItemBuild build = item.builds().get(index);
        if (build.state() == State.LAUNCHED) {
            // It may have started in the instant before: its uuid is never used again, and its record would say so.
            BuildRecord record = engine.world.records().apply(build.uuid());
            ItemBuild next = record == null ? build.again(why, now) : lostRunning(item, build, record, why, now);
            engine.items.put(item.withBuild(index, next));
        } else if (build.state() == State.RUNNING) {
            BuildRecord record = engine.world.records().apply(build.uuid());
            engine.items.put(item.withBuild(index, lostRunning(item, build, record, why, now)));
        }
    }

    private ItemBuild lostRunning(Item item, ItemBuild build, @CheckForNull BuildRecord record, String why, long now) {
        boolean complete = record != null && record.outcome() != null && record.logs() != BuildRecord.Logs.PENDING;
        return complete ? ended(item, build, record, now) : withoutVerdict(item, build, record, why, now);
    }

    /** Finds attempts whose end nobody told us: a job deleted while its build waited, say. @return when it is due again */
    long reconcile(long now) {
        if (now < nextReconcile) {
            return nextReconcile;
        }
        nextReconcile = now + RECONCILE_EVERY;
        Collection<String> alive = new HashSet<>(engine.world.launcher().alive());
        Map<String, Long> unknown = new HashMap<>();
        for (Item item : engine.items.all()) {
            for (int i = 0; i < item.builds().size(); i++) {
                ItemBuild build = item.builds().get(i);
                long limit = build.state() == State.LAUNCHED ? LOST_QUEUED : LOST_RUNNING;
                if (build.isOut() && isLost(build.uuid(), limit, alive, unknown, now)) {
                    lost(item.id(), i, now, "Jenkins does not know it any more");
                }
            }
            for (DyingBuild build : item.dying()) {
                if (alive.contains(build.uuid())) {
                    engine.builds.cancel(build.uuid());
                } else if (isLost(build.uuid(), LOST_QUEUED, alive, unknown, now)) {
                    ended(build.uuid());
                }
            }
        }
        unknownSince.clear();
        unknownSince.putAll(unknown);
        return nextReconcile;
    }

    private boolean isLost(String uuid, long limit, Collection<String> alive, Map<String, Long> unknown, long now) {
        if (alive.contains(uuid)) {
            return false;
        }
        long since = unknownSince.getOrDefault(uuid, now);
        unknown.put(uuid, since);
        return now - since >= limit;
    }

    private interface BuildChange {
        void apply(Item item, int index, ItemBuild build);
    }

    /** An attempt of an earlier uuid, or a build started by a person, is none of our business. */
    private void withBuild(String uuid, BuildChange change) {
        for (Item item : new ArrayList<>(engine.items.all())) {
            for (int i = 0; i < item.builds().size(); i++) {
                if (uuid.equals(item.builds().get(i).uuid())) {
                    change.apply(item, i, item.builds().get(i));
                    return;
                }
            }
        }
        LOGGER.log(Level.FINE, "No item has build {0}", uuid);
    }
}
