package io.jenkins.plugins.metapluginci.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.metapluginci.scheduler.BuildRecord.Outcome;
import io.jenkins.plugins.metapluginci.scheduler.MergeService.Conflict;
import io.jenkins.plugins.metapluginci.scheduler.ReviewSink.Answer;
import java.util.List;
import java.util.Map;
import org.junit.Test;

/** Who tells what, and that it arrives once: zuul-v2-contract.md sections 1.2, 1.4, 3, 3.2 and 3.4, over layout texts. */
public class ReportingTest {
    private static final String HEAD = """
            pipelines:
              - name: check
            """ + PipelinesTest.TRIGGER;
    private static final String PROJECTS = """
            jobs:
              - name: docs
                files: ^doc/.*$
            projects:
              - name: org/project
                check:
                  - test
                  - docs
            """;

    private static String layout(String reporters) {
        return HEAD + reporters.indent(4) + PROJECTS;
    }

    private static final String VOTES = layout("""
            success:
              gerrit:
                verified: 1
            failure:
              gerrit:
                verified: -1
            """);

    private static EngineBed done(String layout, Outcome outcome) {
        EngineBed bed = new EngineBed(layout);
        bed.push(1, 1);
        bed.ends("test", outcome);
        return bed;
    }

    @Test
    public void noSectionNoReport() {
        EngineBed bed = done(layout("success:\n  gerrit:\n    verified: 1\n"), Outcome.FAILURE);
        assertThat(bed.posted).isEmpty();
        assertThat(bed.items.files).isEmpty();
        bed.mergeResults.add(new Conflict("x"));
        bed.push(2, 1);
        assertThat(bed.posted).isEmpty();
        bed.push(3, 1);
        bed.ends("test", Outcome.SUCCESS);
        assertThat(bed.lastLabels()).isEqualTo(Map.of("Verified", 1));
    }

    @Test
    public void anEmptySectionIsACommentWithoutAVote() {
        EngineBed bed = done(layout("success:\n  gerrit: {}\nfailure:\n  gerrit: {}\n"), Outcome.FAILURE);
        assertThat(bed.lastText()).startsWith("Build failed.");
        assertThat(bed.lastLabels()).isEmpty();
        assertThat(bed.view().unvoted()).as("nobody wanted a vote").isEmpty();
    }

    /** 3.3: at once, whether or not a job applies, and whatever the merge comes to. */
    @Test
    public void theBeginIsTold() {
        String layout = layout("start:\n  gerrit:\n    verified: 0\nsuccess:\n  gerrit:\n    verified: 1\n");
        EngineBed bed = new EngineBed(layout);
        bed.with(EngineBed.reporting("", true, true, "http://ci/status", ""));
        bed.push(1, 1);
        assertThat(bed.lastText()).isEqualTo("Starting check jobs.\nhttp://ci/status");
        assertThat(bed.lastLabels()).isEqualTo(Map.of("Verified", 0));
        bed.ends("test", Outcome.SUCCESS);
        assertThat(bed.posted).hasSize(2);

        EngineBed empty = new EngineBed(layout.replace("      - test\n", ""));
        empty.push(1, 1);
        assertThat(empty.posted).hasSize(1);
        assertThat(empty.items.files).isEmpty();
        assertThat(empty.merges).isEmpty();
    }

    @Test
    public void aBeginThatCannotBeToldInTimeIsNotTold() {
        EngineBed bed = new EngineBed(layout("start:\n  gerrit: {}\nsuccess:\n  gerrit:\n    verified: 1\n"));
        bed.answers.add(Answer.of(Answer.Kind.NOT_SENT, "no route"));
        bed.push(1, 1);
        bed.ends("test", Outcome.SUCCESS);
        assertThat(bed.posted).extracting(ReviewSink.Review::labels).containsExactly(Map.of("Verified", 1));
    }

    @Test
    public void mergeFailureHasItsOwnReporters() {
        EngineBed bed = new EngineBed(
                layout("failure:\n  gerrit:\n    verified: -1\nmerge-failure:\n  gerrit:\n    code-review: -2\n"));
        bed.mergeResults.add(new Conflict("x"));
        bed.push(1, 1);
        assertThat(bed.lastLabels()).isEqualTo(Map.of("Code-Review", -2));
    }

