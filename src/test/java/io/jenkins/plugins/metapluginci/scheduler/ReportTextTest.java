package io.jenkins.plugins.metapluginci.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.metapluginci.layout.Layout;
import io.jenkins.plugins.metapluginci.layout.Pipeline;
import io.jenkins.plugins.metapluginci.scheduler.BuildRecord.Logs;
import io.jenkins.plugins.metapluginci.scheduler.BuildRecord.Outcome;
import io.jenkins.plugins.metapluginci.scheduler.ItemBuild.Result;
import java.util.List;
import java.util.Map;
import org.junit.Test;

/** Byte for byte: zuul-v2-contract.md section 3.1. */
public class ReportTextTest {
    private static final String LOG_PATH = "01/1/2/check/gate/abc";
    private static final Change CHANGE =
            new Change("org/project", "master", 1, 2, "refs/changes/01/1/2", null, null, "s");
    private static final String FOOTER = "For CI problems and help debugging, contact ci@example.org";
    private static final Layout LAYOUT = EngineBed.layout(PipelinesTest.CHECK.replace(
                    "    success:\n",
                    "    failure-message: Build failed.  For information on how to proceed, see http://wiki.example.org/Test_Failures\n"
                            + "    success:\n")
            + """
                      - name: footer
                        manager: IndependentPipelineManager
                        footer-message: FOOTER
                        trigger:
                          gerrit:
                            - event: patchset-created
                        merge-failure-message: "Could not merge"
                    jobs:
                      - name: worded
                        success-message: fine
                        failure-message: sorry
                        success-pattern: "http://s/{change.number}"
                        failure-pattern: "http://f/{build.parameters[LOG_PATH]}"
                      - name: lenient
                        voting: false
                    projects:
                      - name: org/project
                        check:
                          - test1
                          - test2
                          - worded
                          - lenient
                          - noop
                    """.replace("FOOTER", FOOTER));

    private static SchedulerSettings.Reporting plain() {
        return EngineBed.reporting("", true, true, "", "");
    }

    private static String text(
            SchedulerSettings.Reporting settings, String pipeline, Verdict.Kind kind, ItemBuild... builds) {
        Pipeline found = LAYOUT.pipeline(pipeline);
        Item item = GateEnvironmentTest.item(CHANGE, List.of(), "r", "c").withBuilds(List.of(builds), List.of());
        return new ReportText(settings, found)
                .of(kind, item, JobPlan.of(LAYOUT.jobTree("check", "org/project"), item.state()));
    }

    @Test
    public void success() {
        assertThat(text(plain(), "check", Verdict.Kind.SUCCESS, ran("test1", Result.SUCCESS, 307)))
                .isEqualTo("Build succeeded.\n\n- test1 http://logs/" + LOG_PATH + " : SUCCESS in 5m 07s\n");
    }

    /** test_footer_message of Zuul's own tests. */
    @Test
    public void failureWithFooter() {
        assertThat(text(
                        EngineBed.reporting("http://logs.example.org/{build.number}", true, true, "", "never"),
                        "footer",
                        Verdict.Kind.FAILURE,
                        ran("test1", Result.FAILURE, 0),
                        ran("test2", Result.SUCCESS, 3723)))
                .isEqualTo("Build failed.\n\n- test1 http://logs.example.org/7 : FAILURE in 0s\n"
                        + "- test2 http://logs.example.org/7 : SUCCESS in 1h 02m 03s\n\n" + FOOTER);
    }

    @Test
    public void theFooterOfTheManagePageIsForPipelinesWithoutOne() {
        assertThat(text(
                        EngineBed.reporting("", true, true, "", " contact us \n"),
                        "check",
                        Verdict.Kind.SUCCESS,
                        ran("test1", Result.SUCCESS, 1)))
                .isEqualTo("Build succeeded.\n\n- test1 http://logs/" + LOG_PATH + " : SUCCESS in 1s\n\ncontact us");
    }

    @Test
    public void mergeFailureHasNoJobLines() {
        assertThat(text(plain(), "check", Verdict.Kind.MERGE_FAILURE, skipped("test1")))
                .isEqualTo("Merge Failed.\n\nThis change or one of its cross-repo dependencies was unable to be"
                        + " automatically merged with the current state of its repository. Please rebase the change and"
                        + " upload a new patchset.");
        assertThat(text(plain(), "footer", Verdict.Kind.MERGE_FAILURE, skipped("test1")))
                .isEqualTo("Could not merge\n" + FOOTER);
    }

    @Test
    public void startNamesTheStatusPage() {
        assertThat(new ReportText(plain(), LAYOUT.pipeline("check")).start()).isEqualTo("Starting check jobs.");
        SchedulerSettings.Reporting status = EngineBed.reporting("", true, true, "http://status/", "");
        assertThat(new ReportText(status, LAYOUT.pipeline("footer")).start())
                .isEqualTo("Starting footer jobs.\nhttp://status/\n" + FOOTER);
    }

