package io.jenkins.plugins.metapluginci.soak;

import io.jenkins.plugins.metapluginci.testbed.GerritClient.Change;
import io.jenkins.plugins.metapluginci.testbed.GerritClient.Message;
import io.jenkins.plugins.metapluginci.testbed.GerritServer;
import io.jenkins.plugins.metapluginci.testbed.Site;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Says from what Gerrit has of some changes whether the CI kept its promises. It knows nothing of the CI itself: what was asked
 * for, what was reported and in which order are all among a change's messages. A function of its inputs.
 *
 * <p>A request is an upload or a comment with the keyword. A patchset under test is not put into the queue a second time, so that
 * one report answers all the requests before it; but no report comes without a request that was not answered yet.
 */
final class Judge {
    /**
     * How long a report may take from the decision to send it until Gerrit has stored it: one that was on its way when the next
     * patchset came is no breach. Gerrit's times are whole seconds.
     */
    static final long GRACE_MS = 15_000;

    /** What may not be. */
    enum Breach {
        /** The current patchset was asked to be tested, and there is no report after that. */
        LOST,
        /** More reports than requests. */
        DOUBLE,
        /** A report or a vote that is not what the patchset's content decides. */
        WRONG,
        /** A report on a patchset that was known to be superseded. */
        SUPERSEDED,
        /** More reports than runs on the nodes. */
        UNFOUNDED,
        /** A report without a link to its logs, although nothing happens to the log server. */
        UNPUBLISHED
    }

    /** A breach. @param patchset {@code N,PS} */
    record Finding(Breach breach, String patchset, String what) {
        @Override
        public String toString() {
            return breach + " " + patchset + ": " + what;
        }
    }

    /**
     * A time during which the CI could not hear of a new patchset: it was dead, or Gerrit away. Epoch milliseconds.
     *
     * @param to when it was connected again
     */
    record Deaf(long from, long to) {}

    /**
     * What is known beside Gerrit's data.
     *
     * @param passes whether a patchset's own script passes, by {@code N,PS}
     * @param runs how often that script ran, as the nodes' disks tell, by {@code N,PS}
     * @param deaf when nothing could be heard
     */
    record Known(Map<String, Boolean> passes, Map<String, Integer> runs, List<Deaf> deaf) {
        Known {
            passes = Map.copyOf(passes);
            runs = Map.copyOf(runs);
            deaf = List.copyOf(deaf);
        }
    }

    /** The judgement. @param requests uploads and keywords @param reports of the CI */
    record Verdict(int changes, int patchsets, int requests, int reports, List<Finding> findings) {
        Verdict {
            findings = List.copyOf(findings);
        }

        long count(Breach breach) {
            return findings.stream()
                    .filter(finding -> finding.breach() == breach)
                    .count();
        }
    }

    private final Known known;
    private final List<Finding> findings = new ArrayList<>();
    private int changes;
    private int patchsets;
    private int requests;
    private int reports;

    private Judge(Known known) {
        this.known = known;
    }

    /** Judges changes, each as Gerrit has it once nothing is under test any more. */
    static Verdict of(Collection<Change> changes, Known known) {
        Judge judge = new Judge(known);
        changes.forEach(judge::change);
        return new Verdict(judge.changes, judge.patchsets, judge.requests, judge.reports, judge.findings);
    }

    private void change(Change change) {
        changes++;
        for (int patchset = 1; patchset <= change.patchset(); patchset++) {
            patchset(change, patchset);
        }
    }

    private void patchset(Change change, int patchset) {
        patchsets++;
        String id = change.number() + "," + patchset;
        boolean passes = known.passes().get(id);
        // Its upload is the first request; Gerrit's own message of it is not always there.
        int asked = 1;
        int reported = 0;
        boolean answered = false;
        for (Message message : change.messages()) {
            if (message.patchset() != patchset) {
                continue;
            }
            if (isReport(message)) {
                reported++;
                answered = true;
                if (reported > asked) {
                    find(Breach.DOUBLE, id, "report " + reported + " after " + asked + " requests");
                }
                text(id, message, passes);
                if (patchset < change.patchset()) {
                    lateness(change, id, message);
                }
            } else if (asksForTest(message)) {
                asked++;
                answered = false;
            }
        }
        if (patchset == change.patchset()) {
            current(change, id, answered, passes);
        }
        int runs = known.runs().getOrDefault(id, 0);
        if (reported > runs) {
            find(Breach.UNFOUNDED, id, reported + " reports of " + runs + " runs");
        }
        requests += asked;
        reports += reported;
    }

    private void current(Change change, String id, boolean answered, boolean passes) {
        int due = passes ? 1 : 0;
        if (!answered) {
            find(Breach.LOST, id, "the last request has no report");
        } else if (change.ciVote() != due) {
            find(Breach.WRONG, id, "the vote is " + change.ciVote() + " instead of " + due);
        }
    }

    private void text(String id, Message report, boolean passes) {
        String begin = passes ? "Build succeeded." : "Build failed.";
        String result = "- " + Site.JOB + "( http\\S+)? : " + (passes ? "SUCCESS" : "FAILURE") + " in .*";
        List<String> lines = report.text().lines().toList();
        if (lines.stream().noneMatch(line -> line.startsWith(begin))
                || lines.stream().noneMatch(line -> line.matches(result))) {
            find(Breach.WRONG, id, "it " + (passes ? "passes" : "fails") + " and was reported so: " + report.text());
        } else if (!report.text().contains("- " + Site.JOB + " http")) {
            find(Breach.UNPUBLISHED, id, report.text());
        }
    }

    private void lateness(Change change, String id, Message report) {
        int next = report.patchset() + 1;
        long uploaded = change.messages().stream()
                .filter(message -> message.patchset() >= next)
                .mapToLong(Judge::at)
                .min()
                .orElse(Long.MAX_VALUE - GRACE_MS);
        long heard = heard(uploaded);
        if (at(report) > heard + GRACE_MS) {
            find(
                    Breach.SUPERSEDED,
                    id,
                    "reported %.0f s after patchset %d could be heard of"
                            .formatted((at(report) - heard) / 1000.0, next));
        }
    }

    /** When the CI can have heard of what happened at a time. */
    private long heard(long happened) {
        long heard = happened;
        List<Deaf> inOrder = known.deaf().stream()
                .sorted(Comparator.comparingLong(Deaf::from))
                .toList();
        for (Deaf deaf : inOrder) {
            if (deaf.from() <= heard + GRACE_MS && deaf.to() > heard) {
                heard = deaf.to();
            }
        }
        return heard;
    }

    private void find(Breach breach, String id, String what) {
        findings.add(new Finding(breach, id, what));
    }

    private static boolean isReport(Message message) {
        return message.author().equals(GerritServer.CI_USER);
    }

    private static boolean asksForTest(Message message) {
        return message.text().strip().endsWith("\n" + Site.RECHECK);
    }

    /** Epoch milliseconds of a time as Gerrit writes it: {@code 2014-09-15 07:31:00.000000000}, UTC. */
    private static long at(Message message) {
        return LocalDateTime.parse(message.date().replace(' ', 'T'))
                .toInstant(ZoneOffset.UTC)
                .toEpochMilli();
    }
}
