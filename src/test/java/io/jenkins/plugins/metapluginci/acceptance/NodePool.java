package io.jenkins.plugins.metapluginci.acceptance;

import io.jenkins.plugins.metapluginci.testbed.Await;
import io.jenkins.plugins.metapluginci.testbed.Controller;
import io.jenkins.plugins.metapluginci.testbed.Gate;
import io.jenkins.plugins.metapluginci.testbed.Node;
import io.jenkins.plugins.metapluginci.testbed.Site;
import io.jenkins.plugins.metapluginci.testbed.TestBed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Nodes for tests of what happens to nodes, each with jobs of its own, on the controller of the {@link Site}, which waits only
 * seconds for anything as long as the pool is open. Thread-safe.
 */
final class NodePool implements AutoCloseable {
    static final int SIZE = 8;
    /** So many of them have two executors. */
    private static final int WIDE = 2;

    private static final int FIRST = 11;
    private static final String OPTIONS = "controller.javaOptions";

    /** What an operator would wait minutes for. */
    private static final String SHORT = " -Dmetaplugin-ci.node.reboot=24000 -Dmetaplugin-ci.node.attempts=2"
            + " -Dmetaplugin-ci.node.settle=5000 -Dmetaplugin-ci.node.drain=5000 -Dmetaplugin-ci.node.failedPoll=2000"
            + " -Dmetaplugin-ci.node.watch=2000 -Dmetaplugin-ci.node.frozen=6000 -Dmetaplugin-ci.node.call=4000"
            + " -Dmetaplugin-ci.node.recheck=2000 -Dmetaplugin-ci.node.abort=10000"
            + " -Dmetaplugin-ci.node.connect=12000";

    private final Site site;
    private final String options = System.getProperty(OPTIONS);
    private final List<PoolNode> all = new ArrayList<>();
    private final BlockingQueue<PoolNode> free = new LinkedBlockingQueue<>();
    private final BlockingQueue<PoolNode> wide = new LinkedBlockingQueue<>();

    NodePool(Site site) {
        this.site = site;
        site.awaitQuiet();
        restart(String.join(" ", Controller.javaOptions()) + SHORT);
        for (int n = 0; n < SIZE; n++) {
            all.add(new PoolNode(site, TestBed.get().node(FIRST + n), n < WIDE ? 2 : 1));
        }
        all.parallelStream().forEach(PoolNode::join);
        wide.addAll(all.subList(0, WIDE));
        free.addAll(all.subList(WIDE, SIZE));
    }

    /** A node with one executor that no other test has. */
    PoolNode take() throws InterruptedException {
        return free.take();
    }

    /** A node with two executors that no other test has. */
    PoolNode takeWide() throws InterruptedException {
        return wide.take();
    }

    /** All of them, for a test that is alone. */
    List<PoolNode> all() {
        return List.copyOf(all);
    }

    /** Makes good what a test did to a node; what cannot be made good fails the test, and the node is not given again. */
    void giveBack(PoolNode node) {
        node.recover();
        (node.executors() > 1 ? wide : free).add(node);
    }

    /** The controller forgets the nodes and has the patience that it had. */
    @Override
    public void close() {
        all.forEach(PoolNode::leave);
        all.forEach(each -> each.node().powerOff());
        restart(options);
        site.awaitQuiet();
    }

    private void restart(String javaOptions) {
        if (javaOptions == null) {
            System.clearProperty(OPTIONS);
        } else {
            System.setProperty(OPTIONS, javaOptions);
        }
        site.controller().kill9();
        site.controller().start();
        Await.until(
                "the plugin answers",
                Duration.ofSeconds(60),
                () -> site.status().has("nodes"));
    }

    static void install(Node node) {
        Gate.install(node.root());
    }
}
