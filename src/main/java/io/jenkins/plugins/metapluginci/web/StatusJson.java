package io.jenkins.plugins.metapluginci.web;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.metapluginci.gerrit.GerritState;
import io.jenkins.plugins.metapluginci.logs.LogsView;
import io.jenkins.plugins.metapluginci.merger.MirrorState;
import io.jenkins.plugins.metapluginci.node.BuildRef;
import io.jenkins.plugins.metapluginci.node.NodeRecord;
import io.jenkins.plugins.metapluginci.scheduler.BuildRecord;
import io.jenkins.plugins.metapluginci.scheduler.Item;
import io.jenkins.plugins.metapluginci.scheduler.ItemBuild;
import io.jenkins.plugins.metapluginci.scheduler.Report;
import io.jenkins.plugins.metapluginci.scheduler.SchedulerView;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What goes on, as the JSON of {@code /metaplugin-ci/configure/status}. For administrators: it names hosts and nodes. Holds no secret.
 * Times are epoch milliseconds by the controller's clock, {@code now} among them.
 */
public final class StatusJson {
    private static final Gson GSON = new GsonBuilder().create();

    private StatusJson() {}

    private record Status(
            long now,
            boolean takeEvents,
            @CheckForNull Gerrit gerrit,
            @CheckForNull Logs logServer,
            LogsView logs,
            List<String> problems,
            List<SchedulerView.Notice> unvoted,
            List<SchedulerView.Notice> refused,
            List<Tested> items,
            List<Node> nodes,
            List<Mirror> mirrors) {}

    private record Gerrit(
            String phase,
            long since,
            @CheckForNull String reason,
            @CheckForNull String version,
            long lastEventAt,
            long lastProbeAt,
            long nextAttemptAt,
            long connections,
            long events,
            long unreadable,
            long dropped) {}

    private record Logs(
            String where, long since, @CheckForNull String problem) {}

    private record Tested(
            String change,
            String project,
            String branch,
            String subject,
            @CheckForNull String url,
            String trigger,
            long createdAt,
            List<Build> builds,
            @CheckForNull Owed report) {}

    private record Build(
            String job,
            String state,
            long since,
            @CheckForNull String uuid,
            int attempts,
            @CheckForNull String reason,
            @CheckForNull String result,
            @CheckForNull String node,
            @CheckForNull String url) {}

    private record Owed(
            String phase,
            long owedSince,
            int attempts,
            @CheckForNull String problem,
            Map<String, Integer> labels) {}

    private record Mirror(
            String project,
            String phase,
            long since,
            @CheckForNull String progress,
            @CheckForNull String reason) {}

    private record Node(
            String node,
            String phase,
            long since,
            String reason,
            @CheckForNull String build) {}

    /**
     * Makes the JSON.
     *
     * @param takeEvents whether events are taken
     * @param gerrit null while no Gerrit is configured
     * @param logs how it stands with the log servers and with what waits for them
     * @param problems what somebody should look at, for people
     * @param view for the reports without a vote and those that Gerrit will not take
     * @param items everything that the scheduler still has to do with
     * @param nodes every node of ours
     * @param mirrors of the merger; those with nothing to tell are left out
     * @param now epoch milliseconds
     */
    public static String of(
            boolean takeEvents,
            @CheckForNull GerritState gerrit,
            LogsView logs,
            List<String> problems,
            SchedulerView view,
            List<Item> items,
            List<NodeRecord> nodes,
            List<MirrorState> mirrors,
            long now) {
        return GSON.toJson(new Status(
                now,
                takeEvents,
                gerrit == null ? null : gerrit(gerrit),
                logs.servers().isEmpty() ? null : first(logs.servers().get(0)),
                logs,
                problems,
                view.unvoted(),
                view.refused(),
                items.stream().map(StatusJson::tested).toList(),
                nodes.stream().map(StatusJson::node).toList(),
                mirrors.stream()
                        .filter(mirror -> mirror.phase() != MirrorState.Phase.IDLE || mirror.reason() != null)
                        .map(StatusJson::mirror)
                        .toList()));
    }

    private static Gerrit gerrit(GerritState state) {
        return new Gerrit(
                state.phase().name(),
                state.since().toEpochMilli(),
                state.reason(),
                state.serverVersion(),
                millis(state.lastEventAt()),
                millis(state.lastProbeAt()),
                millis(state.nextAttemptAt()),
                state.connections(),
                state.events(),
                state.unreadable(),
                state.dropped());
    }

    private static Logs first(LogsView.Server server) {
        return new Logs(server.where(), server.since(), server.problem());
    }

    private static long millis(@CheckForNull Instant at) {
        return at == null ? 0 : at.toEpochMilli();
    }

    private static Tested tested(Item item) {
        Report report = item.report();
        return new Tested(
                item.change().id(),
                item.change().project(),
                item.change().branch(),
                item.change().subject(),
                item.change().url(),
                item.trigger(),
                item.createdAt(),
                item.builds().stream().map(StatusJson::build).toList(),
                report == null
                        ? null
                        : new Owed(
                                report.phase().name(),
                                report.owedSince(),
                                report.attempts(),
                                report.problem(),
                                report.labels()));
    }

    private static Build build(ItemBuild build) {
        BuildRecord record = build.record();
        ItemBuild.Result result = build.result();
        return new Build(
                build.job(),
                build.state().name(),
                build.since(),
                build.uuid(),
                build.attempts(),
                build.reason(),
                result == null ? null : result.name(),
                record == null ? null : record.node(),
                record == null ? null : record.url());
    }

    private static Mirror mirror(MirrorState state) {
        return new Mirror(
                state.project(), state.phase().name(), state.since().toEpochMilli(), state.progress(), state.reason());
    }

    private static Node node(NodeRecord record) {
        BuildRef build = record.build();
        return new Node(
                record.node(),
                record.phase().name(),
                record.since(),
                record.reason(),
                build == null ? null : build.toString());
    }
}
