package io.jenkins.plugins.metapluginci.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.metapluginci.scheduler.BuildRecord.Outcome;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.Test;

/** What becomes of what is in a pipeline: zuul-v2-contract.md sections 2.5 and 3, steps 1 to 3, 6 to 8, over layout texts. */
public class PipelinesTest {
    static final String TRIGGER = """
                manager: IndependentPipelineManager
                trigger:
                  gerrit:
                    - event: patchset-created
                    - event: change-restored
                    - event: comment-added
                      comment: '(?i)^(Patch Set [0-9]+:)?( [\\w\\\\+-]*)*(\\n\\n)?\\s*recheck\\s*$'
            """;
    static final String CHECK = """
            pipelines:
              - name: check
            """ + TRIGGER + """
                success:
                  gerrit:
                    verified: 1
                failure:
                  gerrit:
                    verified: -1
            """;
    static final String ONE_JOB = CHECK + """
            projects:
              - name: org/project
                check:
                  - test
            """;
    /** A second pipeline, triggered by the same events. */
    static final String TWO_PIPELINES = CHECK + """
              - name: other
            """ + TRIGGER + """
                dequeue-on-new-patchset: false
                success:
                  gerrit: {}
            projects:
              - name: org/project
                check:
                  - test
                other:
                  - slow
            """;

    static List<String> pipelines(EngineBed bed) {
        return bed.live().stream()
                .map(item -> item.pipeline() + " " + item.change().id())
                .toList();
    }

    @Test
    public void aPushedChangeIsMergedTestedAndVotedOn() {
        EngineBed bed = new EngineBed(ONE_JOB);
        bed.push(42, 1);
        assertThat(bed.merges).hasSize(1);
        assertThat(bed.jobs()).containsExactly("test");
        assertThat(bed.last("test").environment())
                .containsEntry("ZUUL_PIPELINE", "check")
                .containsEntry("ZUUL_CHANGE", "42")
                .containsEntry("ZUUL_URL", "git://c/p")
                .containsEntry("ZUUL_COMMIT", "me1")
                .containsEntry(
                        "ZUUL_REF", "refs/zuul/master/Z" + bed.merges.get(0).uuid())
                .containsEntry("ZUUL_CHANGES", "org/project:master:refs/changes/42/42/1");
        bed.begins("test");
        bed.now += 9_500;
        bed.ends("test", Outcome.SUCCESS);
        assertThat(bed.lastLabels()).isEqualTo(Map.of("Verified", 1));
        assertThat(bed.lastText())
                .isEqualTo("Build succeeded.\n\n- test http://logs/"
                        + bed.last("test").environment().get("LOG_PATH") + " : SUCCESS in 9s\n");
        assertThat(bed.items.files).isEmpty();
        assertThat(bed.forgotten).contains(bed.merges.get(0).uuid());
    }

    /** 2.2 (2), 3.6: regardless of filters, in every pipeline; builds are ended, nothing is reported. */
    @Test
    public void g6_aNewPatchsetEndsTheOldOnes() {
        EngineBed bed = new EngineBed(TWO_PIPELINES.replace("- event: patchset-created", "- event: change-restored"));
        bed.change(1, 1);
        bed.send(bed.event("change-restored", 1, 1, null));
        bed.begins("test");
        assertThat(pipelines(bed)).containsExactly("check 1,1", "other 1,1");
        bed.push(1, 2);
        assertThat(pipelines(bed))
                .as("other has dequeue-on-new-patchset: false")
                .containsExactly("other 1,1");
        assertThat(bed.cancelled).containsExactly(bed.last("test").uuid());
        bed.ends("test", Outcome.ABORTED);
        assertThat(bed.posted).isEmpty();
        bed.ends("slow", Outcome.SUCCESS);
        assertThat(bed.posted).extracting(review -> review.change().id()).containsExactly("1,1");
        assertThat(bed.items.files).isEmpty();
    }

    @Test
    public void aNewPatchsetIsTestedInPlaceOfTheOldOne() {
        EngineBed bed = new EngineBed(ONE_JOB);
        bed.push(1, 1);
        bed.push(1, 2);
        bed.push(1, 3);
        assertThat(pipelines(bed)).containsExactly("check 1,3");
        assertThat(bed.cancelled).hasSize(2);
        assertThat(bed.items.files).as("kept until their builds have ended").hasSize(3);
        bed.ends(bed.launched.get(0), Outcome.SUCCESS);
        bed.engine.news.cancelled(bed.launched.get(1).uuid(), bed.now);
        bed.run();
        assertThat(bed.items.files).hasSize(1);
        bed.ends("test", Outcome.SUCCESS);
        assertThat(bed.posted).extracting(review -> review.change().id()).containsExactly("1,3");
    }

