package io.jenkins.plugins.metapluginci.layout;

import static io.jenkins.plugins.metapluginci.layout.LayoutTexts.filter;
import static io.jenkins.plugins.metapluginci.layout.LayoutTexts.pipeline;
import static io.jenkins.plugins.metapluginci.layout.LayoutTexts.trigger;
import static io.jenkins.plugins.metapluginci.layout.LayoutTexts.triggered;
import static io.jenkins.plugins.metapluginci.layout.LayoutTexts.valid;
import static io.jenkins.plugins.metapluginci.layout.LayoutTexts.warnings;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.Test;

/** What each key of a layout means that is about pipelines, triggers and reporters: the rows of sections 1.1 to 1.4 of the contract. */
public class LayoutParserTest {
    static final String HEAD = """
            pipelines:
              - name: check
                manager: IndependentPipelineManager
                trigger: {gerrit: [{event: patchset-created}]}
            """;

    private static Pipeline check(String yaml) {
        return valid(yaml).pipeline("check");
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
    public void namesInAnyScript() {
        Layout layout = valid(
                HEAD + "projects:\n  - name: \u30d7\u30ed\u30b8\u30a7\u30af\u30c8\n    check: [\u30c6\u30b9\u30c8]");
        assertThat(layout.jobNames()).containsExactly("\u30c6\u30b9\u30c8");
    }
}
