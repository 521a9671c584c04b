package io.jenkins.plugins.metapluginci.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.metapluginci.scheduler.BuildRecord.Outcome;
import io.jenkins.plugins.metapluginci.scheduler.MergeService.Conflict;
import java.util.Map;
import org.junit.Test;

/** Another layout, and another process: zuul-v2-contract.md section 4, over layout texts. */
public class ReloadTest {
    private static final String LAYOUT = PipelinesTest.CHECK + """
            projects:
              - name: org/project
                check:
                  - kept
                  - dropped
            """;

    @Test
    public void runningBuildsAreKeptAndTheRestFollowsTheNewLayout() {
        EngineBed bed = new EngineBed(LAYOUT);
        bed.push(1, 1);
        bed.begins("kept");
        bed.begins("dropped");
        Item before = bed.live().get(0);
        bed.now += 5_000;
        bed.reload(LAYOUT.replace("- dropped", "- added").replace("projects:", """
                jobs:
                  - name: kept
                    voting: false
                    failure-message: oh dear
                projects:
                """.stripTrailing()));
        Item after = bed.live().get(0);
        assertThat(after.id()).isEqualTo(before.id());
        assertThat(after.createdAt()).isEqualTo(before.createdAt());
        assertThat(bed.merges).as("not merged again").hasSize(1);
        assertThat(bed.cancelled).containsExactly(bed.last("dropped").uuid());
        assertThat(bed.jobs()).containsExactly("kept", "dropped", "added");
        assertThat(bed.engine.lastReconfigured()).isEqualTo(bed.now);
        bed.ends("dropped", Outcome.ABORTED);
        bed.ends("kept", Outcome.FAILURE);
        bed.ends("added", Outcome.SUCCESS);
        assertThat(bed.lastText())
                .contains("- kept http", " : oh dear in 5s (non-voting)\n- added http", " : SUCCESS in 0s\n")
                .doesNotContain("dropped");
        assertThat(bed.lastLabels()).isEqualTo(Map.of("Verified", 1));
        assertThat(bed.items.files).isEmpty();
    }

    /** A build that was dropped ends after the report: its item is kept until then. */
    @Test
    public void anItemIsGoneWhenItsLastBuildIs() {
        EngineBed bed = new EngineBed(LAYOUT);
        bed.push(1, 1);
        bed.reload(LAYOUT.replace("      - dropped\n", ""));
        bed.ends("kept", Outcome.SUCCESS);
        assertThat(bed.posted).hasSize(1);
        assertThat(bed.items.files).hasSize(1);
        assertThat(bed.view().pipelines().get(0).items()).isEmpty();
        bed.ends("dropped", Outcome.ABORTED);
        assertThat(bed.items.files).isEmpty();
        assertThat(bed.posted).hasSize(1);
    }

    @Test
    public void aJobThatDoesNotApplyAnyMoreIsDroppedToo() {
        EngineBed bed = new EngineBed(LAYOUT);
        bed.push(1, 1);
        bed.reload(LAYOUT.replace("projects:", "jobs:\n  - name: dropped\n    files: ^doc/\nprojects:"));
        assertThat(bed.cancelled).containsExactly(bed.last("dropped").uuid());
    }

    /** 6bc782de. */
    @Test
    public void aNewJobOfAnItemThatConflictsIsSkipped() {
        EngineBed bed = new EngineBed(LAYOUT);
        bed.mergeResults.add(new Conflict("a.py"));
        bed.answers.add(ReviewSink.Answer.of(ReviewSink.Answer.Kind.NOT_SENT, "away"));
        bed.push(1, 1);
        bed.reload(LAYOUT.replace("- dropped", "- added"));
        assertThat(bed.jobs()).isEmpty();
        bed.pass(60_000);
        assertThat(bed.posted).hasSize(1);
    }

    /** Z25: silently out, builds ended; what is ahead of others stays there. */
    @Test
    public void aProjectThatIsGone() {
        EngineBed bed = new EngineBed(LAYOUT);
        bed.push(1, 1);
        bed.reload(LAYOUT.replace("org/project", "org/other"));
        assertThat(bed.live()).isEmpty();
        assertThat(bed.cancelled).hasSize(2);
        assertThat(bed.posted).isEmpty();
    }

