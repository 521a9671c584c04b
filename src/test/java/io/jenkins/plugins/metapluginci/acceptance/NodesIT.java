package io.jenkins.plugins.metapluginci.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.jenkins.plugins.metapluginci.acceptance.Journal.Line;
import io.jenkins.plugins.metapluginci.testbed.Await;
import io.jenkins.plugins.metapluginci.testbed.Site;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.Test;
import org.junit.runner.RunWith;

/** What people, other jobs and a kill of the controller do to the life of a node, on machines that really reboot. */
@RunWith(SideBySide.class)
public class NodesIT extends OnNodes {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String NAME_OF_MINE = "taken offline for a new disk";

    // ---- nothing starts between a build of ours and the reboot

    @Test
    public void p1_theRebootComesAfterTheBuildIsFinalAndChangesNothingOfIt() throws Exception {
        onANode(node -> {
            Line ours = node.start("ours");
            Await.until("it reboots", SOON, () -> !node.node().bootId().equals(ours.bootId()));
            assertThat(node.build("ours").building()).isFalse();
            assertThat(node.build("ours").result()).isEqualTo("SUCCESS");
            node.awaitReady();
            assertThat(node.build("ours").result()).isEqualTo("SUCCESS");
        });
    }

    @Test
    public void p2_whatWaitsForTheNodeGetsItAfterTheReboot() throws Exception {
        onANode(node -> {
            Line ours = node.hold("ours").start("ours");
            int plain = node.starts(PoolNode.PLAIN).size();
            node.schedule(PoolNode.PLAIN);
            node.letGo();
            Line next = node.awaitStart(PoolNode.PLAIN, plain);
            assertThat(next.bootId()).isNotEqualTo(ours.bootId());
            node.awaitReady();
        });
    }

    @Test
    public void s7_aNodeIsNotUsedAgainAfterAnAbortedBuild() throws Exception {
        endedBy(node -> node.abort("ours"), "ABORTED");
    }

    @Test
    public void s7_aNodeIsNotUsedAgainWhenItsAgentDies() throws Exception {
        endedBy(node -> node.node().killAgent(), "FAILURE");
    }

    @Test
    public void s7_aNodeIsNotUsedAgainWhenItsPowerFails() throws Exception {
        endedBy(
                node -> {
                    node.node().powerOff();
                    node.node().powerOn();
                },
                "FAILURE");
    }

    /** A build that ends early, with another waiting for the node. */
    private void endedBy(Steps end, String result) throws Exception {
        onANode(node -> {
            Line ours = node.hold("ours").start("ours");
            int plain = node.starts(PoolNode.PLAIN).size();
            node.schedule(PoolNode.PLAIN);
            end.with(node);
            Line next = node.awaitStart(PoolNode.PLAIN, plain);
            assertThat(next.bootId()).isNotEqualTo(ours.bootId());
            assertThat(node.build("ours").result()).isEqualTo(result);
            node.awaitReady();
        });
    }

    @Test
    public void anAdministratorWhoPressesTheButtonAsABuildEndsLetsNothingIn() throws Exception {
        onANode(node -> {
            Line ours = node.hold("ours").start("ours");
            int plain = node.starts(PoolNode.PLAIN).size();
            node.schedule(PoolNode.PLAIN);
            node.letGo();
            // From before the end of the build until its node is down.
            for (int press = 0; press < 30 && node.node().bootId().equals(ours.bootId()); press++) {
                node.toggle("pressed " + press);
            }
            Await.until(
                    "it reboots",
                    PoolNode.LONG,
                    node::state,
                    () -> !node.node().bootId().equals(ours.bootId()));
            node.await("READY");
            if (node.computer().temporarilyOffline()) {
                node.toggle("");
            }
            assertThat(node.awaitStart(PoolNode.PLAIN, plain).bootId()).isNotEqualTo(ours.bootId());
        });
    }

    @Test
    public void bringOnlineIsRefusedWithTheReasonUntilTheNodeIsBack() throws Exception {
        onANode(node -> {
            node.node().setBootDelay(Duration.ofSeconds(8));
            int plain = node.starts(PoolNode.PLAIN).size();
            Line ours = node.start("ours");
            node.await("RETURNING");
            node.schedule(PoolNode.PLAIN);
            Await.until(
                    "it is flagged", SOON, node::state, () -> node.computer().temporarilyOffline());
            node.toggle("");
            Await.until(
                    "the flag is back", SOON, node::state, () -> node.computer().temporarilyOffline());
            assertThat(node.page()).contains("RETURNING");
            assertThat(node.starts(PoolNode.PLAIN)).hasSize(plain);
            assertThat(node.awaitStart(PoolNode.PLAIN, plain).bootId()).isNotEqualTo(ours.bootId());
            node.awaitReady();
        });
    }

