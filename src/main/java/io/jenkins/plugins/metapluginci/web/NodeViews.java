package io.jenkins.plugins.metapluginci.web;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Util;
import io.jenkins.plugins.metapluginci.node.BuildRef;
import io.jenkins.plugins.metapluginci.node.CheckReport;
import io.jenkins.plugins.metapluginci.node.NodeHistoryEntry;
import io.jenkins.plugins.metapluginci.node.NodeHold;
import io.jenkins.plugins.metapluginci.node.NodePhase;
import io.jenkins.plugins.metapluginci.node.NodeRecord;
import io.jenkins.plugins.metapluginci.node.NodeStats;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes what the pages show of what the lifecycle knows. */
final class NodeViews {
    static final long DAY_MS = 86_400_000;

    private NodeViews() {}

    /**
     * What the history says of the last day. Good for as long as the node stays in its phase.
     *
     * @param from since when the history tells, at most a day ago, epoch milliseconds; 0 without any
     * @param ended milliseconds in each phase until the one that it is in now
     * @param served when it was last READY or RUNNING, epoch milliseconds; 0 when it never was
     */
    record Day(long from, Map<NodePhase, Long> ended, long served) {
        static final Day NONE = new Day(0, Map.of(), 0);
    }

    /** Reads a history. @param entries newest first @param now epoch milliseconds */
    static Day day(List<NodeHistoryEntry> entries, long now) {
        if (entries.isEmpty()) {
            return Day.NONE;
        }
        List<NodeHistoryEntry> oldest = new ArrayList<>(entries);
        Collections.reverse(oldest);
        long from = Math.max(now - DAY_MS, oldest.get(0).at());
        Map<NodePhase, Long> ended = new EnumMap<>(NodePhase.class);
        long served = 0;
        for (int n = 0; n + 1 < oldest.size(); n++) {
            long end = oldest.get(n + 1).at();
            if (end > from) {
                ended.merge(
                        oldest.get(n).phase(),
                        end - Math.max(from, oldest.get(n).at()),
                        Long::sum);
            }
            if (isInService(oldest.get(n).phase())) {
                served = end;
            }
        }
        return new Day(from, ended, served);
    }

    /** Whether a node in that phase does what it is there for. */
    private static boolean isInService(NodePhase phase) {
        return phase == NodePhase.READY || phase == NodePhase.RUNNING;
    }

    /** One node. @param record null while this CI has nothing to do with it */
    static NodesView.Node node(
            String name,
            boolean online,
            @CheckForNull NodeRecord record,
            NodeStats stats,
            @CheckForNull CheckReport checks,
            Day day,
            long now) {
        return new NodesView.Node(
                name,
                NodePage.path(name),
                online,
                record != null && isInService(record.phase()) ? now : day.served(),
                record == null ? null : state(record),
                checks == null
                        ? List.of()
                        : checks.results().stream()
                                .map(each -> new NodesView.Check(each.name(), each.passed(), each.detail()))
                                .toList(),
                numbers(stats, day, record, now),
                record == null ? List.of() : actions(record));
    }

    private static NodesView.State state(NodeRecord record) {
        BuildRef build = record.build();
        NodeHold hold = record.hold();
        return new NodesView.State(
                record.phase().name(),
                record.since(),
                record.reason(),
                record.by(),
                record.bootId(),
                build == null ? null : build(build.key()),
                record.attempts(),
                hold == null ? null : new NodesView.Hold(hold.kind().name(), hold.by(), hold.until()));
    }

    /** A build by its key, {@code JOB#NUMBER}; folders are in the job's name. */
    static NodesView.Build build(String key) {
        int sharp = key.lastIndexOf('#');
        StringBuilder path = new StringBuilder();
        for (String part : key.substring(0, Math.max(0, sharp)).split("/")) {
            path.append("job/").append(Util.rawEncode(part)).append('/');
        }
        String number = key.substring(sharp + 1);
        return new NodesView.Build(
                key.substring(0, Math.max(0, sharp)) + " #" + number, path + Util.rawEncode(number) + "/");
    }

    /** What may be asked for; the lifecycle has the last word. */
    private static List<String> actions(NodeRecord record) {
        boolean held = record.hold() != null;
        return switch (record.phase()) {
            case PROVISIONING -> List.of("prepare");
            case PREPARING, RUNNING -> List.of(held ? "release" : "hold");
            case CHECKING -> List.of("hold", "reboot");
            case READY -> List.of("hold", "recheck", "reboot", "prepare");
            case DRAINING -> List.of("hold", "releaseWithoutReboot");
            case REBOOTING ->
                record.attempts() == 0 ? List.of("hold", "releaseWithoutReboot") : List.of("releaseWithoutReboot");
            case RETURNING -> List.of("reboot", "releaseWithoutReboot");
            case HELD ->
                record.clean()
                        ? List.of("hold", "release", "recheck", "reboot", "prepare", "releaseWithoutReboot")
                        : List.of("hold", "release", "reboot", "prepare", "releaseWithoutReboot");
            case FAILED -> List.of("hold", "reboot", "prepare", "releaseWithoutReboot");
        };
    }

    private static NodesView.Numbers numbers(NodeStats stats, Day day, @CheckForNull NodeRecord record, long now) {
        long counted =
                stats.inPhase().values().stream().mapToLong(Long::longValue).sum();
        Map<NodePhase, Long> last = new EnumMap<>(NodePhase.class);
        last.putAll(day.ended());
        if (record != null && day.from() > 0) {
            last.merge(record.phase(), Math.max(0, now - Math.max(day.from(), record.since())), Long::sum);
        }
        return new NodesView.Numbers(
                counted == 0 ? 0 : now - counted,
                stats.runs(),
                stats.lost(),
                stats.reboots(),
                stats.failedReboots(),
                named(stats.inPhase()),
                day.from(),
                named(last));
    }

    /** The numbers of all nodes together. @param stats of the pool @param nodes whose days are summed up */
    static NodesView.Numbers pool(NodeStats stats, List<NodesView.Node> nodes) {
        Map<String, Long> day = new LinkedHashMap<>();
        long from = 0;
        long since = 0;
        for (NodesView.Node node : nodes) {
            NodesView.Numbers numbers = node.numbers();
            numbers.day().forEach((phase, time) -> day.merge(phase, time, Long::sum));
            from = earlier(from, numbers.dayFrom());
            since = earlier(since, numbers.since());
        }
        return new NodesView.Numbers(
                since,
                stats.runs(),
                stats.lost(),
                stats.reboots(),
                stats.failedReboots(),
                named(stats.inPhase()),
                from,
                day);
    }

    private static long earlier(long one, long other) {
        return one == 0 ? other : other == 0 ? one : Math.min(one, other);
    }

    /** In the order of the phases. */
    private static Map<String, Long> named(Map<NodePhase, Long> times) {
        Map<String, Long> named = new LinkedHashMap<>();
        for (NodePhase phase : NodePhase.values()) {
            if (times.containsKey(phase)) {
                named.put(phase.name(), times.get(phase));
            }
        }
        return named;
    }

    static List<NodesView.Entry> history(List<NodeHistoryEntry> entries) {
        return entries.stream().map(NodeViews::entry).toList();
    }

    private static NodesView.Entry entry(NodeHistoryEntry entry) {
        String build = entry.build();
        return new NodesView.Entry(
                entry.at(), entry.phase().name(), entry.reason(), entry.by(), build == null ? null : build(build));
    }
}