    /** 1.2: FAILURE counts, SUCCESS starts anew, merge failures do neither; the last one is still told as usual. */
    @Test
    public void tooManyFailuresDisableAPipeline() {
        EngineBed bed = new EngineBed(layout("""
                start:
                  gerrit: {}
                success:
                  gerrit:
                    verified: 1
                failure:
                  gerrit:
                    verified: -1
                disabled:
                  gerrit:
                    workflow: 0
                disable-after-consecutive-failures: 2
                """));
        run(bed, 1, Outcome.FAILURE);
        run(bed, 2, Outcome.SUCCESS);
        run(bed, 3, Outcome.FAILURE);
        bed.mergeResults.add(new Conflict("x"));
        bed.push(4, 1);
        assertThat(bed.lastLabels()).isEqualTo(Map.of("Verified", -1));
        run(bed, 5, Outcome.FAILURE);
        assertThat(bed.lastLabels()).as("the last one").isEqualTo(Map.of("Verified", -1));
        assertThat(bed.view().pipelines().get(0).disabled()).isTrue();
        int before = bed.posted.size();
        bed.kill();
        run(bed, 6, Outcome.SUCCESS);
        assertThat(bed.posted).as("its begin is not told").hasSize(before + 1);
        assertThat(bed.lastLabels()).isEqualTo(Map.of("Workflow", 0));
        assertThat(bed.lastText()).startsWith("Build succeeded.");
        bed.engine.configure(bed.settings, true, bed.now);
        run(bed, 7, Outcome.SUCCESS);
        assertThat(bed.lastLabels()).as("a reload enables it").isEqualTo(Map.of("Verified", 1));
    }

    private static void run(EngineBed bed, int change, Outcome outcome) {
        bed.push(change, 1);
        bed.ends("test", outcome);
    }

    @Test
    public void silentModeTestsAndSaysNothing() {
        EngineBed bed = new EngineBed(layout("start:\n  gerrit: {}\nsuccess:\n  gerrit:\n    verified: 1\n"));
        SchedulerSettings.Reporting r = bed.settings.reporting();
        bed.with(new SchedulerSettings.Reporting(true, "", r.jobName(), r.times(), "", "", r.logUrl()));
        bed.push(1, 1);
        bed.ends("test", Outcome.SUCCESS);
        assertThat(bed.calls).doesNotContain("post");
        assertThat(bed.items.files).isEmpty();
        assertThat(bed.view().silent()).isTrue();
    }

    /** G9. */
    @Test
    public void g9_aReportIsOwedUntilGerritTakesIt() {
        EngineBed bed = new EngineBed(VOTES);
        for (int i = 0; i < 3; i++) {
            bed.answers.add(Answer.of(Answer.Kind.NOT_SENT, "no route"));
        }
        bed.push(1, 1);
        bed.ends("test", Outcome.SUCCESS);
        assertThat(bed.view().pipelines().get(0).items().get(0).report().problem())
                .isEqualTo("no route");
        bed.kill();
        bed.pass(2_000);
        bed.engine.reporting.gerritIsBack(bed.now);
        bed.run();
        bed.pass(60_000);
        assertThat(bed.posted).hasSize(1);
        assertThat(bed.calls).as("nothing to look up: none was cut").doesNotContain("lookUp");
    }

    @Test
    public void g9_aReportThatMayHaveArrivedIsLookedUpFirst() {
        EngineBed bed = new EngineBed(VOTES);
        bed.answers.add(Answer.of(Answer.Kind.UNKNOWN, "cut"));
        bed.push(1, 1);
        bed.ends("test", Outcome.SUCCESS);
        bed.arrived = true;
        bed.kill();
        bed.pass(60_000);
        assertThat(bed.calls.stream().filter(call -> !call.startsWith("cancel")))
                .containsExactly("post", "lookUp");
        assertThat(bed.items.files).isEmpty();
        bed.arrived = false;
        bed.answers.add(Answer.of(Answer.Kind.UNKNOWN, "cut"));
        bed.push(2, 1);
        bed.ends("test", Outcome.SUCCESS);
        bed.pass(60_000);
        assertThat(bed.posted).hasSize(1);
    }

    @Test
    public void aReportRefusedForGoodIsKeptToBeSeenAndBlocksNothing() {
        EngineBed bed = new EngineBed(VOTES);
        bed.answers.add(Answer.of(Answer.Kind.REFUSED, "change is closed"));
        bed.push(1, 1);
        bed.ends("test", Outcome.SUCCESS);
        assertThat(bed.view().refused())
                .extracting(SchedulerView.Notice::change, SchedulerView.Notice::cause)
                .containsExactly(org.assertj.core.groups.Tuple.tuple("1,1", "change is closed"));
        assertThat(bed.view().pipelines().get(0).items()).isEmpty();
        bed.comment(1, 1, "recheck");
        bed.ends("test", Outcome.SUCCESS);
        assertThat(bed.posted).hasSize(1);
    }

