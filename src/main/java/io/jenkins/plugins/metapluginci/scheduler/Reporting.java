package io.jenkins.plugins.metapluginci.scheduler;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.metapluginci.layout.Pipeline;
import io.jenkins.plugins.metapluginci.layout.Reporter;
import io.jenkins.plugins.metapluginci.layout.Reporters;
import io.jenkins.plugins.metapluginci.scheduler.Report.Phase;
import io.jenkins.plugins.metapluginci.scheduler.ReviewSink.Answer;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Writes the reports of items, and sees them through to Gerrit. Owned by the scheduler's thread. */
final class Reporting {
    private static final Logger LOGGER = Logger.getLogger(Reporting.class.getName());

    /** Clocks of Gerrit and controller differ; a copy of the report may be this much older by Gerrit's, ms. */
    private static final long CLOCK_SKEW = 600_000;

    private static final long MAX_WAIT = 60_000;
    /** Tries of a report of a begin: soon it is no news any more. */
    private static final int MAX_START_TRIES = 5;
    /** Refused reports that are kept to be seen. */
    private static final int MAX_REFUSED = 50;

    private final Engine engine;
    /** Items of which a report is on its way. */
    private final Set<String> sending = new HashSet<>();

    /** What Gerrit said when it last refused a vote, until it takes one; read by any thread. */
    @CheckForNull
    private volatile String voteProblem;

    Reporting(Engine engine) {
        this.engine = engine;
    }

    /** What is said when an item comes in; null when nothing is: no such reporter, the pipeline disabled, or silence. */
    @CheckForNull
    Report startReport(Item item, Pipeline pipeline, long now) {
        Labels labels = labels(pipeline.reporters().start());
        boolean disabled = engine.memory.counter(pipeline.name()).disabled();
        if (!labels.posts() || disabled || item.change().isRef() || silent()) {
            return null;
        }
        String text = new ReportText(engine.settings().reporting(), pipeline).start();
        return Report.owed(text, labels.votes(), labels.force(), null, now);
    }

    private Labels labels(List<Reporter> reporters) {
        return Labels.of(reporters, engine.settings().gerrit().connection());
    }

    private boolean silent() {
        return engine.settings().reporting().silent();
    }

    /** Sends the report of a begin. @return when it is due again; Long.MAX_VALUE when it is not */
    long start(String id, long now) {
        Item item = engine.items.get(id);
        if (item == null || item.start() == null || sending.contains(id)) {
            return Long.MAX_VALUE;
        }
        Report start = item.start();
        boolean late =
                item.done() && start.phase() == Phase.OWED && !item.builds().isEmpty();
        if (late || start.attempts() >= MAX_START_TRIES) {
            engine.items.put(item.withStart(null));
            return now;
        }
        if (start.notBefore() > now) {
            return start.notBefore();
        }
        if (start.phase() == Phase.SENDING || engine.items.put(item.withStart(start.to(Phase.SENDING)))) {
            send(item, start, true);
        }
        return Long.MAX_VALUE;
    }

    /** Does what is due for the end of an item. @return when it is due again; Long.MAX_VALUE when nothing is */
    long due(String id, long now) {
        Item item = engine.items.get(id);
        if (item == null
                || item.phase() != Item.Phase.LIVE
                || !item.done()
                || item.start() != null
                || engine.items.pending(id)
                || sending.contains(id)) {
            return Long.MAX_VALUE;
        }
        Report report = item.report();
        if (report == null) {
            report = decided(item, now);
        }
        if (report == null || report.phase() == Phase.REFUSED) {
            return Long.MAX_VALUE;
        }
        if (report.notBefore() > now) {
            return report.notBefore();
        }
        if (!engine.memory.settle()) {
            return now + 5_000;
        }
        boolean uncertain = report.phase() == Phase.SENDING;
        if (uncertain || engine.items.put(engine.items.require(id).withReport(report.to(Phase.SENDING)))) {
            send(item, report, false);
        }
        return Long.MAX_VALUE;
    }

