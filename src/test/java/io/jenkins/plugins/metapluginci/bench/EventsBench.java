package io.jenkins.plugins.metapluginci.bench;

import com.sun.management.ThreadMXBean;
import io.jenkins.plugins.metapluginci.gerrit.GerritAccount;
import io.jenkins.plugins.metapluginci.gerrit.GerritEvent;
import io.jenkins.plugins.metapluginci.gerrit.StreamLines;
import io.jenkins.plugins.metapluginci.layout.Account;
import io.jenkins.plugins.metapluginci.layout.EventFilter;
import io.jenkins.plugins.metapluginci.layout.Layout;
import io.jenkins.plugins.metapluginci.layout.LayoutParser;
import io.jenkins.plugins.metapluginci.layout.LayoutResult;
import io.jenkins.plugins.metapluginci.layout.ParseOptions;
import io.jenkins.plugins.metapluginci.layout.Pipeline;
import io.jenkins.plugins.metapluginci.layout.TriggerEvent;
import io.jenkins.plugins.metapluginci.layout.Vote;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * How many events per second one thread takes, by what is made of them and by how many projects are configured. Counted in CPU
 * time of that thread, so that a busy machine changes little; Gson's tree of the same lines stands beside it, for machines to
 * be compared by.
 */
public final class EventsBench {
    private static final int LINES = 20_000;
    private static final int OTHER_PROJECTS = 500;
    private static final int ROUNDS = 7;
    private static final String[] KINDS = {"patchset-created", "comment-added", "comment-added", "ref-updated"};

    private EventsBench() {}

    /** One way to read a stream. */
    private interface Way {
        long read(byte[] stream) throws IOException;
    }

    public static void main(String[] arguments) throws IOException {
        System.out.printf(
                Locale.ROOT,
                "%d lines of %d bytes on average, a quarter each patchset-created and ref-updated, half comment-added%n%n",
                LINES,
                stream("openstack/other-", OTHER_PROJECTS).length / LINES);
        System.out.println(
                "configured projects | not configured: dropped | parsed | Gson's tree alone | dropped / tree |"
                        + " parsed / tree");
        System.out.println("--- | --- | --- | --- | --- | ---");
        for (int projects : new int[] {1, 100, 2_000}) {
            Set<String> configured = new HashSet<>();
            for (int n = 0; n < projects; n++) {
                configured.add("openstack/project-" + n);
            }
            byte[] others = stream("openstack/other-", OTHER_PROJECTS);
            byte[] ours = stream("openstack/project-", projects);
            long[] seen = new long[1];
            Figures dropped = measure(others, bytes -> StreamLines.read(bytes, configured::contains, e -> seen[0]++));
            if (seen[0] > 0) {
                throw new IllegalStateException("events of projects that are not configured came through");
            }
            Figures parsed = measure(ours, bytes -> StreamLines.read(bytes, configured::contains, e -> seen[0]++));
            Figures tree = measure(ours, bytes -> StreamLines.readTrees(bytes, e -> seen[0]++));
            System.out.printf(
                    Locale.ROOT,
                    "%,d | %s | %s | %s | %.1f | %.2f%n",
                    projects,
                    dropped,
                    parsed,
                    tree,
                    dropped.perSecond() / tree.perSecond(),
                    parsed.perSecond() / tree.perSecond());
        }
        withLayout();
    }

    private static void withLayout() throws IOException {
        String yaml = layout();
        LayoutResult result = LayoutParser.parse(yaml, ParseOptions.DEFAULT);
        Layout layout = result.layout();
        if (layout == null) {
            throw new IllegalStateException(result.errors().toString());
        }
        Queue<TriggerEvent> inbox = new ConcurrentLinkedQueue<>();
        long[] matched = new long[2];
        byte[] ours = stream("openstack/project-", layout.projectNames().size());
        Figures figures = measure(
                ours,
                bytes -> StreamLines.read(bytes, layout.projectNames()::contains, event -> {
                    TriggerEvent trigger = trigger(event);
                    matched[0]++;
                    if (isWanted(layout, trigger)) {
                        matched[1]++;
                        inbox.add(trigger);
                        if (inbox.size() > 1_000) {
                            inbox.clear();
                        }
                    }
                }));
        System.out.printf(
                Locale.ROOT,
                "%nA layout of %,d lines, %d projects, %d pipelines: parsed, matched and put into a queue: %s"
                        + " (%.0f%% match)%n",
                yaml.lines().count(),
                layout.projectNames().size(),
                layout.pipelines().size(),
                figures,
                100.0 * matched[1] / matched[0]);
    }

