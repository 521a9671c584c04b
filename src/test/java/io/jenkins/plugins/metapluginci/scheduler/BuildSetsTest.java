package io.jenkins.plugins.metapluginci.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.metapluginci.scheduler.BuildRecord.Outcome;
import io.jenkins.plugins.metapluginci.scheduler.MergeService.Conflict;
import io.jenkins.plugins.metapluginci.scheduler.MergeService.Failed;
import io.jenkins.plugins.metapluginci.scheduler.MergeService.Unmergeable;
import java.util.List;
import java.util.Map;
import org.junit.Test;

/** What is run for an item and what comes of it: zuul-v2-contract.md sections 3 (step 4) and 3.3, over layout texts. */
public class BuildSetsTest {
    private static final String TREE = PipelinesTest.CHECK + """
            jobs:
              - name: docs
                files: ^doc/.*$
              - name: lenient
                voting: false
              - name: ^bounded-.*$
                mutex: lab
              - name: once
                attempts: 1
            projects:
              - name: org/project
                check:
                  - root:
                    - child:
                      - grandchild
                    - sibling
                  - docs:
                    - under-docs
            """;

    private static String jobs(String... jobs) {
        return TREE.substring(0, TREE.indexOf("      - root")) + "      - " + String.join("\n      - ", jobs) + "\n";
    }

    /** Roots first, children once their parent succeeded; a job that does not apply takes its subtree along (FIX). */
    @Test
    public void aTreeOfJobs() {
        EngineBed bed = new EngineBed(TREE);
        bed.push(1, 1);
        assertThat(bed.jobs()).containsExactly("root");
        assertThat(bed.live().get(0).builds())
                .extracting(ItemBuild::job)
                .containsExactly("root", "child", "grandchild", "sibling");
        bed.ends("root", Outcome.SUCCESS);
        assertThat(bed.jobs()).containsExactly("root", "child", "sibling");
        bed.ends("child", Outcome.FAILURE);
        bed.ends("sibling", Outcome.SUCCESS);
        assertThat(bed.lastText())
                .contains(
                        "- root http",
                        " : SUCCESS in 0s\n- child http",
                        " : FAILURE in 0s\n- grandchild grandchild : SKIPPED\n- sibling ")
                .doesNotContain("docs");
        assertThat(bed.lastLabels()).isEqualTo(Map.of("Verified", -1));
        assertThat(bed.items.files).isEmpty();
    }

    @Test
    public void aJobThatAppliesBringsItsSubtree() {
        EngineBed bed = new EngineBed(TREE);
        bed.change(1, 1, EngineBed.PROJECT, "master", List.of("/COMMIT_MSG", "doc/a.rst"));
        bed.send(bed.event("patchset-created", 1, 1, null));
        assertThat(bed.jobs()).containsExactly("root", "docs");
        bed.ends("docs", Outcome.SUCCESS);
        assertThat(bed.jobs()).endsWith("under-docs");
    }

    /** 88db9cb8: nothing to test is nothing to say. */
    @Test
    public void noJobNoReport() {
        EngineBed bed = new EngineBed(jobs("docs"));
        bed.push(1, 1);
        assertThat(bed.merges).isEmpty();
        assertThat(bed.posted).isEmpty();
        assertThat(bed.items.files).isEmpty();
    }

    @Test
    public void noopSucceedsWithoutABuildOnceMerged() {
        EngineBed bed = new EngineBed(jobs("noop"));
        bed.push(1, 1);
        assertThat(bed.jobs()).isEmpty();
        assertThat(bed.merges).hasSize(1);
        assertThat(bed.lastText()).isEqualTo("Build succeeded.\n\n- noop noop : SUCCESS\n");
        assertThat(bed.lastLabels()).isEqualTo(Map.of("Verified", 1));
    }

    /** Zuul waits for non-voting jobs, and they decide nothing. */
    @Test
    public void jobsThatDoNotVote() {
        EngineBed bed = new EngineBed(jobs("test", "lenient"));
        bed.push(1, 1);
        assertThat(bed.last("lenient").environment()).containsEntry("ZUUL_VOTING", "0");
        bed.ends("test", Outcome.SUCCESS);
        assertThat(bed.posted).isEmpty();
        bed.ends("lenient", Outcome.FAILURE);
        assertThat(bed.lastText()).startsWith("Build succeeded.").contains(" : FAILURE in 0s (non-voting)\n");
        assertThat(bed.lastLabels()).isEqualTo(Map.of("Verified", 1));
    }

