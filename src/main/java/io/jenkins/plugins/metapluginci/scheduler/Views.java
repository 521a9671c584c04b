package io.jenkins.plugins.metapluginci.scheduler;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.metapluginci.gerrit.GerritEvent;
import io.jenkins.plugins.metapluginci.layout.Job;
import io.jenkins.plugins.metapluginci.layout.Layout;
import io.jenkins.plugins.metapluginci.layout.Pipeline;
import io.jenkins.plugins.metapluginci.scheduler.ItemBuild.Result;
import io.jenkins.plugins.metapluginci.scheduler.ItemBuild.State;
import io.jenkins.plugins.metapluginci.scheduler.SchedulerView.ItemView;
import io.jenkins.plugins.metapluginci.scheduler.SchedulerView.JobView;
import io.jenkins.plugins.metapluginci.scheduler.SchedulerView.Later;
import io.jenkins.plugins.metapluginci.scheduler.SchedulerView.Notice;
import io.jenkins.plugins.metapluginci.scheduler.SchedulerView.OwedView;
import io.jenkins.plugins.metapluginci.scheduler.SchedulerView.PipelineView;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Makes what pages show out of a snapshot (formatJSON of model.py, Zuul 2.5.2). Any thread. */
final class Views {
    private final Snapshot snapshot;
    private final Durations durations;
    private final long now;

    Views(Snapshot snapshot, Durations durations, long now) {
        this.snapshot = snapshot;
        this.durations = durations;
        this.now = now;
    }

    /** @param news not dealt with yet @param problems those of the scheduler as a whole */
    SchedulerView view(int news, List<String> problems) {
        List<String> all = new ArrayList<>(problems);
        all.addAll(snapshot.dropped());
        SchedulerSettings settings = snapshot.settings();
        Long position = snapshot.position();
        return new SchedulerView(
                now,
                snapshot.undecided(),
                news,
                snapshot.lastReconfigured(),
                settings.takeEvents(),
                settings.reporting().silent(),
                snapshot.idle(),
                snapshot.holding(),
                pipelines(),
                snapshot.backlog(),
                snapshot.later().stream().map(Views::later).toList(),
                snapshot.unvoted(),
                refused(),
                all,
                position == null ? 0 : position);
    }

    /** By what a person picks a missed event. */
    static String key(GerritEvent event) {
        return event.key().what() + "@" + event.createdOn();
    }

    private static Later later(GerritEvent event) {
        return new Later(
                key(event),
                event.type(),
                String.valueOf(event.project()),
                Triggers.of(event).change(),
                Triggers.of(event).patchset(),
                event.createdOn() * 1000);
    }

    private List<Notice> refused() {
        return snapshot.items().stream()
                .filter(Item::refused)
                .flatMap(item -> Stream.ofNullable(item.report()).map(report -> notice(item, report)))
                .sorted(Comparator.comparingLong(Notice::at).reversed())
                .toList();
    }

    private static Notice notice(Item item, Report report) {
        Change change = item.change();
        return new Notice(
                item.pipeline(),
                change.project(),
                change.id(),
                change.url(),
                report.owedSince(),
                String.valueOf(report.problem()));
    }

    private List<PipelineView> pipelines() {
        Layout layout = snapshot.plans().layout();
        if (layout == null) {
            return List.of();
        }
        Map<String, List<ItemView>> items = new HashMap<>();
        snapshot.items().stream()
                .filter(Item::live)
                .sorted(Comparator.comparingLong(Item::order))
                .forEach(item -> {
                    Pipeline pipeline = snapshot.plans().pipeline(item.pipeline());
                    if (pipeline != null) {
                        items.computeIfAbsent(item.pipeline(), any -> new ArrayList<>())
                                .add(item(item, pipeline));
                    }
                });
        return layout.pipelines().stream()
                .map(pipeline -> {
                    StreamMemory.Counter counter =
                            snapshot.counters().getOrDefault(pipeline.name(), StreamMemory.Counter.NONE);
                    return new PipelineView(
                            pipeline.name(),
                            pipeline.description(),
                            counter.disabled(),
                            counter.failures(),
                            pipeline.disableAfter(),
                            items.getOrDefault(pipeline.name(), List.of()));
                })
                .toList();
    }

    private ItemView item(Item item, Pipeline pipeline) {
        List<Change> queue = new ArrayList<>(item.ahead());
        queue.add(item.change());
        List<ItemView> ahead = new ArrayList<>();
        for (int i = 0; i < item.ahead().size(); i++) {
            ahead.add(ahead(item, queue, i));
        }
        JobPlan plan = snapshot.plans().of(item);
        List<JobView> jobs = item.builds().stream()
                .map(build -> job(build, item, pipeline, plan))
                .toList();
        Change change = item.change();
        Report report = item.report();
        String[] state = state(item);
        return new ItemView(
                change.id(),
                item.id(),
                change.url(),
                change.project(),
                change.branch(),
                change.subject(),
                item.owner(),
                item.trigger(),
                item.createdAt(),
                remaining(item, jobs),
                true,
                true,
                item.merge().ref(),
                item.ahead().isEmpty()
                        ? null
                        : item.ahead().get(item.ahead().size() - 1).id(),
                List.of(),
                failingReasons(item, plan),
                jobs,
                ahead,
                state[0],
                since(item),
                state[1],
                report == null
                        ? null
                        : new OwedView(
                                report.phase().name(),
                                report.owedSince(),
                                report.attempts(),
                                report.problem(),
                                report.labels()));
    }

