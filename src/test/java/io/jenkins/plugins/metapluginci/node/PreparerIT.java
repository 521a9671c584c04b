package io.jenkins.plugins.metapluginci.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.metapluginci.merger.Bundles;
import io.jenkins.plugins.metapluginci.merger.GitBed;
import io.jenkins.plugins.metapluginci.merger.Merger;
import io.jenkins.plugins.metapluginci.testbed.Node;
import io.jenkins.plugins.metapluginci.testbed.NodeKey;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.AfterClass;
import org.junit.Before;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** The scripts of a preparation on a machine that has no user, no sudo rules and no repositories; without a controller. */
public class PreparerIT {
    private static final String A = "openstack/alpha";
    private static final String B = "openstack/beta";
    private static final String GATE = "openstack-infra/devstack-gate";

    @ClassRule
    public static final TemporaryFolder BED = new TemporaryFolder();

    private static Node node;

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private final Map<String, String> settings = new HashMap<>();
    private final List<String> lines = new ArrayList<>();
    private GitBed git;
    private Merger merger;
    private Preparer preparer;

    @BeforeClass
    public static void machine() throws IOException {
        Path bed = BED.getRoot().toPath();
        node = new Node(bed.resolve("node"), bed, "bare", NodeKey.make(bed)).powerOn();
    }

    @AfterClass
    public static void off() {
        node.close();
    }

    @Before
    public void bare() throws IOException {
        node.exec(
                "pkill -u jenkins; userdel jenkins; rm -rf /home/jenkins /etc/sudoers.d/* /opt/git /opt/devstack-gate");
        git = new GitBed(folder.getRoot().toPath()).project(A).project(B).project(GATE);
        git.land(GATE, "master", () -> git.write(GATE, "devstack-vm-gate-wrap.sh", "exit 0\n"));
        merger = git.merger(folder.getRoot().toPath().resolve("mirrors"));
        settings.put("nodePackages", "git sudo openjdk-99-jre-headless");
        settings.put("nodeAuthorizedKey", "ssh-ed25519 " + "A".repeat(68) + " me@here");
        preparer = new Preparer(
                new NodeScripts(node),
                () -> NodeSettings.of(settings),
                name -> Node.HOME,
                new FromBed(merger.bundles()),
                new PreparationLog(folder.getRoot().toPath().resolve("prepare")));
    }

    private record FromBed(Bundles bundles) implements Repositories {
        @Override
        public List<String> projects() {
            return List.of(A, B, "no/such");
        }

        @Override
        public String url(String project) {
            return "https://git.example.org/" + project;
        }

        @Override
        public Map<String, String> branches(String project) throws IOException, InterruptedException {
            return bundles.branches(project);
        }

        @Override
        public void bundle(String project, Map<String, String> refs, Collection<String> have, OutputStream out)
                throws IOException {
            bundles.write(project, refs, have, out);
        }
    }

    private List<String> prepare() throws Exception {
        lines.clear();
        preparer.run("bare", lines::add);
        return lines;
    }

    private List<String> changes() {
        return lines.stream().filter(line -> line.startsWith("changed: ")).toList();
    }

    private String onNode(String command) {
        return node.exec(command).ok().strip();
    }

    @Test
    public void aBareMachineBecomesANodeAndAgainChangesNothing() throws Exception {
        assertThat(prepare()).last().asString().startsWith("prepared, changes: ");

        assertThat(node.execAsJenkins("sudo -n id -u").ok().strip()).isEqualTo("0");
        assertThat(onNode("stat -c '%U %F' " + Node.HOME)).isEqualTo("jenkins directory");
        assertThat(onNode("cat /home/jenkins/.ssh/authorized_keys")).isEqualTo(settings.get("nodeAuthorizedKey"));
        assertThat(
                        onNode(
                                "stat -c %a /home/jenkins/.ssh/authorized_keys /home/jenkins/.ssh /etc/sudoers.d/metaplugin-ci"))
                .isEqualTo("600\n700\n440");
        assertThat(node.execAsJenkins("git -C /opt/git/" + A + " log -1 --format=%s && cat /opt/git/" + A + "/README")
                        .ok())
                .startsWith("first\nline 1\n");
        assertThat(node.execAsJenkins("git -C /opt/git/" + A + " remote get-url origin")
                        .ok()
                        .strip())
                .isEqualTo("https://git.example.org/" + A);
        assertThat(node.execAsJenkins("git -C /opt/devstack-gate rev-parse HEAD; ls /opt/devstack-gate")
                        .ok())
                .isEqualTo(git.head(GATE) + "\nREADME\ndevstack-vm-gate-wrap.sh\n");
        assertThat(lines).anyMatch(line -> line.startsWith("left out: no/such: "));

        assertThat(prepare()).contains("prepared: nothing had to be changed");
        assertThat(changes()).isEmpty();
        assertThat(Files.readString(folder.getRoot().toPath().resolve("prepare/bare.log")))
                .contains("fine: sudo for jenkins")
                .endsWith("prepared: nothing had to be changed\n");
    }