    @Test
    public void aMutexIsHeldAcrossItemsUntilTheBuildHasEnded() {
        EngineBed bed = new EngineBed(jobs("bounded-a", "bounded-b", "free"));
        bed.push(1, 1);
        bed.push(2, 1);
        assertThat(bed.jobs()).containsExactly("bounded-a", "free", "free");
        assertThat(bed.view().pipelines().get(0).items().get(0).jobs().get(1).reason())
                .isEqualTo("waits for the mutex lab");
        bed.push(1, 2);
        assertThat(bed.jobs())
                .as("its build was told to end and has not yet")
                .containsExactly("bounded-a", "free", "free", "free");
        bed.ends(bed.launched.get(0), Outcome.ABORTED);
        assertThat(bed.launched.get(4).environment()).containsEntry("ZUUL_CHANGE", "2");
        for (int i = 4; i < 7; i++) {
            bed.ends(bed.launched.get(i), i == 4 ? Outcome.FAILURE : i == 5 ? Outcome.INFRASTRUCTURE : Outcome.SUCCESS);
            assertThat(bed.launched).as("one at a time").hasSize(i + 2);
        }
    }

    /** 3.3: attempts in total, then RETRY_LIMIT, which is nobody's fault: no label, and the cause is named. */
    @Test
    public void infrastructureIsTriedAgainAndNeverVotes() {
        EngineBed bed = new EngineBed(jobs("test"));
        bed.push(1, 1);
        for (int attempt = 1; attempt <= 3; attempt++) {
            assertThat(bed.launched).hasSize(attempt);
            bed.ends("test", attempt == 2 ? null : Outcome.INFRASTRUCTURE);
            bed.pass(20_000);
        }
        assertThat(bed.lastText()).startsWith("Build failed.\n\n- test ").endsWith(" : RETRY_LIMIT\n");
        assertThat(bed.lastLabels()).isEmpty();
        assertThat(bed.view().unvoted())
                .extracting(SchedulerView.Notice::cause)
                .containsExactly("test ended RETRY_LIMIT: it ended without an outcome");
        assertThat(bed.launched).extracting(BuildRequest::uuid).doesNotHaveDuplicates();
    }

    @Test
    public void attemptsAreTheJobsOwn() {
        EngineBed bed = new EngineBed(jobs("once"));
        bed.push(1, 1);
        bed.ends("once", Outcome.INFRASTRUCTURE);
        assertThat(bed.lastText()).endsWith(" : RETRY_LIMIT\n");
    }

    /** The words of the report, and whether labels go with them. */
    @Test
    public void g7_outcomes() {
        Map<Outcome, String> words = Map.of(
                Outcome.SUCCESS,
                "SUCCESS",
                Outcome.FAILURE,
                "FAILURE",
                Outcome.TIMED_OUT,
                "FAILURE",
                Outcome.UNSTABLE,
                "UNSTABLE",
                Outcome.ABORTED,
                "ABORTED");
        words.forEach((outcome, word) -> {
            EngineBed bed = new EngineBed(jobs("test", "other"));
            bed.push(1, 1);
            bed.ends("test", outcome);
            bed.ends("other", Outcome.SUCCESS);
            assertThat(bed.lastText()).contains(" : " + word + " in 0s\n");
            Map<String, Integer> labels = switch (outcome) {
                case SUCCESS -> Map.of("Verified", 1);
                case ABORTED -> Map.of();
                default -> Map.of("Verified", -1);
            };
            assertThat(bed.lastLabels()).as(word).isEqualTo(labels);
        });
    }

