package io.jenkins.plugins.metapluginci.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import org.junit.After;
import org.junit.Test;

/** A node of the test bed goes wrong as it is told to, and is a good one again afterwards. */
public class NodeFaultsIT {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String REBOOT = "sudo -n /sbin/shutdown -r now";

    /** One of its own. */
    private final Node node = TestBed.get().node(4);

    @After
    public void itIsAGoodOneAgain() {
        node.powerOn();
        node.faults().clear();
    }

    @Test
    public void ignoredRebootsSayYesAndChangeNothing() {
        String before = node.bootId();
        node.faults().ignoreReboot(true);
        assertThat(node.execAsJenkins(REBOOT).exit()).isZero();
        assertThat(node.exec("sudo -n reboot -f").exit()).isZero();
        assertThat(node.bootId()).isEqualTo(before);
        node.faults().ignoreReboot(false);
        rebooted();
    }

    @Test
    public void aHangingMachineKeepsItsBootIdUntilItIsReleased() {
        String before = node.bootId();
        node.execAsJenkins("setsid sleep 600 </dev/null >/dev/null 2>&1 &");
        node.faults().hang(NodeFaults.Hang.USERS);
        node.execAsJenkins(REBOOT);
        Await.until(
                "jenkins' processes are gone",
                SOON,
                () -> node.processes().stream()
                        .noneMatch(process -> process.command().equals("sleep 600")));
        assertThat(accepts()).as("sshd accepts").isTrue();
        node.faults().hang(NodeFaults.Hang.ALL);
        node.exec("shutdown -r now");
        Await.until("sshd is gone", SOON, () -> !accepts());
        assertThat(node.bootId()).isEqualTo(before);
        node.faults().release();
        Await.until("it goes down", SOON, () -> !node.bootId().equals(before));
        node.awaitUp();
    }

    @Test
    public void itReturnsWithTheSameBootIdOrNotAtAll() {
        int boots = node.boots().size();
        String before = node.bootId();
        node.faults().keepBootId(true);
        node.execAsJenkins(REBOOT);
        Await.until("another boot", SOON, () -> node.boots().size() > boots);
        assertThat(node.bootId()).isEqualTo(before);
        node.awaitUp();
        node.faults().keepBootId(false);

        node.faults().stayDown(true);
        node.execAsJenkins(REBOOT);
        Await.until("it is down", SOON, () -> !node.isOn());
        assertThat(node.boots()).hasSize(boots + 1);
        node.faults().stayDown(false);
        node.powerOn();
        assertThat(node.bootId()).isNotEqualTo(before);
    }

    @Test
    public void itCrashesAsOftenAsItIsToldTo() {
        int boots = node.boots().size();
        node.faults().crash(2, Duration.ofMillis(1_500));
        node.execAsJenkins(REBOOT);
        Await.until("three boots", SOON, () -> node.boots().size() == boots + 3);
        node.awaitUp();
        assertThat(node.boots().subList(boots, boots + 2)).allMatch(boot -> boot.end() == Node.Boot.End.POWER_CUT);
        assertThat(node.boots().stream().map(Node.Boot::bootId).distinct().count())
                .isEqualTo(node.boots().stream().map(Node.Boot::bootId).count());
    }

    @Test
    public void theAgentsClockIsWrongAndRightAgain() {
        node.faults().skewClock(Duration.ofHours(-2));
        assertThat(agentsClock()).isLessThan(Instant.now().minusSeconds(7_000).getEpochSecond());
        node.faults().skewClock(Duration.ZERO);
        assertThat(agentsClock()).isGreaterThan(Instant.now().minusSeconds(100).getEpochSecond());
    }

    /** What a command sees that a JVM on the node started. */
    private long agentsClock() {
        node.exec("printf 'public class Now { public static void main(String[] a) throws Exception {"
                        + " new ProcessBuilder(\"date\", \"+%%s\").inheritIO().start().waitFor(); } }' >/tmp/Now.java")
                .ok();
        return Long.parseLong(node.execAsJenkins("java -XX:TieredStopAtLevel=1 /tmp/Now.java")
                .ok()
                .strip());
    }

    private void rebooted() {
        String before = node.bootId();
        node.execAsJenkins(REBOOT);
        Await.until("a new boot", SOON, () -> !node.bootId().equals(before));
        node.awaitUp();
    }

    private boolean accepts() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(Ports.loopback(), node.sshPort()), 1000);
            return true;
        } catch (java.io.IOException e) {
            return false;
        }
    }
}