    private void send(Item item, Report report, boolean start) {
        sending.add(item.id());
        ReviewSink.Review review = new ReviewSink.Review(
                item.change(), report.message(), report.labels(), report.owedSince() - CLOCK_SKEW);
        boolean uncertain = report.phase() == Phase.SENDING;
        engine.world
                .reports()
                .send(
                        review,
                        uncertain,
                        answer -> engine.world.inbox().execute(() -> {
                            long now = engine.world.clock().getAsLong();
                            if (start) {
                                startAnswered(item.id(), answer, now);
                            } else {
                                answered(item.id(), answer, now);
                            }
                        }));
    }

    /** Decides what is reported. @return what is owed now, on disk; null when nothing is, or the disk did not take it */
    @CheckForNull
    private Report decided(Item item, long now) {
        Pipeline pipeline = engine.plans().pipeline(item.pipeline());
        if (pipeline == null) {
            return null;
        }
        if (item.builds().isEmpty()) {
            over(item);
            return null;
        }
        JobPlan plan = engine.plans().of(item);
        Verdict verdict = Verdict.of(item, plan);
        Labels labels = labels(reporters(pipeline, verdict));
        if (!labels.posts() || item.change().isRef() || silent()) {
            LOGGER.log(Level.INFO, "{0} of {1} in {2}: not told", new Object[] {
                verdict.kind(), item.change().id(), pipeline.name()
            });
            count(pipeline, verdict);
            over(item);
            return null;
        }
        String text = new ReportText(engine.settings().reporting(), pipeline).of(verdict.kind(), item, plan);
        boolean withheld = verdict.unvoted() != null && !labels.votes().isEmpty();
        Report owed = Report.owed(
                text,
                verdict.unvoted() == null ? labels.votes() : Map.of(),
                labels.force(),
                withheld ? verdict.unvoted() : null,
                now);
        count(pipeline, verdict);
        return engine.items.put(item.withReport(owed)) ? owed : null;
    }

    private List<Reporter> reporters(Pipeline pipeline, Verdict verdict) {
        Reporters reporters = pipeline.reporters();
        if (engine.memory.counter(pipeline.name()).disabled()) {
            return reporters.disabled();
        }
        return switch (verdict.kind()) {
            case SUCCESS -> reporters.success();
            case FAILURE -> reporters.failure();
            case MERGE_FAILURE -> reporters.mergeFailure();
        };
    }

    /** Failures in a row disable a pipeline; a merge failure neither counts nor starts the count anew. */
    private void count(Pipeline pipeline, Verdict verdict) {
        StreamMemory.Counter counter = engine.memory.counter(pipeline.name());
        int failures = switch (verdict.kind()) {
            case SUCCESS -> 0;
            case FAILURE -> counter.failures() + 1;
            case MERGE_FAILURE -> counter.failures();
        };
        boolean tooMany = pipeline.disableAfter() > 0 && failures >= pipeline.disableAfter();
        if (tooMany && !counter.disabled()) {
            LOGGER.log(Level.WARNING, "Pipeline {0} is disabled: {1} failures in a row", new Object[] {
                pipeline.name(), failures
            });
        }
        engine.memory.count(pipeline.name(), new StreamMemory.Counter(failures, counter.disabled() || tooMany));
    }

    private void over(Item item) {
        engine.queues.leave(item.over(item.builds(), item.dying()));
    }

    private void startAnswered(String id, Answer answer, long now) {
        sending.remove(id);
        Item item = engine.items.get(id);
        if (item == null || item.start() == null) {
            return;
        }
        Report start = item.start();
        switch (answer.kind()) {
            case POSTED, REFUSED -> engine.items.put(item.withStart(null));
            case VOTE_REFUSED ->
                engine.items.put(
                        item.withStart(start.labels().isEmpty() ? null : start.withoutVotes(answer.reason(), now)));
            case NOT_SENT ->
                engine.items.put(item.withStart(start.tried(Phase.OWED, answer.reason(), now + wait(start))));
            case UNKNOWN ->
                engine.items.put(item.withStart(start.tried(Phase.SENDING, answer.reason(), now + wait(start))));
        }
    }

