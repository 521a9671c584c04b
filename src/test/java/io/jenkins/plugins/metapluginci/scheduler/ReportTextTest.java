package io.jenkins.plugins.metapluginci.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.metapluginci.scheduler.BuildRecord.Logs;
import io.jenkins.plugins.metapluginci.scheduler.BuildRecord.Outcome;
import io.jenkins.plugins.metapluginci.scheduler.ItemBuild.Result;
import java.util.List;
import java.util.Map;
import org.junit.Test;

/** Byte for byte: zuul-v2-contract.md §3.1. */
public class ReportTextTest {
    private static final String FOOTER = "For CI problems and help debugging, contact ci@example.org";
    private static final Change CHANGE = new Change("p", "master", 1, 2, "refs/changes/01/1/2", null, null, "s");

    @Test
    public void success() {
        Report report = report("", done("gate", Result.SUCCESS, record(307, Logs.PUBLISHED, null)));
        assertThat(report.message())
                .isEqualTo("Build succeeded.\n\n- gate http://logs/01/1/2/check/gate/abc : SUCCESS in 5m 07s\n");
        assertThat(report.labels()).isEqualTo(Map.of("Verified", 1));
        assertThat(report.phase()).isEqualTo(Report.Phase.OWED);
    }

    @Test
    public void failureWithFooter() {
        Report report = report(
                FOOTER,
                done("test1", Result.FAILURE, record(0, Logs.PUBLISHED, null)),
                done("test2", Result.SUCCESS, record(3723, Logs.PUBLISHED, null)));
        assertThat(report.message())
                .isEqualTo(
                        "Build failed. Leave a comment with 'metaplugin-recheck' to rerun a check. ('recheck' will be"
                                + " ignored.)\n\n- test1 http://logs/01/1/2/check/gate/abc : FAILURE in 0s\n"
                                + "- test2 http://logs/01/1/2/check/gate/abc : SUCCESS in 1h 02m 03s\n\n" + FOOTER);
        assertThat(report.labels()).isEqualTo(Map.of("Verified", 0));
    }

    @Test
    public void missingLogsAreNamedAndHaveNoLink() {
        Report report = report(
                FOOTER,
                done("gate", Result.SUCCESS, record(9, Logs.MISSING, "logs.example.org:22 refused\n\tthe key")));
        assertThat(report.message())
                .isEqualTo("Build succeeded.\n\n- gate : SUCCESS in 9s\n\n"
                        + "The logs of gate are missing: logs.example.org:22 refused the key\n\n" + FOOTER);
        assertThat(report.labels()).isEqualTo(Map.of("Verified", 1));
    }

    @Test
    public void withoutABaseUrlThereIsNoLink() {
        Item item = item(done("gate", Result.SUCCESS, record(9, Logs.PUBLISHED, null)));
        SchedulerSettings settings = new SchedulerSettings(true, List.of(), "", 1, "", "", path -> null);
        assertThat(ReportText.of(item, settings, 5).message())
                .isEqualTo("Build succeeded.\n\n- gate : SUCCESS in 9s\n");
    }

    @Test
    public void whatIsNoVerdictDoesNotVote() {
        assertThat(report("", done("gate", Result.ABORTED, null)).labels()).isEmpty();
        assertThat(report("", done("gate", Result.ABORTED, null)).message()).endsWith("\n\n- gate : ABORTED\n");
        Report limit = report("", done("gate", Result.RETRY_LIMIT, record(9, Logs.PUBLISHED, null)));
        assertThat(limit.labels()).isEmpty();
        assertThat(limit.message()).endsWith("\n\n- gate http://logs/01/1/2/check/gate/abc : RETRY_LIMIT\n");
        Report mixed = report("", done("a", Result.SUCCESS, null), done("b", Result.RETRY_LIMIT, null));
        assertThat(mixed.labels()).as("half a success is none").isEmpty();
        assertThat(report("", done("a", Result.FAILURE, null), done("b", Result.ABORTED, null))
                        .labels())
                .isEqualTo(Map.of("Verified", 0));
    }

    private static Report report(String footer, ItemBuild... builds) {
        SchedulerSettings settings =
                new SchedulerSettings(true, List.of(), "", 1, "", footer, path -> "http://logs/" + path);
        return ReportText.of(item(builds), settings, 5);
    }

    private static Item item(ItemBuild... builds) {
        return new Item("1", CHANGE, "patchset-created", Map.of(), 1, List.of(builds), null);
    }

    private static ItemBuild done(String job, Result result, BuildRecord record) {
        return ItemBuild.waiting(job, 1).done(result, record, null, 0, 2);
    }

    private static BuildRecord record(long seconds, Logs logs, String problem) {
        return new BuildRecord(
                "u",
                "gate",
                1,
                null,
                "n",
                "01/1/2/check/gate/abc",
                1_000,
                1_000 + seconds * 1000 + 999,
                Outcome.SUCCESS,
                0,
                null,
                logs,
                problem);
    }
}
