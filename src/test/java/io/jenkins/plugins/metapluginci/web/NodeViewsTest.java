package io.jenkins.plugins.metapluginci.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.metapluginci.node.BuildRef;
import io.jenkins.plugins.metapluginci.node.CheckReport;
import io.jenkins.plugins.metapluginci.node.CheckResult;
import io.jenkins.plugins.metapluginci.node.NodeHistoryEntry;
import io.jenkins.plugins.metapluginci.node.NodeHold;
import io.jenkins.plugins.metapluginci.node.NodePhase;
import io.jenkins.plugins.metapluginci.node.NodeRecord;
import io.jenkins.plugins.metapluginci.node.NodeStats;
import io.jenkins.plugins.metapluginci.scheduler.SchedulerView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.Test;

/** What the pages make of records, histories and numbers. */
public class NodeViewsTest {
    private static final long HOUR = FakeDesk.HOUR;
    private static final long NOW = FakeDesk.NOW;
    private static final BuildRef BUILD = new BuildRef("folder/my job", 12, null);

    private static NodeHistoryEntry entry(long hoursAgo, NodePhase phase) {
        return new NodeHistoryEntry(NOW - hoursAgo * HOUR, phase, "why", "who", BUILD.key());
    }

    private static NodeRecord record(NodePhase phase, long hoursAgo, NodeHold hold) {
        return new NodeRecord(
                "n1", phase, NOW - hoursAgo * HOUR, "why", "who", "id", BUILD, true, 0, null, hold, true, false, false);
    }

    private static NodesView.Node node(NodeRecord record, NodeViews.Day day) {
        return NodeViews.node("n1", true, record, NodeStats.NONE, null, day, NOW);
    }

    @Test
    public void theLastDayIsWhatTheHistorySaysOfIt() {
        NodeViews.Day day = NodeViews.day(
                List.of(
                        entry(1, NodePhase.FAILED),
                        entry(3, NodePhase.REBOOTING),
                        entry(20, NodePhase.RUNNING),
                        entry(40, NodePhase.READY)),
                NOW);
        assertThat(day.from()).isEqualTo(NOW - 24 * HOUR);
        assertThat(day.served()).isEqualTo(NOW - 3 * HOUR);
        NodesView.Numbers numbers = node(record(NodePhase.FAILED, 1, null), day).numbers();
        assertThat(numbers.day())
                .isEqualTo(Map.of("READY", 4 * HOUR, "RUNNING", 17 * HOUR, "REBOOTING", 2 * HOUR, "FAILED", HOUR));
        assertThat(numbers.day().values().stream().mapToLong(Long::longValue).sum())
                .isEqualTo(24 * HOUR);
    }

    @Test
    public void aShortHistoryTellsSinceWhenItKnows() {
        NodeViews.Day day = NodeViews.day(List.of(entry(2, NodePhase.READY)), NOW);
        NodesView.Numbers numbers = node(record(NodePhase.READY, 2, null), day).numbers();
        assertThat(numbers.dayFrom()).isEqualTo(NOW - 2 * HOUR);
        assertThat(numbers.day()).isEqualTo(Map.of("READY", 2 * HOUR));
        assertThat(NodeViews.day(List.of(), NOW)).isEqualTo(NodeViews.Day.NONE);
        assertThat(node(record(NodePhase.READY, 90, null), NodeViews.day(List.of(entry(90, NodePhase.READY)), NOW))
                        .numbers()
                        .day())
                .isEqualTo(Map.of("READY", 24 * HOUR));
    }

    @Test
    public void aBuildIsNamedAndFoundInItsFolder() {
        NodesView.State state =
                node(record(NodePhase.RUNNING, 1, null), NodeViews.Day.NONE).state();
        assertThat(state.build()).isEqualTo(new NodesView.Build("folder/my job #12", "job/folder/job/my%20job/12/"));
        assertThat(NodePage.path("a b/../<x>")).isEqualTo("computer/a%20b%2F..%2F%3Cx%3E/metaplugin-ci/");
    }

    @Test
    public void everyStateOffersWhatMakesSenseInIt() {
        for (NodePhase phase : NodePhase.values()) {
            List<String> actions =
                    node(record(phase, 1, null), NodeViews.Day.NONE).actions();
            assertThat(actions).as(phase + "").doesNotHaveDuplicates().isNotEmpty();
            assertThat(actions.contains("release")).as(phase + "").isEqualTo(phase == NodePhase.HELD);
            if (phase == NodePhase.RUNNING || phase == NodePhase.READY) {
                assertThat(actions).as(phase + "").doesNotContain("releaseWithoutReboot");
            }
        }
        NodeHold asked = new NodeHold(NodeHold.Kind.PERSON, "ann", NOW + HOUR);
        NodesView.Node running = node(record(NodePhase.RUNNING, 1, asked), NodeViews.Day.NONE);
        assertThat(running.actions()).containsExactly("release");
        assertThat(running.state().hold()).isEqualTo(new NodesView.Hold("PERSON", "ann", NOW + HOUR));
        assertThat(node(null, NodeViews.Day.NONE).actions()).isEmpty();
        assertThat(node(null, NodeViews.Day.NONE).state()).isNull();
    }

