package io.jenkins.plugins.metapluginci.job.gate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.Test;

public class GateRulesTest {
    private static final String GATE = "/opt/devstack-gate";

    @Test
    public void onlyDirectoriesOfTheirOwnMayBeRemoved() {
        for (String path :
                List.of("/opt/stack/logs", "/opt/stack/new", "/tmp/a/b", "/home/jenkins/cache", "/var/lib/x")) {
            assertThat(GateRules.cleanupPath(path, GATE)).describedAs(path).isNull();
        }
        for (String path : List.of(
                "",
                "/",
                "//",
                "relative/path",
                "~/x",
                "/opt",
                "/opt/",
                "/home",
                "/home/jenkins",
                "/var/lib",
                "/root/x",
                "/etc/nova",
                "/usr/local/x",
                "/proc/1/x",
                "/opt/../etc",
                "/opt/./x",
                "/opt/stack/",
                "/opt/a\nb",
                "/opt/devstack-gate",
                "/dev/shm/x")) {
            assertThat(GateRules.cleanupPath(path, GATE)).describedAs(path).isNotNull();
        }
        assertThat(GateRules.cleanupPath("/srv/gates/all", "/srv/gates/all/devstack-gate"))
                .contains("/srv/gates/all");
    }

    @Test
    public void aShortLimitNeedsATimeoutSetByHand() {
        assertThat(GateRules.timeLimit("60", false)).isNull();
        assertThat(GateRules.timeLimit("20", false)).isNull();
        assertThat(GateRules.timeLimit("19", false)).contains("DEVSTACK_GATE_TIMEOUT");
        assertThat(GateRules.timeLimit("19", true)).isNull();
        for (String limit : List.of("", "0", "-5", "1441", "an hour", "1e3")) {
            assertThat(GateRules.timeLimit(limit, true)).describedAs(limit).isNotNull();
        }
    }

    @Test
    public void variablesThatBashOrTheBuildOwnsAreRefused() {
        assertThat(GateRules.variable("DEVSTACK_GATE_TEMPEST_REGEX", "a b; $(c)"))
                .isNull();
        assertThat(GateRules.variable("DEVSTACK_GATE_TIMEOUT", "45")).isNull();
        assertThat(GateRules.variable("DEVSTACK_GATE_TIMEOUT", "0")).isNotNull();
        for (String name : List.of("", "A B", "1A", "A-B", "A=B", "BASH_ENV", "UID", "WORKSPACE", "BUILD_TIMEOUT")) {
            assertThat(GateRules.variable(name, "x")).describedAs(name).isNotNull();
        }
        assertThat(GateRules.variable("A", "x\0y")).isNotNull();
    }

    @Test
    public void theMatrixIsOneMappingAndNothingIsInstantiated() {
        assertThat(GateRules.featureMatrix("")).isNull();
        assertThat(GateRules.featureMatrix("config:\n  default:\n    master: [neutron]\n"))
                .isNull();
        assertThat(GateRules.featureMatrix("- a\n- b")).contains("mapping");
        assertThat(GateRules.featureMatrix("a:\n\t- b")).contains("line 2");
        assertThat(GateRules.featureMatrix("a: !!javax.script.ScriptEngineManager []"))
                .contains("line 1");
        assertThat(GateRules.featureMatrix("a: 1\na: 2")).isNotNull();
    }

    @Test
    public void filesStayBelowTheDevstackTree() {
        for (String path : List.of("lib/neutron_thirdparty/metaplugin", "files/.hidden", "a")) {
            assertThat(GateRules.filePath(path)).describedAs(path).isNull();
        }
        for (String path :
                List.of("", "/etc/passwd", "../x", "a/../b", "a//b", "a/", ".", "-rf", "a b", "a\nb", ".git/..")) {
            assertThat(GateRules.filePath(path)).describedAs(path).isNotNull();
        }
    }

    @Test
    public void branchesAreNamesThatGitTakes() {
        for (String name : List.of("master", "stable/juno", "feature/a.b-c", "proposed/2014.2")) {
            assertThat(GateRules.branch(name)).describedAs(name).isNull();
        }
        for (String name : List.of("", "$(id)", "a b", "-x", "a..b", "/a", "a/", "a.lock", "a@{1}", "a;b", "a/.b")) {
            assertThat(GateRules.branch(name)).describedAs(name).isNotNull();
        }
    }

    @Test
    public void aHookFitsIntoTheEnvironment() {
        assertThat(GateRules.hook(Hook.GATE, "echo\n\tx")).isNull();
        assertThat(GateRules.hook(Hook.GATE, "x".repeat(100_001))).contains("gate_hook");
        assertThat(GateRules.hook(Hook.PRE_TEST, "a\u0007b")).contains("pre_test_hook");
        assertThat(GateRules.bridge("br-int")).isNull();
        assertThat(GateRules.bridge("--all")).isNotNull();
    }
}
