package io.jenkins.plugins.metapluginci.logs;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.metapluginci.ssh.HostKeys;
import io.jenkins.plugins.metapluginci.ssh.SshConnector;
import io.jenkins.plugins.metapluginci.ssh.SshLogin;
import io.jenkins.plugins.metapluginci.ssh.SshTarget;
import io.jenkins.plugins.metapluginci.testbed.Await;
import io.jenkins.plugins.metapluginci.testbed.BedProcess;
import io.jenkins.plugins.metapluginci.testbed.Commands;
import io.jenkins.plugins.metapluginci.testbed.LogHost;
import io.jenkins.plugins.metapluginci.testbed.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.AfterClass;
import org.junit.BeforeClass;
import org.junit.Test;

/**
 * What people suffered from with other publishers, each pain by its number, on OpenSSH and Apache. L4, L5 and L7 are Jenkins'
 * side: see {@code LogPainsHarnessTest}.
 */
public class LogPainsIT {
    private static final Path DIRECTORY = Path.of("target/testbed/log-pains-it").toAbsolutePath();
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static LogHost host;
    private static LogSite site;
    private static int runs;

    @BeforeClass
    public static void start() throws IOException {
        System.setProperty(Publications.RETRY, "200");
        System.setProperty("metaplugin-ci.ssh.request", "3000");
        Commands.deleteTree(DIRECTORY);
        host = new LogHost(DIRECTORY);
        host.start();
        site = new LogSite(DIRECTORY, host);
    }

    @AfterClass
    public static void stop() {
        System.clearProperty(Publications.RETRY);
        System.clearProperty("metaplugin-ci.ssh.request");
        site.close();
        host.close();
    }

    private static Path workspace(int files, int bytes) throws IOException {
        Path workspace = DIRECTORY.resolve("node-" + ++runs);
        for (int i = 0; i < files; i++) {
            Path file = workspace.resolve("logs/d" + i % 50 + "/f" + i + ".bin");
            Files.createDirectories(file.getParent());
            Files.write(file, new byte[bytes]);
        }
        return workspace;
    }

