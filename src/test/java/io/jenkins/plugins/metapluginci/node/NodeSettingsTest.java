package io.jenkins.plugins.metapluginci.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.Test;

public class NodeSettingsTest {
    @Test
    public void nothingSavedIsTheSpecification() {
        NodeSettings settings = NodeSettings.defaults();

        assertThat(settings.drainMs()).isEqualTo(30 * 60_000L);
        assertThat(settings.rebootMs()).isEqualTo(600_000L);
        assertThat(settings.attempts()).isEqualTo(3);
        assertThat(settings.rebootCommand()).isEqualTo("sudo -n /sbin/shutdown -r now");
        assertThat(settings.holdMs()).isEqualTo(24 * 3_600_000L);
        assertThat(settings.checks())
                .isEqualTo(new CheckSettings(
                        true, true, true, "/opt/devstack-gate", 10_000_000_000L, 4_000_000_000L, 5_000, true));
        assertThat(settings.prepare().projects()).isEmpty();
        assertThat(settings.prepare().packages()).contains("git", "sudo");
    }

    @Test
    public void everyDefaultPassesItsOwnCheck() {
        for (NodeField field : NodeField.values()) {
            assertThat(field.problem(field.otherwise())).as(field.key()).isNull();
            assertThat(NodeField.of(field.key())).contains(field);
        }
    }

    @Test
    public void whatIsSavedHoldsAndWhatCannotBeReadHasItsDefault() {
        Map<String, String> saved = new HashMap<>();
        saved.put("nodeDrain", "3 s");
        saved.put("nodeRebootTime", "soon");
        saved.put("nodeCheckGit", "false");
        saved.put("nodeCheckDisk", "500 MB");
        saved.put("nodeProjects", "openstack/nova,\nopenstack/glance\n openstack/nova");

        NodeSettings settings = NodeSettings.of(saved);

        assertThat(settings.drainMs()).isEqualTo(3_000);
        assertThat(settings.rebootMs()).isEqualTo(600_000);
        assertThat(settings.checks().git()).isFalse();
        assertThat(settings.checks().diskBytes()).isEqualTo(500_000_000);
        assertThat(settings.prepare().projects()).isEqualTo(List.of("openstack/nova", "openstack/glance"));
    }

    @Test
    public void aSystemPropertyGoesBeforeWhatIsSaved() {
        System.setProperty("metaplugin-ci.nodeDrain", "2 s");
        try {
            assertThat(NodeSettings.of(Map.of("nodeDrain", "5 min")).drainMs()).isEqualTo(2_000);
        } finally {
            System.clearProperty("metaplugin-ci.nodeDrain");
        }
    }

    @Test
    public void timesAndSizesAreReadAsTheyAreShown() {
        for (long millis : new long[] {0, 1_000, 90_000, 60_000, 5_400_000, 86_400_000}) {
            assertThat(Units.millis(Units.showMillis(millis))).isEqualTo(millis);
        }
        for (long bytes : new long[] {0, 500_000_000L, 10_000_000_000L, 1_500_000_000L}) {
            assertThat(Units.bytes(Units.showBytes(bytes))).isEqualTo(bytes);
        }
        assertThat(Units.millis("2 d")).isEqualTo(2 * 86_400_000L);
        assertThat(Units.bytes("1TB")).isEqualTo(1_000_000_000_000L);
    }

    @Test
    public void whatIsWrongIsNamed() {
        assertThat(NodeField.DRAIN.problem("30")).contains("30 min");
        assertThat(NodeField.DRAIN.problem("0")).isNotNull();
        assertThat(NodeField.DRAIN.problem("31 d")).contains("30 d");
        assertThat(NodeField.DRAIN.problem("-1 s")).isNotNull();
        assertThat(NodeField.CHECK_SKEW.problem("0")).isNull();
        assertThat(NodeField.CHECK_DISK.problem("10 GiB")).contains("10 GB");
        assertThat(NodeField.CHECK_DISK.problem("999999999 TB")).isNotNull();
        assertThat(NodeField.ATTEMPTS.problem("0")).isNotNull();
        assertThat(NodeField.REBOOT_COMMAND.problem("a\nb")).isNotNull();
    }

    /** These texts become words of a shell script and names of directories on a node. */
    @Test
    public void nothingThatAShellOrAPathWouldMisread() {
        for (String bad : List.of("/", "opt", "/opt/../etc", "/opt/a b", "/opt/$(id)", "/opt//x", "/opt/'x")) {
            assertThat(NodeField.CHECK_GATE.problem(bad)).as(bad).isNotNull();
        }
        for (String bad : List.of("-rf", "git;id", "Git", "$(id)")) {
            assertThat(NodeField.PACKAGES.problem("git " + bad)).as(bad).contains("package");
        }
        for (String bad : List.of("../x", "a/../b", "/a", "a//b", "-x", "a b\\c", "a/./b")) {
            assertThat(NodeField.PROJECTS.problem(bad)).as(bad).isNotNull();
        }
        for (String bad : List.of("ftp://x/", "http://a:b@x/", "http://x/?q", "http:///x", "x", "http://x/'y")) {
            assertThat(NodeField.MIRROR.problem(bad)).as(bad).isNotNull();
        }
        assertThat(NodeField.MIRROR.problem("http://mirror.example.org:8080/ubuntu/"))
                .isNull();
        assertThat(NodeField.AUTHORIZED_KEY.problem("-----BEGIN RSA PRIVATE KEY-----"))
                .isNotNull();
        assertThat(NodeField.AUTHORIZED_KEY.problem("ssh-rsa " + "A".repeat(40) + " me@here"))
                .isNull();
        assertThat(NodeField.AUTHORIZED_KEY.problem("command=\"x\" ssh-rsa " + "A".repeat(40)))
                .isNotNull();
        assertThat(NodeField.GATE_COMMIT.problem("master")).isNotNull();
    }
}
