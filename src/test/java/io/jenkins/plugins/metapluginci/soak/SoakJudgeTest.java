package io.jenkins.plugins.metapluginci.soak;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.metapluginci.soak.Judge.Breach;
import io.jenkins.plugins.metapluginci.soak.Judge.Deaf;
import io.jenkins.plugins.metapluginci.soak.Judge.Finding;
import io.jenkins.plugins.metapluginci.soak.Judge.Known;
import io.jenkins.plugins.metapluginci.soak.Judge.Verdict;
import io.jenkins.plugins.metapluginci.testbed.GerritClient.Change;
import io.jenkins.plugins.metapluginci.testbed.GerritClient.Message;
import io.jenkins.plugins.metapluginci.testbed.GerritServer;
import io.jenkins.plugins.metapluginci.testbed.Site;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.Test;

/** The judge finds each breach that is put before it, and none where there is none. */
public class SoakJudgeTest {
    private static final DateTimeFormatter GERRITS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.nnnnnnnnn").withZone(ZoneOffset.UTC);
    private static final long BEGIN = Instant.parse("2014-09-15T07:00:00Z").toEpochMilli();

    private final List<Message> messages = new ArrayList<>();
    private final List<Deaf> deaf = new ArrayList<>();
    private Map<String, Integer> runs = Map.of("7,1", 9, "7,2", 9);
    private int vote = 1;

    @Test
    public void oneReportForEachRequestIsAsItMustBe() {
        upload(0, 1);
        success(20, 1);
        recheck(30, 1);
        success(50, 1);
        assertThat(verdict(1).findings()).isEmpty();
        assertThat(verdict(1)).extracting(Verdict::requests, Verdict::reports).containsExactly(2, 2);
    }

    @Test
    public void aRequestDuringTheTestIsAnsweredByItsReport() {
        upload(0, 1);
        recheck(10, 1);
        success(20, 1);
        assertThat(verdict(1).findings()).isEmpty();
    }

    @Test
    public void aFailureLeavesNoVote() {
        vote = 0;
        upload(0, 1);
        failure(20, 1);
        assertThat(verdict(1, false).findings()).isEmpty();
    }

    @Test
    public void aLostVoteIsFound() {
        vote = 0;
        upload(0, 1);
        assertBreach(Breach.LOST, 1);
    }

    @Test
    public void aLostRecheckIsFound() {
        upload(0, 1);
        success(20, 1);
        recheck(30, 1);
        assertBreach(Breach.LOST, 1);
    }

    @Test
    public void aSecondReportForOneRequestIsFound() {
        upload(0, 1);
        success(20, 1);
        success(21, 1);
        assertBreach(Breach.DOUBLE, 1);
    }

    @Test
    public void aSecondReportIsFoundEvenIfALaterRequestMakesTheNumbersEqual() {
        upload(0, 1);
        success(20, 1);
        success(21, 1);
        recheck(30, 1);
        success(50, 1);
        assertThat(verdict(1).findings()).extracting(Finding::breach).contains(Breach.DOUBLE);
    }

    @Test
    public void aWrongVoteIsFound() {
        vote = 0;
        upload(0, 1);
        success(20, 1);
        assertBreach(Breach.WRONG, 1);
    }

    @Test
    public void aWrongReportIsFound() {
        upload(0, 1);
        failure(20, 1);
        assertBreach(Breach.WRONG, 1);
    }

    @Test
    public void aFailureOfTheInfrastructureReportedAsTheChangesIsFound() {
        vote = 0;
        upload(0, 1);
        ci(20, 1, "Build failed.\n\n- " + Site.JOB + " http://logs/ : LOST in 3s");
        assertThat(verdict(1, false).findings()).extracting(Finding::breach).containsExactly(Breach.WRONG);
    }

    @Test
    public void aReportOnASupersededPatchsetIsFound() {
        upload(0, 1);
        upload(10, 2);
        success(40, 1);
        success(50, 2);
        assertBreach(Breach.SUPERSEDED, 2);
    }

    @Test
    public void whatWasReportedBeforeItWasSupersededIsNoBreach() {
        upload(0, 1);
        success(20, 1);
        upload(30, 2);
        success(50, 2);
        assertThat(verdict(2).findings()).isEmpty();
    }

    @Test
    public void nothingNeedsToBeSaidOfASupersededPatchset() {
        upload(0, 1);
        upload(10, 2);
        success(50, 2);
        assertThat(verdict(2).findings()).isEmpty();
    }

    @Test
    public void whoCannotHearOfANewPatchsetMayReportTheOldOne() {
        deaf.add(new Deaf(BEGIN + 5_000, BEGIN + 38_000));
        upload(0, 1);
        upload(10, 2);
        success(40, 1);
        success(50, 2);
        assertThat(verdict(2).findings()).isEmpty();
        deaf.set(0, new Deaf(BEGIN + 5_000, BEGIN + 20_000));
        assertBreach(Breach.SUPERSEDED, 2);
    }

    @Test
    public void aReportThatNoRunStandsBehindIsFound() {
        runs = Map.of();
        upload(0, 1);
        success(20, 1);
        assertBreach(Breach.UNFOUNDED, 1);
    }

    @Test
    public void aReportWithoutItsLogsIsFound() {
        upload(0, 1);
        ci(
                20,
                1,
                "Build succeeded.\n\n- " + Site.JOB + " : SUCCESS in 3s\n\nThe logs of " + Site.JOB
                        + " are missing: why");
        assertBreach(Breach.UNPUBLISHED, 1);
    }

    private void assertBreach(Breach breach, int patchsets) {
        assertThat(verdict(patchsets).findings()).extracting(Finding::breach).containsExactly(breach);
        assertThat(verdict(patchsets).count(breach)).isEqualTo(1);
    }

    private Verdict verdict(int patchsets) {
        return verdict(patchsets, true);
    }

    private Verdict verdict(int patchsets, boolean passes) {
        Change change = new Change(
                7,
                Site.PROJECT,
                Site.BRANCH,
                "I7",
                "A change",
                "NEW",
                patchsets,
                "abc",
                "refs/changes/07/7/" + patchsets,
                vote == 0 ? Map.of() : Map.of(GerritServer.CI_USER, vote),
                messages);
        return Judge.of(List.of(change), new Known(Map.of("7,1", passes, "7,2", passes), runs, deaf));
    }

    private void upload(int second, int patchset) {
        say(second, patchset, "developer", "Uploaded patch set " + patchset + ".");
    }

    private void recheck(int second, int patchset) {
        say(second, patchset, "developer", "Patch Set " + patchset + ":\n\n" + Site.RECHECK);
    }

    private void success(int second, int patchset) {
        ci(second, patchset, "Build succeeded.\n\n- " + Site.JOB + " http://logs/1/ : SUCCESS in 3s");
    }

    private void failure(int second, int patchset) {
        ci(
                second,
                patchset,
                "Build failed. Leave a comment with 'metaplugin-recheck' to rerun a check.\n\n- " + Site.JOB
                        + " http://logs/1/ : FAILURE in 3s");
    }

    private void ci(int second, int patchset, String text) {
        say(second, patchset, GerritServer.CI_USER, "Patch Set " + patchset + ":\n\n" + text);
    }

    private void say(int second, int patchset, String author, String text) {
        LocalDateTime at = LocalDateTime.ofInstant(Instant.ofEpochMilli(BEGIN + second * 1000L), ZoneOffset.UTC);
        messages.add(new Message(author, patchset, text, GERRITS.format(at)));
    }
}