    @Test
    public void everyPartOfALine() {
        assertThat(text(
                        EngineBed.reporting("", false, false, "", ""),
                        "check",
                        Verdict.Kind.FAILURE,
                        ran("test1", Result.UNSTABLE, 5),
                        ran("worded", Result.SUCCESS, 5),
                        ran("lenient", Result.FAILURE, 5)))
                .isEqualTo(
                        "Build failed.  For information on how to proceed, see http://wiki.example.org/Test_Failures\n\n"
                                + "- http://logs/" + LOG_PATH + " : UNSTABLE\n- http://s/1 : fine\n- http://logs/"
                                + LOG_PATH
                                + " : FAILURE (non-voting)\n");
        assertThat(text(plain(), "check", Verdict.Kind.FAILURE, ran("worded", Result.FAILURE, 65)))
                .endsWith("\n\n- worded http://f/1/1/2/check/worded/0000000 : sorry in 1m 05s\n");
        assertThat(text(plain(), "check", Verdict.Kind.FAILURE, ran("worded", Result.ABORTED, 5)))
                .as("words and patterns are for SUCCESS and FAILURE alone")
                .endsWith("\n\n- worded http://logs/" + LOG_PATH + " : ABORTED in 5s\n");
    }

    /** Zuul's fake builds have no parameters: the job's name stands in, and there is no time. */
    @Test
    public void whatNeverRanIsNamedByItsJob() {
        SchedulerSettings.Reporting mps =
                EngineBed.reporting("http://l/{build.parameters[LOG_PATH]}", true, true, "", "");
        assertThat(text(mps, "check", Verdict.Kind.FAILURE, skipped("test1")))
                .endsWith("\n\n- test1 test1 : SKIPPED\n");
        assertThat(text(
                        plain(),
                        "check",
                        Verdict.Kind.SUCCESS,
                        ItemBuild.waiting("noop", 1).done(Result.SUCCESS, null, null, 0, 2)))
                .isEqualTo("Build succeeded.\n\n- noop noop : SUCCESS\n");
        assertThat(text(plain(), "check", Verdict.Kind.FAILURE, ran("test1", Result.RETRY_LIMIT, 5)))
                .endsWith(" : RETRY_LIMIT\n");
    }

    @Test
    public void aPatternThatAsksForWhatIsNotThereGivesTheBuildsPage() {
        for (String pattern :
                List.of("{build.parameters[NO_SUCH]}", "{nothing}", "{change.topic}", "{", "{build.url!r}")) {
            assertThat(text(
                            EngineBed.reporting(pattern, true, true, "", ""),
                            "check",
                            Verdict.Kind.SUCCESS,
                            ran("test1", Result.SUCCESS, 1)))
                    .as(pattern)
                    .isEqualTo("Build succeeded.\n\n- test1 http://jenkins/7/ : SUCCESS in 1s\n");
        }
        String all = "{change.number}/{change.patchset}/{change.branch}/{change.project}/{pipeline.name}/{job.name}/"
                + "{build.number}/{build.uuid}/{build.parameters[ZUUL_CHANGE]}";
        assertThat(text(
                        EngineBed.reporting(all, true, true, "", ""),
                        "check",
                        Verdict.Kind.SUCCESS,
                        ran("test1", Result.SUCCESS, 1)))
                .isEqualTo("Build succeeded.\n\n- test1 1/2/master/org/project/check/test1/7/" + "0".repeat(32)
                        + "/1 : SUCCESS in 1s\n");
    }

    @Test
    public void missingLogsAreNamedAndHaveNoLink() {
        ItemBuild build =
                build("test1", Result.SUCCESS, record(9, Logs.MISSING, "logs.example.org:22 refused\n\tthe key"));
        assertThat(text(EngineBed.reporting("", true, true, "", FOOTER), "check", Verdict.Kind.SUCCESS, build))
                .isEqualTo("Build succeeded.\n\n- test1 : SUCCESS in 9s\n\n"
                        + "The logs of test1 are missing: logs.example.org:22 refused the key\n\n" + FOOTER);
    }

    @Test
    public void aJobThatIsNotOursHasItsPage() {
        ItemBuild build = build("test1", Result.SUCCESS, record(9, Logs.NONE, null));
        assertThat(text(plain(), "check", Verdict.Kind.SUCCESS, build))
                .isEqualTo("Build succeeded.\n\n- test1 http://jenkins/7/ : SUCCESS in 9s\n");
    }

    @Test
    public void withoutABaseUrlThereIsNoLink() {
        SchedulerSettings.Reporting noLogs =
                new SchedulerSettings.Reporting(false, "", true, true, "", "", path -> null);
        assertThat(text(noLogs, "check", Verdict.Kind.SUCCESS, ran("test1", Result.SUCCESS, 9)))
                .isEqualTo("Build succeeded.\n\n- test1 : SUCCESS in 9s\n");
    }

    /** Labels as Gerrit writes them. */
    @Test
    public void labels() {
        Map<String, String> names = Map.of(
                "verified",
                "Verified",
                "code-review",
                "Code-Review",
                "workflow",
                "Workflow",
                "My-label",
                "My-label",
                "VRIF",
                "VRIF");
        names.forEach((option, label) -> assertThat(Labels.name(option)).isEqualTo(label));
    }

    private static ItemBuild skipped(String job) {
        return ItemBuild.waiting(job, 1).done(Result.SKIPPED, null, null, 0, 2);
    }

    private static ItemBuild ran(String job, Result result, long seconds) {
        return build(job, result, record(seconds, Logs.PUBLISHED, null));
    }

    private static ItemBuild build(String job, Result result, BuildRecord record) {
        return ItemBuild.waiting(job, 1).launched("0".repeat(32), null, 1).done(result, record, null, 0, 2);
    }

    private static BuildRecord record(long seconds, Logs logs, String problem) {
        return new BuildRecord(
                "u",
                "gate",
                7,
                "http://jenkins/7/",
                "n",
                LOG_PATH,
                1_000,
                1_000 + seconds * 1000 + 999,
                Outcome.SUCCESS,
                0,
                null,
                logs,
                problem,
                null);
    }
}
