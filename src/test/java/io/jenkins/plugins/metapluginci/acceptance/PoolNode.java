package io.jenkins.plugins.metapluginci.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.jenkins.plugins.metapluginci.acceptance.Journal.Line;
import io.jenkins.plugins.metapluginci.testbed.Await;
import io.jenkins.plugins.metapluginci.testbed.JenkinsClient;
import io.jenkins.plugins.metapluginci.testbed.Node;
import io.jenkins.plugins.metapluginci.testbed.Page;
import io.jenkins.plugins.metapluginci.testbed.Site;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A node of a {@link NodePool} and the jobs that run on it and nowhere else: one of ours, one that has its node rebooted by a
 * post-build action and may run beside others, and one of somebody else. Each writes the node's journal, and goes on as long as
 * the node's file for it is there. For one test at a time.
 */
final class PoolNode {
    static final Duration LONG = Duration.ofSeconds(120);
    static final String PLAIN = "plain";

    /** On the node's disk: builds of ours, and of others, go on. */
    private static final String HOLD = "/opt/hold-";

    private static final String NODES = "metaplugin-ci/nodes/";

    private final Site site;
    private final Node node;
    private final int executors;
    private final JenkinsClient admin;
    /** Until when a test may have had the journal's lines broken on purpose. */
    private double judgedFrom;

    PoolNode(Site site, Node node, int executors) {
        this.site = site;
        this.node = node;
        this.executors = executors;
        this.admin = site.admin();
    }