    /** One voting job that was not decided by the test is enough: also beside a failure. */
    @Test
    public void g7_halfAVerdictIsNone() {
        EngineBed bed = new EngineBed(jobs("test", "other"));
        bed.push(1, 1);
        bed.ends("test", Outcome.FAILURE);
        bed.ends("other", Outcome.ABORTED);
        assertThat(bed.lastText()).startsWith("Build failed.");
        assertThat(bed.lastLabels()).isEmpty();
        assertThat(bed.view().unvoted()).extracting(SchedulerView.Notice::cause).containsExactly("other ended ABORTED");
        EngineBed lenient = new EngineBed(jobs("test", "lenient"));
        lenient.push(1, 1);
        lenient.ends("test", Outcome.SUCCESS);
        lenient.ends("lenient", Outcome.ABORTED);
        assertThat(lenient.lastLabels()).as("it does not vote").isEqualTo(Map.of("Verified", 1));
    }

    /** What is skipped owes it to the job above it. */
    @Test
    public void skippedUnderAnAbortIsNoVerdict() {
        EngineBed bed = new EngineBed(jobs("lenient:\n          - test"));
        bed.push(1, 1);
        bed.ends("lenient", Outcome.ABORTED);
        assertThat(bed.lastText()).contains("- test test : SKIPPED\n");
        assertThat(bed.lastLabels()).isEmpty();
    }

    @Test
    public void aJobThatDoesNotExistIsNotRegistered() {
        EngineBed bed = new EngineBed(jobs("test", "gone"));
        bed.missingJobs.add("gone");
        bed.push(1, 1);
        bed.ends("test", Outcome.SUCCESS);
        assertThat(bed.lastText()).startsWith("Build failed.").endsWith("\n- gone gone : NOT_REGISTERED\n");
        assertThat(bed.lastLabels()).isEmpty();
        assertThat(bed.view().unvoted().get(0).cause())
                .isEqualTo("gone ended NOT_REGISTERED: The controller has no job gone.");
    }

    @Test
    public void aRefusedLaunchIsTriedAgain() {
        EngineBed bed = new EngineBed(jobs("test"));
        bed.refusal = "The job test is disabled.";
        bed.push(1, 1);
        bed.pass(10_000);
        assertThat(bed.view().pipelines().get(0).items().get(0).jobs().get(0).reason())
                .isEqualTo("The job test is disabled.");
        bed.refusal = null;
        bed.pass(60_000);
        bed.ends("test", Outcome.SUCCESS);
        assertThat(bed.lastLabels()).isEqualTo(Map.of("Verified", 1));
    }

    @Test
    public void aBuildCancelledInTheQueueIsAborted() {
        EngineBed bed = new EngineBed(jobs("test"));
        bed.push(1, 1);
        bed.engine.news.cancelled(bed.last("test").uuid(), bed.now);
        bed.run();
        assertThat(bed.lastText()).endsWith("\n\n- test test : ABORTED\n");
        assertThat(bed.lastLabels()).isEmpty();
    }

    @Test
    public void aBuildThatJenkinsLostIsLaunchedAgain() {
        EngineBed bed = new EngineBed(jobs("test"));
        bed.push(1, 1);
        String first = bed.last("test").uuid();
        bed.out.clear();
        for (int minute = 0; minute < 5; minute++) {
            bed.pass(61_000);
        }
        assertThat(bed.last("test").uuid()).isNotEqualTo(first);
        bed.ends("test", Outcome.SUCCESS);
        assertThat(bed.lastLabels()).isEqualTo(Map.of("Verified", 1));
    }

    @Test
    public void duringPrepareForShutdownNothingIsLaunchedAndTheQueueIsKept() {
        EngineBed bed = new EngineBed(jobs("test"));
        bed.holding = "Jenkins is about to shut down.";
        bed.push(1, 1);
        bed.pass(600_000);
        assertThat(bed.jobs()).isEmpty();
        assertThat(bed.live()).hasSize(1);
        bed.kill();
        bed.holding = null;
        bed.pass(5_000);
        assertThat(bed.jobs()).containsExactly("test");
    }

    /** 6.1: only a conflict is the change's fault. */
    @Test
    public void aConflictIsReportedAndVotes() {
        EngineBed bed = new EngineBed(TREE);
        bed.mergeResults.add(new Conflict("a.py"));
        bed.push(1, 1);
        assertThat(bed.jobs()).isEmpty();
        assertThat(bed.lastText()).startsWith("Merge Failed.\n\nThis change or one of its cross-repo dependencies");
        assertThat(bed.lastLabels())
                .as("merge-failure absent: the reporters of failure")
                .isEqualTo(Map.of("Verified", -1));
    }

