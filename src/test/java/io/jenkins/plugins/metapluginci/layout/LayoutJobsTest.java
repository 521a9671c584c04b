package io.jenkins.plugins.metapluginci.layout;

import static io.jenkins.plugins.metapluginci.layout.LayoutTexts.job;
import static io.jenkins.plugins.metapluginci.layout.LayoutTexts.jobs;
import static io.jenkins.plugins.metapluginci.layout.LayoutTexts.valid;
import static io.jenkins.plugins.metapluginci.layout.LayoutTexts.warnings;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.Test;

/** What the keys of jobs, projects and templates mean: the rows of sections 1.5 and 1.6 of the contract. */
public class LayoutJobsTest {
    private static String tree(Layout layout) {
        return tree(layout.jobTree("check", "openstack/neutron"));
    }

    private static String tree(List<JobNode> nodes) {
        StringBuilder text = new StringBuilder();
        for (JobNode node : nodes) {
            text.append(text.isEmpty() ? "" : " ").append(node.job().name());
            if (!node.children().isEmpty()) {
                text.append('(').append(tree(node.children())).append(')');
            }
        }
        return text.toString();
    }

    @Test
    public void everyKeyOfAJob() {
        Layout layout = valid(jobs("""
                - name: job-a
                  branch: [^master$, ^stable/]
                  files: ^neutron/
                  skip-if:
                    - project: ^openstack/
                      branch: ^master$
                      all-files-match-any: ^doc/
                    - all-files-match-any: [a, b]
                  voting: false
                  success-message: fine
                  failure-message: broken
                  success-pattern: http://s/{build.number}
                  failure-pattern: http://f/{build.number}
                  attempts: 7
                  parameter-function: reusable_node
                  mutex: rack
                """, "- job-a\n- job-b"));
        Job a = job(layout, "job-a");
        assertThat(a.matcher().branches()).hasSize(2);
        assertThat(a.matcher().files()).hasSize(1);
        assertThat(a.matcher().skipIf()).hasSize(2);
        assertThat(a.matcher().skipIf().get(0).project().source()).isEqualTo("^openstack/");
        assertThat(a.matcher().skipIf().get(1).allFilesMatchAny()).hasSize(2);
        assertThat(a)
                .isEqualTo(new Job(
                        "job-a",
                        false,
                        "fine",
                        "broken",
                        "http://s/{build.number}",
                        "http://f/{build.number}",
                        7,
                        "rack",
                        List.of(),
                        a.matcher(),
                        ParameterFunction.REUSABLE_NODE,
                        false));
        assertThat(job(layout, "job-b")).isEqualTo(Job.named("job-b"));
    }

    @Test
    public void keysWithoutEffectOnAJob() {
        String yaml = jobs("""
                - name: job-a
                  queue-name: q
                  hold-following-changes: true
                  tags: [a]
                  swift: {name: logs, max-file-size: 3}
                """, "- job-a");
        assertThat(warnings(yaml))
                .containsExactly(
                        "7:5: 'queue-name' has no effect here.",
                        "8:5: 'hold-following-changes' has no effect here.",
                        "9:5: 'tags' has no effect here.",
                        "10:5: 'swift' has no effect here.");
        assertThat(valid(yaml).jobNames()).containsExactly("job-a");
    }

    @Test
    public void metajobsApplyToWhatIsMentionedAfterThem() {
        Layout layout = valid(jobs("""
                - name: early
                  voting: true
                - name: ^.*$
                  voting: false
                  success-message: first
                  failure-message: kept
                  tags: [x]
                  attempts: 9
                - name: ^l
                  success-message: second
                  tags: y
                - name: late
                  tags: z
                - name: later
                  voting: true
                  success-message: ''
                """, "- early\n- late\n- later\n- only-here"));
        assertThat(job(layout, "early")).isEqualTo(Job.named("early"));
        Job late = job(layout, "late");
        assertThat(late.voting()).isFalse();
        assertThat(late.successMessage()).isEqualTo("second");
        assertThat(late.failureMessage()).isEqualTo("kept");
        assertThat(late.tags()).containsExactly("x", "y", "z");
        assertThat(late.attempts()).isEqualTo(Job.ATTEMPTS);
        assertThat(job(layout, "later").voting()).isTrue();
        assertThat(job(layout, "later").successMessage()).isEqualTo("second");
        assertThat(job(layout, "only-here").successMessage()).isEqualTo("first");
    }

    @Test
    public void aMetajobWithoutVotingLeavesItAlone() {
        // Up to 2.1, each metajob made a job vote again.
        Layout layout = valid(jobs("- name: ^a\n  voting: false\n- name: ^.*$\n  mutex: m", "- a"));
        assertThat(job(layout, "a").voting()).isFalse();
        assertThat(job(layout, "a").mutex()).isEqualTo("m");
    }

    @Test
    public void metajobNamesMatchAtTheStart() {
        Layout layout = valid(jobs("- name: ^a\n  voting: false", "- abc\n- ba"));
        assertThat(job(layout, "abc").voting()).isFalse();
        assertThat(job(layout, "ba").voting()).isTrue();
    }