    /** G6: a late event of an older patchset ends nothing newer, and other changes are left alone. */
    @Test
    public void g6_onlyOlderPatchsetsOfTheSameChangeAreEnded() {
        EngineBed bed = new EngineBed(ONE_JOB);
        bed.push(1, 2);
        bed.push(2, 1);
        bed.push(1, 1);
        assertThat(pipelines(bed)).containsExactly("check 1,2", "check 2,1", "check 1,1");
        assertThat(bed.cancelled).isEmpty();
    }

    /** 3.7: that patchset, unreported; those who need it go on. */
    @Test
    public void anAbandonedChangeLeaves() {
        EngineBed bed = new EngineBed(TWO_PIPELINES);
        bed.push(1, 1);
        bed.change(
                2,
                1,
                EngineBed.PROJECT,
                "master",
                List.of("/COMMIT_MSG"),
                EngineBed.of(1, 1, EngineBed.PROJECT, "master"));
        bed.send(bed.event("patchset-created", 2, 1, null));
        bed.send(bed.event("change-abandoned", 1, 1, null));
        assertThat(pipelines(bed)).containsExactly("check 2,1", "other 2,1");
        assertThat(bed.live().get(0).ahead()).extracting(Change::id).containsExactly("1,1");
        bed.send(bed.event("change-merged", 2, 1, null));
        assertThat(pipelines(bed)).as("merging ends nothing").containsExactly("check 2,1", "other 2,1");
        assertThat(bed.posted).isEmpty();
    }

    /** 3.1: swallowed while it is tested, whoever asks; works again once reported. */
    @Test
    public void aRecheckOfWhatIsUnderTestIsSwallowed() {
        EngineBed bed = new EngineBed(ONE_JOB);
        bed.push(1, 1);
        bed.comment(1, 1, "recheck");
        assertThat(bed.jobs()).hasSize(1);
        bed.ends("test", Outcome.FAILURE);
        assertThat(bed.lastLabels()).isEqualTo(Map.of("Verified", -1));
        bed.comment(1, 1, "recheck");
        assertThat(bed.jobs()).hasSize(2);
        assertThat(bed.launched.get(1).uuid()).isNotEqualTo(bed.launched.get(0).uuid());
    }

    /** 2.5, 3.3: ahead and not live; foreign projects too; ignore-dependencies leaves them out. */
    @Test
    public void dependenciesAreAheadAndNotLive() {
        Change needed = EngineBed.of(5, 2, "org/foreign", "stable");
        EngineBed bed = new EngineBed(ONE_JOB);
        bed.change(6, 1, EngineBed.PROJECT, "master", List.of("/COMMIT_MSG"), needed);
        bed.send(bed.event("patchset-created", 6, 1, null));
        assertThat(bed.jobs()).as("only the change itself is tested").containsExactly("test");
        assertThat(bed.merges.get(0).steps())
                .extracting(step -> step.change().id())
                .containsExactly("5,2", "6,1");
        assertThat(bed.last("test").environment())
                .containsEntry("ZUUL_CHANGE_IDS", "5,2 6,1")
                .containsEntry(
                        "ZUUL_CHANGES",
                        "org/foreign:stable:refs/changes/05/5/2^org/project:master:refs/changes/06/6/1");
        SchedulerView.ItemView item = bed.view().pipelines().get(0).items().get(0);
        assertThat(item.itemAhead()).isEqualTo("5,2");
        assertThat(item.ahead()).extracting(SchedulerView.ItemView::live).containsExactly(false);
        assertThat(item.ahead().get(0).itemsBehind()).containsExactly("6,1");

        EngineBed alone = new EngineBed(ONE_JOB.replace("    trigger:", "    ignore-dependencies: true\n    trigger:"));
        alone.change(6, 1, EngineBed.PROJECT, "master", List.of("/COMMIT_MSG"), needed);
        alone.send(alone.event("patchset-created", 6, 1, null));
        assertThat(alone.merges.get(0).steps()).hasSize(1);
    }

    /** 3.6: what is ahead of others stays at its patchset (test_new_patchset_check). */
    @Test
    public void childrenStayOnTheOldParent() {
        EngineBed bed = new EngineBed(ONE_JOB);
        bed.push(1, 1);
        bed.change(
                2,
                1,
                EngineBed.PROJECT,
                "master",
                List.of("/COMMIT_MSG"),
                EngineBed.of(1, 1, EngineBed.PROJECT, "master"));
        bed.send(bed.event("patchset-created", 2, 1, null));
        bed.push(1, 2);
        assertThat(pipelines(bed)).containsExactly("check 2,1", "check 1,2");
        assertThat(bed.live().get(0).ahead()).extracting(Change::id).containsExactly("1,1");
    }

