package io.jenkins.plugins.metapluginci.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Optional;
import org.junit.Test;

/** A node of the test bed is a machine as far as anybody who logs in can tell. */
public class NodeIT {

    private static final String FREESTYLE = """
            <?xml version='1.0' encoding='UTF-8'?>
            <project>
              <scm class="hudson.scm.NullSCM"/>
              <assignedNode>bed_label</assignedNode>
              <canRoam>false</canRoam>
              <triggers class="vector"/>
              <builders>
                <hudson.tasks.Shell>
                  <command>echo "user $(whoami) host $(hostname) root $(sudo -n id -u)"; pwd</command>
                </hudson.tasks.Shell>
              </builders>
              <publishers/>
              <buildWrappers/>
            </project>
            """;

    /** One of its own: those of {@link Site} have been through builds. */
    private final Node node = TestBed.get().node(3);

    @Test
    public void aRebootForgetsWhatAMachineForgetsAndNothingElse() throws IOException {
        node.exec("echo kept >/opt/kept; echo kept >/home/jenkins/kept; echo kept >/etc/kept")
                .ok();
        node.exec("echo gone >/tmp/gone; echo gone >/run/gone").ok();
        node.exec("timeout 10 ovs-vsctl add-br br-kept").ok();
        assertThat(Files.exists(java.nio.file.Path.of("/opt/kept")))
                .as("host untouched")
                .isFalse();
        String before = node.bootId();
        assertThat(node.exec("cat /proc/sys/kernel/random/boot_id").ok().strip())
                .isEqualTo(before);

        assertThat(node.execAsJenkins("sudo -n shutdown -r now").exit()).isZero();

        Await.until(
                "a new boot",
                Duration.ofSeconds(30),
                node::console,
                () -> !node.bootId().equals(before));
        node.awaitUp();
        assertThat(node.exec("cat /proc/sys/kernel/random/boot_id").ok().strip())
                .isEqualTo(node.bootId());
        assertThat(node.boots().get(node.boots().size() - 2).end()).isEqualTo(Node.Boot.End.REBOOT);
        assertThat(node.exec("cat /opt/kept /home/jenkins/kept /etc/kept").ok()).isEqualTo("kept\nkept\nkept\n");
        assertThat(Files.readString(node.disk().resolve("opt/kept"))).isEqualTo("kept\n");
        assertThat(node.exec("ls -A /tmp").ok()).isEmpty();
        assertThat(node.exec("ls /run").ok()).doesNotContain("gone");
        assertThat(node.exec("timeout 10 ovs-vsctl list-br").ok()).isEqualTo("br-kept\n");
        node.exec("timeout 10 ovs-vsctl --if-exists del-br br-kept -- --if-exists del-br br-none")
                .ok();
        assertThat(node.exec("timeout 10 ovs-vsctl list-br").ok()).isEmpty();
        node.exec("rm /opt/kept /home/jenkins/kept /etc/kept").ok();
    }

    @Test
    public void itIsAMachineOfItsOwn() throws IOException {
        assertThat(node.exec("hostname").ok().strip()).isEqualTo(node.name());
        assertThat(node.execAsJenkins("sudo -n id -u; id -un; java -version 2>&1 | head -1")
                        .ok())
                .startsWith("0\njenkins\n")
                .contains("17");
        assertThat(node.processes()).anyMatch(process -> process.command().contains("sshd"));
        assertThat(node.processes()).noneMatch(process -> process.command().contains("surefire"));
        assertThat(Files.list(
                        node.root().resolve(TestBed.get().directory().toString().substring(1))))
                .as("the bed is hidden")
                .isEmpty();
    }

    @Test
    public void switchedOffItStaysOff() {
        Node other = TestBed.get().node(2);
        other.exec("poweroff").ok();
        Await.until("off", Duration.ofSeconds(20), () -> !other.isOn());
        assertThat(other.boots().get(other.boots().size() - 1).end()).isEqualTo(Node.Boot.End.HALT);
        String before = other.bootId();
        other.powerOn();
        assertThat(other.bootId()).isNotEqualTo(before);
        other.powerOff();
        assertThat(other.isOn()).isFalse();
        other.powerOn();
    }

    @Test
    public void theControllerRunsABuildOnItAndLosesItWhenItReboots() {
        Controller controller = TestBed.get().controller();
        JenkinsClient admin = controller.admin();
        node.join(controller, "bed_label");
        admin.createJob("on-the-node", FREESTYLE);
        try {
            admin.schedule("on-the-node");
            Await.until(
                    "scheduled",
                    Duration.ofSeconds(30),
                    () -> !admin.builds("on-the-node").isEmpty());
            JenkinsClient.Build build = admin.awaitBuild("on-the-node", 1, Duration.ofSeconds(60));
            assertThat(build.result()).isEqualTo("SUCCESS");
            assertThat(build.node()).isEqualTo(node.name());
            assertThat(admin.console("on-the-node", 1))
                    .contains("user jenkins host " + node.name() + " root 0", Node.HOME + "/workspace/on-the-node");

            node.execAsJenkins("sudo -n reboot").ok();
            Await.until(
                    "the controller sees it",
                    Duration.ofSeconds(30),
                    () -> admin.computer(node.name()).offline());
        } finally {
            admin.deleteJob("on-the-node");
            admin.deleteNode(node.name());
        }
        assertThat(admin.findComputer(node.name())).isEqualTo(Optional.empty());
        node.awaitUp();
    }
}
