package io.jenkins.plugins.metapluginci.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.metapluginci.layout.ChangeState;
import io.jenkins.plugins.metapluginci.layout.Job;
import io.jenkins.plugins.metapluginci.layout.JobNode;
import io.jenkins.plugins.metapluginci.layout.Layout;
import io.jenkins.plugins.metapluginci.layout.LayoutResult;
import io.jenkins.plugins.metapluginci.layout.Pipeline;
import io.jenkins.plugins.metapluginci.layout.TriggerEvent;
import java.util.ArrayList;
import java.util.List;
import org.junit.Test;

/** The first release's table and the layout that replaces it test the same changes with the same jobs. */
public class WatchesLayoutTest {
    @Test
    public void oneRow() {
        Layout layout = layout(new WatchedProject("openstack/neutron", "master", "check"));
        assertThat(tested(layout, "openstack/neutron", "master")).containsExactly("check");
        assertThat(tested(layout, "openstack/neutron", "master2")).isEmpty();
        assertThat(tested(layout, "openstack/neutron", "stable/juno")).isEmpty();
        assertThat(tested(layout, "openstack/nova", "master")).isEmpty();
    }

    @Test
    public void severalRowsOfOneBranchEachAreOnePipeline() {
        Layout layout = layout(
                new WatchedProject("openstack/neutron", "master|stable/.*", "a's job"),
                new WatchedProject("openstack/neutron", "master|stable/.*", "b"),
                new WatchedProject("openstack/nova", "master|stable/.*", "b"),
                new WatchedProject("openstack/nova", "feature", "c"));
        assertThat(layout.pipelines()).extracting(Pipeline::name).containsExactly("check");
        assertThat(tested(layout, "openstack/neutron", "stable/juno")).containsExactly("a's job", "b");
        assertThat(tested(layout, "openstack/nova", "master")).containsExactly("b");
        assertThat(tested(layout, "openstack/nova", "feature")).containsExactly("c");
        assertThat(tested(layout, "openstack/neutron", "feature")).isEmpty();
    }

    @Test
    public void aJobWhoseRowsDifferInTheirBranches() {
        Layout layout = layout(
                new WatchedProject("openstack/neutron", "master", "both"),
                new WatchedProject("openstack/nova", "stable/.*", "both"));
        assertThat(layout.pipelines()).extracting(Pipeline::name).containsExactly("check", "check-2");
        assertThat(tested(layout, "openstack/neutron", "master")).containsExactly("both");
        assertThat(tested(layout, "openstack/neutron", "stable/juno")).isEmpty();
        assertThat(tested(layout, "openstack/nova", "stable/juno")).containsExactly("both");
        assertThat(tested(layout, "openstack/nova", "master")).isEmpty();
    }

    @Test
    public void theKeywordAloneRunsItAgain() {
        Layout layout = layout(new WatchedProject("openstack/neutron", "master", "check"));
        for (String yes : new String[] {
            "metaplugin-recheck",
            "Patch Set 1:\n\nmetaplugin-recheck",
            "Patch Set 2: Code-Review+1\n\nMETAPLUGIN-recheck \n"
        }) {
            assertThat(starts(layout, comment(yes))).as(yes).isTrue();
        }
        for (String no : new String[] {
            "Patch Set 1:\n\nrecheck", "Patch Set 1:\n\n(1 comment)\n\nmetaplugin-recheck", "metaplugin-recheck please"
        }) {
            assertThat(starts(layout, comment(no))).as(no).isFalse();
        }
        assertThat(starts(layout, event("change-restored", "master", null))).isTrue();
        assertThat(starts(layout, event("change-abandoned", "master", null))).isFalse();
        Pipeline check = layout.pipelines().get(0);
        assertThat(check.failureMessage())
                .isEqualTo("Build failed. Leave a comment with 'metaplugin-recheck' to rerun a check."
                        + " ('recheck' will be ignored.)");
        assertThat(check.reporters().success())
                .singleElement()
                .satisfies(reporter -> assertThat(reporter.options()).containsEntry("verified", "1"));
        assertThat(check.reporters().failure())
                .singleElement()
                .satisfies(reporter -> assertThat(reporter.options()).containsEntry("verified", "0"));
    }

    private static Layout layout(WatchedProject... watches) {
        LayoutResult result = LayoutSource.read(WatchesLayout.of(List.of(watches)), "", "gerrit")
                .result();
        assertThat(result.errors()).isEmpty();
        assertThat(result.warnings()).isEmpty();
        return result.layout();
    }

    private static TriggerEvent comment(String text) {
        return event("comment-added", "master", text);
    }

    private static TriggerEvent event(String type, String branch, String comment) {
        return new TriggerEvent(type, "openstack/neutron", branch, null, null, null, 1, 1, comment, null, List.of());
    }

    private static boolean starts(Layout layout, TriggerEvent event) {
        return layout.pipelines().stream()
                .flatMap(pipeline -> pipeline.triggers().stream())
                .anyMatch(filter -> filter.mayMatch(event, null));
    }

    /** The jobs that test a new patchset. */
    private static List<String> tested(Layout layout, String project, String branch) {
        ChangeState change = new ChangeState(
                project, branch, 1, 1, true, true, "NEW", List.of(), List.of("/COMMIT_MSG", "setup.py"));
        List<String> jobs = new ArrayList<>();
        for (Pipeline pipeline : layout.pipelines()) {
            if (pipeline.triggers().stream()
                    .anyMatch(filter -> filter.mayMatch(event("patchset-created", branch, null), null))) {
                layout.jobTree(pipeline.name(), project).stream()
                        .map(JobNode::job)
                        .filter(job -> job.appliesTo(change))
                        .map(Job::name)
                        .forEach(jobs::add);
            }
        }
        return jobs;
    }
}
