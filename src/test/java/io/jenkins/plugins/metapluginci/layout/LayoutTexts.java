package io.jenkins.plugins.metapluginci.layout;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;

/** Short layouts for tests. */
final class LayoutTexts {
    /** Everything that Zuul requires, in 7 lines, so that what a test adds starts in line 8. */
    static final String MINIMAL = """
            pipelines:
              - name: check
                manager: IndependentPipelineManager
                trigger: {gerrit: [{event: patchset-created}]}
            projects:
              - name: openstack/neutron
                check: [job-a]
            """;

    private LayoutTexts() {}

    /** A layout of one pipeline with more keys. @param keys lines without indentation */
    static String pipeline(String keys) {
        return """
                pipelines:
                  - name: check
                    manager: IndependentPipelineManager
                """ + indented(keys, 4) + """
                projects:
                  - name: openstack/neutron
                    check: [job-a]
                """;
    }

    /** A layout of one pipeline with a trigger entry. @param keys lines of the entry, without indentation */
    static String trigger(String keys) {
        return pipeline("trigger:\n  gerrit:\n    -\n" + indented(keys, 6));
    }

    /** As {@link #pipeline}, with a trigger. */
    static String triggered(String keys) {
        return pipeline("trigger: {gerrit: [{event: patchset-created}]}\n" + keys);
    }

    /** A layout of one pipeline with a jobs section and the list of jobs that a project runs. */
    static String jobs(String jobs, String list) {
        return """
                pipelines:
                  - name: check
                    manager: IndependentPipelineManager
                    trigger: {gerrit: [{event: patchset-created}]}
                jobs:
                """ + indented(jobs, 2) + """
                projects:
                  - name: openstack/neutron
                    check:
                """ + indented(list, 6);
    }

    static String indented(String lines, int blanks) {
        String text = lines.strip().indent(blanks);
        return text.isBlank() ? "" : text;
    }

    /** What a layout without errors means. */
    static Layout valid(String yaml) {
        LayoutResult result = LayoutParser.parse(yaml, ParseOptions.DEFAULT);
        assertThat(result.errors()).isEmpty();
        assertThat(result.layout()).isNotNull();
        return result.layout();
    }

    /** The errors of a layout that has some, as a person reads them. */
    static String[] errors(String yaml) {
        LayoutResult result = LayoutParser.parse(yaml, ParseOptions.DEFAULT);
        assertThat(result.layout()).isNull();
        assertThat(result.errors()).isNotEmpty().allMatch(each -> each.line() > 0 && each.column() > 0);
        return result.errors().stream().map(Problem::toString).toArray(String[]::new);
    }

    /** The warnings of a layout without errors. */
    static String[] warnings(String yaml) {
        return valid(yaml).warnings().stream().map(Problem::toString).toArray(String[]::new);
    }

    /** A pipeline's only filter. */
    static EventFilter filter(String yaml) {
        assertThat(valid(yaml).pipelines().get(0).triggers()).hasSize(1);
        return valid(yaml).pipelines().get(0).triggers().get(0);
    }

    /** A job of a project's tree, wherever it stands. */
    static Job job(Layout layout, String name) {
        return layout.projects().values().stream()
                .flatMap(project -> project.jobs().values().stream())
                .flatMap(roots -> roots.stream())
                .flatMap(LayoutTexts::all)
                .filter(job -> job.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static Stream<Job> all(JobNode node) {
        return Stream.concat(Stream.of(node.job()), node.children().stream().flatMap(LayoutTexts::all));
    }
}
