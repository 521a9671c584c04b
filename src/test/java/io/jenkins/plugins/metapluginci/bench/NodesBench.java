package io.jenkins.plugins.metapluginci.bench;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.jenkins.plugins.metapluginci.testbed.Await;
import io.jenkins.plugins.metapluginci.testbed.JenkinsClient;
import io.jenkins.plugins.metapluginci.testbed.Node;
import io.jenkins.plugins.metapluginci.testbed.NodeProcess;
import io.jenkins.plugins.metapluginci.testbed.Ports;
import io.jenkins.plugins.metapluginci.testbed.Site;
import io.jenkins.plugins.metapluginci.testbed.TestBed;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * What a reboot costs. First on real machines, from the moment at which the node's sshd accepts connections to the node ready for
 * its next build, by stages, and beside it on another node what the core's own reconnecting takes. Then, with simulated machines,
 * what many nodes in the cycle cost the controller ({@link CycleBench}).
 *
 * <p>All clocks are this machine's: when the machine's port opened is seen here, when the agent's JVM began is in /proc, the rest
 * is in the node's history. Words: {@code --runs N} (8) reboots of ours, {@code --core N} (2) of the core's, 0 for no real machines;
 * {@code --seconds S} (60) for each number of simulated nodes, 0 for none.
 */
public final class NodesBench {
    private static final Duration LIMIT = Duration.ofSeconds(180);
    private static final int[] NODES = {10, 50, 200};

    private enum Stage {
        NOTICED("sshd accepts to agent's JVM started: noticed, logged in, launcher's own steps"),
        AGENT("the agent's own start: its JVM started to connected, new boot id seen"),
        CHECKED("connected to ready: flag, checks"),
        WHOLE("sshd accepts to ready for the next build"),
        OURS("the same without the agent's own start"),
        CORE("the core's own reconnecting: sshd accepts to online");

        private final String text;

        Stage(String text) {
            this.text = text;
        }
    }

    private final Site site;
    private final Map<Stage, Figures> figures = new EnumMap<>(Stage.class);

    private NodesBench(Site site) {
        this.site = site;
        for (Stage stage : Stage.values()) {
            figures.put(stage, new Figures());
        }
    }

    public static void main(String[] words) {
        int status = 0;
        try {
            int runs = Figures.option(words, "--runs", 8);
            int core = Figures.option(words, "--core", 2);
            int seconds = Figures.option(words, "--seconds", 60);
            if (seconds > 0) {
                Path directory = Files.createTempDirectory("nodes-bench");
                // Classes are loaded and compiled before anything counts.
                CycleBench.measure(directory.resolve("warm-up"), 10, Math.min(seconds, 20));
                for (int nodes : NODES) {
                    CycleBench.measure(directory, nodes, seconds);
                }
            }
            if (runs > 0) {
                new NodesBench(Site.get()).measure(runs, core);
            }
        } catch (AssertionError | RuntimeException | IOException | InterruptedException e) {
            e.printStackTrace();
            status = 1;
        }
        // The hook of the test bed stops every part.
        System.exit(status);
    }

    private void measure(int runs, int core) {
        site.awaitQuiet();
        Node plain = TestBed.get().node(9);
        plain.join(site.controller(), "plain");
        CompletableFuture<?> besides = CompletableFuture.runAsync(() -> {
            for (int run = 0; run < core; run++) {
                byTheCore(plain);
            }
        });
        Node node = site.nodes().get(0);
        // The first makes the node one of ours.
        byUs(node, false);
        for (int run = 0; run < runs; run++) {
            byUs(node, true);
        }
        besides.join();
        figures.forEach((stage, each) -> {
            if (each.count() > 0) {
                System.out.printf("%-80s %s%n", stage.text, each);
            }
        });
    }

    private void byUs(Node node, boolean counts) {
        String name = node.name();
        JenkinsClient admin = site.admin();
        if (history(name, "READY", 0).isEmpty()) {
            admin.schedule(Site.JOB);
        } else {
            admin.post("metaplugin-ci/nodes/" + name + "/reboot", Map.of());
        }
        long accepts = nextAccept(node);
        long ready = Await.value(
                name + " is ready", LIMIT, () -> String.valueOf(site.status()), () -> history(name, "READY", accepts));
        long checking = history(name, "CHECKING", accepts).orElseThrow();
        long agent = agentStarted(node);
        if (counts) {
            System.out.printf(
                    "%s: accepts, agent's JVM +%d, connected +%d, ready +%d ms%n",
                    name, agent - accepts, checking - agent, ready - checking);
            add(Stage.NOTICED, agent - accepts);
            add(Stage.AGENT, checking - agent);
            add(Stage.CHECKED, ready - checking);
            add(Stage.WHOLE, ready - accepts);
            add(Stage.OURS, ready - accepts - (checking - agent));
        }
        site.awaitQuiet();
    }

    private void byTheCore(Node node) {
        node.execAsJenkins("sudo -n /sbin/shutdown -r now").ok();
        long accepts = nextAccept(node);
        site.admin().awaitOnline(node.name(), Duration.ofMinutes(5));
        add(Stage.CORE, System.currentTimeMillis() - accepts);
    }

    /** When the machine's sshd takes the first connection of its next boot; epoch milliseconds. */
    private static long nextAccept(Node node) {
        int boots = node.boots().size();
        Await.until(node.name() + " goes down", LIMIT, () -> node.boots().size() > boots);
        long end = System.nanoTime() + LIMIT.toNanos();
        while (System.nanoTime() < end) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(Ports.loopback(), node.sshPort()), 1000);
                return System.currentTimeMillis();
            } catch (IOException e) {
                // It is refused at once until sshd listens.
                Thread.onSpinWait();
            }
        }
        throw new AssertionError(node.name() + " does not come up");
    }

    /** When the agent's JVM began that runs now; epoch milliseconds, to a hundredth of a second. */
    private static long agentStarted(Node node) {
        return node.processes().stream()
                .filter(process -> process.command().matches("\\S*java .*-jar \\S*(slave|agent|remoting)\\.jar.*"))
                .map(NodeProcess::pid)
                .flatMap(pid -> ProcessHandle.of(pid).stream())
                .flatMap(process -> process.info().startInstant().stream())
                .mapToLong(java.time.Instant::toEpochMilli)
                .max()
                .orElseThrow();
    }

    /** When the node came to a phase for the first time after a moment, as its history says. */
    private Optional<Long> history(String node, String phase, long after) {
        JsonObject one = site.admin().json("metaplugin-ci/nodes.json?node=" + node);
        Long first = null;
        for (JsonElement entry : one.getAsJsonArray("history")) {
            long at = entry.getAsJsonObject().get("at").getAsLong();
            if (at >= after
                    && entry.getAsJsonObject().get("phase").getAsString().equals(phase)) {
                first = first == null ? at : Math.min(first, at);
            }
        }
        return Optional.ofNullable(first);
    }

    private void add(Stage stage, long milliseconds) {
        synchronized (figures) {
            figures.get(stage).add(milliseconds * 1_000_000);
        }
    }
}
