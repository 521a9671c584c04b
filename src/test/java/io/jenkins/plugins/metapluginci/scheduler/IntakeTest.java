package io.jenkins.plugins.metapluginci.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.metapluginci.gerrit.GerritAccount;
import io.jenkins.plugins.metapluginci.gerrit.GerritEvent;
import io.jenkins.plugins.metapluginci.layout.Approval;
import io.jenkins.plugins.metapluginci.scheduler.BuildRecord.Outcome;
import java.util.List;
import org.junit.Test;

/** Which events get into which pipeline: zuul-v2-contract.md sections 2.2 to 2.5, over layout texts. */
public class IntakeTest {
    /** 2.1, G8: the rest of Gerrit's stream costs nothing. */
    @Test
    public void g8_onlyEventsThatMayMatchCostAQuestion() {
        EngineBed bed = new EngineBed(PipelinesTest.ONE_JOB);
        bed.comment(1, 1, "looks good");
        bed.comment(1, 1, "recheck please");
        bed.send(bed.event("change-merged", 1, 1, null));
        bed.send(bed.event("reviewer-added", 1, 1, null));
        bed.change(2, 1, "org/elsewhere", "master", List.of());
        bed.send(bed.event("patchset-created", 2, 1, null));
        assertThat(bed.looks).isEmpty();
        bed.change(1, 1);
        bed.comment(1, 1, "recheck");
        assertThat(bed.looks).containsExactly(1);
        assertThat(bed.jobs()).containsExactly("test");
    }

    /** 2.2: each pipeline, in the layout's order; the first filter that matches adds once. */
    @Test
    public void anEventIsOfferedToEachPipelineInOrder() {
        EngineBed bed = new EngineBed(PipelinesTest.TWO_PIPELINES);
        bed.push(1, 1);
        assertThat(PipelinesTest.pipelines(bed)).containsExactly("check 1,1", "other 1,1");
        assertThat(bed.looks).as("one question for all").containsExactly(1);
        String twice = PipelinesTest.ONE_JOB.replace("- event: change-restored", "- event: patchset-created");
        EngineBed again = new EngineBed(twice);
        again.push(1, 1);
        assertThat(again.jobs()).containsExactly("test");
    }

    /** 2.5: an older patchset is tested when its comment asks for it, unless the pipeline requires the current one. */
    @Test
    public void aCommentOnAnOldPatchset() {
        EngineBed bed = new EngineBed(PipelinesTest.ONE_JOB);
        bed.change(1, 3);
        bed.comment(1, 2, "recheck");
        assertThat(PipelinesTest.pipelines(bed)).containsExactly("check 1,2");
        EngineBed strict = new EngineBed(required("current-patchset: true"));
        strict.change(1, 3);
        strict.comment(1, 2, "recheck");
        assertThat(PipelinesTest.pipelines(strict)).isEmpty();
        strict.comment(1, 3, "recheck");
        assertThat(PipelinesTest.pipelines(strict)).containsExactly("check 1,3");
    }

    private static String required(String requirement) {
        return PipelinesTest.ONE_JOB.replace("    trigger:", "    require:\n      " + requirement + "\n    trigger:");
    }

    /** 2.5: closed changes are tested unless the layout says otherwise. */
    @Test
    public void closedChanges() {
        for (String layout : List.of(PipelinesTest.ONE_JOB, required("open: true"), required("status: NEW"))) {
            EngineBed bed = new EngineBed(layout);
            bed.put(
                    EngineBed.state(
                            1,
                            1,
                            EngineBed.PROJECT,
                            "master",
                            true,
                            false,
                            "MERGED",
                            List.of(),
                            List.of("/COMMIT_MSG")),
                    null);
            bed.comment(1, 1, "recheck");
            assertThat(bed.jobs()).hasSize(layout.equals(PipelinesTest.ONE_JOB) ? 1 : 0);
        }
    }

    /** 2.4: votes, with the trap that a change without any vote fulfils neither kind. */
    @Test
    public void votesThatAreRequiredOrRefused() {
        String require = required("approval:\n        - username: jenkins\n          verified: 1");
        String reject = PipelinesTest.ONE_JOB.replace(
                "    trigger:", "    reject:\n      approval:\n        - workflow: -1\n    trigger:");
        assertThat(tested(require)).isFalse();
        assertThat(tested(require, EngineBed.vote("verified", 1, "jenkins"))).isTrue();
        assertThat(tested(require, EngineBed.vote("verified", 1, "other"))).isFalse();
        assertThat(tested(reject)).as("Zuul's trap").isFalse();
        assertThat(tested(reject, EngineBed.vote("verified", 1, "any"))).isTrue();
        assertThat(tested(reject, EngineBed.vote("workflow", -1, "any"))).isFalse();
    }

