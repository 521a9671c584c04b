package io.jenkins.plugins.metapluginci.layout;

import static io.jenkins.plugins.metapluginci.layout.LayoutTexts.errors;
import static io.jenkins.plugins.metapluginci.layout.LayoutTexts.jobs;
import static io.jenkins.plugins.metapluginci.layout.LayoutTexts.pipeline;
import static io.jenkins.plugins.metapluginci.layout.LayoutTexts.trigger;
import static io.jenkins.plugins.metapluginci.layout.LayoutTexts.triggered;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.Test;

/** What is refused, in Zuul's words, with its place: section 1.7 of the contract and the validator behind it. */
public class LayoutErrorsTest {
    private static final String HEAD = """
            pipelines:
              - name: check
                manager: IndependentPipelineManager
                trigger: {gerrit: [{event: patchset-created}]}
            """;

    @Test
    public void theTopMustBeADictionary() {
        for (String yaml : new String[] {"", "# nothing\n", "- a\n", "text", "~", "12"}) {
            assertThat(errors(yaml))
                    .as(yaml)
                    .containsExactly("1:1: Malformed layout configuration: top-level type should be a dictionary");
        }
    }

    @Test
    public void whatIsRequiredAtTheTop() {
        assertThat(errors("jobs: []\n"))
                .containsExactly(
                        "1:1: required key not provided @ data['pipelines']",
                        "1:1: required key not provided @ data['projects']");
        assertThat(errors("pipelines:\nprojects: {}\nfoo: 1\n"))
                .containsExactly(
                        "1:11: expected a list for dictionary value @ data['pipelines'] (found nothing)",
                        "2:11: expected a list for dictionary value @ data['projects'] (found a mapping)",
                        "3:1: extra keys not allowed @ data['foo']");
    }

    @Test
    public void whatAPipelineRequires() {
        assertThat(errors("pipelines:\n  - {}\nprojects: []\n"))
                .containsExactly(
                        "2:5: required key not provided @ data['pipelines'][0]['name']",
                        "2:5: required key not provided @ data['pipelines'][0]['manager']",
                        "2:5: required key not provided @ data['pipelines'][0]['trigger']");
    }

    @Test
    public void aManagerIsOneOfTwo() {
        assertThat(errors(HEAD.replace("Independent", "Serial") + "projects: []\n"))
                .containsExactly("3:14: not a valid value for dictionary value @ data['pipelines'][0]['manager']"
                        + " (found the text SerialPipelineManager, expected IndependentPipelineManager,"
                        + " DependentPipelineManager)");
    }

    @Test
    public void theKindsOfAPipelinesKeys() {
        Map.of(
                        "description: 2014.1",
                        "expected str for dictionary value @ data['pipelines'][0]['description'] (found the number 2014.1:"
                                + " put it in quotes)",
                        "success-message: yes",
                        "expected str for dictionary value @ data['pipelines'][0]['success-message'] (found the truth value"
                                + " yes: put it in quotes)",
                        "merge-failure-message:",
                        "expected str for dictionary value @ data['pipelines'][0]['merge-failure-message'] (found nothing)",
                        "dequeue-on-new-patchset: 1",
                        "expected bool for dictionary value @ data['pipelines'][0]['dequeue-on-new-patchset'] (found the"
                                + " number 1)",
                        "disable-after-consecutive-failures: 0",
                        "value must be at least 1 for dictionary value @"
                                + " data['pipelines'][0]['disable-after-consecutive-failures']",
                        "window: -1",
                        "value must be at least 0 for dictionary value @ data['pipelines'][0]['window']",
                        "window-floor: many",
                        "expected int for dictionary value @ data['pipelines'][0]['window-floor'] (found the text many)",
                        "precedence: urgent",
                        "not a valid value for dictionary value @ data['pipelines'][0]['precedence'] (found the text urgent,"
                                + " expected normal, low, high)",
                        "start:",
                        "expected a dictionary for dictionary value @ data['pipelines'][0]['start'] (found nothing)",
                        "colour: red",
                        "extra keys not allowed @ data['pipelines'][0]['colour']")
                .forEach((key, message) -> assertThat(errors(triggered(key)))
                        .as(key)
                        .singleElement()
                        .asString()
                        .startsWith("5:")
                        .endsWith(": " + message));
    }

