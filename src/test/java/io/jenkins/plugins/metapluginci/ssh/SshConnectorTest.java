package io.jenkins.plugins.metapluginci.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.metapluginci.ssh.SshException.Kind;
import io.jenkins.plugins.metapluginci.ssh.SshSession.ExecResult;
import io.jenkins.plugins.metapluginci.ssh.SshSession.RemoteStream;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class SshConnectorTest {
    /** Patient, so that a busy machine is not mistaken for a dead peer. */
    private static final SshTimeouts PATIENT = new SshTimeouts(
            Duration.ofSeconds(30), Duration.ofSeconds(30), Duration.ofSeconds(30), Duration.ofSeconds(5), 6);
    /** A dead peer is noticed in two seconds. */
    private static final SshTimeouts WATCHFUL = new SshTimeouts(
            Duration.ofSeconds(30), Duration.ofSeconds(30), Duration.ofSeconds(30), Duration.ofMillis(200), 10);

    private static final byte[] NOTHING = {};

    @Rule
    public TemporaryFolder folder = new TemporaryFolder();

    private SshHost host;
    private SshConnector connector;
    private Path key;

    @Before
    public void start() throws Exception {
        host = new SshHost("ssh-ed25519");
        connector = new SshConnector(PATIENT);
        key = SshHost.write(host.userKey(), folder.getRoot().toPath().resolve("id"), null);
    }

    @After
    public void stop() throws Exception {
        connector.close();
        host.close();
    }

    private SshException failure(SshTarget target) {
        try (SshSession session = connector.connect(target)) {
            throw new AssertionError("connected: " + session);
        } catch (SshException e) {
            return e;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private SshTarget target(String hostKeys) {
        return new SshTarget(
                "127.0.0.1", host.port(), SshHost.USER, new SshLogin.KeyFile(key, null), new HostKeys(hostKeys));
    }

    @Test
    public void aCommandGetsItsInputAndGivesItsOutput() throws Exception {
        host.program(call -> {
            call.print("read " + new String(call.in().readAllBytes(), StandardCharsets.UTF_8).length() + " ü");
            call.complain("oops");
            return 3;
        });
        try (SshSession session = connector.connect(host.target(host.port(), key))) {
            byte[] input = "x".repeat(3_000_000).getBytes(StandardCharsets.UTF_8);
            ExecResult result = session.exec("anything 'quoted'", input, Duration.ofSeconds(10), 1000);
            assertThat(result).isEqualTo(new ExecResult(3, "read 3000000 ü", "oops"));
            assertThat(host.commands()).containsExactly("anything 'quoted'");
        }
    }

    @Test
    public void outputBeyondTheBoundIsDropped() throws Exception {
        host.program(call -> {
            for (int i = 0; i < 500; i++) {
                call.print("0123456789".repeat(1000));
            }
            return 0;
        });
        try (SshSession session = connector.connect(host.target(host.port(), key))) {
            ExecResult result = session.exec("x", NOTHING, Duration.ofSeconds(10), 25);
            assertThat(result).isEqualTo(new ExecResult(0, "0123456789012345678901234", ""));
        }
    }

    @Test
    public void g3_aCommandThatDoesNotEndMeetsItsDeadline() throws Exception {
        host.program(call -> {
            new Semaphore(0).acquire();
            return 0;
        });
        try (SshSession session = connector.connect(host.target(host.port(), key))) {
            assertThatThrownBy(() -> session.exec("sleep", NOTHING, Duration.ofMillis(200), 10))
                    .isInstanceOfSatisfying(
                            SshException.class, e -> assertThat(e.kind()).isEqualTo(Kind.TIMEOUT));
            assertThat(session.isOpen()).isTrue();
        }
    }

    @Test
    public void aCutConnectionIsNotTheEndOfAStream() throws Exception {
        host.program(call -> {
            call.print("half a li");
            call.in().read();
            call.disconnect().run();
            return 0;
        });
        try (SshSession session = connector.connect(host.target(host.port(), key));
                RemoteStream stream = session.stream("x")) {
            assertThat(stream.stdout().readNBytes(9)).asString().isEqualTo("half a li");
            host.close();
            assertThatThrownBy(() -> stream.stdout().read())
                    .isInstanceOfSatisfying(
                            SshException.class, e -> assertThat(e.kind()).isEqualTo(Kind.BROKEN));
            assertThatThrownBy(() -> session.exec("y", NOTHING, Duration.ofSeconds(1), 10))
                    .isInstanceOfSatisfying(SshException.class, e -> {
                        assertThat(e.kind()).isEqualTo(Kind.BROKEN);
                        assertThat(e.isUnsent()).isTrue();
                    });
        }
    }

    @Test
    public void theEndOfACommandIsTheEndOfItsStream() throws Exception {
        host.program(call -> {
            call.print("all");
            call.complain("not permitted");
            return 1;
        });
        try (SshSession session = connector.connect(host.target(host.port(), key));
                RemoteStream stream = session.stream("x")) {
            assertThat(stream.stdout().readAllBytes()).asString().isEqualTo("all");
            assertThat(stream.stderr()).isEqualTo("not permitted");
        }
    }

    @Test
    public void g1_aHalfOpenConnectionIsNoticed() throws Exception {
        host.program(call -> {
            new Semaphore(0).acquire();
            return 0;
        });
        try (SshConnector watchful = new SshConnector(WATCHFUL);
                TcpRelay relay = new TcpRelay(host.port(), 0);
                SshSession session = watchful.connect(host.target(relay.port(), key));
                RemoteStream stream = session.stream("x")) {
            relay.freeze();
            assertThatThrownBy(() -> stream.stdout().read())
                    .isInstanceOf(SshException.class)
                    .hasMessageContaining("without reply");
            assertThat(session.isOpen()).isFalse();
        }
    }

    @Test
    public void aQuietConnectionStaysUp() throws Exception {
        host.program(call -> {
            new Semaphore(0).tryAcquire(3, java.util.concurrent.TimeUnit.SECONDS);
            call.print("late");
            return 0;
        });
        try (SshConnector watchful = new SshConnector(WATCHFUL);
                SshSession session = watchful.connect(host.target(host.port(), key));
                RemoteStream stream = session.stream("x")) {
            // Fifteen heartbeats long, more than the time-out of silence.
            assertThat(stream.stdout().readAllBytes()).asString().isEqualTo("late");
        }
    }

    @Test
    public void anUnknownHostKeyIsNamedForPasting() {
        SshException e = failure(target(""));
        assertThat(e.kind()).isEqualTo(Kind.HOST_KEY);
        assertThat(e.getMessage())
                .contains("ssh-ed25519 SHA256:")
                .contains("no host key is configured")
                .endsWith(host.hostKey(0));
        assertThat(failure(target("[127.0.0.1]:1 " + host.hostKey(0))).getMessage())
                .contains("for other hosts");
    }

    @Test
    public void aWrongHostKeyIsNamedWithTheExpectedOne() throws Exception {
        String wrong = SshKeys.line(SshHost.generate("ssh-ed25519").getPublic());
        SshException e = failure(target(wrong));
        assertThat(e.kind()).isEqualTo(Kind.HOST_KEY);
        assertThat(e.getMessage()).contains("was replaced").endsWith(host.hostKey(0));
        assertThat(host.sessions()).as("sessions left behind").isLessThanOrEqualTo(1);
        await().until(() -> host.sessions() == 0);
    }

    @Test
    public void aMalformedHostKeyIsNamedByItsLine() {
        SshException e = failure(target(host.hostKey(0) + "\nrubbish"));
        assertThat(e.kind()).isEqualTo(Kind.HOST_KEY);
        assertThat(e.getMessage()).contains("Line 2");
    }

    @Test
    public void s4_aHostWithSeveralKeysShowsTheConfiguredOne() throws Exception {
        try (SshHost several = new SshHost("ssh-ed25519", "ecdsa", "ssh-rsa")) {
            several.userKey(host.userKey());
            for (int n = 0; n < 3; n++) {
                SshTarget target = new SshTarget(
                        "127.0.0.1",
                        several.port(),
                        SshHost.USER,
                        new SshLogin.KeyFile(key, null),
                        new HostKeys(several.hostKey(n)));
                try (SshSession session = connector.connect(target)) {
                    assertThat(session.isOpen()).isTrue();
                }
            }
            SshException e = failure(new SshTarget(
                    "127.0.0.1", several.port(), SshHost.USER, new SshLogin.KeyFile(key, null), new HostKeys("")));
            assertThat(e.getMessage()).as("the type preferred by default").endsWith(several.hostKey(0));
        }
    }

    @Test
    public void g11_keysOfEveryType() throws Exception {
        for (String type : new String[] {"ssh-ed25519", "ecdsa", "ssh-rsa"}) {
            KeyPair pair = SshHost.generate(type);
            host.userKey(pair);
            Path file = SshHost.write(pair, folder.getRoot().toPath().resolve(type), null);
            try (SshSession session = connector.connect(host.target(host.port(), file))) {
                assertThat(session.isOpen()).isTrue();
            }
        }
    }

    @Test
    public void aPassphraseOpensAKey() throws Exception {
        Path file = SshHost.write(host.userKey(), folder.getRoot().toPath().resolve("locked"), "open sesame");
        SshTarget target = host.target(host.port(), file);
        SshTarget opened = new SshTarget(
                target.host(),
                target.port(),
                target.user(),
                new SshLogin.KeyFile(file, "open sesame"),
                target.hostKeys());
        try (SshSession session = connector.connect(opened)) {
            assertThat(session.isOpen()).isTrue();
        }
        assertThat(failure(target).getMessage()).contains("passphrase, and none is configured");
        SshException wrong = failure(new SshTarget(
                target.host(), target.port(), target.user(), new SshLogin.KeyFile(file, "no"), target.hostKeys()));
        assertThat(wrong.kind()).isEqualTo(Kind.AUTHENTICATION);
        assertThat(wrong.getMessage()).contains("does not open it");
    }

    @Test
    public void keyFilesThatCannotBeUsed() throws Exception {
        Path root = folder.getRoot().toPath();
        Path missing = root.resolve("missing");
        assertThat(failure(host.target(host.port(), missing)))
                .hasMessageContaining("no such file")
                .hasMessageContaining(missing.toString())
                .extracting(SshException::kind)
                .isEqualTo(Kind.AUTHENTICATION);
        Path open = Files.writeString(root.resolve("id.pub"), host.hostKey(0));
        assertThat(failure(host.target(host.port(), open))).hasMessageContaining("public key");
        Path rubbish = Files.writeString(root.resolve("rubbish"), "hello");
        assertThat(failure(host.target(host.port(), rubbish))).hasMessageContaining("no private key");
        String whole = Files.readString(key);
        Path damaged = Files.writeString(root.resolve("damaged"), whole.replaceAll("(?m)^[A-Za-z0-9+/]{70}$", "AAAA"));
        SshException e = failure(host.target(host.port(), damaged));
        assertThat(e).hasMessageContaining("damaged");
        assertThat(e.kind()).isEqualTo(Kind.AUTHENTICATION);
    }

    /** L3: two sides without a common algorithm are told apart from all else, with both lists. */
    @Test
    public void l3_algorithmsThatDoNotMeetAreListedFromBothSides() {
        host.onlyCipher(org.apache.sshd.common.cipher.BuiltinCiphers.arcfour128);
        assertThatThrownBy(() -> connector.connect(host.target(host.port(), key)))
                .isInstanceOf(SshException.class)
                .hasMessageContaining("encryption")
                .hasMessageContaining("this side offers")
                .hasMessageContaining("aes128-ctr")
                .hasMessageContaining("the host offers arcfour128");
    }

    @Test
    public void aRefusedKeyIsNamedForTheAccount() throws Exception {
        Path other = SshHost.write(
                SshHost.generate("ssh-ed25519"), folder.getRoot().toPath().resolve("other"), null);
        SshException e = failure(host.target(host.port(), other));
        assertThat(e.kind()).isEqualTo(Kind.AUTHENTICATION);
        assertThat(e.getMessage()).contains("\"ci\"").contains("add this public key to it: ssh-ed25519 AAAA");
    }

    @Test
    public void passwords() throws Exception {
        SshTarget right = new SshTarget(
                "127.0.0.1",
                host.port(),
                SshHost.USER,
                new SshLogin.Password(SshHost.PASSWORD),
                new HostKeys(host.hostKey(0)));
        try (SshSession session = connector.connect(right)) {
            assertThat(session.isOpen()).isTrue();
        }
        SshException e = failure(new SshTarget(
                "127.0.0.1", host.port(), SshHost.USER, new SshLogin.Password("hunter2"), right.hostKeys()));
        assertThat(e.kind()).isEqualTo(Kind.AUTHENTICATION);
        assertThat(e.getMessage()).doesNotContain("hunter2");
    }

    @Test
    public void nobodyThere() throws Exception {
        int free;
        try (ServerSocket socket = new ServerSocket(0)) {
            free = socket.getLocalPort();
        }
        SshException e = failure(host.target(free, key));
        assertThat(e.kind()).isEqualTo(Kind.UNREACHABLE);
        assertThat(e.getMessage()).contains("127.0.0.1:" + free).contains("refused");
        SshTarget unknown = new SshTarget(
                "no-such-host.invalid", 22, "ci", new SshLogin.KeyFile(key, null), new HostKeys(host.hostKey(0)));
        assertThat(failure(unknown).kind()).isEqualTo(Kind.UNREACHABLE);
    }

    @Test(timeout = 20_000)
    public void g3_aHostThatSaysNothingIsGivenUp() throws Exception {
        // Its own limit, not the patient ones of the connector.
        try (ServerSocket silent = new ServerSocket(0)) {
            SshTarget target = host.target(silent.getLocalPort(), key);
            assertThatThrownBy(() -> connector.connect(target, Duration.ofMillis(300)))
                    .isInstanceOfSatisfying(
                            SshException.class, e -> assertThat(e.kind()).isEqualTo(Kind.TIMEOUT));
        }
    }

    @Test
    public void aHostThatIsNotSshIsNamed() throws Exception {
        try (ServerSocket web = new ServerSocket(0)) {
            Thread thread = new Thread(() -> {
                try (java.net.Socket taken = web.accept()) {
                    taken.getOutputStream().write("HTTP/1.1 400 Bad\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                } catch (java.io.IOException e) {
                    return;
                }
            });
            thread.start();
            SshException e = failure(host.target(web.getLocalPort(), key));
            assertThat(e.kind()).isEqualTo(Kind.BROKEN);
            thread.join(5000);
        }
    }

    @Test
    public void anInterruptEndsAConnect() throws Exception {
        try (ServerSocket silent = new ServerSocket(0)) {
            SshTarget target = host.target(silent.getLocalPort(), key);
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> connector.connect(target)).isInstanceOf(InterruptedException.class);
            assertThat(Thread.interrupted()).isFalse();
        }
    }

    @Test
    public void closingEndsEveryThreadAndRequest() throws Exception {
        Set<Thread> before = sshThreads();
        SshConnector own = new SshConnector(WATCHFUL);
        host.program(call -> {
            new Semaphore(0).acquire();
            return 0;
        });
        SshSession session = own.connect(host.target(host.port(), key));
        RemoteStream stream = session.stream("x");
        Set<Thread> during = sshThreads();
        during.removeAll(before);
        assertThat(during)
                .isNotEmpty()
                .allMatch(Thread::isDaemon)
                .allMatch(t -> t.getContextClassLoader() == SshConnector.class.getClassLoader());
        own.close();
        assertThatThrownBy(() -> stream.stdout().read()).isInstanceOf(SshException.class);
        await().untilAsserted(() -> assertThat(during).noneMatch(Thread::isAlive));
        await().until(() -> host.sessions() == 0);
    }

    private static Set<Thread> sshThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(t -> t.getName().startsWith("SSH "))
                .collect(Collectors.toSet());
    }
}
