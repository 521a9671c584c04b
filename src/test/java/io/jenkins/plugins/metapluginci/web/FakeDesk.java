package io.jenkins.plugins.metapluginci.web;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** Nodes that are made up, in every state; notes what is asked for. Times are relative to {@link #now}. */
final class FakeDesk implements NodeDesk {
    static final long MINUTE = 60_000;
    static final long HOUR = 60 * MINUTE;
    static final long NOW = 1_795_000_000_000L;
    private static final String[] PHASES = {
        "READY",
        "RUNNING",
        "HELD",
        "FAILED",
        "REBOOTING",
        "PREPARING",
        "CHECKING",
        "RETURNING",
        "DRAINING",
        "PROVISIONING"
    };

    final List<String> asked = new CopyOnWriteArrayList<>();
    /** What every request is answered with; null for done. */
    volatile String refusal;
    /** Of every node that is PREPARING; ASCII. */
    volatile String prepareLog = "+ apt-get update <x>\n";
    /** By name; a node that is not in it is made up by {@link #node}. */
    final Map<String, NodesView.Node> nodes = new LinkedHashMap<>();

    FakeDesk() {
        for (int n = 0; n < PHASES.length; n++) {
            String name = "slave-" + (n + 1);
            nodes.put(name, node(name, PHASES[n], n));
        }
        nodes.put(
                "unused",
                new NodesView.Node(
                        "unused",
                        "computer/unused/metaplugin-ci/",
                        true,
                        0,
                        null,
                        List.of(),
                        NodesView.Numbers.NONE,
                        List.of()));
    }

    /** A pool of as many. */
    static FakeDesk of(int count) {
        FakeDesk desk = new FakeDesk();
        desk.nodes.clear();
        for (int n = 0; n < count; n++) {
            String name = "node-" + (n + 1);
            desk.nodes.put(name, node(name, PHASES[n % PHASES.length], n));
        }
        return desk;
    }

    static NodesView.Node node(String name, String phase, int n) {
        boolean held = phase.equals("HELD");
        NodesView.Build build =
                new NodesView.Build("dsvm-tempest <b>&</b> #" + (40 + n), "job/dsvm-tempest/" + (40 + n) + "/");
        NodesView.State state = new NodesView.State(
                phase,
                NOW - (n + 1) * 7 * MINUTE,
                held
                        ? "Check failed: free disk: 3.1 GB free of 40 GB, 10 GB are needed <script>alert(1)</script>"
                        : "because of " + phase,
                n % 2 == 0 ? "admin" : "dsvm-tempest #" + (40 + n),
                "7f3c0c1e-9a55-4f0e-8a4e-0123456789a" + n % 10,
                build,
                phase.equals("RETURNING") ? 2 : 0,
                held ? new NodesView.Hold("CHECK", "Metaplugin CI", 0) : null);
        List<NodesView.Check> checks = List.of(
                new NodesView.Check("sudo without password", true, "works"),
                new NodesView.Check("free disk", !held, "3.1 GB free, 10 GB are needed: delete something"));
        List<String> actions = held
                ? List.of("release", "recheck", "reboot", "prepare", "releaseWithoutReboot")
                : phase.equals("RETURNING") ? List.of("releaseWithoutReboot") : List.of("hold");
        return new NodesView.Node(name, NodePage.path(name), n % 3 != 2, NOW, state, checks, numbers(n), actions);
    }

    static NodesView.Numbers numbers(int n) {
        Map<String, Long> day = new LinkedHashMap<>();
        day.put("READY", 12 * HOUR);
        day.put("RUNNING", (9 - n % 9) * HOUR);
        day.put("REBOOTING", 30 * MINUTE);
        day.put("FAILED", (1 + n % 9) * 20 * MINUTE);
        Map<String, Long> ever = new LinkedHashMap<>();
        day.forEach((phase, time) -> ever.put(phase, 20 * time));
        return new NodesView.Numbers(NOW - 480 * HOUR, 180 + n, n, 178 + n, n % 3, ever, NOW - 24 * HOUR, day);
    }

    @Override
    public NodesView view() {
        return new NodesView(NOW, List.copyOf(nodes.values()), numbers(1));
    }

    @Override
    public NodesView.Detail detail(String node, int history, long log) {
        NodesView.Node found = nodes.get(node);
        if (found == null) {
            return null;
        }
        List<NodesView.Entry> entries = new ArrayList<>();
        for (int n = 0; n < Math.min(history, 120); n++) {
            entries.add(new NodesView.Entry(
                    NOW - (n + 1) * 7 * MINUTE,
                    PHASES[n % PHASES.length],
                    "reason " + n + " <i>",
                    "by " + n,
                    n % 2 == 0 ? null : new NodesView.Build("dsvm-tempest #" + n, "job/dsvm-tempest/" + n + "/")));
        }
        boolean prepared = found.state() != null && found.state().phase().equals("PREPARING");
        return new NodesView.Detail(NOW, found, entries, history < 120, prepared ? part(log) : NodesView.Prepare.NONE);
    }

    private NodesView.Prepare part(long from) {
        String text = prepareLog;
        long start = from > text.length() ? 0 : from;
        return new NodesView.Prepare(start, text.substring((int) start), text.length());
    }

    @Override
    public long holdMs() {
        return 24 * HOUR;
    }

    private String answer(String what) {
        asked.add(what);
        return refusal;
    }

    @Override
    public String hold(String node, String by, long until) {
        return answer(
                "hold " + node + " " + by + " " + Math.round((until - System.currentTimeMillis()) / (double) MINUTE));
    }

    @Override
    public String release(String node, String by) {
        return answer("release " + node + " " + by);
    }

    @Override
    public String releaseWithoutReboot(String node, String by) {
        return answer("releaseWithoutReboot " + node + " " + by);
    }

    @Override
    public String reboot(String node, String by) {
        return answer("reboot " + node + " " + by);
    }

    @Override
    public String recheck(String node, String by) {
        return answer("recheck " + node + " " + by);
    }

    @Override
    public String prepare(String node, String by) {
        return answer("prepare " + node + " " + by);
    }
}