    @Test
    public void aCircleOfDependenciesIsNotTested() {
        EngineBed bed = new EngineBed(ONE_JOB);
        bed.put(
                EngineBed.state(1, 1, EngineBed.PROJECT, "master", true, true, "NEW", List.of(), List.of()),
                "Dependency cycle detected: 1 in [1]");
        bed.send(bed.event("patchset-created", 1, 1, null));
        assertThat(bed.jobs()).isEmpty();
        assertThat(bed.view().backlog()).isEmpty();
    }

    /** A ref has no page at Gerrit: it is tested and not reported. Deletions do not count. */
    @Test
    public void updatedRefs() {
        EngineBed bed = new EngineBed("""
                pipelines:
                  - name: post
                    manager: IndependentPipelineManager
                    trigger:
                      gerrit:
                        - event: ref-updated
                          ref: ^(?!refs/).*$
                    success:
                      gerrit: {}
                projects:
                  - name: org/project
                    post:
                      - publish
                """);
        bed.send(bed.refUpdated("master", "d479a0bf"));
        bed.send(bed.refUpdated("refs/changes/01/1/1", "e000"));
        bed.send(bed.refUpdated("stable", "0".repeat(40)));
        assertThat(bed.looks).isEmpty();
        assertThat(bed.jobs()).containsExactly("publish");
        assertThat(bed.last("publish").environment())
                .containsEntry("ZUUL_REFNAME", "master")
                .containsEntry("ZUUL_NEWREV", "d479a0bf");
        bed.send(bed.refUpdated("master", "d479a0bf"));
        assertThat(bed.jobs()).hasSize(1);
        bed.ends("publish", Outcome.SUCCESS);
        assertThat(bed.posted).isEmpty();
        assertThat(bed.items.files).isEmpty();
    }

    /** A shipped layout names a job that nobody asked for. */
    @Test
    public void aDefaultLayoutWhoseJobDoesNotExistStaysIdleAndSaysSo() {
        EngineBed bed = new EngineBed(ONE_JOB);
        SchedulerSettings s = bed.settings;
        bed.settings = new SchedulerSettings(true, s.layout(), s.layoutVersion(), true, s.gerrit(), s.reporting());
        bed.engine.configure(bed.settings, false, bed.now);
        bed.missingJobs.add("test");
        bed.push(1, 1);
        assertThat(bed.posted).isEmpty();
        assertThat(bed.items.files).isEmpty();
        assertThat(bed.view().idle()).contains("test", "does not exist");
        bed.missingJobs.clear();
        bed.push(2, 1);
        assertThat(bed.jobs()).containsExactly("test");
        assertThat(bed.view().idle()).isNull();
    }

    /** Promote: those first, in that order; what had not started is asked for again after them. */
    @Test
    public void promotedChangesAreServedFirst() {
        EngineBed bed = new EngineBed(ONE_JOB.replace("projects:", "jobs:\n  - name: test\n    mutex: m\nprojects:"));
        bed.push(1, 1);
        bed.push(2, 1);
        bed.push(3, 1);
        bed.push(4, 1);
        assertThat(bed.jobs()).hasSize(1);
        CompletableFuture<String> answer = new CompletableFuture<>();
        new Operators(bed.engine).promote("check", List.of("4,1", "3,1"), answer);
        assertThat(answer).isCompletedWithValue(null);
        bed.run();
        assertThat(bed.cancelled).containsExactly(bed.launched.get(0).uuid());
        bed.engine.news.cancelled(bed.launched.get(0).uuid(), bed.now);
        bed.run();
        for (int i = 1; i < 5; i++) {
            bed.ends(bed.launched.get(i), Outcome.SUCCESS);
        }
        assertThat(bed.launched.subList(1, 5))
                .extracting(request -> request.environment().get("ZUUL_CHANGE"))
                .containsExactly("4", "3", "1", "2");
        assertThat(bed.posted).hasSize(4);
    }

    /** 1.2: precedence says whose builds go first. */
    @Test
    public void precedence() {
        EngineBed bed = new EngineBed(TWO_PIPELINES.replace("    dequeue-on", "    precedence: high\n    dequeue-on"));
        bed.holding = "shutting down";
        bed.push(1, 1);
        assertThat(bed.jobs()).isEmpty();
        assertThat(bed.view().holding()).isEqualTo("shutting down");
        bed.holding = null;
        bed.pass(5_000);
        assertThat(bed.jobs()).containsExactly("slow", "test");
    }
}