    @Test
    public void whatBuildsDidIsPutRightAndOnlyWhatIsNewIsCopied() throws Exception {
        prepare();
        git.land(A, "master", () -> git.edit(A, 3, "new"));
        git.push(A, "HEAD:refs/heads/stable/x");
        node.exec("echo rubbish >/opt/git/" + B + "/README; touch /opt/devstack-gate/x; rm -rf /opt/git/none;"
                        + " chown -R root: /opt/git/" + B + "; rm /etc/sudoers.d/metaplugin-ci; touch /opt/git/" + A
                        + "/.git/index.lock")
                .ok();

        prepare();

        assertThat(changes())
                .containsExactly(
                        "changed: sudo for jenkins",
                        "changed: /opt/devstack-gate is " + GATE + " at " + git.head(GATE),
                        "changed: /opt/git/" + A + " has 2 branches",
                        "changed: /opt/git/" + B + " has 1 branches");
        assertThat(onNode("cat /opt/git/" + B + "/README")).startsWith("line 1");
        assertThat(node.execAsJenkins("git -C /opt/git/" + A + " for-each-ref --format='%(refname)' refs/remotes")
                        .ok())
                .isEqualTo("refs/remotes/origin/master\nrefs/remotes/origin/stable/x\n");
        prepare();
        assertThat(changes()).isEmpty();

        git.push(A, ":refs/heads/stable/x");
        prepare();
        assertThat(changes()).containsExactly("changed: /opt/git/" + A + " has 1 branches");
        prepare();
        assertThat(changes()).isEmpty();
    }

    @Test
    public void devstackGateStaysWhereItIsPinned() throws Exception {
        String pinned = git.head(GATE);
        settings.put("nodeGateCommit", pinned);
        git.land(GATE, "master", () -> git.edit(GATE, 1, "later"));
        prepare();
        assertThat(onNode("su jenkins -c 'git -C /opt/devstack-gate rev-parse HEAD'"))
                .isEqualTo(pinned);

        settings.put("nodeGateCommit", "0123456789".repeat(4));
        assertThatThrownBy(this::prepare)
                .isInstanceOf(PreparationException.class)
                .hasMessageContaining("No branch of " + GATE + " has the commit 0123");
        assertThat(lines).last().asString().startsWith("failed: ");
    }

    @Test
    public void whatCannotBeDoneIsSaid() throws Exception {
        settings.put("nodePackages", "git no-such-package");
        node.exec("mkdir -p /etc/apt/sources.list.d && mkdir -p /run/none && cp -r /etc/apt /run/apt")
                .ok();
        settings.put("nodeMirror", "http://127.0.0.1:9/debian");
        assertThatThrownBy(this::prepare)
                .isInstanceOf(PreparationException.class)
                .hasMessageContaining("no-such-package");
        assertThat(onNode("cat /etc/apt/sources.list")).startsWith("deb http://127.0.0.1:9/debian ");
        node.exec("rm -rf /etc/apt && cp -r /run/apt /etc/apt").ok();

        settings.put("nodePackages", "");
        settings.put("nodeMirror", "");
        settings.put("nodeGateProject", "no/gate");
        assertThatThrownBy(this::prepare).hasMessageContaining("no/gate");
    }
}
