package io.jenkins.plugins.metapluginci.merger;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.metapluginci.merger.GitBed.Result;
import io.jenkins.plugins.metapluginci.merger.MergeResult.Conflict;
import io.jenkins.plugins.metapluginci.merger.MergeResult.Failed;
import io.jenkins.plugins.metapluginci.merger.MergeResult.Merged;
import io.jenkins.plugins.metapluginci.merger.MergeResult.Unmergeable;
import io.jenkins.plugins.metapluginci.ssh.HostKeys;
import io.jenkins.plugins.metapluginci.ssh.SshConnector;
import io.jenkins.plugins.metapluginci.ssh.SshLogin;
import io.jenkins.plugins.metapluginci.ssh.SshTarget;
import io.jenkins.plugins.metapluginci.testbed.Gate;
import io.jenkins.plugins.metapluginci.testbed.GerritClient;
import io.jenkins.plugins.metapluginci.testbed.GerritServer;
import io.jenkins.plugins.metapluginci.testbed.TestBed;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** From a real Gerrit, over its SSH, to a node's git. */
public class MergerIT {
    private static final String NEUTRON = "openstack/neutron";

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private final GerritServer gerrit = TestBed.get().gerrit();
    private final SshConnector connector = new SshConnector();
    private Merger merger;
    private RefServer server;

    @Before
    public void start() throws Exception {
        merger = new Merger(folder.getRoot().toPath().resolve("mirrors"), connector);
        SshTarget target = new SshTarget(
                gerrit.host(),
                gerrit.sshPort(),
                GerritServer.CI_USER,
                new SshLogin.KeyFile(gerrit.ciKeyFile(), null),
                new HostKeys(gerrit.hostKey()));
        merger.reconfigure(new MergerSettings("Third Party CI", "ci@example.org", target));
        server = new RefServer(merger);
        server.start("127.0.0.1", 0);
    }

    @After
    public void stop() {
        server.close();
        merger.close();
        connector.close();
    }

    private MergeResult merge(MergeItem... items) throws Exception {
        String uuid = UUID.randomUUID().toString().replace("-", "");
        return merger.merge(new MergeRequest(uuid, List.of(items))).get(2, TimeUnit.MINUTES);
    }

    private GerritClient.Change push(String subject, Map<String, String> files) {
        return gerrit.developer().pushChange(NEUTRON, "master", subject, files);
    }

    private static MergeItem item(GerritClient.Change change) {
        return new MergeItem(
                change.project(),
                change.branch(),
                change.number(),
                change.patchset(),
                change.ref(),
                change.revision(),
                MergeItem.Mode.MERGE_RESOLVE);
    }

    @Test
    public void aNodeFetchesWhatGerritWouldHaveAfterTheSubmission() throws Exception {
        String name = "merger-" + UUID.randomUUID();
        GerritClient.Change change = push("Under test", Map.of(name + "/change.txt", "change\n"));
        GerritClient.Change other = push("Submitted meanwhile", Map.of(name + "/other.txt", "other\n"));
        GerritClient.Change clash = push("Clashes", Map.of(name + "/other.txt", "clash\n"));
        gerrit.admin().submit(other);
        Merged merged = (Merged) merge(item(change));
        assertThat(merged.commit()).isNotEqualTo(change.revision());
        Path node = folder.getRoot().toPath().resolve("node");
        GitBed.git(node, "init", "-q");
        GitBed.git(node, "fetch", "-q", server.url("127.0.0.1") + "/" + NEUTRON, merged.zuulRef());
        assertThat(GitBed.show(node, "FETCH_HEAD", name + "/change.txt")).isEqualTo("change\n");
        assertThat(GitBed.show(node, "FETCH_HEAD", name + "/other.txt")).isEqualTo("other\n");
        assertThat(GitBed.git(node, "rev-parse", "FETCH_HEAD").strip()).isEqualTo(merged.commit());
        Result unknown =
                GitBed.tryGit(node, "fetch", "-q", server.url("127.0.0.1") + "/openstack/nova", merged.zuulRef());
        assertThat(unknown.output()).contains("not found");
        MergeResult conflict = merge(item(clash));
        assertThat(((Conflict) conflict).detail()).contains(name + "/other.txt");
        GerritClient.Change next = gerrit.developer().pushPatchset(change, "Under test again", Map.of("x.txt", "x\n"));
        assertThat(merge(item(next))).isInstanceOf(Merged.class);
    }

    @Test
    public void whatIsNotThereIsNoConflict() throws Exception {
        GerritClient.Change change = gerrit.developer().pushChange(NEUTRON, "master", "Merger", Gate.passing("merger"));
        MergeItem right = item(change);
        MergeResult branch = merge(new MergeItem(
                NEUTRON, "stable/none", right.number(), 1, right.ref(), null, MergeItem.Mode.MERGE_RESOLVE));
        assertThat(((Unmergeable) branch).reason()).isEqualTo(NEUTRON + " has no branch stable/none.");
        MergeResult patchset = merge(new MergeItem(
                NEUTRON, "master", right.number(), 9, right.ref() + "9", null, MergeItem.Mode.MERGE_RESOLVE));
        assertThat(patchset).isInstanceOf(Unmergeable.class);
        MergeResult project = merge(new MergeItem(
                "openstack/none", "master", right.number(), 1, right.ref(), null, MergeItem.Mode.MERGE_RESOLVE));
        assertThat(((Failed) project).reason()).contains("openstack/none");
    }
}
