package io.jenkins.plugins.metapluginci.soak;

import io.jenkins.plugins.metapluginci.acceptance.Journal.Line;
import io.jenkins.plugins.metapluginci.testbed.Node.Boot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Says from the nodes' own disks and boot ids, and from the reports at Gerrit, whether nodes were clean and builds ran as they
 * were asked for. It knows nothing of what the CI says of itself. A function of its inputs.
 */
final class NodesJudge {
    /** A task that was on its way to an executor when the administrator pressed the button may still start. Seconds. */
    static final double ON_ITS_WAY = 5;
    /** After a run's end, so long a fault may still be the reason to run the test again. Seconds. */
    static final double OWED = 30;

    /** What may not be. */
    enum Breach {
        /** A patchset whose test never ran to its end, or that has no report. */
        LOST,
        /** A report that says something else than the test decided, or two of them. */
        WRONG,
        /** A run on a node that had not rebooted since a run of ours, or that found what another left. */
        DIRTY,
        /** A test that ran to its end and was run again although nothing had happened to it. */
        REPEATED,
        /** A run that did not come to its end although nothing had happened to it. */
        CUT,
        /** A run on a node that an administrator had taken offline. */
        UNWANTED,
        /** A node that took no build at the end, or was not rebooted after its last one. */
        LEFT_BEHIND
    }

    /** A breach. @param where a patchset or a node */
    record Finding(Breach breach, String where, String what) {
        @Override
        public String toString() {
            return breach + " " + where + ": " + what;
        }
    }

    /** What was asked for. @param id change and patchset @param passes what its script decides @param reports its texts at Gerrit */
    record Asked(String id, boolean passes, List<String> reports) {
        Asked {
            reports = List.copyOf(reports);
        }
    }

    /** Something that may cost a run, or its result. @param node null for all @param at seconds since 1970 */
    record Hit(String node, double at) {}

    /** A time during which a node was an administrator's; seconds since 1970. */
    record Offline(String node, double from, double to) {}

    /**
     * All there is to judge from.
     *
     * @param journal of all nodes
     * @param boots every start of each node; the last one is now
     * @param lastRound of what was asked for last, a build for each node at the same time
     */
    record Evidence(
            List<Asked> asked,
            List<Line> journal,
            Map<String, List<Boot>> boots,
            List<Hit> hits,
            List<Offline> offlines,
            Set<String> lastRound) {
        Evidence {
            asked = List.copyOf(asked);
            journal = List.copyOf(journal);
            boots = Map.copyOf(boots);
            hits = List.copyOf(hits);
            offlines = List.copyOf(offlines);
            lastRound = Set.copyOf(lastRound);
        }
    }

    /** The judgement. @param runs of ours that began @param ended those that ran to their end @param others of other jobs */
    record Verdict(int runs, int ended, int others, int boots, List<Finding> findings) {
        Verdict {
            findings = List.copyOf(findings);
        }

        long count(Breach breach) {
            return findings.stream()
                    .filter(finding -> finding.breach() == breach)
                    .count();
        }
    }

    private final Evidence evidence;
    private final List<Finding> findings = new ArrayList<>();

    private NodesJudge(Evidence evidence) {
        this.evidence = evidence;
    }

    /** Judges once nothing is under test any more. */
    static Verdict of(Evidence evidence) {
        NodesJudge judge = new NodesJudge(evidence);
        evidence.asked().forEach(judge::asked);
        judge.cleanliness();
        evidence.journal().stream()
                .filter(line -> isStart(line) && isOurs(line))
                .forEach(judge::whole);
        judge.administrators();
        evidence.boots().forEach(judge::node);
        List<Line> journal = evidence.journal();
        int starts = (int) journal.stream().filter(NodesJudge::isStart).count();
        int ours = (int)
                journal.stream().filter(line -> isStart(line) && isOurs(line)).count();
        int ended = (int) journal.stream().filter(NodesJudge::isEnd).count();
        int boots = evidence.boots().values().stream().mapToInt(List::size).sum();
        return new Verdict(ours, ended, starts - ours, boots, judge.findings);
    }

