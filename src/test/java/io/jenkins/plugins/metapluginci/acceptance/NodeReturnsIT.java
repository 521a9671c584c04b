package io.jenkins.plugins.metapluginci.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.metapluginci.acceptance.Journal.Line;
import io.jenkins.plugins.metapluginci.testbed.Await;
import io.jenkins.plugins.metapluginci.testbed.NodeFaults;
import io.jenkins.plugins.metapluginci.testbed.Relay;
import io.jenkins.plugins.metapluginci.testbed.Site;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.Test;
import org.junit.runner.RunWith;

/** Reboots that go wrong, launches that hang and connections that die, on machines that really reboot. */
@RunWith(SideBySide.class)
public class NodeReturnsIT extends OnNodes {
    private static final Duration SOON = Duration.ofSeconds(20);

    @Test
    public void aMachineThatIgnoresTheCommandIsToldAgainAndFails() throws Exception {
        onANode(node -> {
            node.node().faults().ignoreReboot(true);
            Line ours = node.start("ours");
            assertThat(node.await("FAILED")).contains("did not reboot", "sent 2 times", ours.bootId());
            node.node().faults().ignoreReboot(false);
            node.press("reboot");
            node.awaitReady();
        });
    }

    @Test
    public void aMachineThatHangsOnTheWayDownFailsAndIsTakenBackWhenItComes() throws Exception {
        onANode(node -> {
            node.node().faults().hang(NodeFaults.Hang.ALL);
            node.start("ours");
            assertThat(node.await("FAILED")).contains("did not come back");
            // Meanwhile others are not kept waiting.
            onANode(other -> {
                other.start("ours");
                other.awaitReady();
            });
            assertThat(node.phase()).isEqualTo("FAILED");
            node.node().faults().release();
            node.awaitReady();
        });
    }

    @Test
    public void aMachineWhoseSshdOutlivesItsUsersIsWaitedFor() throws Exception {
        onANode(node -> {
            node.node().faults().hang(NodeFaults.Hang.USERS);
            Line ours = node.start("ours");
            node.await("RETURNING");
            Await.until(
                    "it is connected to again",
                    SOON,
                    node::state,
                    () -> node.node().processes().stream()
                            .anyMatch(
                                    process -> process.command().matches(".*-jar \\S*(slave|agent|remoting)\\.jar.*")));
            assertThat(node.node().bootId()).isEqualTo(ours.bootId());
            node.node().faults().release();
            node.awaitReady();
        });
    }

    @Test
    public void p3_aMachineThatReturnsWithTheSameBootIdFails() throws Exception {
        onANode(node -> {
            node.node().faults().keepBootId(true);
            int boots = node.node().boots().size();
            Line ours = node.start("ours");
            assertThat(node.await("FAILED")).contains("its boot id is still " + ours.bootId());
            assertThat(node.node().boots()).hasSize(boots + 2);
            node.node().faults().keepBootId(false);
            node.press("reboot");
            node.awaitReady();
        });
    }

    @Test
    public void aMachineThatDropsAgainAfterItsReturnIsWaitedFor() throws Exception {
        onANode(node -> {
            node.node().faults().crash(3, Duration.ofMillis(2_500));
            int boots = node.node().boots().size();
            node.start("ours");
            Await.until(
                    "it crashed three times",
                    PoolNode.LONG,
                    node::state,
                    () -> node.node().boots().size() >= boots + 4);
            node.awaitReady();
        });
    }

    @Test
    public void aMachineThatKeepsDroppingFails() throws Exception {
        onANode(node -> {
            node.node().faults().crash(1_000, Duration.ofMillis(1_500));
            node.start("ours");
            assertThat(node.await("FAILED")).contains("did not come back");
            node.node().faults().crash(0, Duration.ZERO);
            node.awaitReady();
        });
    }

    @Test
    public void aMachineThatNeverComesBackFailsAndIsTakenBackWhenItDoes() throws Exception {
        onANode(node -> {
            node.node().faults().stayDown(true);
            node.start("ours");
            assertThat(node.await("FAILED")).contains("did not come back");
            node.node().faults().stayDown(false);
            node.node().powerOn();
            node.awaitReady();
        });
    }

    @Test
    public void s3_aNodeIsConnectedAsSoonAsItIsBackHoweverLongThatTook() throws Exception {
        onANode(node -> {
            node.node().setBootDelay(Duration.ofSeconds(14));
            int boots = node.node().boots().size();
            node.start("ours");
            Await.until(
                    "it is up again",
                    PoolNode.LONG,
                    node::state,
                    () -> node.node().boots().size() > boots);
            // The core alone would look again after a minute, and later every twelve.
            Await.until(
                    "it is ready",
                    Duration.ofSeconds(40),
                    node::state,
                    () -> node.phase().equals("READY"));
            assertThat(node.node().boots()).hasSize(boots + 1);
        });
    }

    @Test
    public void s1_aLaunchThatHangsHasAnEnd() throws Exception {
        onANode(node -> {
            node.node().setBootDelay(Duration.ofSeconds(4));
            node.start("ours");
            node.await("RETURNING");
            try (Stranding all = new Stranding(node)) {
                assertThat(node.await("FAILED")).contains("did not come back");
                assertThat(all.count()).as("connections that died silently").isPositive();
            }
            node.awaitReady();
        });
    }

    @Test
    public void s2_launchesAndHangingUpDoNotPileUp() throws Exception {
        onANode(node -> {
            node.node().setBootDelay(Duration.ofSeconds(4));
            node.start("ours");
            node.await("RETURNING");
            try (Stranding all = new Stranding(node)) {
                // How many that are depends on how long the launcher waits for each.
                node.await("FAILED");
                assertThat(all.count()).as("connections that died silently").isPositive();
                assertThat(threadsOf(node.name()))
                        .as("threads that have to do with " + node.name())
                        .isLessThan(12);
            }
            node.awaitReady();
        });
    }

    /** No connection to a node lives longer than a moment, and none ends. */
    private static final class Stranding implements AutoCloseable {
        private final Relay relay;
        private final AtomicInteger count = new AtomicInteger();
        private final Thread thread = new Thread(this::run, "Strands connections");
        private volatile boolean over;

        Stranding(PoolNode node) {
            relay = node.node().relay();
            thread.start();
        }

        int count() {
            return count.get();
        }

        private void run() {
            while (!over) {
                count.addAndGet(relay.strand());
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(300));
            }
        }

        @Override
        public void close() throws InterruptedException {
            over = true;
            thread.join();
            relay.cutStranded();
        }
    }

    @Test
    public void s4_aMachineThatWasInstalledAnewIsForItsLauncherToTrustAndForUsToReboot() throws Exception {
        onANode(node -> {
            node.node()
                    .exec(
                            "rm /etc/testbed/ssh_host_rsa_key* && ssh-keygen -q -t rsa -b 2048 -N '' -f /etc/testbed/ssh_host_rsa_key")
                    .ok();
            Line ours = node.start("ours");
            node.awaitReady();
            assertThat(node.node().bootId()).isNotEqualTo(ours.bootId());
        });
    }

    /** How many threads of the controller have a node in their names. */
    private static long threadsOf(String node) throws Exception {
        Process jcmd = new ProcessBuilder(
                        System.getProperty("java.home") + "/bin/jcmd",
                        String.valueOf(Site.get().controller().pid()),
                        "Thread.print")
                .redirectErrorStream(true)
                .start();
        String dump = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(jcmd.waitFor()).as(dump).isZero();
        return dump.lines()
                .filter(line -> line.startsWith("\"") && line.contains(node))
                .count();
    }
}