    @Test
    public void p4_anAdministratorsOwnOfflineIsNotUndone() throws Exception {
        onANode(node -> {
            Line ours = node.hold("ours").start("ours");
            node.toggle(NAME_OF_MINE);
            node.letGo();
            Await.until(
                    "it reboots",
                    PoolNode.LONG,
                    node::state,
                    () -> !node.node().bootId().equals(ours.bootId()));
            node.await("READY");
            assertThat(node.computer().temporarilyOffline()).isTrue();
            int plain = node.starts(PoolNode.PLAIN).size();
            node.schedule(PoolNode.PLAIN);
            node.toggle("");
            node.awaitStart(PoolNode.PLAIN, plain);
            node.awaitReady();
        });
    }

    @Test
    public void buildsOfOtherJobsAreNamedAndAbortedAfterTheDrainTime() throws Exception {
        on(pool.takeWide(), node -> {
            node.hold(PoolNode.PLAIN).start(PoolNode.PLAIN);
            Line reboots = node.start("reboots");
            assertThat(node.await("DRAINING")).isNotBlank();
            Await.until(
                    "the other build is named",
                    SOON,
                    node::state,
                    () -> node.reason().contains(node.job(PoolNode.PLAIN)));
            assertThat(node.build(PoolNode.PLAIN).building()).isTrue();
            assertThat(node.node().bootId()).isEqualTo(reboots.bootId());
            Await.until(
                    "it reboots",
                    PoolNode.LONG,
                    node::state,
                    () -> !node.node().bootId().equals(reboots.bootId()));
            assertThat(node.build(PoolNode.PLAIN).result()).isEqualTo("ABORTED");
            node.awaitReady();
        });
    }

    @Test
    public void buildsOfOtherJobsThatEndInTimeAreLeftAlone() throws Exception {
        on(pool.takeWide(), node -> {
            node.hold(PoolNode.PLAIN).start(PoolNode.PLAIN);
            Line reboots = node.start("reboots");
            node.await("DRAINING");
            node.letGo();
            Await.until(
                    "it reboots",
                    PoolNode.LONG,
                    node::state,
                    () -> !node.node().bootId().equals(reboots.bootId()));
            assertThat(node.build(PoolNode.PLAIN).result()).isEqualTo("SUCCESS");
            node.awaitReady();
        });
    }

    // ---- hold and release

    @Test
    public void aNodeIsHeldAsARunLeftItUntilItIsReleased() throws Exception {
        onANode(node -> {
            Line ours = node.hold("ours").start("ours");
            node.press("hold", Map.of("until", "2"));
            assertThat(node.phase()).isEqualTo("RUNNING");
            node.letGo();
            node.await("HELD");
            JsonObject hold = node.detail().getAsJsonObject("hold");
            assertThat(hold.get("by").getAsString()).contains("admin");
            assertThat(hold.get("until").getAsLong())
                    .isBetween(System.currentTimeMillis(), System.currentTimeMillis() + 7_200_000);
            assertThat(node.node().exec("ls /tmp/left-" + ours.uuid()).exit())
                    .as("what the run left")
                    .isZero();
            int plain = node.starts(PoolNode.PLAIN).size();
            node.schedule(PoolNode.PLAIN);
            node.press("release");
            assertThat(node.awaitStart(PoolNode.PLAIN, plain).bootId()).isNotEqualTo(ours.bootId());
            node.awaitReady();
        });
    }

    @Test
    public void aReadyNodeIsHeldAndTakesNothing() throws Exception {
        onANode(node -> {
            node.introduce();
            String boot = node.node().bootId();
            node.press("hold", Map.of("until", "1"));
            node.await("HELD");
            int starts = node.starts("ours").size();
            node.schedule("ours");
            node.press("release");
            assertThat(node.awaitStart("ours", starts).bootId()).isNotEqualTo(boot);
            node.awaitReady();
        });
    }

    @Test
    public void releaseWithoutARebootTakesTheNodeAsItIs() throws Exception {
        onANode(node -> {
            node.node().faults().ignoreReboot(true);
            Line ours = node.start("ours");
            node.await("FAILED");
            node.press("releaseWithoutReboot");
            node.awaitReady();
            node.assertNeverDirty();
            node.forgive();
            Line plain = node.start(PoolNode.PLAIN);
            assertThat(plain.bootId()).as("nobody rebooted it").isEqualTo(ours.bootId());
            // What ours left must not be what the next test finds.
            node.node().faults().ignoreReboot(false);
            node.press("reboot");
            Await.until(
                    "it reboots",
                    PoolNode.LONG,
                    node::state,
                    () -> !node.node().bootId().equals(ours.bootId()));
            node.awaitReady();
        });
    }

    // ---- the controller

    @Test
    public void s5_aConnectionThatDiedSilentlyCostsNoBuildAndIsReplaced() throws Exception {
        silentlyDead(node -> node.node().relay().strand());
    }

    @Test
    public void s6_anAgentThatOnlySeemsAliveCostsNoBuildAndIsReplaced() throws Exception {
        silentlyDead(node -> node.node()
                .exec("pkill -STOP -f -- '-jar [^ ]*(slave|agent|remoting)[.]jar'")
                .ok());
    }