    private void asked(Asked asked) {
        List<Line> ends = evidence.journal().stream()
                .filter(line -> isEnd(line) && line.what().equals(asked.id()))
                .toList();
        if (ends.isEmpty()) {
            find(Breach.LOST, asked.id(), "no run of it came to its end");
        }
        if (asked.reports().isEmpty()) {
            find(Breach.LOST, asked.id(), "there is no report");
        } else if (asked.reports().size() > 1) {
            find(Breach.WRONG, asked.id(), asked.reports().size() + " reports");
        }
        for (String report : asked.reports()) {
            if (!report.contains(asked.passes() ? " : SUCCESS in " : " : FAILURE in ")) {
                find(Breach.WRONG, asked.id(), (asked.passes() ? "passes" : "fails") + ", reported as: " + report);
            }
        }
        for (Line end : ends.subList(0, Math.max(0, ends.size() - 1))) {
            if (evidence.hits().stream().noneMatch(hit -> concerns(hit, end))) {
                find(Breach.REPEATED, asked.id(), "had ended on " + end.node() + " at " + end.at());
            }
        }
    }

    /** Whether what happened can be why a run that has ended is not known to have. */
    private boolean concerns(Hit hit, Line end) {
        double began = evidence.journal().stream()
                .filter(line -> isStart(line) && line.uuid().equals(end.uuid()))
                .mapToDouble(Line::at)
                .min()
                .orElse(end.at());
        return (hit.node() == null || hit.node().equals(end.node()))
                && hit.at() >= began - 1
                && hit.at() <= end.at() + OWED;
    }

    private void whole(Line start) {
        boolean ended = evidence.journal().stream()
                .anyMatch(line -> isEnd(line) && line.uuid().equals(start.uuid()));
        boolean crashed = evidence.boots().get(start.node()).stream()
                .anyMatch(boot -> boot.bootId().equals(start.bootId()) && boot.end() == Boot.End.POWER_CUT);
        double next = evidence.journal().stream()
                .filter(line -> isStart(line) && line.node().equals(start.node()) && line.at() > start.at())
                .mapToDouble(Line::at)
                .min()
                .orElse(Double.MAX_VALUE);
        boolean hit = evidence.hits().stream()
                .anyMatch(each -> (each.node() == null || each.node().equals(start.node()))
                        && each.at() >= start.at() - 1
                        && each.at() < next);
        if (!ended && !crashed && !hit) {
            find(Breach.CUT, start.what(), "began on " + start.node() + " at " + start.at() + " and never ended");
        }
    }

    private void cleanliness() {
        Map<String, Line> taken = new HashMap<>();
        for (Line line : evidence.journal()) {
            if (!isStart(line)) {
                continue;
            }
            Line before = taken.get(line.bootId());
            if (before != null) {
                find(Breach.DIRTY, line.node(), line.what() + " ran after " + before.what() + " in one boot");
            }
            if (evidence.boots().get(line.node()).stream()
                    .noneMatch(boot -> boot.bootId().equals(line.bootId()))) {
                find(Breach.DIRTY, line.node(), line.what() + " ran in a boot that never was: " + line.bootId());
            }
            if (isOurs(line)) {
                if (!line.leftovers().isEmpty()) {
                    find(Breach.DIRTY, line.node(), line.what() + " found " + line.leftovers());
                }
                taken.putIfAbsent(line.bootId(), line);
            }
        }
    }

    private void administrators() {
        for (Offline offline : evidence.offlines()) {
            for (Line line : evidence.journal()) {
                if (isStart(line)
                        && line.node().equals(offline.node())
                        && line.at() > offline.from() + ON_ITS_WAY
                        && line.at() < offline.to()) {
                    find(
                            Breach.UNWANTED,
                            line.node(),
                            line.what()
                                    + " began %.1f s after it was taken offline".formatted(line.at() - offline.from()));
                }
            }
        }
    }

    private void node(String node, List<Boot> boots) {
        Set<String> ran = evidence.journal().stream()
                .filter(line -> line.node().equals(node) && isEnd(line))
                .map(Line::what)
                .collect(Collectors.toSet());
        if (ran.stream().noneMatch(evidence.lastRound()::contains)) {
            find(Breach.LEFT_BEHIND, node, "it ran none of the last builds, of which there was one for each node");
        }
        Boot now = boots.get(boots.size() - 1);
        if (now.end() != Boot.End.RUNNING) {
            find(Breach.LEFT_BEHIND, node, "it is off");
        } else if (evidence.journal().stream()
                .anyMatch(line -> isOurs(line) && line.bootId().equals(now.bootId()))) {
            find(Breach.LEFT_BEHIND, node, "it was not rebooted after its last build");
        }
    }

    private void find(Breach breach, String where, String what) {
        findings.add(new Finding(breach, where, what));
    }

    private static boolean isStart(Line line) {
        return line.event().equals("start");
    }

    /** The last thing that a script does. */
    private static boolean isEnd(Line line) {
        return line.event().equals("done") && isOurs(line);
    }

    private static boolean isOurs(Line line) {
        return !line.uuid().equals("-");
    }
}