    private static boolean tested(String layout, Approval... votes) {
        EngineBed bed = new EngineBed(layout);
        bed.put(
                EngineBed.state(
                        1, 1, EngineBed.PROJECT, "master", true, true, "NEW", List.of(votes), List.of("/COMMIT_MSG")),
                null);
        bed.send(bed.event("patchset-created", 1, 1, null));
        return !bed.jobs().isEmpty();
    }

    /** 2.4: asked once; what changes later, what is ahead, and what a person enqueues is not asked. */
    @Test
    public void requirementsAreAskedOnceOnly() {
        EngineBed bed = new EngineBed(required("open: true"));
        bed.push(1, 1);
        bed.put(
                EngineBed.state(
                        1, 1, EngineBed.PROJECT, "master", true, false, "MERGED", List.of(), List.of("/COMMIT_MSG")),
                null);
        bed.reload(required("open: true") + "# other\n");
        assertThat(PipelinesTest.pipelines(bed)).containsExactly("check 1,1");
        ChangeSource.Found merged = bed.put(
                EngineBed.state(2, 1, EngineBed.PROJECT, "master", true, false, "MERGED", List.of(), List.of()), null);
        assertThat(new Operators(bed.engine).enqueue(bed.engine.plans().pipeline("check"), merged))
                .isNull();
        bed.run();
        assertThat(PipelinesTest.pipelines(bed)).containsExactly("check 1,1", "check 2,1");
    }

    /** 2.5: our own comment starts nothing, unless a filter names us. */
    @Test
    public void ownCommentsStartNothing() {
        EngineBed bed = new EngineBed(PipelinesTest.ONE_JOB);
        bed.change(1, 1);
        GerritEvent event = bed.event("comment-added", 1, 1, "Patch Set 1:\n\nrecheck");
        bed.send(new GerritEvent(
                event.type(),
                event.change(),
                event.patchSet(),
                new GerritAccount("CI", "ci@x", "ci"),
                event.comment(),
                event.approvals(),
                null,
                event.createdOn()));
        assertThat(bed.jobs()).isEmpty();
    }

    /** 8, G4, G9: a question that fails is asked again, and the events of a change stay in their order. */
    @Test
    public void g4_anEventWaitsForGerritAndIsNotLost() {
        EngineBed bed = new EngineBed(PipelinesTest.ONE_JOB);
        bed.gerritProblem = "no route";
        bed.push(1, 1);
        bed.push(1, 2);
        bed.push(2, 1);
        assertThat(bed.jobs()).isEmpty();
        assertThat(bed.view().backlog()).hasSize(3);
        assertThat(bed.view().backlog().get(0).reason()).isEqualTo("no route");
        bed.pass(30_000);
        assertThat(bed.view().triggerEvents()).isEqualTo(3);
        bed.gerritProblem = null;
        bed.pass(60_000);
        assertThat(bed.view().backlog()).isEmpty();
        assertThat(PipelinesTest.pipelines(bed)).containsExactlyInAnyOrder("check 1,2", "check 2,1");
    }

    @Test
    public void gerritsReturnEndsTheWait() {
        EngineBed bed = new EngineBed(PipelinesTest.ONE_JOB);
        bed.gerritProblem = "no route";
        bed.push(1, 1);
        for (int i = 0; i < 10; i++) {
            bed.pass(60_000);
        }
        bed.gerritProblem = null;
        bed.engine.intake.gerritIsBack(bed.now);
        bed.run();
        assertThat(bed.jobs()).containsExactly("test");
    }

    @Test
    public void whatGerritDoesNotKnowIsLetGo() {
        EngineBed bed = new EngineBed(PipelinesTest.ONE_JOB);
        bed.send(bed.event("patchset-created", 1, 1, null));
        assertThat(bed.jobs()).isEmpty();
        assertThat(bed.view().triggerEvents()).isZero();
    }

    /** G5: one event told twice, by the stream and by a query, is one. */
    @Test
    public void g5_anEventToldTwiceIsOne() {
        EngineBed bed = new EngineBed(PipelinesTest.ONE_JOB);
        bed.change(1, 1);
        GerritEvent event = bed.event("comment-added", 1, 1, "Patch Set 1:\n\nrecheck");
        bed.send(event);
        bed.ends("test", Outcome.SUCCESS);
        bed.engine.memory.cursor().offered(event.createdOn());
        bed.engine.intake.accept(event, event.createdOn() - 2, false, bed.now);
        bed.run();
        assertThat(bed.jobs()).hasSize(1);
        bed.now += 5_000;
        bed.comment(1, 1, "recheck");
        assertThat(bed.jobs()).as("the stream tells two: they are two").hasSize(2);
    }

    @Test
    public void eventsAreLetGoWhileNoneAreTaken() {
        EngineBed bed = new EngineBed(PipelinesTest.ONE_JOB);
        bed.push(1, 1);
        bed.take(false);
        bed.push(2, 1);
        assertThat(bed.jobs()).hasSize(1);
        bed.ends("test", Outcome.SUCCESS);
        assertThat(bed.posted).as("what is under way goes on").hasSize(1);
    }
}
