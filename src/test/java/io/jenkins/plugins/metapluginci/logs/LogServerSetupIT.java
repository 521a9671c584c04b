package io.jenkins.plugins.metapluginci.logs;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.metapluginci.ssh.HostKeys;
import io.jenkins.plugins.metapluginci.ssh.SshConnector;
import io.jenkins.plugins.metapluginci.ssh.SshLogin;
import io.jenkins.plugins.metapluginci.ssh.SshTarget;
import io.jenkins.plugins.metapluginci.testbed.Await;
import io.jenkins.plugins.metapluginci.testbed.BedProcess;
import io.jenkins.plugins.metapluginci.testbed.Commands;
import io.jenkins.plugins.metapluginci.testbed.Ports;
import java.io.ByteArrayInputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.AfterClass;
import org.junit.BeforeClass;
import org.junit.Test;

/** The script makes a Debian machine a log server: run on a copy of this machine's system, then published to and read from. */
public class LogServerSetupIT {
    private static final Path HOME = Path.of("target/testbed/setup-it").toAbsolutePath();
    private static final Duration READY = Duration.ofSeconds(60);
    private static final int SSH = Ports.free();
    private static final int HTTP = Ports.free();
    private static final SshConnector CONNECTOR = new SshConnector();
    private static final ScheduledThreadPoolExecutor TIMER = new ScheduledThreadPoolExecutor(1);

    private static BedProcess machine;
    private static LogServer server;
    private static LogConnections connections;

    @BeforeClass
    public static void setUp() throws Exception {
        Commands.deleteTree(HOME);
        Files.createDirectories(HOME);
        String key = Commands.keyPair(HOME.resolve("ci"), "ed25519");
        Files.writeString(HOME.resolve("key"), key);
        Files.writeString(HOME.resolve("setup.sh"), LogServerSetup.script());
        Files.writeString(HOME.resolve("machine.sh"), MACHINE.formatted(HOME, HTTP, SSH));
        List<String> line = new ArrayList<>(List.of("unshare", "--mount", "--pid", "--fork", "--kill-child=KILL"));
        line.addAll(List.of("bash", HOME.resolve("machine.sh").toString()));
        machine = BedProcess.start("machine", HOME.resolve("machine.log"), Map.of(), line);
        for (int port : new int[] {SSH, HTTP}) {
            Await.until("port " + port + " serves", READY, machine::tail, () -> {
                if (!machine.isAlive()) {
                    throw new IllegalStateException(machine.log());
                }
                try (Socket socket = new Socket()) {
                    socket.connect(new InetSocketAddress(Ports.loopback(), port), 1000);
                    return true;
                }
            });
        }
        // What the script said is to be typed into the form.
        String hostKey = machine.log()
                .lines()
                .filter(each -> each.startsWith("ssh-ed25519 "))
                .reduce((first, last) -> last)
                .orElseThrow(() -> new AssertionError(machine.log()));
        assertThat(machine.log()).contains("Root directory   /logs").contains("User             metalogs");
        server = server(hostKey, "/logs", HOME.resolve("ci"));
        connections = new LogConnections(CONNECTOR::connect, Duration.ofSeconds(60), TIMER);
    }

    private static final String MACHINE = """
            set -e
            cd '%1$s'
            mkdir system root
            mount -t tmpfs none system
            mkdir system/upper system/work
            mount -t overlay overlay -o lowerdir=/,upperdir=system/upper,workdir=system/work root
            cp setup.sh key root/root/
            cd root
            mount -t proc proc proc
            mount -t tmpfs none run
            mount --rbind /dev dev
            mkdir -p run/lock run/apache2
            echo >etc/apache2/ports.conf
            rm -f etc/apache2/sites-enabled/*
            for time in first second; do
              chroot . sh /root/setup.sh --no-reload --name logs.example.org --listen 127.0.0.1:%2$d --key "$(cat root/key)"
            done
            chroot . /usr/sbin/sshd -D -e -o Port=%3$d -o ListenAddress=127.0.0.1 &
            exec chroot . apache2ctl -D FOREGROUND
            """;

    private static LogServer server(String hostKey, String root, Path keyFile) {
        return new LogServer(
                new SshTarget("127.0.0.1", SSH, "metalogs", new SshLogin.KeyFile(keyFile, null), new HostKeys(hostKey)),
                root,
                URI.create("http://127.0.0.1:" + HTTP + "/"));
    }

    @AfterClass
    public static void tearDown() {
        if (connections != null) {
            connections.close();
        }
        TIMER.shutdownNow();
        CONNECTOR.close();
        if (machine != null) {
            machine.close();
        }
    }

