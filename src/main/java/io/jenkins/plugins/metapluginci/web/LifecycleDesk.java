package io.jenkins.plugins.metapluginci.web;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.model.Computer;
import hudson.model.Hudson;
import io.jenkins.plugins.metapluginci.node.NodeHistoryEntry;
import io.jenkins.plugins.metapluginci.node.NodeLifecycle;
import io.jenkins.plugins.metapluginci.node.NodeRecord;
import io.jenkins.plugins.metapluginci.node.Nodes;
import io.jenkins.plugins.metapluginci.node.PreparationLog;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The nodes of this controller and their lifecycle, for the pages. */
public final class LifecycleDesk implements NodeDesk {
    private static final Logger LOGGER = Logger.getLogger(LifecycleDesk.class.getName());
    /** More entries than are kept. */
    private static final int ALL = 1_000;
    /** How long what the history says of the last day is good for, milliseconds. */
    private static final long DAY_KEPT_MS = 60_000;

    private final Supplier<NodeLifecycle> lifecycle;
    private final LongSupplier holdMs;
    private final Map<String, KeptDay> days = new ConcurrentHashMap<>();

    /** @param since of the phase that it was made in */
    private record KeptDay(NodeViews.Day day, long since, long madeAt) {}

    /**
     * @param lifecycle gives the same each time
     * @param holdMs how long a hold lasts for which nobody says
     */
    public LifecycleDesk(Supplier<NodeLifecycle> lifecycle, LongSupplier holdMs) {
        this.lifecycle = lifecycle;
        this.holdMs = holdMs;
    }

    @Override
    public NodesView view() {
        long now = System.currentTimeMillis();
        Map<String, NodesView.Node> nodes = new TreeMap<>();
        for (Computer computer : Hudson.getInstance().getComputers()) {
            if (!(computer instanceof Hudson.MasterComputer)) {
                nodes.put(computer.getName(), node(computer, now));
            }
        }
        days.keySet().retainAll(nodes.keySet());
        List<NodesView.Node> all = List.copyOf(nodes.values());
        return new NodesView(now, all, NodeViews.pool(lifecycle.get().poolStats(), all));
    }

    private NodesView.Node node(Computer computer, long now) {
        String name = computer.getName();
        NodeRecord record = lifecycle.get().record(name);
        return NodeViews.node(
                name,
                computer.getChannel() != null,
                record,
                lifecycle.get().stats(name),
                lifecycle.get().checks(name),
                record == null ? NodeViews.Day.NONE : day(record, now),
                now);
    }

    /** Not read anew while the node stays in its phase: many look, and histories are long. */
    private NodeViews.Day day(NodeRecord record, long now) {
        KeptDay kept = days.get(record.node());
        if (kept != null && kept.since() == record.since() && Math.abs(now - kept.madeAt()) <= DAY_KEPT_MS) {
            return kept.day();
        }
        List<NodeHistoryEntry> entries = lifecycle.get().history(record.node(), ALL);
        NodeViews.Day day = NodeViews.day(entries, now);
        // The history is written a little later than the record: then it is read again the next time.
        if (!entries.isEmpty() && entries.get(0).at() >= record.since()) {
            days.put(record.node(), new KeptDay(day, record.since(), now));
        }
        return day;
    }

    @Override
    @CheckForNull
    public NodesView.Detail detail(String node, int history, long log) {
        Computer computer = Hudson.getInstance().getComputer(node);
        if (computer == null || computer instanceof Hudson.MasterComputer) {
            return null;
        }
        long now = System.currentTimeMillis();
        List<NodeHistoryEntry> entries = lifecycle.get().history(node, history + 1);
        boolean more = entries.size() > history;
        return new NodesView.Detail(
                now,
                node(computer, now),
                NodeViews.history(more ? entries.subList(0, history) : entries),
                more,
                log(node, log));
    }

    private static NodesView.Prepare log(String node, long from) {
        PreparationLog log = Nodes.preparations();
        try {
            PreparationLog.Part part = log == null ? null : log.read(node, from);
            return part == null ? NodesView.Prepare.NONE : new NodesView.Prepare(part.from(), part.text(), part.next());
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, "The log of the preparation of " + node + " cannot be read", e);
            return NodesView.Prepare.NONE;
        }
    }

    @Override
    public long holdMs() {
        return holdMs.getAsLong();
    }

    @Override
    @CheckForNull
    public String hold(String node, String by, long until) {
        return lifecycle.get().hold(node, by, until);
    }

    @Override
    @CheckForNull
    public String release(String node, String by) {
        return lifecycle.get().release(node, by);
    }

    @Override
    @CheckForNull
    public String releaseWithoutReboot(String node, String by) {
        return lifecycle.get().releaseWithoutReboot(node, by);
    }

    @Override
    @CheckForNull
    public String reboot(String node, String by) {
        return lifecycle.get().rebootNow(node, by);
    }

    @Override
    @CheckForNull
    public String recheck(String node, String by) {
        return lifecycle.get().recheck(node, by);
    }

    @Override
    @CheckForNull
    public String prepare(String node, String by) {
        return lifecycle.get().prepare(node, by);
    }
}
