package io.jenkins.plugins.metapluginci.scheduler;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.metapluginci.scheduler.Report.Phase;
import io.jenkins.plugins.metapluginci.scheduler.ReviewSink.Answer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Writes the report of an item that is done, and sees it through to Gerrit. Owned by the scheduler's thread. */
final class OwedReports {
    private static final Logger LOGGER = Logger.getLogger(OwedReports.class.getName());

    /** Clocks of Gerrit and controller differ; a copy of the report may be this much older by Gerrit's, ms. */
    private static final long CLOCK_SKEW = 600_000;

    private static final long MAX_WAIT = 60_000;
    /** Refused reports that are kept to be seen. */
    private static final int MAX_REFUSED = 50;

    private final ItemStore items;
    private final Reports reports;
    private final Supplier<SchedulerSettings> settings;
    private final BiConsumer<String, Answer> answers;
    /** Items whose report is with the reports' thread. */
    private final Set<String> sending = new HashSet<>();

    /** What Gerrit said when it last refused a vote, until it takes one; read by any thread. */
    @CheckForNull
    private volatile String voteProblem;

    /**
     * @param items shared with the pipeline
     * @param reports sends
     * @param settings asked each time
     * @param answers gets an item's id and what became of its report, on the reports' thread; brings both to {@link #answered}
     */
    OwedReports(
            ItemStore items,
            Reports reports,
            Supplier<SchedulerSettings> settings,
            BiConsumer<String, Answer> answers) {
        this.items = items;
        this.reports = reports;
        this.settings = settings;
        this.answers = answers;
    }

    /** Does what is due for an item. @return when it is due again; Long.MAX_VALUE when nothing is */
    long due(String id, long now) {
        Item item = items.get(id);
        if (item == null || !item.done() || items.pending(id)) {
            return Long.MAX_VALUE;
        }
        Report report = item.report();
        if (report == null) {
            report = ReportText.of(item, settings.get(), now);
            item = item.withReport(report);
            if (!items.put(item)) {
                return Long.MAX_VALUE;
            }
        }
        if (report.phase() == Phase.REFUSED || sending.contains(id)) {
            return Long.MAX_VALUE;
        }
        if (report.notBefore() > now) {
            return report.notBefore();
        }
        boolean uncertain = report.phase() == Phase.SENDING;
        if (uncertain || items.put(item.withReport(report.to(Phase.SENDING)))) {
            sending.add(id);
            ReviewSink.Review review = new ReviewSink.Review(
                    item.change(), report.message(), report.labels(), report.owedSince() - CLOCK_SKEW);
            reports.send(review, uncertain, answer -> answers.accept(id, answer));
        }
        return Long.MAX_VALUE;
    }

    /** What became of the report of an item. */
    void answered(String id, Answer answer, long now) {
        sending.remove(id);
        Item item = items.get(id);
        if (item == null || item.report() == null) {
            return;
        }
        Report report = item.report();
        String change = item.change().id();
        switch (answer.kind()) {
            case POSTED -> {
                if (!report.labels().isEmpty()) {
                    voteProblem = null;
                }
                LOGGER.log(Level.INFO, "Reported on {0}: {1}", new Object[] {change, report.labels()});
                items.remove(id);
            }
            case VOTE_REFUSED -> {
                if (report.labels().isEmpty()) {
                    refused(item, report, answer, now);
                } else {
                    withoutVotes(item, report, answer, now);
                }
            }
            case REFUSED -> refused(item, report, answer, now);
            case NOT_SENT -> again(item, report, Phase.OWED, answer, now);
            case UNKNOWN -> again(item, report, Phase.SENDING, answer, now);
        }
    }

    private void refused(Item item, Report report, Answer answer, long now) {
        LOGGER.log(Level.WARNING, "Gerrit refused the report on {0} for good: {1}", new Object[] {
            item.change().id(), answer.reason()
        });
        items.put(item.withReport(report.tried(Phase.REFUSED, answer.reason(), now)));
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
        items.put(item.withReport(report.withoutVotes(voteProblem, now)));
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
        long wait = Math.min(MAX_WAIT, 2_000L << Math.min(report.attempts(), 10));
        items.put(item.withReport(report.tried(phase, answer.reason(), now + wait)));
    }

    /** Gerrit is there again: what is owed need not wait out its delay. */
    void gerritIsBack(long now) {
        for (Item item : items.all()) {
            Report report = item.report();
            if (report != null && report.phase() != Phase.REFUSED && report.notBefore() > now) {
                items.put(item.withReport(new Report(
                        report.message(),
                        report.labels(),
                        report.phase(),
                        report.owedSince(),
                        report.attempts(),
                        now,
                        report.problem())));
            }
        }
    }

    private void forgetOldRefused() {
        List<Item> refused = items.all().stream().filter(item -> !item.live()).toList();
        for (int i = 0; i < refused.size() - MAX_REFUSED; i++) {
            items.remove(refused.get(i).id());
        }
    }
}