    @Test
    public void unknownFunctionsAndIncludesAreOff() {
        String yaml = "includes:\n  - python-file: mine.py\n  - python-file: /etc/zuul/openstack_functions.py\n  - {}\n"
                + jobs("""
                        - name: ^x
                          parameter-function: set_mine
                        - name: x-on
                          parameter-function: set_log_url
                        - name: unused
                          parameter-function: set_other
                        """, "- x-off:\n    - below\n- x-on:\n    - x-off\n- below");
        assertThat(tree(valid(yaml))).isEqualTo("x-on below");
        assertThat(warnings(yaml))
                .containsExactly(
                        "2:18: The include 'mine.py' is off: Python is not run here. The functions that are known are"
                                + " set_log_url, single_use_node and reusable_node.",
                        "11:25: Unable to find function set_mine: Python is not run here. Without this line they would run;"
                                + " with it, these jobs stay off, and what runs after them: x-off.",
                        "15:25: Unable to find function set_other: Python is not run here. No job that is run needs it.");
        assertThat(LayoutParser.parse(yaml, ParseOptions.DEFAULT).definedJobs()).contains("x-off", "below");
    }

    @Test
    public void jobsThatAreOffAreListedShortly() {
        StringBuilder list = new StringBuilder();
        for (int i = 10; i < 30; i++) {
            list.append("- job-").append(i).append('\n');
        }
        assertThat(warnings(jobs("- name: ^.*$\n  parameter-function: set_node_options", list.toString())))
                .singleElement()
                .asString()
                .startsWith("7:25: Unable to find function set_node_options: ")
                .endsWith(
                        ": job-10, job-11, job-12, job-13, job-14, job-15, job-16, job-17, job-18, job-19, and 10 more.");
    }

    @Test
    public void theBuiltInJobNeedsNoFunction() {
        Layout layout =
                valid(jobs("- name: ^.*$\n  parameter-function: set_node_options\n  voting: false", "- noop\n- a"));
        assertThat(tree(layout)).isEqualTo("noop");
        assertThat(job(layout, "noop").voting()).isFalse();
    }

    @Test
    public void treesOfJobs() {
        assertThat(tree(valid(jobs("[]", "- a\n- b:\n    - c\n    - d:\n        - e\n  f: [g]"))))
                .isEqualTo("a b(c d(e)) f(g)");
        // Zuul took the letters of a text in a nested list for jobs.
        assertThat(tree(valid(jobs("[]", "- [aa, [bb, {cc: dd}]]\n- ee: ff")))).isEqualTo("aa bb cc(dd) ee(ff)");
        // Listed twice is there once, with what runs after either.
        assertThat(tree(valid(jobs("[]", "- a: [b]\n- c\n- a: [d, b]\n- a")))).isEqualTo("a(b d) c");
        assertThat(tree(valid(jobs("[]", "- noop")))).isEqualTo("noop");
        assertThat(valid(jobs("[]", "- noop")).jobNames()).isEmpty();
        assertThat(job(valid(jobs("[]", "- noop")), "noop").noop()).isTrue();
    }

    @Test
    public void aProjectMayRunOneJobWithoutAList() {
        assertThat(tree(valid(LayoutParserTest.HEAD + "projects:\n  - name: openstack/neutron\n    check: alone")))
                .isEqualTo("alone");
    }

    @Test
    public void aPatternInAProjectRunsNothing() {
        String yaml = jobs("[]", "- ^a.*\n- b");
        assertThat(tree(valid(yaml))).isEqualTo("b");
        assertThat(warnings(yaml)).singleElement().asString().startsWith("10:9: Nothing is run for '^a.*'");
    }

    @Test
    public void mergeModes() {
        for (Map.Entry<String, MergeMode> each : Map.of(
                        "merge", MergeMode.MERGE,
                        "merge-resolve", MergeMode.MERGE_RESOLVE,
                        "cherry-pick", MergeMode.CHERRY_PICK)
                .entrySet()) {
            Layout layout = valid(LayoutParserTest.HEAD + "projects:\n  - name: p\n    merge-mode: " + each.getKey());
            assertThat(layout.projects().get("p").mergeMode()).isEqualTo(each.getValue());
        }
        Layout layout = valid(LayoutParserTest.HEAD + "projects:\n  - name: p");
        assertThat(layout.projects().get("p").mergeMode()).isEqualTo(MergeMode.MERGE_RESOLVE);
        assertThat(layout.projects().get("p").jobs()).isEmpty();
    }

    @Test
    public void templatesComeFirstInTheOrderOfTheirCalls() {
        Layout layout = valid(LayoutParserTest.HEAD + """
                project-templates:
                  - name: unit
                    check: ['{name}-py{version}', {'{name}-docs': ['{{literal}}', noop]}]
                  - name: style
                    check: ['{name}-pep8']
                projects:
                  - name: openstack/neutron
                    check: [own, neutron-pep8]
                    template:
                      - name: style
                      - name: unit
                        version: '27'
                """);
        assertThat(tree(layout)).isEqualTo("neutron-pep8 neutron-py27 neutron-docs({literal} noop) own");
    }

    @Test
    public void aTemplateMayBeTheOnlyOneAndNeedNothing() {
        Layout layout = valid(LayoutParserTest.HEAD + """
                project-templates:
                  - name: t
                    check: ['{name}', same]
                projects:
                  - {name: openstack/neutron, template: {name: t}}
                  - {name: nova, template: [{name: t}]}
                """);
        assertThat(tree(layout)).isEqualTo("neutron same");
        assertThat(tree(layout.jobTree("check", "nova"))).isEqualTo("nova same");
        assertThat(valid("project-templates: []\nincludes: []\njobs: []\n" + LayoutTexts.MINIMAL)
                        .projectNames())
                .hasSize(1);
    }
}
