package io.jenkins.plugins.metapluginci.web;

import io.jenkins.plugins.metapluginci.scheduler.Person;
import io.jenkins.plugins.metapluginci.scheduler.SchedulerView;
import io.jenkins.plugins.metapluginci.scheduler.SchedulerView.ItemView;
import io.jenkins.plugins.metapluginci.scheduler.SchedulerView.JobView;
import io.jenkins.plugins.metapluginci.scheduler.SchedulerView.Later;
import io.jenkins.plugins.metapluginci.scheduler.SchedulerView.Notice;
import io.jenkins.plugins.metapluginci.scheduler.SchedulerView.OwedView;
import io.jenkins.plugins.metapluginci.scheduler.SchedulerView.PipelineView;
import io.jenkins.plugins.metapluginci.scheduler.SchedulerView.Waiting;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What the scheduler could show. All of it as of {@link #NOW}. */
public final class Views {
    public static final long NOW = 1_700_000_000_000L;

    private Views() {}

    /** A view of two pipelines with everything that can be in one. */
    public static SchedulerView full() {
        return of(NOW, List.of(check(NOW), experimental(NOW)));
    }

    public static SchedulerView of(long now, List<PipelineView> pipelines) {
        return new SchedulerView(
                now,
                3,
                1,
                now - 86_400_000,
                true,
                false,
                null,
                null,
                pipelines,
                List.of(new Waiting("comment-added 77,1", "openstack/nova", now - 9_000, 2, "no answer <in> 30 s")),
                List.of(new Later("k1", "comment-added", "openstack/neutron", 12, 3, now - 7_200_000)),
                List.of(new Notice(
                        "check", "openstack/neutron", "40,2", "https://g/40", now - 60_000, "gate: RETRY_LIMIT")),
                List.of(new Notice("check", "openstack/neutron", "39,1", null, now - 70_000, "change is closed")),
                List.of("The root URL of this Jenkins is not set"),
                now / 1000 - 1);
    }

    private static PipelineView check(long now) {
        List<JobView> jobs = List.of(
                ended("check-requirements", "SUCCESS", now, 61_000, true),
                ended("check-tempest-dsvm-optional", "FAILURE", now, 1_234_567, false),
                running("check-tempest-dsvm-metaplugin", now, 1_500_000, 3_600_000L),
                running("check-grenade-dsvm", now, 100_000, null),
                queued("check-docs", now),
                ended("publish-docs", "SKIPPED", now, 0, true));
        ItemView dependency = item("41,3", "openstack/nova", now).ahead().build();
        ItemView tested = item("42,1", "openstack/neutron", now)
                .jobs(jobs)
                .after(dependency)
                .failing("at least one job failed")
                .build();
        ItemView merging = item("50,2", "openstack/neutron", now)
                .state("merging", "fetching from Gerrit")
                .build();
        ItemView conflict = item("51,1", "openstack/neutron", now)
                .failing("it has a merge conflict")
                .report(new OwedView(
                        "OWED", now - 5_000, 4, "Gerrit does not answer", Map.of("Verified", -1, "Code-Review", 0)))
                .build();
        return new PipelineView(
                "check",
                "Newly uploaded patchsets enter this pipeline.\n\nThey are voted on with +1 or 0 <once>.",
                false,
                0,
                0,
                List.of(tested, merging, conflict));
    }

    private static PipelineView experimental(long now) {
        ItemView ref = item("0123456789abcdef0123456789abcdef01234567", "openstack/neutron", now)
                .jobs(List.of(queued("deploy", now)))
                .build();
        return new PipelineView("experimental", null, true, 3, 3, List.of(ref));
    }

    /** As many items as asked for, each with three jobs in different states. */
    public static SchedulerView many(int items, int pipelines, long now) {
        List<PipelineView> made = new ArrayList<>();
        for (int p = 0; p < pipelines; p++) {
            List<ItemView> queue = new ArrayList<>();
            for (int n = p; n < items; n += pipelines) {
                queue.add(item(10_000 + n + ",1", "openstack/project-" + n % 40, now - n * 20_000L)
                        .jobs(List.of(
                                ended("check-tempest-dsvm-one", n % 5 == 0 ? "FAILURE" : "SUCCESS", now, 900_000, true),
                                running("check-tempest-dsvm-two", now, 60_000L * (n % 60), 3_600_000L),
                                queued("check-tempest-dsvm-three", now)))
                        .build());
            }
            made.add(new PipelineView("pipeline-" + p, "Pipeline number " + p, false, 0, 0, queue));
        }
        return of(now, made);
    }

    static JobView ended(String name, String result, long now, long took, boolean voting) {
        boolean ran = took > 0;
        return new JobView(
                name,
                ran ? "https://jenkins.example.org/job/" + name + "/7/" : null,
                ran ? "https://logs.example.org/42/" + name : name,
                result,
                voting,
                ran ? "f".repeat(32) : null,
                ran ? (Integer) 7 : null,
                ran ? (Long) took : null,
                ran ? (Long) 0L : null,
                ran ? (Long) 3_599_500L : null,
                ran ? now - took - 2_000 : 0,
                ran ? now - took - 1_000 : 0,
                ran ? now - 1_000 : 0,
                "check",
                false,
                false,
                ran ? "node-1" : null,
                "DONE",
                now - 1_000,
                null,
                0);
    }

    static JobView running(String name, long now, long elapsed, Long estimate) {
        return new JobView(
                name,
                "https://jenkins.example.org/job/" + name + "/8/",
                "https://logs.example.org/42/" + name,
                null,
                true,
                "e".repeat(32),
                8,
                elapsed,
                estimate == null ? null : (Long) Math.max(0, estimate - elapsed),
                estimate,
                now - elapsed - 500,
                now - elapsed,
                0,
                "check",
                false,
                true,
                "node-2",
                "RUNNING",
                now - elapsed,
                "attempt 1 lost its node",
                1);
    }

    static JobView queued(String name, long now) {
        return new JobView(
                name,
                null,
                name,
                null,
                true,
                null,
                null,
                null,
                null,
                null,
                0,
                0,
                0,
                "check",
                false,
                false,
                null,
                "WAITING",
                now - 4_000,
                "no node has the label devstack_slave",
                0);
    }

    /** In Jenkins' queue. */
    static JobView launched(String name, long at) {
        return new JobView(
                name,
                null,
                name,
                null,
                true,
                "f".repeat(32),
                null,
                null,
                null,
                null,
                at,
                0,
                0,
                "check",
                false,
                false,
                null,
                "LAUNCHED",
                at,
                "the node n1 is REBOOTING",
                0);
    }

    static Draft item(String id, String project, long now) {
        return new Draft(id, project, now);
    }

    /** An item to be. */
    static final class Draft {
        private final String id;
        private final String project;
        private final long now;
        private boolean live = true;
        private List<JobView> jobs = List.of();
        private List<ItemView> ahead = List.of();
        private List<String> failing = List.of();
        private String state = "testing";
        private String reason;
        private OwedView report;

        private Draft(String id, String project, long now) {
            this.id = id;
            this.project = project;
            this.now = now;
        }

        Draft ahead() {
            live = false;
            return this;
        }

        Draft jobs(List<JobView> some) {
            jobs = some;
            return this;
        }

        Draft after(ItemView... some) {
            ahead = List.of(some);
            return this;
        }

        Draft failing(String... reasons) {
            failing = List.of(reasons);
            return this;
        }

        Draft state(String name, String why) {
            state = name;
            reason = why;
            return this;
        }

        Draft report(OwedView owed) {
            report = owed;
            return this;
        }

        ItemView build() {
            boolean change = id.contains(",");
            return new ItemView(
                    id,
                    live ? "key-" + id : null,
                    change ? "https://review.example.org/" + id.split(",")[0] : null,
                    project,
                    "master",
                    "A subject with <b>markup</b> & \"quotes\"",
                    new Person("Jane \u00d6 <x>", "jane@example.org", "jane"),
                    live ? "patchset-created" : "",
                    now - 600_000,
                    jobs.isEmpty() ? null : (Long) 2_100_000L,
                    true,
                    live,
                    live ? "refs/zuul/master/Z" + "a".repeat(32) : null,
                    ahead.isEmpty() ? null : ahead.get(ahead.size() - 1).id(),
                    live ? List.of() : List.of("42,1"),
                    failing,
                    jobs,
                    ahead,
                    state,
                    now - 30_000,
                    reason,
                    report);
        }
    }
}
