package io.jenkins.plugins.metapluginci.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.metapluginci.ssh.HostKeys;
import io.jenkins.plugins.metapluginci.ssh.SshConnector;
import io.jenkins.plugins.metapluginci.ssh.SshLogin;
import io.jenkins.plugins.metapluginci.ssh.SshSession;
import io.jenkins.plugins.metapluginci.ssh.SshTarget;
import io.jenkins.plugins.metapluginci.ssh.SshTimeouts;
import io.jenkins.plugins.metapluginci.testbed.LogHost;
import io.jenkins.plugins.metapluginci.testbed.Relay;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.After;
import org.junit.AfterClass;
import org.junit.Before;
import org.junit.BeforeClass;
import org.junit.Test;

/** The ways of writing to a real OpenSSH, one for each kind of account. */
public class ServerFilesIT {
    private static final List<String> ALL =
            List.of(LogHost.USER, LogHost.SHELL_USER, LogHost.NOISY_USER, LogHost.BARE_USER, LogHost.SCP_USER);
    private static final List<String> WHOLE =
            List.of(LogHost.USER, LogHost.SHELL_USER, LogHost.NOISY_USER, LogHost.BARE_USER);

    private static LogHost host;
    private SshConnector connector;
    private SshSession session;
    private static int runs;
    private String run;

    @BeforeClass
    public static void startHost() {
        host = new LogHost(Path.of("target/testbed/serverfiles-it"));
        host.start();
    }

    @AfterClass
    public static void stopHost() {
        host.close();
    }

    @Before
    public void start() {
        System.setProperty("metaplugin-ci.logs.probe", "3000");
        connector = new SshConnector(new SshTimeouts(
                Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofSeconds(5), Duration.ofSeconds(5), 3));
        run = "run" + ++runs;
    }

    @After
    public void stop() {
        connector.close();
    }

    private LogServer server(String user, int port) {
        SshTarget target = new SshTarget(
                host.host(), port, user, new SshLogin.KeyFile(host.userKeyFile(), null), new HostKeys(host.hostKey()));
        return new LogServer(target, LogHost.ROOT, host.baseUrl());
    }