    private static HttpResponse<byte[]> get(String path) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + HTTP + "/" + path))
                                .build(),
                        HttpResponse.BodyHandlers.ofByteArray());
    }

    private static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }

    private static byte[] gzip(String text) throws Exception {
        java.io.ByteArrayOutputStream bytes = new java.io.ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    @Test
    public void whatTheScriptSaysWorksInTheTest() throws Exception {
        LogServerProbe probe = new LogServerCheck(CONNECTOR::connect).run(server);
        assertThat(probe.problem()).isNull();
        assertThat(probe.how()).startsWith("SFTP, many files at once");
    }

    @Test
    public void whatIsPublishedIsReadAsTextAndRunsNothing() throws Exception {
        Map<String, byte[]> files = Map.of(
                "devstacklog.txt.gz", gzip("all of devstack\n"),
                "page.html", "<script>alert(1)</script>".getBytes(StandardCharsets.UTF_8),
                "run.cgi", "#!/bin/sh\necho\necho ran\n".getBytes(StandardCharsets.UTF_8),
                "map.var", "URI: page.html\n".getBytes(StandardCharsets.UTF_8),
                "x.php", "<?php echo 6*7;".getBytes(StandardCharsets.UTF_8),
                "a.tar.gz", gzip("no tar"),
                "sub/local.conf", "[[local]]\n".getBytes(StandardCharsets.UTF_8));
        LogDestination place = LogDestination.of("42/42/1/check/job/abc");
        connections.call(server, new LogConnections.Cancellation(), session -> {
            TreeSink tree = session.tree(place.path(), "t");
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                tree.file(file.getKey(), file.getValue().length, new ByteArrayInputStream(file.getValue()));
            }
            tree.verify();
            tree.commit();
            new RunPages(session, place).index(RunPagesTest.FACTS, RunLogs.published(List.of(), List.of()), null, null);
            session.makeDirectories(place.path() + "/.logs-part-x");
            return null;
        });
        String base = place.path() + "/";
        HttpResponse<byte[]> text = get(base + "logs/devstacklog.txt.gz");
        assertThat(header(text, "Content-Encoding")).isEqualTo("gzip");
        assertThat(header(text, "Content-Type")).isEqualTo("text/plain; charset=utf-8");
        assertThat(header(text, "X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(new GZIPInputStream(new ByteArrayInputStream(text.body())).readAllBytes())
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("all of devstack\n");
        assertThat(header(get(base + "logs/a.tar.gz"), "Content-Encoding")).isEmpty();
        assertThat(header(get(base + "logs/page.html"), "Content-Security-Policy"))
                .startsWith("sandbox; default-src 'none'");
        for (String source : List.of("run.cgi", "map.var", "x.php", "sub/local.conf")) {
            HttpResponse<byte[]> shown = get(base + "logs/" + source);
            assertThat(shown.statusCode()).as(source).isEqualTo(200);
            assertThat(shown.body()).as(source).isEqualTo(files.get(source));
            assertThat(header(shown, "Content-Type")).as(source).isEqualTo("text/plain; charset=utf-8");
        }
        HttpResponse<byte[]> index = get(base);
        assertThat(header(index, "Content-Type")).isEqualTo("text/html; charset=utf-8");
        assertThat(header(index, "Content-Security-Policy"))
                .doesNotContain("sandbox")
                .contains("default-src 'none'");
        assertThat(get(base + "logs/sub/").body())
                .asString(StandardCharsets.UTF_8)
                .contains("local.conf");
        assertThat(get(base + ".logs-part-x/").statusCode()).isEqualTo(403);
    }

    @Test
    public void theAccountCanDoNothingElse() throws Exception {
        String common =
                "-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o BatchMode=yes -i " + HOME.resolve("ci");
        assertThat(run("ssh " + common + " -p " + SSH + " metalogs@127.0.0.1 id")
                        .output())
                .contains("This service allows sftp connections only")
                .doesNotContain("uid=");
        String sftp = " | sftp -b - " + common + " -P " + SSH + " metalogs@127.0.0.1";
        assertThat(run("printf 'get /../etc/passwd stolen\\n'" + sftp).status()).isNotZero();
        assertThat(HOME.resolve("stolen")).doesNotExist();
        assertThat(run("printf 'mkdir /other\\n'" + sftp).output()).contains("Permission denied");
    }

    private static Commands.Result run(String command) {
        return Commands.run(HOME, READY, Map.of(), null, List.of("bash", "-c", command));
    }
}