    /** The controller believes in a connection that is dead: a build must not begin there, nor wait there for ever. */
    private void silentlyDead(Steps kill) throws Exception {
        onANode(node -> {
            node.introduce();
            String boot = node.node().bootId();
            int starts = node.starts("ours").size();
            kill.with(node);
            assertThat(node.phase()).isEqualTo("READY");
            int before = node.builds("ours");
            node.schedule("ours");
            Await.until(
                    "the build is over",
                    PoolNode.LONG,
                    node::state,
                    () -> node.builds("ours") > before && !node.build("ours").building());
            assertThat(node.build("ours").result()).isNotEqualTo("SUCCESS");
            assertThat(node.starts("ours")).hasSize(starts);
            node.awaitReady();
            assertThat(node.start("ours").bootId()).isNotEqualTo(boot);
            node.awaitReady();
        });
    }

    @Test
    @Alone
    public void p5_aKilledControllerTakesUpEveryNodeWhereItWas() throws Exception {
        Map<String, PoolNode> in = inEachPhase();
        List<PoolNode> all = pool.all();
        String held = in.get("HELD").detail().get("hold").toString();
        String heldBoot = in.get("HELD").node().bootId();
        Map<PoolNode, Integer> plain = new HashMap<>();
        all.forEach(node -> plain.put(node, node.starts(PoolNode.PLAIN).size()));
        assertThat(in.keySet())
                .allSatisfy(phase -> assertThat(in.get(phase).phase()).isEqualTo(phase));

        Site.get().controller().kill9();
        // The one that is down holds nothing, and nobody can be told there.
        all.stream().filter(node -> node != in.get("RETURNING")).forEach(PoolNode::letGo);
        Site.get().controller().start();
        // Whoever is first to find a node that is not clean.
        all.forEach(node -> node.schedule(PoolNode.PLAIN));
        in.get("REBOOTING").node().relay().refuse(false);
        for (String phase : List.of("RUNNING", "DRAINING", "REBOOTING", "RETURNING", "CHECKING", "READY")) {
            in.get(phase).awaitStart(PoolNode.PLAIN, plain.get(in.get(phase)));
            in.get(phase).awaitReady();
        }
        assertThat(in.get("HELD").await("HELD")).isNotBlank();
        assertThat(in.get("HELD").detail().get("hold").toString()).isEqualTo(held);
        assertThat(in.get("HELD").node().bootId()).isEqualTo(heldBoot);
        in.get("HELD").press("release");
        in.get("FAILED").await("FAILED");
        assertThat(in.get("FAILED").starts(PoolNode.PLAIN)).hasSize(plain.get(in.get("FAILED")));
        in.get("FAILED").node().faults().ignoreReboot(false);
        in.get("FAILED").press("reboot");
        for (PoolNode node : all) {
            node.awaitStart(PoolNode.PLAIN, plain.get(node));
            node.awaitReady();
            node.assertNeverDirty();
            node.recover();
        }
    }

    /** A node in each phase, by phase. */
    private static Map<String, PoolNode> inEachPhase() {
        List<PoolNode> all = new ArrayList<>(pool.all());
        Map<String, PoolNode> in = new HashMap<>();
        // One with two executors.
        PoolNode draining = all.remove(0);
        in.put("READY", all.remove(0));
        in.get("READY").introduce();
        PoolNode failed = all.remove(0);
        failed.node().faults().ignoreReboot(true);
        failed.start("ours");
        failed.await("FAILED");
        in.put("FAILED", failed);
        PoolNode held = all.remove(0);
        held.hold("ours").start("ours");
        held.press("hold", Map.of("until", "1"));
        held.letGo();
        held.await("HELD");
        in.put("HELD", held);
        PoolNode running = all.remove(0);
        running.hold("ours").start("ours");
        in.put("RUNNING", running);
        PoolNode checking = all.remove(0);
        checking.hold("ours").start("ours");
        checking.hold("git")
                .node()
                .exec("printf '#!/bin/sh\\nwhile [ -e /opt/hold-git ]; do sleep 0.1; done\\n"
                        + "exec /usr/bin/git \"$@\"\\n' >/usr/local/bin/git && chmod 755 /usr/local/bin/git")
                .ok();
        PoolNode returning = all.remove(0);
        returning.node().setBootDelay(Duration.ofSeconds(20));
        PoolNode rebooting = all.remove(0);
        rebooting.hold("ours").start("ours");
        draining.hold(PoolNode.PLAIN).start(PoolNode.PLAIN);
        // From here on each moves by itself.
        checking.node().exec("rm /opt/hold-ours").ok();
        in.put("CHECKING", checking);
        returning.start("ours");
        in.put("RETURNING", returning);
        rebooting.node().relay().refuse(true);
        rebooting.node().killAgent();
        in.put("REBOOTING", rebooting);
        List.of("CHECKING", "RETURNING", "REBOOTING")
                .forEach(phase -> in.get(phase).await(phase));
        draining.start("reboots");
        draining.await("DRAINING");
        in.put("DRAINING", draining);
        return in;
    }
}
