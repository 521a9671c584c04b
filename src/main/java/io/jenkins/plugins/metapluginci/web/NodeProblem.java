package io.jenkins.plugins.metapluginci.web;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.metapluginci.scheduler.SchedulerView;
import java.util.ArrayList;
import java.util.List;

/**
 * Something about the nodes that a person should look at.
 *
 * @param node its name; null for all of them
 * @param text for people
 * @param path of the page that shows it, below Jenkins' root
 */
public record NodeProblem(@CheckForNull String node, String text, String path) {
    /** How long builds may wait while no node is in service before it is a problem, milliseconds, unless configured. */
    static final long ALARM_MS = Long.getLong("metaplugin-ci.node.alarm", 900_000);

    /**
     * The problems of a moment.
     *
     * @param alarmMs how long builds may wait while no node is in service
     */
    static List<NodeProblem> of(NodesView nodes, SchedulerView view, long alarmMs) {
        List<NodeProblem> problems = new ArrayList<>();
        for (NodesView.Node node : nodes.nodes()) {
            NodesView.State state = node.state();
            if (isTrouble(state)) {
                problems.add(new NodeProblem(
                        node.name(),
                        Messages.NodeProblem_State(node.name(), state.phase(), state.reason()),
                        node.path()));
            }
        }
        long served =
                nodes.nodes().stream().mapToLong(NodesView.Node::served).max().orElse(0);
        long waiting = waiting(view);
        long since = Math.max(served, waiting);
        if (waiting > 0 && nodes.now() - since > alarmMs) {
            problems.add(new NodeProblem(
                    null, Messages.NodeProblem_NoneReady((nodes.now() - since) / 60_000), StatusPage.URL + "/nodes/"));
        }
        return problems;
    }

    /** Whether the node failed, or is held by something else than a person. */
    private static boolean isTrouble(@CheckForNull NodesView.State state) {
        if (state == null) {
            return false;
        }
        NodesView.Hold hold = state.hold();
        return state.phase().equals("FAILED")
                || state.phase().equals("HELD") && hold != null && !hold.kind().equals("PERSON");
    }

    /** Since when the oldest build waits for a node, epoch milliseconds; 0 when none waits. */
    private static long waiting(SchedulerView view) {
        return view.pipelines().stream()
                .flatMap(pipeline -> pipeline.items().stream())
                .flatMap(item -> item.jobs().stream())
                .filter(job -> job.state().equals("LAUNCHED") && job.launchedAt() > 0)
                .mapToLong(SchedulerView.JobView::launchedAt)
                .min()
                .orElse(0);
    }
}
