package io.jenkins.plugins.metapluginci.soak;

import com.google.gson.JsonObject;
import io.jenkins.plugins.metapluginci.bench.Figures;
import io.jenkins.plugins.metapluginci.soak.NodesJudge.Breach;
import io.jenkins.plugins.metapluginci.soak.NodesJudge.Hit;
import io.jenkins.plugins.metapluginci.soak.NodesJudge.Offline;
import io.jenkins.plugins.metapluginci.soak.NodesJudge.Verdict;
import io.jenkins.plugins.metapluginci.testbed.Await;
import io.jenkins.plugins.metapluginci.testbed.GerritClient;
import io.jenkins.plugins.metapluginci.testbed.JenkinsClient;
import io.jenkins.plugins.metapluginci.testbed.Node;
import io.jenkins.plugins.metapluginci.testbed.NodeFaults;
import io.jenkins.plugins.metapluginci.testbed.Site;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Four nodes run short builds, ours and others, while one thing after the other happens to them and to their controller
 * ({@link NodeFault}); then {@link NodesJudge} says from the nodes' own disks and boot ids whether each was clean whenever it
 * ran one of ours, whether every test that was asked for came to its end, and whether all nodes are there at the end. What
 * happens, to which node and when, comes from a seed; how far the CI is at that moment does not.
 *
 * <p>Words: {@code --runs N} faults (30), {@code --seed S} (1), {@code --seconds T}: no further fault after that time
 * (3600). Progress goes to standard error, one line of JSON with the counts to standard output. Status 1 when a promise was broken.
 */
public final class NodesSoak {
    private static final int NODES = 4;
    /** No change is pushed while so many are under test. */
    private static final int MANY = 6;

    private static final Duration ONE_BUILD = Duration.ofSeconds(240);
    private static final Duration ALL_BUILDS = Duration.ofSeconds(600);

    private final long begin = System.nanoTime();
    private final Site site;
    private final Random random;
    private final NodeTests tests;
    private final List<Hit> hits = new ArrayList<>();
    private final List<Offline> offlines = new ArrayList<>();
    private final Map<NodeFault, Integer> faults = new EnumMap<>(NodeFault.class);

    private NodesSoak(Site site, long seed) {
        this.site = site;
        this.random = new Random(seed);
        this.tests = new NodeTests(site, random);
    }

    public static void main(String[] words) {
        int status = 2;
        try {
            int runs = Figures.option(words, "--runs", 30);
            int seed = Figures.option(words, "--seed", 1);
            int seconds = Figures.option(words, "--seconds", 3600);
            say("Starting Gerrit, a log server, a controller and %d nodes ...", NODES);
            System.setProperty("site.nodes", String.valueOf(NODES));
            status = new NodesSoak(Site.get(), seed).run(runs, seed, seconds) ? 0 : 1;
        } catch (AssertionError | RuntimeException e) {
            e.printStackTrace();
        }
        // The hook of the test bed stops every part.
        System.exit(status);
    }

