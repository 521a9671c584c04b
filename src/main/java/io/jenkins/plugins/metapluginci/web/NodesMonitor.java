package io.jenkins.plugins.metapluginci.web;

import hudson.Extension;
import hudson.model.AdministrativeMonitor;
import java.util.ArrayList;
import java.util.List;

/**
 * Tells administrators, on the Manage page, which nodes failed or are held by a check, and when builds wait while no node is in
 * service; each with its reason and a link. Goes away with the problems.
 */
@Extension
public final class NodesMonitor extends AdministrativeMonitor {
    private static final int MAX = 20;
    private static final long KEPT_NANOS = 2_000_000_000L;

    /** What was last found, and when by {@link System#nanoTime}; guarded by {@code this}. */
    private List<NodeProblem> found;

    private long foundAt;

    @Override
    public String getDisplayName() {
        return Messages.NodesMonitor_DisplayName();
    }

    /** Current Jenkins asks for every page of an administrator, so what was found is kept for some seconds. */
    @Override
    public boolean isActivated() {
        return !getProblems().isEmpty();
    }

    /** At most {@value #MAX}; the texts are of strangers. */
    public synchronized List<NodeProblem> getProblems() {
        long now = System.nanoTime();
        if (found == null || now - foundAt > KEPT_NANOS) {
            WebRoom.Engine engine = WebRoom.engine();
            NodeDesk desk = engine == null ? null : engine.nodes();
            found = desk == null ? List.of() : first(NodeProblem.of(desk.view(), engine.view(), NodeProblem.ALARM_MS));
            foundAt = now;
        }
        return List.copyOf(found);
    }

    private static List<NodeProblem> first(List<NodeProblem> all) {
        if (all.size() <= MAX) {
            return List.copyOf(all);
        }
        List<NodeProblem> some = new ArrayList<>(all.subList(0, MAX - 1));
        some.add(new NodeProblem(
                null, Messages.ProblemsMonitor_More(all.size() - some.size()), StatusPage.URL + "/nodes/"));
        return List.copyOf(some);
    }
}