    /** FIX: Zuul let the builds of a removed pipeline run on, for nobody. */
    @Test
    public void aPipelineThatIsGoneIsShown() {
        EngineBed bed = new EngineBed(LAYOUT);
        bed.push(1, 1);
        bed.reload(LAYOUT.replace("name: check", "name: renamed").replace("    check:", "    renamed:"));
        assertThat(bed.cancelled).hasSize(2);
        assertThat(bed.view().problems())
                .containsExactly(
                        "The layout has no pipeline check any more: org/project 1,1 is not tested there, its builds"
                                + " are ended.");
        bed.reload(LAYOUT);
        assertThat(bed.view().problems()).isEmpty();
    }

    @Test
    public void aMutexThatIsHeldStaysHeld() {
        String mutex = LAYOUT.replace("projects:", "jobs:\n  - name: ^.*$\n    mutex: m\nprojects:");
        EngineBed bed = new EngineBed(mutex);
        bed.push(1, 1);
        assertThat(bed.jobs()).containsExactly("kept");
        bed.reload(mutex + "# another\n");
        bed.kill();
        bed.pass(20_000);
        assertThat(bed.jobs()).containsExactly("kept", "kept");
    }

    @Test
    public void theSameLayoutAgainIsNoReconfiguration() {
        EngineBed bed = new EngineBed(LAYOUT);
        long first = bed.engine.lastReconfigured();
        bed.now += 1_000;
        bed.engine.configure(bed.settings, false, bed.now);
        assertThat(bed.engine.lastReconfigured()).isEqualTo(first);
        bed.engine.configure(bed.settings, true, bed.now);
        assertThat(bed.engine.lastReconfigured()).isEqualTo(bed.now);
    }

    /** After a start whose layout could not be read nothing is lost. */
    @Test
    public void withoutALayoutEverythingWaits() {
        EngineBed bed = new EngineBed(LAYOUT);
        bed.push(1, 1);
        SchedulerSettings s = bed.settings;
        bed.settings = new SchedulerSettings(true, null, "", false, s.gerrit(), s.reporting());
        bed.kill();
        bed.pass(60_000);
        assertThat(bed.jobs()).as("nothing new").hasSize(2);
        assertThat(bed.items.files).hasSize(1);
        bed.push(2, 1);
        assertThat(bed.view().idle()).isEqualTo("There is no layout: no event is taken.");
        bed.settings = s;
        bed.engine.configure(s, false, bed.now);
        bed.run();
        assertThat(bed.jobs()).hasSize(4);
    }

    /** 4.2, R8: what ran is run again under another uuid, and that is no failure of the change. */
    @Test
    public void afterAKillWhatHadNotEndedIsRunAgain() {
        EngineBed bed = new EngineBed(LAYOUT);
        bed.push(1, 1);
        bed.begins("kept");
        bed.ends("dropped", Outcome.SUCCESS);
        String old = bed.last("kept").uuid();
        bed.kill();
        assertThat(bed.calls).startsWith("cancelQueued");
        assertThat(bed.kept).containsOnlyKeys(bed.merges.get(0).uuid());
        bed.pass(20_000);
        assertThat(bed.jobs()).containsExactly("kept", "dropped", "kept");
        assertThat(bed.last("kept").uuid()).isNotEqualTo(old);
        assertThat(bed.merges).hasSize(1);
        bed.ends("kept", Outcome.SUCCESS);
        assertThat(bed.lastLabels()).isEqualTo(Map.of("Verified", 1));
    }

    @Test
    public void aBuildThatBecameFinalWithoutUsHearingIsReported() {
        EngineBed bed = new EngineBed(LAYOUT.replace("      - dropped\n", ""));
        bed.push(1, 1);
        BuildRecord record = bed.begins("kept")
                .ended(bed.now, Outcome.SUCCESS, 0, null)
                .withLogs(BuildRecord.Logs.PUBLISHED, null, null);
        bed.records.put(record.uuid(), record);
        bed.kill();
        assertThat(bed.posted).hasSize(1);
        assertThat(bed.jobs()).hasSize(1);
    }

    /** What was to end when the controller died, and still runs, is told again. */
    @Test
    public void whatWasToEndIsToldAgain() {
        EngineBed bed = new EngineBed(LAYOUT);
        bed.push(1, 1);
        bed.push(1, 2);
        assertThat(bed.cancelled).hasSize(2);
        BuildRequest survivor = bed.launched.get(0);
        bed.out.clear();
        bed.out.put(survivor.uuid(), survivor);
        bed.start();
        assertThat(bed.cancelled).hasSize(3).endsWith(survivor.uuid());
        bed.ends(survivor, Outcome.ABORTED);
        assertThat(bed.live()).extracting(item -> item.change().id()).containsExactly("1,2");
        assertThat(bed.items.files).hasSize(1);
    }
}