    private ServerFiles open(String user) throws Exception {
        LogServer server = server(user, host.sshPort());
        session = connector.connect(server.target());
        return ServerFiles.open(server, session);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] random(int seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static Map<String, byte[]> tree() {
        Map<String, byte[]> tree = new TreeMap<>();
        for (int i = 0; i < 60; i++) {
            tree.put("d" + i % 4 + "/e/f" + i, random(i, i * 97));
        }
        tree.put("-rf", bytes("a name that looks like an option"));
        tree.put("it's $(id) `id` \"q\" *", bytes("for shells"));
        tree.put("caf\u00e9/" + "n".repeat(200) + "/" + "m".repeat(200), bytes("long"));
        tree.put("empty", new byte[0]);
        tree.put("large", random(1, 3_000_000));
        return tree;
    }

    private static void send(TreeSink sink, Map<String, byte[]> tree) throws LogException {
        for (Map.Entry<String, byte[]> file : tree.entrySet()) {
            // the length of one that is compressed on its way is not known before
            long size = file.getKey().startsWith("d1") || file.getKey().equals("large")
                    ? TreeSink.UNKNOWN
                    : file.getValue().length;
            sink.file(file.getKey(), size, new ByteArrayInputStream(file.getValue()));
        }
    }

    private void assertTree(Map<String, byte[]> tree) throws IOException {
        Path logs = host.docroot().resolve(run + "/logs");
        assertThat(DirectoryFiles.tree(logs).stream()
                        .filter(path -> Files.isRegularFile(logs.resolve(path)))
                        .toList())
                .containsExactlyInAnyOrderElementsOf(tree.keySet());
        for (Map.Entry<String, byte[]> file : tree.entrySet()) {
            assertThat(Files.readAllBytes(logs.resolve(file.getKey())))
                    .as(file.getKey())
                    .isEqualTo(file.getValue());
        }
        try (var beside = Files.list(logs.getParent())) {
            assertThat(beside).hasSize(1);
        }
    }

    @Test
    public void theProbeSeesWhatEachAccountMayDo() throws Exception {
        Map<String, String> how = new TreeMap<>();
        for (String user : ALL) {
            try (ServerFiles files = open(user)) {
                how.put(user, files.getClass().getSimpleName() + ": " + files.how());
            }
            session.close();
        }
        assertThat(how.get(LogHost.USER)).startsWith("SftpServer").contains("runs no commands");
        assertThat(how.get(LogHost.SHELL_USER)).startsWith("ShellServer").contains("tar", "sha256sum", "over SFTP");
        assertThat(how.get(LogHost.NOISY_USER)).startsWith("ShellServer").contains("tar", "by the shell");
        assertThat(how.get(LogHost.BARE_USER)).startsWith("ShellServer").contains("scp", "no tar");
        assertThat(how.get(LogHost.SCP_USER)).startsWith("ScpServer").contains("in their place");
        assertThatThrownBy(() -> open(LogHost.SILENT_USER)).isInstanceOf(LogException.class);
    }

    @Test
    public void aTreeOfAnyNamesArrivesWholeUnderItsName() throws Exception {
        Map<String, byte[]> tree = tree();
        for (String user : ALL) {
            run = "tree-" + user;
            try (ServerFiles files = open(user)) {
                TreeSink sink = files.tree(run, "t1");
                send(sink, tree);
                if (!user.equals(LogHost.SCP_USER)) {
                    assertThat(host.docroot().resolve(run + "/logs")).doesNotExist();
                }
                sink.verify();
                sink.commit();
            }
            assertTree(tree);
        }
    }

    @Test
    public void aNewTreeReplacesTheOldAndWhatWasCutOffIsMended() throws Exception {
        for (String user : WHOLE) {
            run = "replace-" + user;
            try (ServerFiles files = open(user)) {
                TreeSink first = files.tree(run, "t1");
                send(first, Map.of("old", bytes("old")));
                first.commit();
                Path parent = host.docroot().resolve(run);
                Files.move(parent.resolve("logs"), parent.resolve(".logs-old-1"));
                TreeSink cut = files.tree(run, "t2");
                assertThat(parent.resolve("logs/old")).hasContent("old");
                send(cut, Map.of("half", bytes("half")));
                cut.abandon(true);
                TreeSink second = files.tree(run, "t3");
                send(second, Map.of("new", bytes("new")));
                second.verify();
                second.commit();
                assertTree(Map.of("new", bytes("new")));
                files.tree(run, "t4").commit();
                assertThat(DirectoryFiles.tree(parent)).isEmpty();
            }
        }
    }

    @Test
    public void aCutAttemptGoesOnWhereItStopped() throws Exception {
        Map<String, byte[]> tree = tree();
        for (String user : WHOLE) {
            run = "resume-" + user;
            try (ServerFiles files = open(user)) {
                TreeSink first = files.tree(run, "same");
                send(first, tree);
                first.verify();
                first.abandon(true);
            }
            Path part = host.docroot().resolve(run + "/.logs-part-same");
            Files.write(part.resolve("large"), random(1, 1_000_000));
            Files.delete(part.resolve("d2/e/f50"));
            Files.writeString(part.resolve("stranger"), "");
            long before = Files.getLastModifiedTime(part.resolve("d2/e/f58")).toMillis();
            try (ServerFiles files = open(user)) {
                TreeSink second = files.tree(run, "same");
                assertThat(second.present()).hasSize(tree.size()).containsEntry("large", 1_000_000L);
                send(second, tree);
                second.verify();
                second.commit();
            }
            assertTree(tree);
            assertThat(Files.getLastModifiedTime(host.docroot().resolve(run + "/logs/d2/e/f58"))
                            .toMillis())
                    .isEqualTo(before);
        }
    }

    @Test
    public void whatWasChangedOnTheWayIsFound() throws Exception {
        try (ServerFiles files = open(LogHost.SHELL_USER)) {
            TreeSink sink = files.tree(run, "t1");
            send(sink, Map.of("a", bytes("aaaa")));
            sink.abandon(true);
            TreeSink again = files.tree(run, "t1");
            Path part = host.docroot().resolve(run + "/.logs-part-t1/a");
            Files.createDirectories(part.getParent());
            Files.writeString(part, "bbbb");
            TreeSink other = files.tree(run, "t1");
            send(other, Map.of("a", bytes("aaaa")));
            assertThatThrownBy(other::verify).isInstanceOf(LogException.class).hasMessageContaining("a");
            again.abandon(false);
        }
    }

    @Test
    public void singleFilesAreWrittenReadListedAndRemoved() throws Exception {
        for (String user : WHOLE) {
            run = "single-" + user;
            try (ServerFiles files = open(user)) {
                files.makeDirectories(run + "/a b");
                files.makeDirectories(run + "/a b");
                files.write(run + "/a b/f", random(1, 100_000));
                files.write(run + "/a b/f", random(2, 50_000));
                assertThat(files.read(run + "/a b/f", 50_000)).as(user).isEqualTo(random(2, 50_000));
                assertThatThrownBy(() -> files.read(run + "/a b/f", 49_999)).hasMessageContaining("longer");
                assertThatThrownBy(() -> files.read(run + "/none", 10)).isInstanceOf(LogException.class);
                files.append(run + "/live", 0, bytes("one\n"));
                files.append(run + "/live", 4, bytes("two\n"));
                files.append(run + "/live", 4, bytes("2\n"));
                assertThat(files.read(run + "/live", 100)).startsWith(bytes("one\n2\n"));
                assertThat(files.list(run).stream()
                                .map(ServerFiles.Entry::name)
                                .sorted()
                                .toList())
                        .containsExactly("a b", "live");
                assertThat(files.list(run + "/a b"))
                        .singleElement()
                        .satisfies(each -> assertThat(each.size()).isEqualTo(50_000));
                files.rename(run + "/a b/f", run + "/live");
                assertThat(files.exists(run + "/live")).isTrue();
                assertThat(files.exists(run + "/a b/f")).isFalse();
                files.removeTree(run);
                files.removeTree(run);
                assertThat(files.exists(run)).isFalse();
            }
        }
        try (ServerFiles files = open(LogHost.SCP_USER)) {
            run = "single-scp";
            files.makeDirectories(run + "/a b");
            files.write(run + "/a b/f", random(1, 100_000));
            files.write(run + "/a b/f", random(2, 50_000));
            assertThat(files.read(run + "/a b/f", 50_000)).isEqualTo(random(2, 50_000));
            assertThat(files.exists(run + "/a b/f")).isTrue();
            assertThat(files.exists(run + "/a b/g")).isFalse();
            assertThat(files.canAppend()).isFalse();
            assertThatThrownBy(() -> files.removeTree(run)).hasMessageContaining("cannot");
        }
    }

    @Test
    public void aServerThatRefusesIsSaidToRefuse() throws Exception {
        host.refuseWrites(true);
        try {
            for (String user : ALL) {
                try (ServerFiles files = open(user)) {
                    assertThatThrownBy(() -> {
                                TreeSink sink = files.tree("refused-" + user, "t1");
                                send(sink, Map.of("a", bytes("a")));
                                sink.verify();
                            })
                            .as(user)
                            .isInstanceOfSatisfying(
                                    LogException.class,
                                    e -> assertThat(e.problem()).isEqualTo(LogProblem.SERVER_REFUSED));
                }
            }
        } finally {
            host.refuseWrites(false);
        }
    }

    @Test
    public void aConnectionCutInTheMiddleIsSaidToBeCut() throws Exception {
        for (String user : ALL) {
            try (Relay relay = new Relay("cut", host.sshPort())) {
                LogServer server = server(user, relay.port());
                SshSession far = connector.connect(server.target());
                ServerFiles files = ServerFiles.open(server, far);
                TreeSink sink = files.tree("cut-" + user, "t1");
                send(sink, Map.of("a", bytes("a")));
                relay.cut();
                assertThatThrownBy(() -> {
                            send(sink, Map.of("b", random(1, 8_000_000)));
                            sink.verify();
                        })
                        .as(user)
                        .isInstanceOfSatisfying(
                                LogException.class,
                                e -> assertThat(e.isConnectionLost()).isTrue());
                sink.abandon(false);
                files.close();
            }
        }
    }
}