    private static LogsResult publish(LogSite.Build build, Path workspace) throws Exception {
        build.publish(workspace);
        build.finish();
        return build.settled().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    private static long published(String destination) throws IOException {
        try (Stream<Path> all = Files.walk(host.docroot().resolve(destination).resolve("logs"))) {
            return all.filter(Files::isRegularFile).count();
        }
    }

    /** At 10 ms each way, a file that waits for its own answers takes 80 ms: these would take four minutes. */
    @Test
    public void l1_aFileCostsNoRoundTripOfItsOwn() throws Exception {
        Path workspace = workspace(3000, 100);
        site.relay().delay(10);
        try {
            LogSite.Build build = site.begin(1, "l1/a");
            assertThat(publish(build, workspace).files()).isEqualTo(3000);
        } finally {
            site.relay().delay(0);
        }
        assertThat(published("l1/a")).isEqualTo(3000);
    }

    @Test
    public void l2_aStallEndsByItsDeadlineAndWhatIsMissingGoesOverAFreshConnection() throws Exception {
        Path workspace = workspace(400, 20_000);
        LogSite.Build build = site.begin(2, "l2/a");
        Await.until("the run has a page", LIMIT, () -> host.status("l2/a/index.html") == 200);
        Thread stall = new Thread(() -> {
            Await.until(
                    "something is on its way",
                    LIMIT,
                    () -> Files.list(host.docroot().resolve("l2/a"))
                            .anyMatch(each -> each.getFileName().toString().startsWith(".logs-part")));
            site.relay().strand();
        });
        stall.start();
        build.publish(workspace);
        stall.join();
        build.finish();
        assertThat(build.settled().get(LIMIT.toSeconds(), TimeUnit.SECONDS).published())
                .isTrue();
        assertThat(published("l2/a")).isEqualTo(400);
    }

    @Test
    public void l3_whoCannotAgreeIsToldWhatBothSidesOffer() throws Exception {
        int port = Ports.free();
        String key = Commands.keyPair(DIRECTORY.resolve("l3-host"), "ed25519");
        String sshd = "mount -t tmpfs none /run && mkdir -m 755 /run/sshd && exec /usr/sbin/sshd -D -e -f /dev/null"
                + " -o ListenAddress=127.0.0.1:" + port + " -o PidFile=none -o Ciphers=3des-cbc -h "
                + DIRECTORY.resolve("l3-host");
        List<String> line = List.of("unshare", "--mount", "--pid", "--fork", "--kill-child=KILL", "bash", "-c", sshd);
        try (BedProcess old = BedProcess.start("old sshd", DIRECTORY.resolve("l3.log"), Map.of(), line);
                SshConnector connector = new SshConnector()) {
            Await.until("sshd serves", LIMIT, old::tail, () -> {
                try (java.net.Socket socket = new java.net.Socket(Ports.loopback(), port)) {
                    return socket.isConnected();
                }
            });
            LogServer server = new LogServer(
                    new SshTarget("127.0.0.1", port, "logs", new SshLogin.Password("x"), new HostKeys(key)), "/", null);
            assertThat(new LogServerCheck(connector::connect).run(server).problem())
                    .contains("encryption")
                    .contains("3des-cbc")
                    .contains("aes256-ctr");
        }
    }

    @Test
    public void l6_theConsoleIsReadableDuringTheBuildAndWholeBeforeAnybodyHearsOfIt() throws Exception {
        Path workspace = workspace(3, 10);
        LogSite.Build build = site.begin(6, "l6/a");
        build.print("the first line\n");
        Await.until(
                "the first line is read",
                LIMIT,
                () -> host.status("l6/a/console.txt") == 200
                        && host.fetch("l6/a/console.txt").equals("the first line\n"));
        assertThat(host.fetch("l6/a/")).contains("running").contains("console.html");
        build.print("the second line\n");
        Await.until(
                "the second line is read",
                LIMIT,
                () -> host.fetch("l6/a/console.html").contains("the second line"));
        build.publish(workspace);
        build.print("the very last line");
        build.finish();
        LogsResult result = build.settled()
                .thenApply(settled -> {
                    assertThat(host.fetch("l6/a/console.txt")).endsWith("the very last line");
                    assertThat(host.fetch("l6/a/console.html"))
                            .contains("the very last line")
                            .contains("</html>");
                    assertThat(host.fetch("l6/a/")).contains("SUCCESS").contains("logs/d0/f0.bin");
                    return settled;
                })
                .get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        assertThat(result.published()).isTrue();
    }

    /** Forty times the process' memory passes through it. */
    @Test
    public void l8_nothingIsEverWholeInMemory() throws Exception {
        Path workspace = DIRECTORY.resolve("node-l8");
        Files.createDirectories(workspace.resolve("logs"));
        Commands.run(workspace, LIMIT, "sh", "-c", "yes 'a line of a long log' | head -c 500000000 >logs/huge.txt");
        Commands.run(workspace, LIMIT, "sh", "-c", "head -c 300000000 /dev/zero >logs/huge.bin");
        Commands.Result result = Commands.run(
                Path.of("."),
                Duration.ofSeconds(150),
                Map.of(),
                null,
                List.of(
                        "java",
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        LogSite.class.getName(),
                        DIRECTORY.resolve("l8").toString(),
                        workspace.toString(),
                        "l8/a"));
        assertThat(result.status()).as(result.output()).isZero();
        Path logs = DIRECTORY.resolve("l8/loghost/docroot/l8/a/logs");
        assertThat(logs.resolve("huge.bin")).hasSize(300_000_000);
        assertThat(Commands.run(logs, LIMIT, "sh", "-c", "zcat huge.txt.gz | wc -c"))
                .isEqualTo("500000000");
    }

    @Test
    public void l9_buildsThatMakeTheSameDirectoriesDoNotHinderOneAnother() throws Exception {
        Path workspace = workspace(100, 10);
        List<LogSite.Build> builds = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            builds.add(site.begin(90 + i, "l9/not/there/yet/" + i));
        }
        List<Thread> threads = IntStream.range(0, builds.size())
                .mapToObj(i -> new Thread(() -> {
                    try {
                        builds.get(i).publish(workspace);
                        builds.get(i).finish();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                }))
                .toList();
        threads.forEach(Thread::start);
        for (LogSite.Build build : builds) {
            assertThat(build.settled().get(LIMIT.toSeconds(), TimeUnit.SECONDS).problem())
                    .isNull();
        }
        for (int i = 0; i < builds.size(); i++) {
            assertThat(published("l9/not/there/yet/" + i)).isEqualTo(100);
        }
    }
}