    @Test
    public void whatConnectionsThereAre() {
        assertThat(errors(pipeline("""
                        trigger:
                          review: {event: patchset-created}
                        success:
                          review: {}
                        source: review
                        """)))
                .containsExactly(
                        "5:7: extra keys not allowed @ data['pipelines'][0]['trigger']['review']",
                        "7:7: extra keys not allowed @ data['pipelines'][0]['success']['review']",
                        "8:13: not a valid value for dictionary value @ data['pipelines'][0]['source'] (there is no Gerrit"
                                + " connection 'review')");
    }

    @Test
    public void whatATriggerRequires() {
        assertThat(errors(trigger("branch: ^master$")))
                .containsExactly(
                        "7:11: required key not provided @ data['pipelines'][0]['trigger']['gerrit'][0]['event']");
        assertThat(errors(trigger("event: [patchset-created, patchset-made]\nbranches: x")))
                .containsExactly(
                        "7:37: not a valid value @ data['pipelines'][0]['trigger']['gerrit'][0]['event'][1] (found the text"
                                + " patchset-made, expected patchset-created, draft-published, change-abandoned,"
                                + " change-restored, change-merged, comment-added, ref-updated)",
                        "8:11: extra keys not allowed @ data['pipelines'][0]['trigger']['gerrit'][0]['branches'] (did you mean 'branch'?)");
        assertThat(errors(pipeline("trigger:\n  timer: {}\n  zuul: {event: x}\n")))
                .containsExactly(
                        "5:14: required key not provided @ data['pipelines'][0]['trigger']['timer']['time']",
                        "6:21: not a valid value for dictionary value @ data['pipelines'][0]['trigger']['zuul']['event'] (found"
                                + " the text x, expected parent-change-enqueued, project-change-merged)");
    }

    @Test
    public void yaml11MakesNumbersOfBranches() {
        assertThat(errors(trigger("event: comment-added\nbranch: [2014.1, 2015-04-30, on]")))
                .containsExactly(
                        "8:20: expected str @ data['pipelines'][0]['trigger']['gerrit'][0]['branch'][0] (found the number"
                                + " 2014.1: put it in quotes)",
                        "8:28: expected str @ data['pipelines'][0]['trigger']['gerrit'][0]['branch'][1] (found the date"
                                + " 2015-04-30: put it in quotes)",
                        "8:40: expected str @ data['pipelines'][0]['trigger']['gerrit'][0]['branch'][2] (found the truth value"
                                + " on: put it in quotes)");
    }

    @Test
    public void aPatternMustCompile() {
        assertThat(errors(trigger("event: comment-added\ncomment: recheck(\nbranch: '*'")))
                .hasSize(2)
                .anyMatch(each -> each.startsWith("8:20: ")
                        && each.endsWith(
                                "@ data['pipelines'][0]['trigger']['gerrit'][0]['comment'] (the regular expression"
                                        + " recheck()"))
                .anyMatch(each -> each.startsWith("9:19: "));
    }

    @Test
    public void refsComeWithOneEventOnly() {
        assertThat(errors(trigger("event: patchset-created\nref: ^refs/tags/")))
                .containsExactly(
                        "8:16: The event patchset-created does not include ref information, Zuul cannot use ref filter"
                                + " 'ref: ^refs/tags/' @ data['pipelines'][0]['trigger']['gerrit'][0]['ref']");
    }

