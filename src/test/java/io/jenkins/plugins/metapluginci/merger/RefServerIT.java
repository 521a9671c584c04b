package io.jenkins.plugins.metapluginci.merger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.metapluginci.merger.GitBed.Patchset;
import io.jenkins.plugins.metapluginci.merger.GitBed.Result;
import io.jenkins.plugins.metapluginci.merger.MergeResult.Merged;
import io.jenkins.plugins.metapluginci.ssh.HostKeys;
import io.jenkins.plugins.metapluginci.ssh.SshLogin;
import io.jenkins.plugins.metapluginci.ssh.SshTarget;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** What nodes get, and do not get, with the real git. */
public class RefServerIT {
    private static final SshTarget NOWHERE =
            new SshTarget("gerrit.example.org", 29418, "ci", new SshLogin.Password("x"), new HostKeys(""));
    private static final String A = "openstack/alpha";
    private static final String B = "openstack/beta";
    private static final String ONE = "1".repeat(32);
    private static final String TWO = "2".repeat(32);

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private GitBed bed;
    private Merger merger;
    private RefServer server;
    private Path node;
    private String tip;
    private Merged merged;

    @Before
    public void start() throws IOException {
        Path root = folder.getRoot().toPath();
        bed = new GitBed(root).project(A).project(B);
        merger = new Merger(
                root.resolve("mirrors"), target -> bed.remote(new CopyOnWriteArrayList<>()), MergerLimits.defaults());
        merger.reconfigure(new MergerSettings("CI", "ci@example.org", NOWHERE));
        Patchset change = bed.change(A, "master", () -> bed.edit(A, 2, "changed"));
        tip = bed.land(A, "master", () -> bed.edit(A, 8, "landed"));
        merged = merge(ONE, change);
        node = root.resolve("node");
        GitBed.git(node, "init", "-q");
        serve(ServerLimits.defaults());
    }

    private void serve(ServerLimits limits) throws IOException {
        if (server != null) {
            server.close();
        }
        server = new RefServer(merger, limits);
        server.start("127.0.0.1", 0);
    }

    @After
    public void stop() {
        server.close();
        merger.close();
    }