    @Test
    public void thePoolIsAllNodesTogether() {
        NodeStats stats = new NodeStats(Map.of(NodePhase.READY, 10 * HOUR, NodePhase.RUNNING, 2 * HOUR), 5, 2, 4, 1);
        NodeViews.Day day = NodeViews.day(List.of(entry(2, NodePhase.READY)), NOW);
        CheckReport checks = new CheckReport(List.of(new CheckResult("git", false, "not found")));
        NodesView.Node one = NodeViews.node("n1", true, record(NodePhase.READY, 2, null), stats, checks, day, NOW);
        assertThat(one.checks()).containsExactly(new NodesView.Check("git", false, "not found"));
        assertThat(one.numbers().since()).isEqualTo(NOW - 12 * HOUR);
        NodesView.Node never = node(null, NodeViews.Day.NONE);
        NodesView.Numbers pool = NodeViews.pool(stats.plus(NodeStats.NONE), List.of(one, never, one));
        assertThat(pool.runs()).isEqualTo(5);
        assertThat(pool.lostShare()).isEqualTo(0.4);
        assertThat(pool.day()).isEqualTo(Map.of("READY", 4 * HOUR));
        assertThat(pool.phases().keySet()).containsExactly("READY", "RUNNING");
        assertThat(pool.since()).isEqualTo(NOW - 12 * HOUR);
        assertThat(pool.dayFrom()).isEqualTo(NOW - 2 * HOUR);
    }

    @Test
    public void problemsAreWhatNeedsSomebody() {
        NodeHold person = new NodeHold(NodeHold.Kind.PERSON, "ann", NOW + HOUR);
        NodeHold check = new NodeHold(NodeHold.Kind.CHECK, "Metaplugin CI", 0);
        List<NodesView.Node> nodes = new ArrayList<>();
        nodes.add(node(record(NodePhase.HELD, 1, person), NodeViews.Day.NONE));
        assertThat(problems(nodes, Views.of(NOW, List.of()))).isEmpty();
        nodes.add(node(record(NodePhase.HELD, 1, check), NodeViews.Day.NONE));
        nodes.add(node(record(NodePhase.FAILED, 1, null), NodeViews.Day.NONE));
        assertThat(problems(nodes, Views.of(NOW, List.of())))
                .extracting(NodeProblem::text)
                .containsExactly("Node n1 is HELD: why", "Node n1 is FAILED: why");
    }

    @Test
    public void buildsThatWaitWhileNoNodeIsInServiceAreAProblem() {
        SchedulerView waiting = waitingSince(NOW - 20 * FakeDesk.MINUTE);
        NodeViews.Day longAgo = NodeViews.day(List.of(entry(2, NodePhase.CHECKING), entry(3, NodePhase.READY)), NOW);
        List<NodesView.Node> away = List.of(node(record(NodePhase.CHECKING, 2, null), longAgo));
        assertThat(problems(away, waiting))
                .extracting(NodeProblem::text)
                .containsExactly("Builds wait, and no node was READY or RUNNING for 20 minutes");
        assertThat(problems(List.of(), waiting)).hasSize(1);
        assertThat(problems(away, waitingSince(NOW - 5 * FakeDesk.MINUTE)))
                .as("not long")
                .isEmpty();
        assertThat(problems(List.of(node(record(NodePhase.RUNNING, 9, null), longAgo)), waiting))
                .as("a busy pool")
                .isEmpty();
        NodeViews.Day justNow = new NodeViews.Day(NOW - HOUR, Map.of(), NOW - FakeDesk.MINUTE);
        assertThat(problems(List.of(node(record(NodePhase.REBOOTING, 0, null), justNow)), waiting))
                .as("on its way")
                .isEmpty();
    }

    private static SchedulerView waitingSince(long at) {
        SchedulerView.ItemView item = Views.item("42,1", "openstack/neutron", NOW)
                .jobs(List.of(Views.launched("gate", at), Views.launched("later", NOW)))
                .build();
        return Views.of(NOW, List.of(new SchedulerView.PipelineView("check", null, false, 0, 0, List.of(item))));
    }

    private static List<NodeProblem> problems(List<NodesView.Node> nodes, SchedulerView view) {
        return NodeProblem.of(new NodesView(NOW, nodes, NodesView.Numbers.NONE), view, 15 * FakeDesk.MINUTE);
    }
}
