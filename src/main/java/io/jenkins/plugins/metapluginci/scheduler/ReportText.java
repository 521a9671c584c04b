package io.jenkins.plugins.metapluginci.scheduler;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What is written on a change: Zuul's text to the byte (reporter/__init__.py of Zuul 2.5.2, with job_name_in_report), with
 * the specification's failure message.
 */
final class ReportText {
    static final String SUCCESS_MESSAGE = "Build succeeded.";
    static final String FAILURE_MESSAGE = "Build failed. Leave a comment with 'metaplugin-recheck' to rerun a check."
            + " ('recheck' will be ignored.)";
    /** The label that a third-party CI votes on. */
    static final String LABEL = "Verified";

    /** Of a text that a log server or a node had a part in. */
    private static final int MAX_PROBLEM = 500;

    private ReportText() {}

    /**
     * The report of an item whose builds are all done. Only a verdict votes: all passed is +1, one that failed is 0 (which
     * takes an earlier +1 back), and without either there is a comment and no vote.
     */
    static Report of(Item item, SchedulerSettings settings, long now) {
        List<ItemBuild> builds = item.builds();
        boolean passed = builds.stream().allMatch(build -> build.result() == ItemBuild.Result.SUCCESS);
        boolean failed = builds.stream().anyMatch(build -> build.result() == ItemBuild.Result.FAILURE);
        Map<String, Integer> labels = Map.of();
        if (passed) {
            labels = Map.of(LABEL, 1);
        } else if (failed) {
            labels = Map.of(LABEL, 0);
        }
        return Report.owed(message(builds, passed, settings), labels, now);
    }

    private static String message(List<ItemBuild> builds, boolean passed, SchedulerSettings settings) {
        StringBuilder text = new StringBuilder(passed ? SUCCESS_MESSAGE : FAILURE_MESSAGE).append("\n\n");
        StringBuilder missing = new StringBuilder();
        for (ItemBuild build : builds) {
            text.append(line(build, settings)).append('\n');
            BuildRecord record = build.record();
            if (record != null
                    && record.logs() != BuildRecord.Logs.PUBLISHED
                    && record.logs() != BuildRecord.Logs.NONE) {
                missing.append("\nThe logs of ").append(build.job()).append(" are missing: ");
                missing.append(oneLine(record.logsProblem())).append('\n');
            }
        }
        text.append(missing);
        if (!settings.footer().isBlank()) {
            text.append('\n').append(settings.footer().strip());
        }
        return text.toString();
    }

    private static String line(ItemBuild build, SchedulerSettings settings) {
        StringBuilder line = new StringBuilder("- ").append(build.job());
        BuildRecord record = build.record();
        if (record != null && record.logs() == BuildRecord.Logs.PUBLISHED) {
            String url = settings.logUrlOf(record.logPath());
            if (url != null) {
                line.append(' ').append(url);
            }
        }
        line.append(" : ").append(build.result());
        boolean timed = build.result() != ItemBuild.Result.RETRY_LIMIT;
        if (timed && record != null && record.startedAt() > 0 && record.endedAt() >= record.startedAt()) {
            line.append(elapsed((record.endedAt() - record.startedAt()) / 1000));
        }
        return line.toString();
    }

    /** Zuul's way to write a duration. @param seconds whole seconds */
    static String elapsed(long seconds) {
        long hours = seconds / 3600;
        long minutes = seconds / 60 % 60;
        if (hours > 0) {
            return String.format(Locale.ROOT, " in %dh %02dm %02ds", hours, minutes, seconds % 60);
        }
        return minutes > 0
                ? String.format(Locale.ROOT, " in %dm %02ds", minutes, seconds % 60)
                : " in " + seconds + "s";
    }

    private static String oneLine(@CheckForNull String problem) {
        if (problem == null || problem.isBlank()) {
            return "they could not be published.";
        }
        String line = problem.replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
        return line.length() <= MAX_PROBLEM ? line : line.substring(0, MAX_PROBLEM) + "…";
    }
}