    @Test
    public void approvals() {
        assertThat(errors(trigger("event: comment-added\napproval: [{verified: x}]")))
                .containsExactly(
                        "8:33: expected int for dictionary value @"
                                + " data['pipelines'][0]['trigger']['gerrit'][0]['approval'][0]['verified'] (found the text x)");
        assertThat(
                        errors(
                                triggered(
                                        "require:\n  approval:\n    - newer-than: 2 days\n      verified: [1, two]\n      username: 1")))
                .containsExactly(
                        "7:23: Unable to parse time value: 2 days @"
                                + " data['pipelines'][0]['require']['approval'][0]['newer-than']",
                        "8:25: expected int for dictionary value @ data['pipelines'][0]['require']['approval'][0]['verified']"
                                + " (found the text two)",
                        "9:21: expected str for dictionary value @ data['pipelines'][0]['require']['approval'][0]['username']"
                                + " (found the number 1: put it in quotes)");
        assertThat(errors(triggered("reject:\n  open: true")))
                .containsExactly("6:7: extra keys not allowed @ data['pipelines'][0]['reject']['open']");
    }

    @Test
    public void aReporterIsAMapping() {
        assertThat(errors(triggered("success:\n  gerrit: [{verified: 1}]\nfailure:\n  gerrit: verified")))
                .containsExactly(
                        "6:15: expected a dictionary for dictionary value @ data['pipelines'][0]['success']['gerrit'] (found a"
                                + " list)",
                        "8:15: expected a dictionary for dictionary value @ data['pipelines'][0]['failure']['gerrit'] (found"
                                + " the text verified)");
        assertThat(errors(triggered("success:\n  gerrit: {'--project x': 1, verified: [1], label: Verified}")))
                .containsExactly(
                        "6:16: not a valid value @ data['pipelines'][0]['success']['gerrit']['--project x'] (not the name of a"
                                + " label)",
                        "6:44: expected int for dictionary value @ data['pipelines'][0]['success']['gerrit']['verified'] (found"
                                + " a list)",
                        "6:56: not a valid value for dictionary value @ data['pipelines'][0]['success']['gerrit']['label']"
                                + " (expected NAME=VALUE)");
        assertThat(errors(triggered("success:\n  smtp: {too: me}")))
                .containsExactly(
                        "6:14: extra keys not allowed @ data['pipelines'][0]['success']['smtp']['too'] (did you mean 'to'?)");
    }

    @Test
    public void namesAreUniqueInEachSection() {
        assertThat(errors("""
                        pipelines:
                          - {name: check, manager: IndependentPipelineManager, trigger: {}}
                          - {name: check, manager: IndependentPipelineManager, trigger: {}}
                        jobs:
                          - name: check
                          - name: ^a
                          - name: ^a
                        project-templates:
                          - name: t
                          - name: t
                        projects:
                          - name: p
                          - name: p
                        """))
                .containsExactly(
                        "3:12: Duplicate name: check @ data['pipelines'][1]",
                        "7:11: Duplicate name: ^a @ data['jobs'][2]",
                        "10:11: Duplicate name: t @ data['project-templates'][1]",
                        "13:11: Duplicate name: p @ data['projects'][1]");
    }

    @Test
    public void aMistypedKeyIsNamedAndNoneThatIsThereAlready() {
        assertThat(errors(HEAD + "projects:\n  - name: p\n    chek: [a]\n  - name: q\n    check: [a]\n    chek: [a]\n"))
                .containsExactly(
                        "7:5: extra keys not allowed @ data['projects'][0]['chek'] (did you mean 'check'?)",
                        "10:5: extra keys not allowed @ data['projects'][1]['chek']");
    }

    @Test
    public void whatAProjectMayHold() {
        assertThat(errors(HEAD
                        + "projects:\n  - gate: [a]\n    merge-mode: rebase\n    check: [' a', 2014.1, {2: b}, '', ]"))
                .containsExactly(
                        "6:5: extra keys not allowed @ data['projects'][0]['gate']",
                        "6:5: required key not provided @ data['projects'][0]['name']",
                        "7:17: not a valid value for dictionary value @ data['projects'][0]['merge-mode'] (found the text"
                                + " rebase, expected merge, merge-resolve, cherry-pick)",
                        "8:13: does not match regular expression @ data['projects'][0]['check'][0] (the name of a job has no"
                                + " blanks: the text  a)",
                        "8:19: expected str @ data['projects'][0]['check'][1] (found the number 2014.1: put it in quotes)",
                        "8:28: expected str @ data['projects'][0]['check'][2][2] (found the number 2: put it in quotes)",
                        "8:35: does not match regular expression @ data['projects'][0]['check'][3] (the name of a job has no"
                                + " blanks: the text )");
        assertThat(errors(HEAD + "projects:\n  - name: p\n    check:\n"))
                .containsExactly(
                        "7:11: expected a list for dictionary value @ data['projects'][0]['check'] (found nothing)");
    }

