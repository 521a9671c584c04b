package io.jenkins.plugins.metapluginci.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.metapluginci.testbed.Await;
import io.jenkins.plugins.metapluginci.testbed.Node;
import io.jenkins.plugins.metapluginci.testbed.Site;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.Test;

/** A bare machine, one form, and a node that takes builds. */
public class PrepareIT {
    private final BareNode bare = BareNode.ready();

    @Test
    public void aBareMachineIsPreparedCheckedAndReadyAndAgainNothingChanges() throws Exception {
        Node node = bare.node();

        assertThat(bare.prepareLog())
                .contains("changed: user jenkins", "changed: sudo for jenkins", "changed: directory " + Node.HOME)
                .contains("changed: /opt/devstack-gate is " + BareNode.GATE)
                .contains("changed: /opt/git/" + Site.PROJECT + " has 2 branches")
                .doesNotContain("failed:");
        assertThat(Files.readString(Path.of(
                        bare.site().controller().home().toString(),
                        "metaplugin-ci/nodes/prepare",
                        node.name() + ".log")))
                .isEqualTo(bare.prepareLog());
        assertThat(node.execAsJenkins("sudo -n id -u").ok().strip()).isEqualTo("0");
        String gate = bare.site().developer().tip(BareNode.GATE, "master");
        assertThat(node.execAsJenkins("git -C /opt/devstack-gate rev-parse HEAD")
                        .ok()
                        .strip())
                .isEqualTo(gate);
        assertThat(node.execAsJenkins("git -C /opt/git/" + Site.PROJECT + " rev-parse origin/master")
                        .ok()
                        .strip())
                .isEqualTo(bare.site().developer().tip(Site.PROJECT, "master"));
        assertThat(node.exec("grep -rl 'PRIVATE KEY' /home/jenkins /opt/git /tmp /root/.ssh; true")
                        .ok())
                .as("nothing secret on the node")
                .isEmpty();
        List<String> phases = bare.history().asList().stream()
                .map(entry -> entry.getAsJsonObject().get("phase").getAsString())
                .toList();
        assertThat(phases).as("the last first").containsSubsequence("READY", "CHECKING", "PREPARING", "PROVISIONING");

        String before = bare.prepareLog();
        bare.ask("prepare");
        Await.until(
                "prepared again",
                BareNode.LIMIT,
                () -> String.valueOf(bare.json()),
                () -> !bare.prepareLog().equals(before) && bare.phase().equals("READY"));
        assertThat(bare.prepareLog())
                .contains("prepared: nothing had to be changed")
                .doesNotContain("changed: ");
    }
}