    /** What became of the report of an item. */
    private void answered(String id, Answer answer, long now) {
        sending.remove(id);
        Item item = engine.items.get(id);
        if (item == null || item.report() == null) {
            return;
        }
        Report report = item.report();
        switch (answer.kind()) {
            case POSTED -> posted(item, report, now);
            case VOTE_REFUSED -> {
                if (report.labels().isEmpty()) {
                    refused(item, report, answer, now);
                } else {
                    withoutVotes(item, report, answer, now);
                }
            }
            case REFUSED -> {
                if (report.force() && !report.labels().isEmpty()) {
                    engine.items.put(item.withReport(report.withoutVotes(answer.reason(), now)));
                } else {
                    refused(item, report, answer, now);
                }
            }
            case NOT_SENT -> again(item, report, Phase.OWED, answer, now);
            case UNKNOWN -> again(item, report, Phase.SENDING, answer, now);
        }
    }

    private void posted(Item item, Report report, long now) {
        if (!report.labels().isEmpty()) {
            voteProblem = null;
        }
        if (report.cause() != null) {
            Change change = item.change();
            engine.memory.addUnvoted(new SchedulerView.Notice(
                    item.pipeline(), change.project(), change.id(), change.url(), now, report.cause()));
        }
        LOGGER.log(
                Level.INFO, "Reported on {0}: {1}", new Object[] {item.change().id(), report.labels()});
        over(item);
    }

    private void refused(Item item, Report report, Answer answer, long now) {
        LOGGER.log(Level.WARNING, "Gerrit refused the report on {0} for good: {1}", new Object[] {
            item.change().id(), answer.reason()
        });
        engine.items.put(item.withReport(report.tried(Phase.REFUSED, answer.reason(), now)));
        engine.merges.forget(item);
        forgetOldRefused();
    }

    /**
     * The author of the change gets to know the result all the same. Gerrit has nothing of the refused report, so this is
     * no second one, whenever a crash comes: until this is on disk the item says SENDING, and is looked up before it is
     * sent again.
     */
    private void withoutVotes(Item item, Report report, Answer answer, long now) {
        String votes = new TreeMap<>(report.labels()).toString();
        voteProblem =
                "Gerrit does not let our account vote " + votes + ", so reports are comments alone: " + answer.reason();
        LOGGER.log(Level.WARNING, "The report on {0} goes without its vote. {1}", new Object[] {
            item.change().id(), voteProblem
        });
        engine.items.put(item.withReport(report.withoutVotes(voteProblem, now)));
    }

    /** Why Gerrit takes no votes of ours, for people; null while it does. Any thread. */
    @CheckForNull
    String voteProblem() {
        return voteProblem;
    }

    private void again(Item item, Report report, Phase phase, Answer answer, long now) {
        if (report.attempts() == 0) {
            LOGGER.log(Level.WARNING, "The report on {0} is owed until Gerrit takes it: {1}", new Object[] {
                item.change().id(), answer.reason()
            });
        }
        engine.items.put(item.withReport(report.tried(phase, answer.reason(), now + wait(report))));
    }

    private static long wait(Report report) {
        return Math.min(MAX_WAIT, 2_000L << Math.min(report.attempts(), 10));
    }

    /** Gerrit is there again: what is owed need not wait out its delay. */
    void gerritIsBack(long now) {
        for (Item item : engine.items.all()) {
            Report report = item.report();
            if (report != null && report.phase() != Phase.REFUSED && report.notBefore() > now) {
                engine.items.put(item.withReport(report.dueAt(now)));
            }
        }
    }

    private void forgetOldRefused() {
        List<Item> refused = engine.items.all().stream().filter(Item::refused).toList();
        for (int i = 0; i < refused.size() - MAX_REFUSED; i++) {
            over(refused.get(i));
        }
    }
}