    private Merged merge(String uuid, Patchset change) {
        try {
            return (Merged)
                    merger.merge(new MergeRequest(uuid, List.of(change.item()))).get(60, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private String url(String project) {
        return server.url("127.0.0.1") + "/" + project;
    }

    private Result fetch(int version, String url, String ref) {
        return GitBed.tryGit(node, "-c", "protocol.version=" + version, "fetch", "-q", url, ref);
    }

    @Test
    public void nodesFetchWithEveryVersionOfTheProtocol() {
        assertThat(url(A)).isEqualTo("git://127.0.0.1:" + server.port() + "/p/openstack/alpha");
        for (int version = 0; version <= 2; version++) {
            for (String url : List.of(url(A), url(A) + ".git", url(A) + "/", url(A).replace("/p/", "/"))) {
                assertThat(fetch(version, url, merged.zuulRef())).isEqualTo(new Result(0, ""));
                assertThat(GitBed.git(node, "rev-parse", "FETCH_HEAD").strip()).isEqualTo(merged.commit());
            }
            GitBed.git(folder.getRoot().toPath(), "init", "-q", "fresh" + version);
            Path fresh = folder.getRoot().toPath().resolve("fresh" + version);
            GitBed.git(fresh, "-c", "protocol.version=" + version, "fetch", "-q", url(A), merged.zuulRef());
            assertThat(GitBed.show(fresh, "FETCH_HEAD", "README")).contains("changed", "landed");
        }
        await().until(() -> server.state().served() == 15);
    }

    @Test
    public void everythingElseIsNotFoundAtOnce() {
        for (int version = 0; version <= 2; version++) {
            for (String project : List.of("openstack/nope", "../../etc", "", B, "..", "a b")) {
                Result result = fetch(version, url(project), merged.zuulRef());
                assertThat(result.status()).isNotZero();
                assertThat(result.output()).contains("remote error: not found: nothing of the project " + project);
            }
            for (String ref : List.of("refs/zuul/master/Z" + TWO, "master", "refs/heads/master", "HEAD")) {
                Result result = fetch(version, url(A), ref);
                assertThat(result.status()).isNotZero();
                assertThat(result.output()).contains("couldn't find remote ref " + ref);
            }
        }
    }

    @Test
    public void onlyLiveRefsAreShownAndNothingElseCanBeAskedFor() {
        Patchset other = bed.change(A, "master", () -> bed.edit(A, 4, "secret"));
        Merged second = merge(TWO, other);
        String first = GitBed.git(node, "ls-remote", url(A));
        assertThat(first.lines())
                .containsExactly(merged.commit() + "\t" + merged.zuulRef(), second.commit() + "\t" + second.zuulRef());
        merger.forget(TWO);
        for (int version = 0; version <= 2; version++) {
            assertThat(GitBed.git(node, "-c", "protocol.version=" + version, "ls-remote", url(A)))
                    .isEqualTo(merged.commit() + "\t" + merged.zuulRef() + "\n");
            assertThat(fetch(version, url(A), second.zuulRef()).output()).contains("couldn't find remote ref");
            for (String hidden : List.of(other.commit(), tip)) {
                Result result = fetch(version, url(A), hidden);
                assertThat(result.status()).as("%s %s", version, hidden).isNotZero();
            }
        }
        merger.forget(ONE);
        assertThat(fetch(2, url(A), merged.zuulRef()).output()).contains("not found");
    }

    @Test
    public void nothingCanBePushedOrRunHere() {
        GitBed.git(node, "fetch", "-q", url(A), merged.zuulRef());
        Result push = GitBed.tryGit(node, "push", url(A), "FETCH_HEAD:refs/zuul/master/Z" + TWO);
        assertThat(push.status()).isNotZero();
        assertThat(push.output()).contains("only fetching is possible here");
        Result archive = GitBed.tryGit(node, "archive", "--remote=" + url(A), merged.commit());
        assertThat(archive.status()).isNotZero();
        await().until(() -> server.state().connections() == 0);
    }

    @Test
    public void refsAreServedAgainAfterARestart() throws IOException {
        server.close();
        merger.close();
        merger = new Merger(
                folder.getRoot().toPath().resolve("mirrors"),
                target -> bed.remote(new ArrayList<>()),
                MergerLimits.defaults());
        serve(ServerLimits.defaults());
        assertThat(fetch(2, url(A), merged.zuulRef()).output()).contains("not found");
        merger.keepOnly(Map.of(ONE, Set.of()));
        assertThat(fetch(2, url(A), merged.zuulRef()).status()).isZero();
    }

    @Test
    public void connectionsAreBoundedForEachAddressAndSilentOnesAreCut() throws IOException {
        serve(new ServerLimits(8, 3, Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofMinutes(1)));
        List<Socket> idle = new ArrayList<>();
        try {
            for (int each = 0; each < 12; each++) {
                idle.add(new Socket("127.0.0.1", server.port()));
            }
            await().until(() -> server.state().connections() == 3);
            assertThat(server.state().refused()).isEqualTo(9);
            for (Socket each : idle) {
                each.setSoTimeout(10_000);
                assertThat(endOf(each)).isEqualTo(-1);
            }
        } finally {
            for (Socket each : idle) {
                each.close();
            }
        }
        assertThat(fetch(2, url(A), merged.zuulRef()).status()).isZero();
        try (Socket half = new Socket("127.0.0.1", server.port())) {
            half.setSoTimeout(10_000);
            String request = "git-upload-pack /p/" + A + "\0host=x\0";
            half.getOutputStream()
                    .write((String.format("%04x", request.length() + 4) + request).getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(half.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                    .contains(merged.commit());
        }
        await().until(() -> server.state().connections() == 0);
    }

    /** The end of a stream that was closed, or cut. */
    private static int endOf(Socket socket) {
        try {
            return socket.getInputStream().read();
        } catch (java.net.SocketException e) {
            return -1;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    public void rubbishIsRefused() throws IOException {
        for (String rubbish :
                List.of("GET / HTTP/1.1\r\n\r\n", "0000", "fffe", "0009/////", "0015git-upload-pack \0\0\0", "zzzz")) {
            try (Socket client = new Socket("127.0.0.1", server.port())) {
                client.setSoTimeout(10_000);
                client.getOutputStream().write(rubbish.getBytes(StandardCharsets.US_ASCII));
                client.shutdownOutput();
                String answer = new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
                assertThat(answer).doesNotContain(merged.commit());
            }
        }
        assertThat(fetch(2, url(A), merged.zuulRef()).status()).isZero();
    }

    @Test
    public void itListensWhereItIsTold() throws IOException {
        int port = server.port();
        server.start("127.0.0.1", port);
        assertThat(server.port()).isEqualTo(port);
        try (RefServer second = new RefServer(merger)) {
            assertThatThrownBy(() -> second.start("127.0.0.1", port))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith("Cannot serve merged changes at 127.0.0.1:" + port);
            assertThatThrownBy(() -> second.start("no.such.host.invalid", 0)).isInstanceOf(IOException.class);
            assertThat(second.state().port()).isZero();
        }
        server.close();
        assertThat(server.state().port()).isZero();
        server.start("", 0);
        assertThat(server.url("::1")).isEqualTo("git://[::1]:" + server.port() + "/p");
        assertThat(fetch(2, url(A), merged.zuulRef()).status()).isZero();
    }
}
