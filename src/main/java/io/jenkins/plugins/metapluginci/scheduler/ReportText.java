package io.jenkins.plugins.metapluginci.scheduler;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.metapluginci.layout.FormatProblem;
import io.jenkins.plugins.metapluginci.layout.Job;
import io.jenkins.plugins.metapluginci.layout.Pipeline;
import io.jenkins.plugins.metapluginci.layout.PythonFormat;
import io.jenkins.plugins.metapluginci.scheduler.ItemBuild.Result;
import java.util.Locale;

/**
 * What is written on a change: Zuul's text to the byte (reporter/__init__.py and formatJobResult of model.py, Zuul 2.5.2).
 * Without a url_pattern a line links to the published logs; of logs that are missing a paragraph tells, which Zuul had not.
 */
final class ReportText {
    /** Of a text that a log server or a node had a part in. */
    private static final int MAX_PROBLEM = 500;

    private final SchedulerSettings.Reporting settings;
    private final Pipeline pipeline;

    ReportText(SchedulerSettings.Reporting settings, Pipeline pipeline) {
        this.settings = settings;
        this.pipeline = pipeline;
    }

    /** The comment of a pipeline that tells of the begin. */
    String start() {
        String text = "Starting " + pipeline.name() + " jobs.";
        return withFooter(settings.statusUrl().isEmpty() ? text : text + "\n" + settings.statusUrl());
    }

    /** The comment of an item whose builds have all ended. */
    String of(Verdict.Kind kind, Item item, JobPlan plan) {
        if (kind == Verdict.Kind.MERGE_FAILURE) {
            return withFooter(pipeline.mergeFailureMessage());
        }
        StringBuilder text =
                new StringBuilder(kind == Verdict.Kind.SUCCESS ? pipeline.successMessage() : pipeline.failureMessage());
        text.append("\n\n");
        StringBuilder missing = new StringBuilder();
        for (ItemBuild build : item.builds()) {
            text.append(line(build, item, plan)).append('\n');
            BuildRecord record = build.record();
            if (record != null
                    && (record.logs() == BuildRecord.Logs.MISSING || record.logs() == BuildRecord.Logs.PENDING)) {
                missing.append("\nThe logs of ").append(build.job()).append(" are missing: ");
                missing.append(oneLine(record.logsProblem())).append('\n');
            } else if (record != null && record.logs() == BuildRecord.Logs.LATE) {
                missing.append("\nThe logs of ").append(build.job()).append(" will be there later: ");
                missing.append(oneLine(record.logsProblem())).append('\n');
            }
        }
        return withFooter(text.append(missing).toString());
    }

    private String withFooter(String text) {
        if (!pipeline.footerMessage().isEmpty()) {
            return text + "\n" + pipeline.footerMessage();
        }
        return settings.footer().isBlank()
                ? text
                : text + "\n" + settings.footer().strip();
    }

    private String line(ItemBuild build, Item item, JobPlan plan) {
        JobPlan.Planned planned = plan.get(build.job());
        Job job = planned == null ? Job.named(build.job()) : planned.job();
        StringBuilder line = new StringBuilder("-");
        if (settings.jobName()) {
            line.append(' ').append(build.job());
        }
        String url = url(build, item, job);
        if (!url.isEmpty()) {
            line.append(' ').append(url);
        }
        line.append(" : ").append(word(build, job));
        BuildRecord record = build.record();
        if (settings.times()
                && record != null
                && build.result() != Result.RETRY_LIMIT
                && record.startedAt() > 0
                && record.endedAt() >= record.startedAt()) {
            line.append(elapsed((record.endedAt() - record.startedAt()) / 1000));
        }
        return job.voting() ? line.toString() : line.append(" (non-voting)").toString();
    }

    private static String word(ItemBuild build, Job job) {
        if (build.result() == Result.SUCCESS && job.successMessage() != null) {
            return job.successMessage();
        }
        if (build.result() == Result.FAILURE && job.failureMessage() != null) {
            return job.failureMessage();
        }
        return String.valueOf(build.result());
    }

    /** Where the report links to for a job; empty for nowhere. */
    String url(ItemBuild build, Item item, Job job) {
        String pattern = settings.urlPattern();
        if (build.result() == Result.SUCCESS && job.successPattern() != null) {
            pattern = job.successPattern();
        } else if (build.result() == Result.FAILURE && job.failurePattern() != null) {
            pattern = job.failurePattern();
        }
        BuildRecord record = build.record();
        if (pattern != null && !pattern.isEmpty()) {
            String formatted = formatted(pattern, build, item, job);
            if (!formatted.isEmpty()) {
                return formatted;
            }
        } else if (record != null && record.logs() != BuildRecord.Logs.NONE) {
            String logs = published(record);
            return logs == null ? "" : logs;
        }
        return record != null && record.url() != null ? record.url() : build.job();
    }

    /** Where the logs can or will be read; null when they are missing, or nobody can say. */
    @CheckForNull
    private String published(BuildRecord record) {
        if (record.logs() != BuildRecord.Logs.PUBLISHED && record.logs() != BuildRecord.Logs.LATE) {
            return null;
        }
        return record.logsUrl() != null ? record.logsUrl() : settings.logUrlOf(record.logPath());
    }

    /** Empty when the pattern asks for what is not there, as Zuul 2.5.2 had it. */
    private String formatted(String pattern, ItemBuild build, Item item, Job job) {
        try {
            return PythonFormat.format(pattern, new ReportFields(pipeline, item, build, job)::value);
        } catch (FormatProblem e) {
            return "";
        }
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
        return line.length() <= MAX_PROBLEM ? line : line.substring(0, MAX_PROBLEM) + "...";
    }
}
