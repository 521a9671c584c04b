package io.jenkins.plugins.metapluginci.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;

/**
 * The miniature devstack-gate keeps its contract. It runs as root in a mount namespace with /opt and /run of its own and an
 * ovsdb-server there, the way a job's shell step runs it.
 */
public class GateIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Path home = Path.of("target/testbed/gate-it").toAbsolutePath();
    private final Map<String, String> environment = new LinkedHashMap<>();

    @Before
    public void repository() throws IOException {
        delete(home);
        Files.createDirectories(home.resolve("workspace"));
        Gate.install(home.resolve("node"));
        Commands.run(home, LIMIT, "git", "init", "-q", "-b", "master", "git/openstack/neutron");
        commit(Gate.passing("the tip passes"));
        environment.put("WORKSPACE", home.resolve("workspace").toString());
        environment.put("ZUUL_URL", "file://" + home.resolve("git"));
        environment.put("ZUUL_PROJECT", "openstack/neutron");
        environment.put("ZUUL_BRANCH", "master");
        environment.put("DEVSTACK_GATE_NEUTRON", "1");
        environment.put("DEVSTACK_GATE_TEMPEST", "1");
        environment.put("ENABLED_SERVICES", "metaplugin");
    }

    @After
    public void clean() throws IOException {
        delete(home);
    }

    @Test
    public void aChangeThatPasses() throws IOException {
        change(Gate.passing("the change passes"));
        String result = run("pre_test_hook() { echo 'start_metaplugin() { echo plugin ran; }' "
                        + ">$BASE/new/devstack/lib/neutron_thirdparty/metaplugin; }; export -f pre_test_hook\n"
                        + "post_test_hook() { echo post ran; }; export -f post_test_hook")
                .ok();

        assertThat(result)
                .contains("Found before the run: logs: no, tree: no, bridges: none")
                .contains("the change passes")
                .contains("plugin ran")
                .contains("post ran")
                .contains("AFTER bridges br-ex,br-int")
                .contains("q-svc")
                .contains("metaplugin")
                .doesNotContain("the tip passes");
        assertThat(Files.list(home.resolve("collected"))
                        .map(p -> p.getFileName().toString()))
                .contains(
                        "devstacklog.txt.gz",
                        "localrc.txt.gz",
                        "screen-q-svc.txt.gz",
                        "tempest.txt.gz",
                        "devstack-gate-setup-workspace-new.txt.gz",
                        "devstack-gate-gate-hook.txt.gz");
    }

    @Test
    public void withoutARefTheTipOfTheBranch() {
        assertThat(run("").ok()).contains("the tip passes");
    }

    @Test
    public void aChangeThatFails() throws IOException {
        change(Gate.failing("the change fails"));

        Commands.Result result = run("post_test_hook() { echo post ran; }; export -f post_test_hook");

        assertThat(result.status()).isEqualTo(1);
        assertThat(result.output()).contains("the change fails").doesNotContain("post ran");
        assertThat(home.resolve("collected/devstacklog.txt.gz")).exists();
    }

    @Test
    public void logsOfARunningGateAreRootsAndNotCollected() throws IOException {
        change(Gate.script("stat -L -c '%u %a' $BASE/new/screen-logs/screen-q-svc.log; ls $BASE/logs/"));

        String result = run("").ok();

        assertThat(result).contains("\n0 600\n").doesNotContain("\nscreen-q-svc");
    }

    @Test
    public void theTimeLimitKillsTheGateAndKeepsTheLogs() throws IOException {
        change(Gate.slow("the change sleeps", 50));
        environment.put("GATE_TIME_UNIT", "s");
        environment.put("DEVSTACK_GATE_TIMEOUT", "14");

        Commands.Result result = run("");

        assertThat(result.status()).isEqualTo(137);
        assertThat(result.output()).contains("the change sleeps").contains("Out of time");
        assertThat(home.resolve("collected/devstacklog.txt.gz")).exists();
    }

    @Test
    public void statusesOfHooksAndOfWhatIsMissing() throws IOException {
        assertThat(run("gate_hook() { return 7; }; export -f gate_hook").status())
                .isEqualTo(7);
        assertThat(run("gate_hook() { :; }; post_test_hook() { return 3; }; export -f gate_hook post_test_hook")
                        .status())
                .isEqualTo(3);

        environment.put("ZUUL_REF", "refs/changes/no/such");
        assertThat(run("").output()).contains("no tree of openstack/neutron");
        environment.remove("ZUUL_REF");
        environment.put("ZUUL_BRANCH", "stable/essex");
        Commands.run(home.resolve("git/openstack/neutron"), LIMIT, "git", "branch", "stable/essex");
        assertThat(run("").output()).contains("branch not allowed by features matrix: essex");
        environment.remove("ZUUL_BRANCH");
        assertThat(run("").status()).isEqualTo(1);
    }

    /** Runs what a job's shell step runs; afterwards {@code collected} is a copy of the workspace's logs. */
    private Commands.Result run(String hooks) {
        Path collected = home.resolve("collected");
        delete(collected);
        String step = String.join(
                "\n",
                "mount -t tmpfs none /opt && mount -t tmpfs none /run && mkdir /run/openvswitch || exit 99",
                "cp -r " + home.resolve("node/opt/devstack-gate") + " /opt/devstack-gate",
                "ovsdb-tool create /run/ovs.db /usr/share/openvswitch/vswitch.ovsschema || exit 99",
                "ovsdb-server /run/ovs.db --remote=punix:/run/openvswitch/db.sock --pidfile=/run/ovs.pid --detach"
                        + " 2>/run/ovs.log || exit 99",
                environment.entrySet().stream()
                        .map(e -> "export " + e.getKey() + "='" + e.getValue() + "'")
                        .collect(Collectors.joining("\n")),
                hooks,
                "cd $WORKSPACE && rm -rf devstack-gate && ln -s /opt/devstack-gate",
                "cp devstack-gate/devstack-vm-gate-wrap.sh safe-devstack-vm-gate-wrap.sh",
                "./safe-devstack-vm-gate-wrap.sh",
                "status=$?",
                "echo AFTER bridges $(ovs-vsctl --timeout=5 list-br | paste -s -d ,)",
                "[ ! -d logs ] || cp -rL logs " + collected,
                "exit $status");
        List<String> command = new ArrayList<>(List.of("unshare", "--mount", "--pid", "--fork", "--kill-child=KILL"));
        command.addAll(List.of("--mount-proc", "bash", "-c", step));
        return Commands.run(home, LIMIT, Map.of("GIT_CONFIG_GLOBAL", "/dev/null"), null, command);
    }

    private void change(String script) throws IOException {
        commit(script);
        Path repository = home.resolve("git/openstack/neutron");
        Commands.run(repository, LIMIT, "git", "update-ref", "refs/changes/01/1/1", "HEAD");
        Commands.run(repository, LIMIT, "git", "reset", "-q", "--hard", "HEAD~1");
        environment.put("ZUUL_REF", "refs/changes/01/1/1");
    }

    private void commit(String script) throws IOException {
        Path repository = home.resolve("git/openstack/neutron");
        Path file = repository.resolve(Gate.SCRIPT);
        Files.writeString(file, script);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        Commands.run(repository, LIMIT, "git", "add", ".");
        Commands.run(
                repository,
                LIMIT,
                "git",
                "-c",
                "user.name=t",
                "-c",
                "user.email=t@example.org",
                "commit",
                "-q",
                "-m",
                "A commit");
    }

    private static void delete(Path directory) {
        Commands.deleteTree(directory);
    }
}
