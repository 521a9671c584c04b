package io.jenkins.plugins.metapluginci.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The layout that does what the first release's table of watched projects did, so that an installation of that release goes
 * on as it was. A job's {@code branch} holds for all its projects, and a row's held for one: jobs whose rows differ get a
 * pipeline for each branch instead, and so a report for each where rows of one project overlap.
 */
final class WatchesLayout {
    private static final String HEAD = """
            # Made from the table of watched projects of an earlier release.
            pipelines:
            """;

    private static final String PIPELINE = """
              - name: NAME
                failure-message: Build failed. Leave a comment with 'metaplugin-recheck' to rerun a check. ('recheck' will be ignored.)
                manager: IndependentPipelineManager
                trigger:
                  gerrit:
            TRIGGERS    success:
                  gerrit:
                    verified: 1
                failure:
                  gerrit:
                    verified: 0
            """;

    private static final String COMMENT =
            "(?i)^(Patch Set [0-9]+:)?( [\\w\\\\+-]*)*(\\n\\n)?\\s*metaplugin-recheck\\s*$";

    private WatchesLayout() {}

    /** @param watches at least one */
    static String of(List<WatchedProject> watches) {
        Map<String, Set<String>> branchesOfJobs = new LinkedHashMap<>();
        Map<String, List<WatchedProject>> pipelines = new LinkedHashMap<>();
        for (WatchedProject watch : watches) {
            branchesOfJobs
                    .computeIfAbsent(watch.job(), job -> new LinkedHashSet<>())
                    .add(watch.branch());
            pipelines
                    .computeIfAbsent(watch.branch(), branch -> new ArrayList<>())
                    .add(watch);
        }
        boolean simple = branchesOfJobs.values().stream().allMatch(branches -> branches.size() == 1);
        return simple ? onePipeline(watches, branchesOfJobs) : pipelineForEachBranch(pipelines);
    }

    private static String onePipeline(List<WatchedProject> watches, Map<String, Set<String>> branchesOfJobs) {
        StringBuilder text = new StringBuilder(HEAD).append(pipeline("check", null));
        text.append("\njobs:\n");
        branchesOfJobs.forEach((job, branches) -> text.append("  - name: ")
                .append(quoted(job))
                .append("\n    branch: ")
                .append(quoted(whole(branches.iterator().next())))
                .append('\n'));
        Map<String, Map<String, Set<String>>> projects = new LinkedHashMap<>();
        watches.forEach(watch -> add(projects, watch, "check"));
        return text.append(projects(projects)).toString();
    }

    private static String pipelineForEachBranch(Map<String, List<WatchedProject>> byBranch) {
        StringBuilder text = new StringBuilder(HEAD);
        Map<String, Map<String, Set<String>>> projects = new LinkedHashMap<>();
        int number = 0;
        for (Map.Entry<String, List<WatchedProject>> each : byBranch.entrySet()) {
            number++;
            String name = number == 1 ? "check" : "check-" + number;
            text.append(pipeline(name, each.getKey()));
            each.getValue().forEach(watch -> add(projects, watch, name));
        }
        return text.append(projects(projects)).toString();
    }

    private static void add(Map<String, Map<String, Set<String>>> projects, WatchedProject watch, String pipeline) {
        projects.computeIfAbsent(watch.project(), project -> new LinkedHashMap<>())
                .computeIfAbsent(pipeline, name -> new LinkedHashSet<>())
                .add(watch.job());
    }

    private static String pipeline(String name, String branch) {
        String only = branch == null ? "" : "          branch: " + quoted(whole(branch)) + "\n";
        StringBuilder triggers = new StringBuilder();
        for (String event : List.of("patchset-created", "change-restored", "comment-added")) {
            triggers.append("        - event: ").append(event).append('\n').append(only);
        }
        triggers.append("          comment: ").append(quoted(COMMENT)).append('\n');
        return PIPELINE.replace("NAME", name).replace("TRIGGERS", triggers);
    }

    private static String projects(Map<String, Map<String, Set<String>>> projects) {
        StringBuilder text = new StringBuilder("\nprojects:\n");
        projects.forEach((project, pipelines) -> {
            text.append("  - name: ").append(quoted(project)).append('\n');
            pipelines.forEach((pipeline, jobs) -> {
                text.append("    ").append(pipeline).append(":\n");
                jobs.forEach(job -> text.append("      - ").append(entry(job)).append('\n'));
            });
        });
        return text.toString();
    }

    /** A name in a list has no blanks; one with jobs after it, be it none, may have. */
    private static String entry(String job) {
        return job.chars().anyMatch(Character::isWhitespace) ? quoted(job) + ": []" : quoted(job);
    }

    /** A layout's patterns are matched from the start only. */
    private static String whole(String branch) {
        return "^(?:" + branch + ")$";
    }

    /** As YAML's single quotes have it. */
    private static String quoted(String text) {
        return "'" + text.replace("'", "''") + "'";
    }
}