    /** FIX: Zuul asked the voting jobs first, and reported success. */
    @Test
    public void aConflictIsNotHiddenByJobsThatDoNotVote() {
        EngineBed bed = new EngineBed(jobs("lenient"));
        bed.mergeResults.add(new Conflict("a.py"));
        bed.push(1, 1);
        assertThat(bed.lastText()).startsWith("Merge Failed.");
        assertThat(bed.lastLabels()).isEqualTo(Map.of("Verified", -1));
    }

    @Test
    public void aMissingBranchIsReportedAndDoesNotVote() {
        EngineBed bed = new EngineBed(jobs("test"));
        bed.mergeResults.add(new Unmergeable("no branch feature"));
        bed.push(1, 1);
        assertThat(bed.lastText()).startsWith("Merge Failed.");
        assertThat(bed.lastLabels()).isEmpty();
        assertThat(bed.view().unvoted().get(0).cause()).contains("no branch feature");
    }

    @Test
    public void networkAndDiskAreTriedAgain() {
        EngineBed bed = new EngineBed(jobs("test"));
        for (int i = 0; i < 4; i++) {
            bed.mergeResults.add(new Failed("no route to Gerrit"));
        }
        bed.push(1, 1);
        assertThat(bed.merges).hasSize(1);
        SchedulerView.ItemView waiting = bed.view().pipelines().get(0).items().get(0);
        assertThat(waiting.state()).isEqualTo("waiting to be merged");
        assertThat(waiting.reason()).isEqualTo("no route to Gerrit");
        bed.pass(60_000);
        bed.kill();
        bed.pass(60_000);
        bed.pass(60_000);
        bed.pass(60_000);
        assertThat(bed.merges)
                .hasSize(5)
                .extracting(MergeService.Request::uuid)
                .containsOnly(bed.merges.get(0).uuid());
        assertThat(bed.jobs()).containsExactly("test");
        assertThat(bed.posted).isEmpty();
    }

    @Test
    public void mergeModes() {
        EngineBed bed = new EngineBed(
                jobs("test").replace("  - name: org/project", "  - name: org/project\n    merge-mode: cherry-pick"));
        bed.change(
                2, 1, EngineBed.PROJECT, "master", List.of("/COMMIT_MSG"), EngineBed.of(1, 1, "org/foreign", "master"));
        bed.send(bed.event("patchset-created", 2, 1, null));
        assertThat(bed.merges.get(0).steps())
                .extracting(step -> step.mode().name())
                .containsExactly("MERGE_RESOLVE", "CHERRY_PICK");
    }

    @Test
    public void parameterFunctions() {
        EngineBed bed =
                new EngineBed("includes:\n  - python-file: openstack_functions.py\n" + PipelinesTest.CHECK + """
                jobs:
                  - name: test
                    parameter-function: set_log_url
                projects:
                  - name: org/project
                    check:
                      - test
                """);
        bed.push(42, 1);
        assertThat(bed.last("test").environment()).containsEntry("BASE_LOG_PATH", "42/42/1/check");
    }

    /** Mean of the last ten successful runs, kept over a restart. */
    @Test
    public void estimates() {
        EngineBed bed = new EngineBed(jobs("test"));
        for (int i = 1; i <= 12; i++) {
            bed.push(i, 1);
            bed.begins("test");
            bed.now += i * 1_000;
            bed.ends("test", i == 12 ? Outcome.FAILURE : Outcome.SUCCESS);
        }
        bed.kill();
        bed.push(20, 1);
        bed.begins("test");
        bed.pass(2_500);
        SchedulerView.ItemView item = bed.view().pipelines().get(0).items().get(0);
        assertThat(item.jobs().get(0).estimated()).isEqualTo(6_500);
        assertThat(item.jobs().get(0).elapsed()).isEqualTo(2_500);
        assertThat(item.remaining()).isEqualTo(4_000);
    }
}
