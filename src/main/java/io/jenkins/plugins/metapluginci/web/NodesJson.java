package io.jenkins.plugins.metapluginci.web;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.List;
import java.util.Map;

/**
 * The nodes as JSON: {@code /metaplugin-ci/nodes.json}, and one of them at {@code nodes/NAME/node.json}. The fields are documented in
 * {@code docs/operations.md}. Times are epoch milliseconds by the controller's clock, {@code now} among them; paths are below
 * Jenkins' root. What is not known is left out.
 */
final class NodesJson {
    private static final Gson GSON = new GsonBuilder().create();

    private NodesJson() {}

    private record All(long now, @CheckForNull String message, Pool pool, List<One> nodes) {}

    private record Pool(int nodes, Map<String, Integer> counts, Counted numbers) {}

    private record Single(
            long now,
            One node,
            List<Event> history,
            boolean more,
            @CheckForNull Log prepareLog) {}

    private record One(
            String node,
            String path,
            boolean online,
            @CheckForNull String phase,
            @CheckForNull Long since,
            @CheckForNull String reason,
            @CheckForNull String by,
            @CheckForNull String bootId,
            @CheckForNull Run build,
            @CheckForNull Integer attempts,
            @CheckForNull Kept hold,
            List<NodesView.Check> checks,
            Counted numbers,
            List<String> actions) {}

    private record Run(String text, String path) {}

    private record Kept(
            String kind, String by, @CheckForNull Long until) {}

    private record Counted(
            @CheckForNull Long since,
            long runs,
            long lost,
            @CheckForNull Double lostShare,
            long reboots,
            long failedReboots,
            Map<String, Long> phases,
            @CheckForNull Long dayFrom,
            Map<String, Long> day) {}

    private record Event(
            long at,
            String phase,
            String reason,
            String by,
            @CheckForNull Run build) {}

    private record Log(long from, String text, long next) {}

    /** All nodes, and the pool. */
    static String of(NodesView view) {
        return all(view, null);
    }

    /** No node. @param why there is none, for people */
    static String without(String why, long now) {
        return all(new NodesView(now, List.of(), NodesView.Numbers.NONE), why);
    }

    private static String all(NodesView view, @CheckForNull String message) {
        return GSON.toJson(new All(
                view.now(),
                message,
                new Pool(view.nodes().size(), view.counts(), counted(view.pool())),
                view.nodes().stream().map(NodesJson::one).toList()));
    }

    /** One node, with its history. */
    static String of(NodesView.Detail detail) {
        NodesView.Prepare prepare = detail.prepare();
        return GSON.toJson(new Single(
                detail.now(),
                one(detail.node()),
                detail.history().stream()
                        .map(entry ->
                                new Event(entry.at(), entry.phase(), entry.reason(), entry.by(), run(entry.build())))
                        .toList(),
                detail.more(),
                prepare.next() == 0 ? null : new Log(prepare.from(), prepare.text(), prepare.next())));
    }

    private static One one(NodesView.Node node) {
        NodesView.State state = node.state();
        return new One(
                node.name(),
                node.path(),
                node.online(),
                state == null ? null : state.phase(),
                state == null ? null : state.since(),
                state == null ? null : state.reason(),
                state == null ? null : state.by(),
                state == null ? null : state.bootId(),
                state == null ? null : run(state.build()),
                state == null ? null : state.attempts(),
                state == null ? null : kept(state.hold()),
                node.checks(),
                counted(node.numbers()),
                node.actions());
    }

    @CheckForNull
    private static Run run(@CheckForNull NodesView.Build build) {
        return build == null ? null : new Run(build.text(), build.path());
    }

    @CheckForNull
    private static Kept kept(@CheckForNull NodesView.Hold hold) {
        return hold == null ? null : new Kept(hold.kind(), hold.by(), known(hold.until()));
    }

    private static Counted counted(NodesView.Numbers numbers) {
        return new Counted(
                known(numbers.since()),
                numbers.runs(),
                numbers.lost(),
                numbers.lostShare(),
                numbers.reboots(),
                numbers.failedReboots(),
                numbers.phases(),
                known(numbers.dayFrom()),
                numbers.day());
    }

    @CheckForNull
    private static Long known(long at) {
        return at == 0 ? null : at;
    }
}
