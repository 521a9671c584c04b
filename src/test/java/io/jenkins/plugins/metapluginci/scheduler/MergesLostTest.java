package io.jenkins.plugins.metapluginci.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.metapluginci.scheduler.BuildRecord.Outcome;
import io.jenkins.plugins.metapluginci.scheduler.MergeService.Conflict;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.Test;

/** What becomes of items whose merged refs are gone: a mirror had to be made anew, or was not restored from a backup. */
public class MergesLostTest {
    private static final String LAYOUT = PipelinesTest.CHECK + """
            projects:
              - name: org/project
                check:
                  - a
                  - b
                  - c:
                    - d
            """;

    private final EngineBed bed = new EngineBed(LAYOUT);

    private void lost(Item... items) {
        bed.engine.merges.lost(
                Set.copyOf(List.of(items).stream().map(Item::uuid).toList()), bed.now);
        bed.run();
    }

    @Test
    public void theyAreMergedAgainAndTheirBuildsRunAgain() {
        bed.push(1, 1);
        Item item = bed.live().get(0);
        bed.ends("a", Outcome.SUCCESS);
        bed.begins("b");
        assertThat(bed.jobs()).containsExactly("a", "b", "c");
        List<String> first = bed.launched.stream().map(BuildRequest::uuid).toList();
        lost(item);
        assertThat(bed.merges).hasSize(2);
        assertThat(bed.merges.get(1)).isEqualTo(bed.merges.get(0));
        assertThat(bed.cancelled)
                .as("the running one and the queued one")
                .containsExactlyElementsOf(first.subList(1, 3));
        assertThat(bed.jobs()).as("what was finished stays").containsExactly("a", "b", "c", "b", "c");
        assertThat(bed.last("b").environment()).containsEntry("ZUUL_COMMIT", "me2");
        bed.ends(bed.launched.get(1), Outcome.FAILURE);
        bed.engine.news.cancelled(first.get(2), bed.now);
        bed.run();
        assertThat(bed.posted).as("what failed for it says nothing").isEmpty();
        bed.ends("b", Outcome.SUCCESS);
        bed.ends("c", Outcome.SUCCESS);
        bed.ends("d", Outcome.SUCCESS);
        assertThat(bed.lastLabels()).isEqualTo(Map.of("Verified", 1));
        assertThat(bed.posted).hasSize(1);
        assertThat(bed.items.files).isEmpty();
    }

    @Test
    public void nothingIsLaunchedUntilTheyAreMergedAgain() {
        bed.push(1, 1);
        bed.mergeResults.add(new MergeService.Failed("no network"));
        lost(bed.live().get(0));
        assertThat(bed.jobs()).containsExactly("a", "b", "c");
        assertThat(bed.view().pipelines().get(0).items().get(0).reason()).contains("no network");
        bed.pass(5_000);
        assertThat(bed.jobs()).containsExactly("a", "b", "c", "a", "b", "c");
    }

    @Test
    public void whatNoLongerGoesTogetherWithItsBranchIsAConflict() {
        bed.push(1, 1);
        bed.mergeResults.add(new Conflict("1,1: a.py"));
        lost(bed.live().get(0));
        bed.launched.forEach(build -> bed.engine.news.cancelled(build.uuid(), bed.now));
        bed.run();
        assertThat(bed.lastText()).contains("unable to be automatically merged");
        assertThat(bed.jobs()).hasSize(3);
    }

    @Test
    public void whatNeedsNoRefAnyMoreIsLeftAlone() {
        bed.answers.add(ReviewSink.Answer.of(ReviewSink.Answer.Kind.NOT_SENT, "away"));
        bed.push(1, 1);
        Item item = bed.live().get(0);
        for (String job : List.of("a", "b", "c", "d")) {
            bed.ends(job, Outcome.SUCCESS);
        }
        lost(item);
        assertThat(bed.merges).hasSize(1);
        bed.pass(600_000);
        assertThat(bed.lastLabels()).isEqualTo(Map.of("Verified", 1));
    }

    @Test
    public void aStartTellsWhoseRefsMustBeThere() {
        bed.push(1, 1);
        String merged = bed.live().get(0).uuid();
        bed.mergeResults.add(new MergeService.Failed("no network"));
        bed.push(2, 1);
        String waiting = bed.live().get(1).uuid();
        bed.kill();
        assertThat(bed.kept).isEqualTo(Map.of(merged, Set.of(EngineBed.PROJECT), waiting, Set.of()));
    }
}