    private boolean run(int runs, int seed, int seconds) {
        String stuck = null;
        try {
            tests.setUp();
            site.awaitQuiet();
            injectAll(runs, System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds));
            settle();
        } catch (AssertionError | RuntimeException e) {
            stuck = String.valueOf(e.getMessage());
            say("STUCK %s", stuck);
            e.printStackTrace();
        }
        Verdict verdict = NodesJudge.of(tests.evidence(hits, offlines));
        boolean good = stuck == null && verdict.findings().isEmpty();
        if (!good) {
            verdict.findings().forEach(finding -> say("%s", finding));
            tests.read().forEach(change -> say("%s", GerritClient.describe(change)));
            say("The controller's log: %s", site.controller().directory().resolve("controller.log"));
        }
        System.out.println(json(seed, verdict, stuck != null));
        return good;
    }

    private void injectAll(int runs, long deadline) {
        NodeFault.Deck deck = new NodeFault.Deck(random);
        for (int run = 1; run <= runs && System.nanoTime() < deadline; run++) {
            Await.until("few enough changes are under test", ONE_BUILD, this::state, () -> tests.underTest() < MANY);
            String change = tests.push() + " and " + tests.push();
            if (random.nextInt(3) == 0) {
                tests.scheduleOther();
            }
            pause(5_000);
            Node node = site.nodes().get(random.nextInt(NODES));
            NodeFault fault = deck.next();
            say("%d of %d: pushed %s, then %s %s", run, runs, change, fault, node.name());
            faults.merge(fault, 1, Integer::sum);
            inject(fault, node);
        }
    }

    private void inject(NodeFault fault, Node node) {
        switch (fault) {
            case AGENT_KILLED -> {
                hit(node);
                node.killAgent();
            }
            case POWER_CUT -> {
                hit(node);
                node.powerOff();
                pause(4_000);
                node.powerOn();
            }
            case CONTROLLER_KILLED -> {
                hit(null);
                site.controller().kill9();
                pause(4_000);
                site.controller().start();
                hit(null);
            }
            case TOGGLED -> toggle(node);
            case STRANDED -> {
                hit(node);
                node.relay().strand();
                pause(8_000);
                hit(node);
                node.relay().cutStranded();
            }
            case HANGS -> {
                node.faults().hang(NodeFaults.Hang.values()[random.nextInt(2)]);
                pause(8_000);
                node.faults().release();
            }
            case CRASHES ->
                node.faults().crash(1 + random.nextInt(2), Duration.ofMillis(1_000 + random.nextInt(3_000)));
            case SLOW -> {
                node.setBootDelay(Duration.ofMillis(random.nextInt(8_000)));
                pause(8_000);
                node.setBootDelay(Duration.ZERO);
            }
            case IGNORED -> {
                node.faults().ignoreReboot(true);
                pause(10_000);
                node.faults().ignoreReboot(false);
            }
            default -> throw new IllegalStateException(fault.name());
        }
    }

    /** An administrator presses the button; if that took the node offline in his name, it is his for some seconds. */
    private void toggle(Node node) {
        JenkinsClient admin = site.admin();
        String reason = "of the soak's administrator " + offlines.size();
        if (admin.computer(node.name()).temporarilyOffline()) {
            say("  which is offline already: bring it online");
            admin.toggleOffline(node.name(), "");
            return;
        }
        admin.toggleOffline(node.name(), reason);
        // Its page: the JSON of 1.395 does not say why a node is offline.
        if (!admin.get("computer/" + node.name() + "/").text().contains(reason)) {
            say("  which was taken offline at the same moment");
            return;
        }
        double from = now();
        pause(6_000);
        pause(6_000);
        offlines.add(new Offline(node.name(), from, now()));
        if (admin.computer(node.name()).temporarilyOffline()) {
            admin.toggleOffline(node.name(), "");
        }
    }

    /** The last reports; then a build for each node at the same time, and their reports. */
    private void settle() {
        say("Waiting for the last reports");
        site.nodes().forEach(node -> node.faults().clear());
        Await.until("all is reported", ALL_BUILDS, this::state, () -> tests.underTest() == 0);
        say("A build for each node");
        tests.pushLastRound();
        Await.until("the last round is reported", ALL_BUILDS, this::state, () -> tests.underTest() == 0);
        site.awaitQuiet();
    }

    private void hit(Node node) {
        hits.add(new Hit(node == null ? null : node.name(), now()));
    }

    private static double now() {
        return System.currentTimeMillis() / 1000.0;
    }

    private String state() {
        return site.status() + "\n" + site.admin().queue() + "\n" + site.nodes();
    }

    private void pause(int atMostMs) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(atMostMs)));
    }

    private JsonObject json(int seed, Verdict verdict, boolean stuck) {
        JsonObject byKind = new JsonObject();
        faults.forEach((fault, count) -> byKind.addProperty(fault.name().toLowerCase(Locale.ROOT), count));
        JsonObject json = new JsonObject();
        json.addProperty(
                "faults", faults.values().stream().mapToInt(Integer::intValue).sum());
        json.addProperty("seed", seed);
        json.add("byKind", byKind);
        json.addProperty("nodes", NODES);
        json.addProperty("asked", tests.asked());
        json.addProperty("runs", verdict.runs());
        json.addProperty("ended", verdict.ended());
        json.addProperty("others", verdict.others());
        json.addProperty("boots", verdict.boots());
        Arrays.stream(Breach.values())
                .forEach(breach -> json.addProperty(breach.name().toLowerCase(Locale.ROOT), verdict.count(breach)));
        json.addProperty("stuck", stuck);
        json.addProperty("seconds", TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin));
        return json;
    }

    private static void say(String format, Object... words) {
        System.err.println(words.length == 0 ? format : String.format(Locale.ROOT, format, words));
    }
}