    void join() {
        node.powerOn();
        NodePool.install(node);
        try {
            Files.writeString(
                    node.root().resolve("opt/scenario.sh"),
                    Journal.script("while [ -e " + HOLD + "ours ]; do sleep 0.1; done\nnote done\n"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        admin.createJob(job("ours"), """
                <io.jenkins.plugins.metapluginci.job.DevstackGateProject>
                  <builders/>
                  <publishers/>
                  <buildWrappers/>
                  <triggers class="vector"/>
                  <settings>
                    <nodeLabel>NODE</nodeLabel>
                    <gateHook>ZUUL_CHANGE=ours ZUUL_PATCHSET=1 bash /opt/scenario.sh</gateHook>
                  </settings>
                </io.jenkins.plugins.metapluginci.job.DevstackGateProject>
                """.replace("NODE", node.name()));
        String plain = "while [ -e " + HOLD + "plain ]; do sleep 0.1; done\n";
        admin.createJob(job(PLAIN), freestyle(Journal.freestyleStep(PLAIN) + plain, ""));
        admin.createJob(
                job("reboots"),
                freestyle(
                        Journal.freestyleStep("reboots") + plain.replace("plain", "reboots"),
                        "<io.jenkins.plugins.metapluginci.node.RebootPublisher/>"));
        node.join(site.controller(), node.name(), executors);
    }

    void leave() {
        admin.deleteNode(node.name());
        List.of("ours", PLAIN, "reboots").forEach(kind -> admin.deleteJob(job(kind)));
    }

    Node node() {
        return node;
    }

    String name() {
        return node.name();
    }

    int executors() {
        return executors;
    }

    String job(String kind) {
        return kind + "-on-" + node.name();
    }

    // ---- builds

    /** Has builds of a kind go on until {@link #letGo}; the machine must be on. */
    PoolNode hold(String kind) {
        node.exec("touch " + HOLD + kind).ok();
        return this;
    }

    void letGo() {
        node.exec("rm -f " + HOLD + "*").ok();
    }

    /** Sees to it that the plugin knows the node, which it does once a build of ours wanted it. */
    void introduce() {
        if (phase().isEmpty()) {
            start("ours");
        }
        awaitReady();
    }

    /** Puts a build into the queue. */
    void schedule(String kind) {
        // Ours asks for a branch, the others ignore the word.
        String how = kind.equals("ours") ? "buildWithParameters" : "build";
        admin.post(JenkinsClient.job(job(kind)) + how + "?delay=0sec", Map.of("ZUUL_BRANCH", Site.BRANCH));
    }

    /** Has a build begin, and returns its first line in the journal. */
    Line start(String kind) {
        int before = starts(kind).size();
        schedule(kind);
        return awaitStart(kind, before);
    }

    /** The first line of the build after so many of its kind. */
    Line awaitStart(String kind, int before) {
        Await.until(
                kind + " runs on " + name(),
                LONG,
                this::state,
                () -> starts(kind).size() > before);
        return starts(kind).get(before);
    }

    /** The starts of a kind, oldest first. */
    List<Line> starts(String kind) {
        return Journal.read(node).stream()
                .filter(line -> line.event().equals("start") && line.what().startsWith(kind))
                .toList();
    }

    /** How many builds of a kind there were. */
    int builds(String kind) {
        return admin.builds(job(kind)).size();
    }

    /** The last build of a kind. */
    JenkinsClient.Build build(String kind) {
        return admin.builds(job(kind)).get(0);
    }

    /** Presses the stop button of the last build of a kind. */
    void abort(String kind) {
        admin.abort(job(kind), build(kind).number());
    }

    // ---- state

    /** What the plugin says of the node. */
    JsonObject record() {
        for (JsonElement each : site.status().getAsJsonArray("nodes")) {
            if (each.getAsJsonObject().get("node").getAsString().equals(name())) {
                return each.getAsJsonObject();
            }
        }
        return new JsonObject();
    }

    /** The same as its own JSON has it, with the hold. */
    JsonObject detail() {
        return admin.json("metaplugin-ci/nodes.json?node=" + name()).getAsJsonObject("node");
    }

    String phase() {
        JsonObject record = record();
        return record.has("phase") ? record.get("phase").getAsString() : "";
    }

    String reason() {
        return record().get("reason").getAsString();
    }

    /** Waits for a phase and returns the reason. */
    String await(String... phases) {
        Await.until(
                name() + " is " + String.join(" or ", phases),
                LONG,
                this::state,
                () -> List.of(phases).contains(phase()));
        return reason();
    }

    /** Waits until it is ready for the next build and nobody's flag is on it. */
    void awaitReady() {
        await("READY");
        Await.until(name() + " is online", LONG, this::state, () -> !computer().offline());
    }

    JenkinsClient.Computer computer() {
        return admin.computer(name());
    }

    /** The node's own page as people read it. */
    String page() {
        return admin.get("computer/" + name() + "/").text();
    }

    /** An administrator presses the button that takes it offline or brings it online. */
    void toggle(String message) {
        admin.toggleOffline(name(), message);
    }

    /** Presses a button of ours. */
    Page press(String button, Map<String, String> fields) {
        return admin.post(NODES + name() + "/" + button, fields);
    }

    /** Presses a button of ours, which must do what it says. */
    void press(String button) {
        Page answer = press(button, Map.of());
        assertThat(answer.status()).as(button + ": " + answer.text()).isIn(200, 302, 303);
    }

    String state() {
        return "\n" + record() + "\n" + node + "\n" + admin.queue() + "\n" + page();
    }

    // ---- what holds for every test

    /** No build began in a boot in which one of ours had begun. */
    void assertNeverDirty() {
        List<Line> lines = Journal.read(node).stream()
                .filter(line -> line.event().equals("start") && line.at() > judgedFrom)
                .toList();
        for (Line ours : lines) {
            if (!ours.what().equals(PLAIN)) {
                assertThat(ours.leftovers()).as("found by " + ours).isEmpty();
                assertThat(lines)
                        .filteredOn(line -> line.bootId().equals(ours.bootId()) && line.at() > ours.at())
                        .as("ran on " + name() + " after " + ours + " and before its reboot")
                        .isEmpty();
            }
        }
    }

    /** What ran so far was allowed to run on a dirty node. */
    void forgive() {
        judgedFrom = System.currentTimeMillis() / 1000.0;
    }

    /** Makes good whatever a test did, and waits until builds can run. */
    void recover() {
        node.relay().refuse(false);
        node.relay().thaw();
        node.relay().cutStranded();
        node.faults().stayDown(false);
        node.powerOn();
        node.faults().clear();
        letGo();
        List.of("ours", PLAIN, "reboots")
                .forEach(kind -> admin.queue().stream()
                        .filter(item -> item.task().equals(job(kind)))
                        .forEach(item -> admin.cancelQueued(job(kind))));
        if (phase().equals("FAILED") || phase().equals("HELD")) {
            press("reboot", Map.of());
        }
        if (!phase().isEmpty()) {
            await("READY");
        }
        if (computer().temporarilyOffline()) {
            toggle("");
        }
        // Also of what was queued and started as soon as the node was ready: the next test may break its connection.
        Await.until(
                name() + " is online and idle",
                LONG,
                this::state,
                () -> !computer().offline() && computer().idle());
    }

    private String freestyle(String step, String publishers) {
        return """
                <?xml version='1.0' encoding='UTF-8'?>
                <project>
                  <scm class="hudson.scm.NullSCM"/>
                  <assignedNode>NODE</assignedNode>
                  <canRoam>false</canRoam>
                  <triggers class="vector"/>
                  <builders><hudson.tasks.Shell><command>STEP</command></hudson.tasks.Shell></builders>
                  <publishers>PUBLISHERS</publishers>
                  <buildWrappers/>
                </project>
                """.trim()
                .replace("NODE", name())
                .replace("STEP", step.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))
                .replace("PUBLISHERS", publishers);
    }
}
