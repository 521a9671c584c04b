package io.jenkins.plugins.metapluginci;

import io.jenkins.plugins.metapluginci.config.WatchedProject;
import io.jenkins.plugins.metapluginci.layout.EventFilter;
import io.jenkins.plugins.metapluginci.layout.Job;
import io.jenkins.plugins.metapluginci.layout.JobMatcher;
import io.jenkins.plugins.metapluginci.layout.JobNode;
import io.jenkins.plugins.metapluginci.layout.Layout;
import io.jenkins.plugins.metapluginci.layout.MergeMode;
import io.jenkins.plugins.metapluginci.layout.PatternProblem;
import io.jenkins.plugins.metapluginci.layout.Pipeline;
import io.jenkins.plugins.metapluginci.layout.Precedence;
import io.jenkins.plugins.metapluginci.layout.ProjectConfig;
import io.jenkins.plugins.metapluginci.layout.PythonPattern;
import io.jenkins.plugins.metapluginci.layout.Reporter;
import io.jenkins.plugins.metapluginci.layout.Reporters;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The layout that does what the table of watched projects says: one pipeline, {@code check}, as the specification has it. */
final class WatchLayout {
    private static final String CHECK = "check";
    private static final String FAILURE_MESSAGE = "Build failed. Leave a comment with 'metaplugin-recheck' to rerun a"
            + " check. ('recheck' will be ignored.)";
    private static final String RECHECK =
            "(?i)^(Patch Set [0-9]+:)?( [\\w\\\\+-]*)*(\\n\\n)?\\s*metaplugin-recheck\\s*$";

    private WatchLayout() {}

    /** @throws IllegalStateException when a branch is no regular expression, which the form does not let through */
    static Layout of(List<WatchedProject> watches) {
        try {
            return new Layout(List.of(check()), projects(watches), List.of());
        } catch (PatternProblem e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    private static Pipeline check() throws PatternProblem {
        List<EventFilter> triggers = List.of(
                EventFilter.of(
                        List.of(PythonPattern.compile("patchset-created"), PythonPattern.compile("change-restored"))),
                new EventFilter(
                        List.of(PythonPattern.compile("comment-added")),
                        List.of(),
                        List.of(),
                        true,
                        List.of(PythonPattern.compile(RECHECK)),
                        List.of(),
                        List.of(),
                        Map.of(),
                        List.of(),
                        List.of()));
        List<Reporter> failure = votes("0");
        return new Pipeline(
                CHECK,
                null,
                "gerrit",
                triggers,
                null,
                null,
                Pipeline.SUCCESS_MESSAGE,
                FAILURE_MESSAGE,
                Pipeline.MERGE_FAILURE_MESSAGE,
                "",
                new Reporters(List.of(), votes("1"), failure, failure, List.of()),
                0,
                true,
                false,
                Precedence.NORMAL);
    }

    private static List<Reporter> votes(String value) {
        return List.of(new Reporter("gerrit", Map.of("verified", value)));
    }

    private static Map<String, ProjectConfig> projects(List<WatchedProject> watches) throws PatternProblem {
        Map<String, Map<String, List<PythonPattern>>> branches = new LinkedHashMap<>();
        for (WatchedProject watch : watches) {
            branches.computeIfAbsent(watch.getProject(), any -> new LinkedHashMap<>())
                    .computeIfAbsent(watch.getJob(), any -> new ArrayList<>())
                    .add(PythonPattern.compile("^(?:" + watch.getBranch() + ")$"));
        }
        Map<String, ProjectConfig> projects = new LinkedHashMap<>();
        branches.forEach((project, jobs) -> {
            List<JobNode> nodes = new ArrayList<>();
            jobs.forEach((job, patterns) -> nodes.add(new JobNode(job(job, patterns), List.of())));
            projects.put(project, new ProjectConfig(project, MergeMode.MERGE_RESOLVE, Map.of(CHECK, nodes)));
        });
        return projects;
    }

    private static Job job(String name, List<PythonPattern> branches) {
        JobMatcher matcher = new JobMatcher(branches, List.of(), List.of());
        return new Job(name, true, null, null, null, null, Job.ATTEMPTS, null, List.of(), matcher, null, false);
    }
}