    /** 2.5: a closed change takes the comment alone where the layout forces it. */
    @Test
    public void aForcedCommentGoesOutAlone() {
        EngineBed bed = new EngineBed(
                layout("success:\n  gerrit:\n    verified: 1\n    force-message: true\n    submit: true\n"));
        bed.answers.add(Answer.of(Answer.Kind.REFUSED, "change is closed"));
        bed.push(1, 1);
        bed.ends("test", Outcome.SUCCESS);
        assertThat(bed.posted).hasSize(1);
        assertThat(bed.lastLabels()).isEmpty();
        assertThat(bed.lastText()).startsWith("Build succeeded.");
    }

    @Test
    public void whereTheAccountMayNotVoteTheCommentGoesAlone() {
        EngineBed bed = new EngineBed(VOTES);
        String why = "Applying label \"Verified\": 1 is restricted";
        bed.answers.add(Answer.of(Answer.Kind.VOTE_REFUSED, why));
        bed.answers.add(Answer.of(Answer.Kind.NOT_SENT, "no route"));
        bed.push(1, 1);
        bed.ends("test", Outcome.SUCCESS);
        assertThat(bed.engine.reporting.voteProblem()).contains("does not let our account vote {Verified=1}", why);
        bed.kill();
        bed.pass(60_000);
        assertThat(bed.lastLabels()).as("also after a restart").isEmpty();
        assertThat(bed.view().unvoted()).hasSize(1);
        bed.answers.add(Answer.of(Answer.Kind.VOTE_REFUSED, why));
        bed.push(2, 1);
        bed.ends("test", Outcome.SUCCESS);
        assertThat(bed.engine.reporting.voteProblem())
                .as("a comment proves nothing")
                .contains(why);
        bed.push(3, 1);
        bed.ends("test", Outcome.SUCCESS);
        assertThat(bed.lastLabels()).isEqualTo(Map.of("Verified", 1));
        assertThat(bed.engine.reporting.voteProblem()).as("Gerrit took a vote").isNull();
    }

    /** What is superseded before it is told is not told any more. */
    @Test
    public void anOwedReportOfAnOldPatchsetIsDropped() {
        EngineBed bed = new EngineBed(VOTES);
        bed.answers.add(Answer.of(Answer.Kind.NOT_SENT, "no route"));
        bed.push(1, 1);
        bed.ends("test", Outcome.FAILURE);
        bed.push(1, 2);
        bed.pass(60_000);
        bed.ends("test", Outcome.SUCCESS);
        assertThat(bed.posted).extracting(review -> review.change().id()).containsExactly("1,2");
    }

    @Test
    public void nothingIsToldThatIsNotOnDisk() {
        EngineBed bed = new EngineBed(VOTES);
        bed.push(1, 1);
        bed.begins("test");
        bed.diskProblem = "disk full";
        bed.ends("test", Outcome.SUCCESS);
        bed.pass(60_000);
        assertThat(bed.calls).doesNotContain("post");
        assertThat(bed.engine.problem()).contains("disk full");
        bed.diskProblem = null;
        bed.pass(60_000);
        assertThat(bed.posted).hasSize(1);
        assertThat(bed.engine.problem()).isNull();
    }

    /** An item that nobody was made for is shown, and the others go on. */
    @Test
    public void oneBadItemStopsNoOther() {
        EngineBed bed = new EngineBed(VOTES);
        SchedulerSettings.Reporting r = bed.settings.reporting();
        bed.with(new SchedulerSettings.Reporting(false, "", true, true, "", "", path -> {
            if (path.contains("/13/")) {
                throw new IllegalStateException("unlucky");
            }
            return r.logUrl().apply(path);
        }));
        bed.push(13, 1);
        bed.push(2, 1);
        for (BuildRequest request : List.copyOf(bed.launched)) {
            bed.ends(request, Outcome.SUCCESS);
        }
        assertThat(bed.posted).extracting(review -> review.change().id()).containsExactly("2,1");
        assertThat(bed.engine.problem()).contains("unlucky");
    }
}