    /** What only is there because the change behind it needs it. */
    private static ItemView ahead(Item item, List<Change> queue, int index) {
        Change change = queue.get(index);
        return new ItemView(
                change.id(),
                null,
                change.url(),
                change.project(),
                change.branch(),
                change.subject(),
                null,
                "",
                item.createdAt(),
                null,
                true,
                false,
                null,
                index == 0 ? null : queue.get(index - 1).id(),
                List.of(queue.get(index + 1).id()),
                List.of(),
                List.of(),
                List.of(),
                "needed by " + item.change().id(),
                item.createdAt(),
                null,
                null);
    }

    private static List<String> failingReasons(Item item, JobPlan plan) {
        List<String> reasons = new ArrayList<>();
        Merge.State merge = item.merge().state();
        if (merge == Merge.State.CONFLICT || merge == Merge.State.UNMERGEABLE) {
            reasons.add("it has a merge conflict");
        }
        boolean failed = item.builds().stream()
                .anyMatch(build -> build.state() == State.DONE
                        && build.result() != Result.SUCCESS
                        && Verdict.isVoting(build, plan));
        if (failed) {
            reasons.add("at least one job failed");
        }
        return reasons;
    }

    /** What happens now, and why that takes so long. */
    private static String[] state(Item item) {
        Merge merge = item.merge();
        Report report = item.report();
        if (report != null) {
            return new String[] {"report owed", report.problem()};
        }
        if (merge.state() == Merge.State.WANTED) {
            return new String[] {"waiting to be merged", merge.reason()};
        }
        if (merge.state() != Merge.State.MERGED) {
            return new String[] {"cannot be merged", merge.reason()};
        }
        return new String[] {item.done() ? "done" : "in test", null};
    }

    private static long since(Item item) {
        Report report = item.report();
        return report == null ? item.merge().since() : report.owedSince();
    }

    @CheckForNull
    private static Long remaining(Item item, List<JobView> jobs) {
        boolean started =
                item.builds().stream().allMatch(build -> build.state() == State.DONE || build.record() != null);
        if (!started) {
            return null;
        }
        return jobs.stream()
                .map(JobView::remaining)
                .filter(each -> each != null)
                .max(Comparator.naturalOrder())
                .orElse(null);
    }

    private JobView job(ItemBuild build, Item item, Pipeline pipeline, JobPlan plan) {
        JobPlan.Planned planned = plan.get(build.job());
        Job job = planned == null ? Job.named(build.job()) : planned.job();
        BuildRecord record = build.record();
        Result result = build.result();
        long started = record == null ? 0 : record.startedAt();
        long ended = record == null ? 0 : record.endedAt();
        Long elapsed = started == 0 ? null : Long.valueOf(Math.max(0, (ended > 0 ? ended : now) - started));
        Long estimated = durations.of(build.job());
        Long remaining = null;
        if (build.state() == State.DONE) {
            remaining = 0L;
        } else if (elapsed != null && estimated != null) {
            remaining = Math.max(0, estimated - elapsed);
        }
        String reportUrl = build.state() == State.DONE
                ? new ReportText(snapshot.settings().reporting(), pipeline).url(build, item, job)
                : record == null ? null : record.url();
        return new JobView(
                build.job(),
                record == null ? null : record.url(),
                reportUrl == null || reportUrl.isEmpty() ? null : reportUrl,
                result == null ? null : result.name(),
                job.voting(),
                build.uuid(),
                record == null ? null : Integer.valueOf(record.number()),
                elapsed,
                remaining,
                estimated,
                build.launchedAt(),
                started,
                ended,
                item.pipeline(),
                result == Result.ABORTED,
                build.attempts() > 0,
                record == null ? null : record.node(),
                build.state().name(),
                build.since(),
                reason(build, planned, item),
                build.attempts());
    }

    @CheckForNull
    private static String reason(ItemBuild build, @CheckForNull JobPlan.Planned planned, Item item) {
        if (build.reason() != null || build.state() != State.WAITING || planned == null) {
            return build.reason();
        }
        ItemBuild parent = planned.parent() == null ? null : item.build(planned.parent());
        if (parent != null && parent.state() != State.DONE) {
            return "waits for " + parent.job();
        }
        boolean merged = item.merge().state() == Merge.State.MERGED;
        return merged && planned.job().mutex() != null
                ? "waits for the mutex " + planned.job().mutex()
                : null;
    }
}