    @Test
    public void whatAJobMayHold() {
        assertThat(errors(jobs(
                        "- attempts: many\n  voting: 1\n  tags: [1]\n  skip-if: [{files: x}]\n  swift: {}", "- a")))
                .containsExactly(
                        "6:5: required key not provided @ data['jobs'][0]['name']",
                        "6:15: expected int for dictionary value @ data['jobs'][0]['attempts'] (found the text many)",
                        "7:13: expected bool for dictionary value @ data['jobs'][0]['voting'] (found the number 1)",
                        "8:12: expected str @ data['jobs'][0]['tags'][0] (found the number 1: put it in quotes)",
                        "9:16: extra keys not allowed @ data['jobs'][0]['skip-if'][0]['files']",
                        "10:12: required key not provided @ data['jobs'][0]['swift']['name']");
        assertThat(errors(jobs("- name: ^(a\n  files: '['\n  skip-if: {branch: a**}", "- a")))
                .hasSize(3);
    }

    @Test
    public void whatATemplateNeeds() {
        String templates = HEAD + """
                project-templates:
                  - name: unit
                    check: ['{name}-{project}', '{project}-{{x}}', {'{python}': [a]}]
                    gate: [a]
                projects:
                """;
        assertThat(errors(templates + "  - name: p\n    template: [{name: other}, {name: unit, project: 1, extra: x}]"))
                .containsExactly(
                        "8:5: extra keys not allowed @ data['project-templates'][0]['gate']",
                        "11:23: not a valid value for dictionary value @ data['projects'][0]['template'][0]['name'] (there is"
                                + " no project-template 'other')",
                        "11:31: required key not provided @ data['projects'][0]['template'][1]['python']",
                        "11:53: expected str for dictionary value @ data['projects'][0]['template'][1]['project'] (found the"
                                + " number 1: put it in quotes)",
                        "11:56: extra keys not allowed @ data['projects'][0]['template'][1]['extra']");
        assertThat(errors(HEAD + "project-templates:\n  - name: t\n    check: ['{a', '{}', 'b}']\nprojects: []\n"))
                .hasSize(3)
                .allMatch(each -> each.contains("@ data['project-templates'][0]['check']["));
    }

    @Test
    public void jobsOfATemplateAreCheckedOnceFilledIn() {
        assertThat(errors(HEAD + """
                        project-templates:
                          - name: unit
                            check: ['{what}-test']
                        projects:
                          - name: p
                            template: [{name: unit, what: a b}]
                        """))
                .containsExactly(
                        "7:13: does not match regular expression @ data['projects'][0]['template'][0] (the name of a"
                                + " job has no blanks: the text a b-test)");
    }

    @Test
    public void allErrorsAtOnceByLine() {
        assertThat(errors("""
                        pipelines:
                          - name: check
                            manager: Manager
                            trigger: {gerrit: {event: x}}
                        jobs:
                          - name: ^(
                          - title: a
                        projects:
                          - name: p
                            gate: [a]
                          - name: p
                        """))
                .extracting(each -> each.split(":")[0])
                .containsExactly("3", "4", "6", "7", "7", "10", "11");
    }

    @Test
    public void namesInMessagesAreCutAndOfOneLine() {
        String[] errors = errors("? \"a\\nb" + "x".repeat(5000) + "\"\n: 1\npipelines: []\nprojects: []\n");
        assertThat(errors)
                .singleElement()
                .asString()
                .startsWith("1:3: extra keys not allowed @ data['a bxxx")
                .hasSizeLessThan(200);
    }
}
