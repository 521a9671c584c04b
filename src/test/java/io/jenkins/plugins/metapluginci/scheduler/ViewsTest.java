package io.jenkins.plugins.metapluginci.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.metapluginci.scheduler.BuildRecord.Outcome;
import io.jenkins.plugins.metapluginci.scheduler.MergeService.Conflict;
import io.jenkins.plugins.metapluginci.scheduler.MergeService.Failed;
import io.jenkins.plugins.metapluginci.scheduler.SchedulerView.ItemView;
import io.jenkins.plugins.metapluginci.scheduler.SchedulerView.JobView;
import java.util.List;
import org.junit.Test;

/** What pages and status.json get: zuul-v2-contract.md section 5. */
public class ViewsTest {
    private static final String LAYOUT =
            PipelinesTest.CHECK.replace("  - name: check\n", "  - name: check\n    description: Tests.\n") + """
            projects:
              - name: org/project
                check:
                  - first:
                    - second
                  - third
            """;

    private static ItemView item(EngineBed bed) {
        return bed.view().pipelines().get(0).items().get(0);
    }

    @Test
    public void aJobFromTheQueueToItsResult() {
        EngineBed bed = new EngineBed(LAYOUT);
        bed.push(1, 1);
        long launched = bed.now - 1_000;
        JobView queued = item(bed).jobs().get(0);
        assertThat(queued.state()).isEqualTo("LAUNCHED");
        assertThat(queued.launchedAt()).isEqualTo(launched);
        assertThat(queued.url()).as("in progress is what has a url").isNull();
        assertThat(queued.elapsed()).isNull();
        assertThat(item(bed).remaining()).isNull();
        assertThat(item(bed).jobs().get(1).reason()).isEqualTo("waits for first");

        bed.begins("first");
        bed.pass(3_000);
        JobView running = item(bed).jobs().get(0);
        assertThat(running.state()).isEqualTo("RUNNING");
        assertThat(running.url()).isEqualTo("http://jenkins/1/").isEqualTo(running.reportUrl());
        assertThat(running.number()).isEqualTo(1);
        assertThat(running.node()).isEqualTo("node1");
        assertThat(running.elapsed()).isEqualTo(3_000);
        assertThat(running.result()).isNull();
        assertThat(running.pipeline()).isEqualTo("check");

        bed.ends("first", Outcome.FAILURE);
        JobView done = item(bed).jobs().get(0);
        assertThat(done.result()).isEqualTo("FAILURE");
        assertThat(done.remaining()).isZero();
        assertThat(done.endedAt() - done.startedAt()).isEqualTo(3_000);
        assertThat(done.reportUrl()).startsWith("http://logs/");
        assertThat(item(bed).jobs().get(1).result()).isEqualTo("SKIPPED");
        assertThat(item(bed).failingReasons()).containsExactly("at least one job failed");
    }

    @Test
    public void anItem() {
        EngineBed bed = new EngineBed(LAYOUT);
        bed.push(42, 1);
        ItemView item = item(bed);
        assertThat(item.id()).isEqualTo("42,1");
        assertThat(item.url()).isEqualTo("http://g/42");
        assertThat(item.project()).isEqualTo("org/project");
        assertThat(item.enqueuedAt()).isEqualTo(bed.now - 1_000);
        assertThat(item.zuulRef()).startsWith("refs/zuul/master/Z");
        assertThat(item.live()).isTrue();
        assertThat(item.active()).isTrue();
        assertThat(item.itemAhead()).isNull();
        assertThat(item.state()).isEqualTo("in test");
        assertThat(item.trigger()).isEqualTo("patchset-created");
        assertThat(bed.view().pipelines().get(0).description()).isEqualTo("Tests.");
        assertThat(bed.view().lastReconfigured()).isPositive();
    }

    @Test
    public void aRetryIsShown() {
        EngineBed bed = new EngineBed(LAYOUT);
        bed.push(1, 1);
        bed.ends("third", Outcome.INFRASTRUCTURE);
        JobView again = item(bed).jobs().get(2);
        assertThat(again.retry()).isTrue();
        assertThat(again.attempts()).isEqualTo(1);
        assertThat(again.state()).isEqualTo("WAITING");
        assertThat(again.reason()).isEqualTo("it ended without an outcome");
    }

    @Test
    public void whyAnItemWaits() {
        EngineBed bed = new EngineBed(LAYOUT);
        bed.mergeResults.add(new Failed("no route"));
        bed.push(1, 1);
        assertThat(item(bed).state()).isEqualTo("waiting to be merged");
        assertThat(item(bed).reason()).isEqualTo("no route");

        EngineBed conflict = new EngineBed(LAYOUT);
        conflict.mergeResults.add(new Conflict("a.py"));
        conflict.answers.add(ReviewSink.Answer.of(ReviewSink.Answer.Kind.NOT_SENT, "Gerrit is away"));
        conflict.push(1, 1);
        assertThat(item(conflict).failingReasons())
                .containsExactly("it has a merge conflict", "at least one job failed");
        assertThat(item(conflict).state()).isEqualTo("report owed");
        assertThat(item(conflict).reason()).isEqualTo("Gerrit is away");
        assertThat(item(conflict).report().phase()).isEqualTo("OWED");
    }

    /** A view is of one moment, whatever happens after. */
    @Test
    public void aSnapshotDoesNotChange() {
        EngineBed bed = new EngineBed(LAYOUT);
        bed.push(1, 1);
        Snapshot snapshot = bed.engine.snapshot();
        bed.push(2, 1);
        SchedulerView view = new Views(snapshot, bed.engine.durations, bed.now).view(0, List.of("p"));
        assertThat(view.pipelines().get(0).items()).hasSize(1);
        assertThat(view.problems()).containsExactly("p");
    }
}
