package io.jenkins.plugins.metapluginci.layout;

import static io.jenkins.plugins.metapluginci.layout.LayoutTexts.filter;
import static io.jenkins.plugins.metapluginci.layout.LayoutTexts.job;
import static io.jenkins.plugins.metapluginci.layout.LayoutTexts.jobs;
import static io.jenkins.plugins.metapluginci.layout.LayoutTexts.pipeline;
import static io.jenkins.plugins.metapluginci.layout.LayoutTexts.trigger;
import static io.jenkins.plugins.metapluginci.layout.LayoutTexts.triggered;
import static io.jenkins.plugins.metapluginci.layout.LayoutTexts.valid;
import static io.jenkins.plugins.metapluginci.layout.LayoutTexts.warnings;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.Test;

/** What each key of a layout means: the rows of sections 1.1 to 1.6 of the contract. */
public class LayoutParserTest {
    private static final String HEAD = """
            pipelines:
              - name: check
                manager: IndependentPipelineManager
                trigger: {gerrit: [{event: patchset-created}]}
            """;

    private static Pipeline check(String yaml) {
        return valid(yaml).pipeline("check");
    }

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
    public void nothingIsALayoutToo() {
        Layout layout = valid("pipelines: []\nprojects: []\n");
        assertThat(layout.pipelines()).isEmpty();
        assertThat(layout.projectNames()).isEmpty();
        assertThat(layout.warnings()).isEmpty();
    }

    @Test
    public void defaultsOfAPipeline() {
        Pipeline check = check(LayoutTexts.MINIMAL);
        assertThat(check)
                .isEqualTo(new Pipeline(
                        "check",
                        null,
                        "gerrit",
                        check.triggers(),
                        null,
                        null,
                        "Build succeeded.",
                        "Build failed.",
                        "Merge Failed.\n\nThis change or one of its cross-repo dependencies was unable to be automatically"
                                + " merged with the current state of its repository. Please rebase the change and upload a"
                                + " new patchset.",
                        "",
                        new Reporters(List.of(), List.of(), List.of(), List.of(), List.of()),
                        0,
                        true,
                        false,
                        Precedence.NORMAL));
        assertThat(check.triggers()).hasSize(1);
    }

    @Test
    public void textsOfAPipeline() {
        Pipeline check = check(triggered("""
                description: Gr\u00fc\u00dfe
                success-message: s
                failure-message: f
                merge-failure-message: m
                footer-message: contact
                precedence: high
                dequeue-on-new-patchset: no
                ignore-dependencies: on
                disable-after-consecutive-failures: 3
                source: gerrit
                """));
        assertThat(check.description()).isEqualTo("Gr\u00fc\u00dfe");
        assertThat(List.of(
                        check.successMessage(),
                        check.failureMessage(),
                        check.mergeFailureMessage(),
                        check.footerMessage()))
                .containsExactly("s", "f", "m", "contact");
        assertThat(check.precedence()).isEqualTo(Precedence.HIGH);
        assertThat(check.dequeueOnNewPatchset()).isFalse();
        assertThat(check.ignoreDependencies()).isTrue();
        assertThat(check.disableAfter()).isEqualTo(3);
        assertThat(check(triggered("precedence: low")).precedence()).isEqualTo(Precedence.LOW);
    }

    @Test
    public void requireAndReject() {
        Pipeline check = check(triggered("""
                require:
                  open: true
                  current-patchset: false
                  status: [NEW, SUBMITTED]
                  approval:
                    - email-filter: old
                      email: new
                    - email-filter: ^jenkins@
                      username: ^jenkins$
                      newer-than: 1d
                      older-than: 30m
                      verified: [1, 2]
                      code-review: +2
                reject:
                  approval: {workflow: -1}
                """));
        Requirement require = check.require();
        assertThat(require.open()).isTrue();
        assertThat(require.currentPatchset()).isFalse();
        assertThat(require.statuses()).containsExactly("NEW", "SUBMITTED");
        assertThat(require.requireApprovals().get(0).email().source()).isEqualTo("new");
        ApprovalRule rule = require.requireApprovals().get(1);
        assertThat(rule.email().source()).isEqualTo("^jenkins@");
        assertThat(rule.username().source()).isEqualTo("^jenkins$");
        assertThat(rule.newerThanSeconds()).isEqualTo(86400);
        assertThat(rule.olderThanSeconds()).isEqualTo(1800);
        assertThat(rule.values()).isEqualTo(Map.of("verified", List.of(1, 2), "code-review", List.of(2)));
        assertThat(check.reject().rejectApprovals()).hasSize(1);
        assertThat(check.reject().open()).isNull();
        assertThat(check(triggered("require: {}")).require())
                .isEqualTo(new Requirement(null, null, List.of(), List.of(), List.of()));
        assertThat(check(triggered("require: {status: NEW}")).require().statuses())
                .containsExactly("NEW");
    }