    private static boolean isWanted(Layout layout, TriggerEvent event) {
        for (Pipeline pipeline : layout.pipelines()) {
            if (!layout.jobTree(pipeline.name(), event.project()).isEmpty()) {
                for (EventFilter filter : pipeline.triggers()) {
                    if (filter.mayMatch(event, "ci")) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    /** @param bytes that were allocated for each event */
    private record Figures(double perSecond, long bytes) {
        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%,.0f/s, %,d B each", perSecond, bytes);
        }
    }

    /** The median of some rounds, by the CPU time of this thread, after others that warm up. */
    private static Figures measure(byte[] stream, Way way) throws IOException {
        ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        double[] rates = new double[ROUNDS];
        long bytes = 0;
        for (int round = -4; round < ROUNDS; round++) {
            long allocated =
                    thread.getThreadAllocatedBytes(Thread.currentThread().getId());
            long start = thread.getCurrentThreadCpuTime();
            long read = way.read(stream);
            long taken = thread.getCurrentThreadCpuTime() - start;
            bytes = (thread.getThreadAllocatedBytes(Thread.currentThread().getId()) - allocated) / read;
            if (read != LINES) {
                throw new IllegalStateException("read " + read);
            }
            if (round >= 0) {
                rates[round] = read * 1e9 / taken;
            }
        }
        Arrays.sort(rates);
        return new Figures(rates[ROUNDS / 2], bytes);
    }

    private static TriggerEvent trigger(GerritEvent event) {
        GerritAccount by = event.account();
        return new TriggerEvent(
                event.type(),
                event.project(),
                event.change() == null ? null : event.change().branch(),
                event.refUpdate() == null ? null : event.refUpdate().ref(),
                event.refUpdate() == null ? null : event.refUpdate().oldRevision(),
                event.refUpdate() == null ? null : event.refUpdate().newRevision(),
                event.change() == null ? 0 : event.change().number(),
                event.patchSet() == null ? 0 : event.patchSet().number(),
                event.comment(),
                new Account(by.name(), by.email(), by.username()),
                event.approvals().stream()
                        .map(vote -> new Vote(vote.category(), vote.value()))
                        .toList());
    }

    private static byte[] stream(String prefix, int projects) {
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        for (int n = 0; n < LINES; n++) {
            String line = line(KINDS[n % KINDS.length], prefix + n % projects, n);
            stream.writeBytes((line + "\n").getBytes(StandardCharsets.UTF_8));
        }
        return stream.toByteArray();
    }

    private static String person(String name) {
        return "{\"name\":\"" + name + " of OpenStack\",\"email\":\"" + name + "@example.org\",\"username\":\"" + name
                + "\"}";
    }

    /** As Gerrit 3.10 writes them: what the kind adds comes first, the kind itself last. */
    private static String line(String kind, String project, int n) {
        String end = ",\"type\":\"" + kind + "\",\"eventCreatedOn\":" + (1_400_000_000 + n) + "}";
        if (kind.equals("ref-updated")) {
            return "{\"submitter\":" + person("gerrit") + ",\"refUpdate\":{\"oldRev\":\"" + "0".repeat(40)
                    + "\",\"newRev\":\"" + "%040x".formatted(n) + "\",\"refName\":\"refs/changes/" + n % 100 + "/" + n
                    + "/meta\",\"project\":\"" + project + "\"}" + end;
        }
        String who = person("developer-" + n % 300);
        String patchSet = "\"patchSet\":{\"number\":3,\"revision\":\"" + "%040x".formatted(n)
                + "\",\"parents\":[\"" + "%040x".formatted(n / 7) + "\"],\"ref\":\"refs/changes/" + n % 100 + "/" + n
                + "/3\",\"uploader\":" + who + ",\"createdOn\":1399990000,\"author\":" + who
                + ",\"kind\":\"REWORK\",\"sizeInsertions\":120,\"sizeDeletions\":-14}";
        String change = "\"change\":{\"project\":\"" + project + "\",\"branch\":\"master\",\"topic\":\"bp/topic-" + n
                + "\",\"id\":\"I" + "%040x".formatted(n) + "\",\"number\":" + n
                + ",\"subject\":\"Make the agent wait for its bridge before it wires a port\",\"owner\":" + who
                + ",\"url\":\"https://review.example.org/c/" + project + "/+/" + n
                + "\",\"commitMessage\":\"Make the agent wait for its bridge before it wires a port\\n\\nThe agent wires"
                + " a port as soon as it hears of it; right after a restart the bridge is not there yet,\\nand the port"
                + " stays down until the next resync.\\n\\nCloses-Bug: #1234567\\nChange-Id: I"
                + "%040x".formatted(n) + "\\n\",\"createdOn\":1399980000,\"status\":\"NEW\"}";
        String changeKey = ",\"project\":\"" + project
                + "\",\"refName\":\"refs/heads/master\",\"changeKey\":{\"key\":\"I" + "%040x".formatted(n) + "\"}";
        if (kind.equals("patchset-created")) {
            return "{\"uploader\":" + who + "," + patchSet + "," + change + changeKey + end;
        }
        String comment = n % 10 == 1
                ? "Patch Set 3:\\n\\nrecheck"
                : "Patch Set 3: Code-Review+1\\n\\n(2 comments)\\n\\nThis looks good, but see the two remarks inline:"
                        + " the time-out is not configurable, and the test would\\nnot fail without the change.";
        return "{\"author\":" + who + ",\"approvals\":[{\"type\":\"Code-Review\",\"description\":\"Code-Review\","
                + "\"value\":\"1\",\"oldValue\":\"0\"},{\"type\":\"Workflow\",\"description\":\"Workflow\",\"value\":"
                + "\"0\"}],\"comment\":\"" + comment + "\"," + patchSet + "," + change + changeKey + end;
    }

    /** As those of the years were: pipelines whose patterns look around, many jobs by pattern, many projects. */
    private static String layout() {
        StringBuilder yaml = new StringBuilder("pipelines:\n");
        for (String name : List.of("check", "experimental", "nonvoting")) {
            String keyword = name.equals("check") ? "(recheck|metaplugin-recheck)" : "check " + name;
            yaml.append("  - name: ").append(name).append("\n    manager: IndependentPipelineManager\n    trigger:\n");
            yaml.append("      gerrit:\n");
            if (!name.equals("experimental")) {
                yaml.append("        - event: patchset-created\n        - event: change-restored\n");
            }
            yaml.append("        - event: comment-added\n");
            yaml.append("          comment: (?i)^(Patch Set [0-9]+:)?( [\\w\\\\+-]*)*(\\n\\n)?\\s*")
                    .append(keyword)
                    .append("(?! not)\\s*$\n");
            yaml.append("    success:\n      gerrit:\n        verified: 1\n");
            yaml.append("    failure:\n      gerrit:\n        verified: -1\n");
        }
        yaml.append("jobs:\n");
        for (int n = 0; n < 200; n++) {
            yaml.append("  - name: ^gate-job-").append(n).append("-.*$\n    branch: ^(?!stable/(essex|folsom)).*$\n");
            yaml.append("    voting: ").append(n % 3 > 0).append("\n");
        }
        yaml.append("projects:\n");
        for (int n = 0; n < 480; n++) {
            yaml.append("  - name: openstack/project-").append(n).append("\n    check:\n");
            for (int job = 0; job < 3; job++) {
                yaml.append("      - gate-job-")
                        .append((n + job) % 200)
                        .append("-project-")
                        .append(n)
                        .append('\n');
            }
            yaml.append("    experimental:\n      - gate-job-")
                    .append(n % 200)
                    .append("-slow-")
                    .append(n)
                    .append('\n');
        }
        return yaml.toString();
    }
}
