package io.jenkins.plugins.metapluginci.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.metapluginci.scheduler.BuildRecord.Outcome;
import java.util.Map;
import org.junit.Test;

/** From events to decisions: zuul-v2-contract.md sections 2.2, 2.5 and 3, over layout texts. */
public class PipelinesTest {
    static final String CHECK = """
            pipelines:
              - name: check
                manager: IndependentPipelineManager
                trigger:
                  gerrit:
                    - event: patchset-created
                    - event: change-restored
                    - event: comment-added
                      comment: (?i)^(Patch Set [0-9]+:)?( [\\w\\\\+-]*)*(\\n\\n)?\\s*recheck\\s*$
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
}