    @Test
    public void labelsAreComparedInLowerCase() {
        assertThat(warnings(triggered("require: {approval: {Code-Review: 2}}")))
                .containsExactly(
                        "5:26: 'Code-Review' never matches: write 'code-review', as Zuul compares the names of labels.");
    }

    @Test
    public void everyFilterKey() {
        EventFilter filter = filter(trigger("""
                event: [comment-added, ref-updated]
                branch: ^master$
                ref: [^refs/tags/, ^refs/heads/]
                ignore-deletes: false
                comment: recheck
                email: [a, b]
                username: ^x$
                approval: [{verified: 1, workflow: "+1"}, {verified: -2}]
                require-approval: {username: jenkins}
                reject-approval: [{workflow: -1}, {verified: [-1, -2]}]
                """));
        assertThat(filter.events()).extracting(PythonPattern::source).containsExactly("comment-added", "ref-updated");
        assertThat(filter.branches()).extracting(PythonPattern::source).containsExactly("^master$");
        assertThat(filter.refs()).hasSize(2);
        assertThat(filter.ignoreDeletes()).isFalse();
        assertThat(filter.comments()).extracting(PythonPattern::source).containsExactly("recheck");
        assertThat(filter.emails()).extracting(PythonPattern::source).containsExactly("a", "b");
        assertThat(filter.usernames()).extracting(PythonPattern::source).containsExactly("^x$");
        assertThat(filter.approvals()).isEqualTo(Map.of("verified", -2, "workflow", 1));
        assertThat(filter.requireApprovals()).hasSize(1);
        assertThat(filter.rejectApprovals()).hasSize(2);
        assertThat(filter(trigger("event: ref-updated")).ignoreDeletes()).isTrue();
    }

    @Test
    public void oldSpellingsCountWhereTheNewSayNothing() {
        EventFilter old =
                filter(trigger("event: comment-added\ncomment_filter: a\nemail_filter: b\nusername_filter: [c, d]"));
        assertThat(old.comments()).extracting(PythonPattern::source).containsExactly("a");
        assertThat(old.emails()).extracting(PythonPattern::source).containsExactly("b");
        assertThat(old.usernames()).extracting(PythonPattern::source).containsExactly("c", "d");
        EventFilter both =
                filter(trigger("event: comment-added\ncomment_filter: a\ncomment: b\nemail: []\nemail_filter: c"));
        assertThat(both.comments()).extracting(PythonPattern::source).containsExactly("b");
        assertThat(both.emails()).extracting(PythonPattern::source).containsExactly("c");
        assertThat(filter(trigger("event: comment-added\nbranch: ''")).branches())
                .isEmpty();
    }

    @Test
    public void aTriggerMayBeASingleMap() {
        assertThat(filter(pipeline("trigger: {gerrit: {event: patchset-created}}"))
                        .events())
                .hasSize(1);
        // Crashed Zuul's check for refs.
        assertThat(filter(pipeline("trigger: {gerrit: {event: ref-updated, ref: ^x}}"))
                        .refs())
                .hasSize(1);
    }

    @Test
    public void whatIsNotGerritsIsOff() {
        assertThat(warnings(pipeline(
                        "trigger:\n  timer:\n    - time: 0 * * * *\n  zuul:\n    - event: project-change-merged\n")))
                .containsExactly(
                        "5:7: The trigger 'timer' is off: only events of Gerrit enqueue changes here.",
                        "7:7: The trigger 'zuul' is off: only events of Gerrit enqueue changes here.");
        ParseOptions options = new ParseOptions(Map.of("gerrit", "gerrit", "mail", "smtp", "db", "sql"));
        LayoutResult result =
                LayoutParser.parse(triggered("success: {gerrit: {}, mail: {to: x}, db: {score: 1}}"), options);
        assertThat(result.layout().pipeline("check").reporters().success())
                .containsExactly(new Reporter("gerrit", Map.of()));
        assertThat(result.warnings())
                .extracting(Problem::message)
                .containsExactly(
                        "The reporter 'mail' is off: only Gerrit is reported to.",
                        "The reporter 'db' is off: only Gerrit is reported to.");
    }

    @Test
    public void connectionsMayHaveOtherNames() {
        String yaml = pipeline(
                "source: review\ntrigger: {review: [{event: patchset-created}]}\nfailure: {vote: {verified: -1}}");
        LayoutResult result = LayoutParser.parse(yaml, new ParseOptions(Map.of("review", "gerrit", "vote", "gerrit")));
        Pipeline check = result.layout().pipeline("check");
        assertThat(check.source()).isEqualTo("review");
        assertThat(check.triggers()).hasSize(1);
        assertThat(check.reporters().failure()).containsExactly(new Reporter("vote", Map.of("verified", "-1")));
    }

    @Test
    public void reporters() {
        Reporters reporters = check(triggered("""
                        start: {gerrit: {verified: 0}}
                        success: {gerrit: {verified: +1, code-review: "2", force-message: true}}
                        failure: {gerrit: {}}
                        disabled: {gerrit: {label: Verified=-1}}
                        """)).reporters();
        assertThat(reporters.start()).containsExactly(new Reporter("gerrit", Map.of("verified", "0")));
        assertThat(reporters.success())
                .containsExactly(
                        new Reporter("gerrit", Map.of("verified", "1", "code-review", "2", "force-message", "true")));
        assertThat(reporters.success().get(0).options().keySet())
                .containsExactly("verified", "code-review", "force-message");
        assertThat(reporters.failure()).containsExactly(new Reporter("gerrit", Map.of()));
        assertThat(reporters.mergeFailure()).isEqualTo(reporters.failure());
        assertThat(reporters.disabled()).containsExactly(new Reporter("gerrit", Map.of("Verified", "-1")));
    }

    @Test
    public void mergeFailureStandsForItself() {
        assertThat(check(triggered("failure: {gerrit: {verified: -1}}\nmerge-failure: {gerrit: {verified: 0}}"))
                        .reporters()
                        .mergeFailure())
                .containsExactly(new Reporter("gerrit", Map.of("verified", "0")));
        assertThat(check(triggered("failure: {gerrit: {verified: -1}}\nmerge-failure: {}"))
                        .reporters()
                        .mergeFailure())
                .hasSize(1);
        assertThat(check(triggered("failure: {gerrit: {verified: -1}}\nmerge-failure: {smtp: {to: x}}"))
                        .reporters()
                        .mergeFailure())
                .isEmpty();
    }

    @Test
    public void optionsThatAreNoLabelsAreOff() {
        String yaml = triggered("success: {gerrit: {verified: 1, submit: true, publish: false, notify: NONE}}");
        assertThat(check(yaml).reporters().success()).containsExactly(new Reporter("gerrit", Map.of("verified", "1")));
        assertThat(warnings(yaml))
                .containsExactly(
                        "5:37: The option 'submit' of a report is off: labels with a number and force-message are known here.",
                        "5:67: The option 'notify' of a report is off: labels with a number and force-message are known here.");
    }

    @Test
    public void dependentPipelinesAreOffAndQuiet() {
        String yaml = """
                pipelines:
                  - name: gate
                    manager: DependentPipelineManager
                    trigger: {timer: [{time: x}]}
                    success: {gerrit: {submit: true}, smtp: {}}
                    window: 3
                  - name: check
                    manager: IndependentPipelineManager
                    window-floor: 3
                    trigger: {gerrit: []}
                projects:
                  - name: p
                    gate: [a]
                    check: [b]
                """;
        Layout layout = valid(yaml);
        assertThat(layout.pipelines()).extracting(Pipeline::name).containsExactly("check");
        assertThat(layout.projects().get("p").jobs()).containsOnlyKeys("check");
        assertThat(layout.jobNames()).containsExactly("b");
        assertThat(LayoutParser.parse(yaml, ParseOptions.DEFAULT).definedJobs()).containsExactlyInAnyOrder("a", "b");
        assertThat(warnings(yaml))
                .containsExactly(
                        "3:14: The pipeline 'gate' is off, and what projects run in it: dependent pipelines are for gating,"
                                + " which merges changes; a third-party CI reports on them.",
                        "9:5: 'window-floor' has no effect: only dependent pipelines have a window.");
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
        assertThat(tree(valid(HEAD + "projects:\n  - name: openstack/neutron\n    check: alone")))
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
            Layout layout = valid(HEAD + "projects:\n  - name: p\n    merge-mode: " + each.getKey());
            assertThat(layout.projects().get("p").mergeMode()).isEqualTo(each.getValue());
        }
        Layout layout = valid(HEAD + "projects:\n  - name: p");
        assertThat(layout.projects().get("p").mergeMode()).isEqualTo(MergeMode.MERGE_RESOLVE);
        assertThat(layout.projects().get("p").jobs()).isEmpty();
    }

    @Test
    public void templatesComeFirstInTheOrderOfTheirCalls() {
        Layout layout = valid(HEAD + """
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
        Layout layout = valid(HEAD + """
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

    @Test
    public void namesInAnyScript() {
        Layout layout = valid(
                HEAD + "projects:\n  - name: \u30d7\u30ed\u30b8\u30a7\u30af\u30c8\n    check: [\u30c6\u30b9\u30c8]");
        assertThat(layout.jobNames()).containsExactly("\u30c6\u30b9\u30c8");
    }
}
