package io.jenkins.plugins.metapluginci.gerrit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.metapluginci.gerrit.GerritState.Phase;
import io.jenkins.plugins.metapluginci.ssh.HostKeys;
import io.jenkins.plugins.metapluginci.ssh.SshConnector;
import io.jenkins.plugins.metapluginci.ssh.SshException;
import io.jenkins.plugins.metapluginci.ssh.SshHost;
import io.jenkins.plugins.metapluginci.ssh.SshLogin;
import io.jenkins.plugins.metapluginci.ssh.SshTarget;
import io.jenkins.plugins.metapluginci.ssh.SshTimeouts;
import io.jenkins.plugins.metapluginci.ssh.TcpRelay;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class GerritConnectionTest {
    private static final SshTimeouts FAST = new SshTimeouts(
            Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofSeconds(5), Duration.ofMillis(200), 10);
    /** A refusal is tried again only after an hour, so that a test sees when something else makes it connect. */
    private static final GerritTimings TIMINGS = new GerritTimings(
            Duration.ofMillis(400),
            Duration.ofMillis(500),
            Duration.ofSeconds(3),
            Duration.ofMillis(20),
            Duration.ofMillis(200),
            Duration.ofHours(1),
            Duration.ofSeconds(1));

    private static final String PATCHSET_CREATED = """
            {"type":"patchset-created","change":{"project":"openstack/neutron","branch":"master","id":"I1","number":"42",\
            "subject":"A change","owner":{"name":"Dev"},"url":"http://gerrit/42"},"patchSet":{"number":"1",\
            "revision":"abc","ref":"refs/changes/42/42/1","uploader":{"username":"dev"}},"uploader":{"username":"dev"},\
            "eventCreatedOn":1400000000}""";

    @Rule
    public TemporaryFolder folder = new TemporaryFolder();

    private final List<GerritEvent> events = new CopyOnWriteArrayList<>();
    private final AtomicInteger connects = new AtomicInteger();
    private FaultyGerrit gerrit;
    private SshConnector connector;
    private GerritConnection connection;

    @Before
    public void start() throws Exception {
        gerrit = new FaultyGerrit(folder.getRoot().toPath());
        connector = new SshConnector(FAST);
        connection = connection(events::add);
    }

    @After
    public void stop() throws Exception {
        connection.close();
        connector.close();
        gerrit.close();
        await().untilAsserted(() -> assertThat(gerritThreads()).isEmpty());
    }

    private interface Handler {
        void handle(GerritEvent event);
    }

    private GerritConnection connection(Handler handler) {
        return connection(handler, TIMINGS);
    }

    private GerritConnection connection(Handler handler, GerritTimings timings) {
        GerritListener listener = new GerritListener() {
            @Override
            public void event(GerritEvent event) {
                handler.handle(event);
            }

            @Override
            public void connected() {
                connects.incrementAndGet();
            }
        };
        return new GerritConnection(connector, listener, timings, Clock.systemUTC(), () -> 1);
    }

    private void connect(GerritSettings settings) {
        connection.reconfigure(settings);
        connection.start();
        awaitPhase(Phase.CONNECTED);
    }

    private void awaitPhase(Phase phase) {
        await().untilAsserted(() ->
                assertThat(connection.state()).extracting(GerritState::phase).isEqualTo(phase));
    }

    private void awaitEvents(int count) {
        await().untilAsserted(() -> assertThat(events).hasSize(count));
    }

    private static List<Thread> gerritThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(t -> t.getName().startsWith("Gerrit "))
                .toList();
    }

    @Test
    public void eventsArrive() {
        assertThat(connection.state().phase()).isEqualTo(Phase.STOPPED);
        connect(gerrit.settings());
        gerrit.emit(PATCHSET_CREATED);
        awaitEvents(1);
        assertThat(events.get(0).change().project()).isEqualTo("openstack/neutron");
        GerritState state = connection.state();
        assertThat(state.serverVersion()).isEqualTo("3.10.2");
        assertThat(state.events()).isEqualTo(1);
        assertThat(state.lastEventAt()).isNotNull();
        assertThat(state.reason()).isNull();
        connection.stop();
        assertThat(connection.state().phase()).isEqualTo(Phase.STOPPED);
        await().until(() -> gerrit.openStreams() == 0);
    }

    @Test
    public void g1_frozenStreamIsDetected() {
        connection.close();
        GerritTimings patient = new GerritTimings(
                TIMINGS.silence(),
                TIMINGS.probe(),
                TIMINGS.command(),
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                TIMINGS.refusedRetry(),
                TIMINGS.stable());
        connection = connection(events::add, patient);
        connect(gerrit.settings());
        gerrit.hangs = true;
        awaitPhase(Phase.WAITING);
        assertThat(connection.state().reason()).contains("silent").contains("did not answer \"gerrit version\"");
        gerrit.hangs = false;
        awaitPhase(Phase.CONNECTED);
        gerrit.emit(PATCHSET_CREATED);
        awaitEvents(1);
        assertThat(connects.get()).isEqualTo(2);
    }

    @Test
    public void g1_halfOpenConnectionIsReplaced() throws Exception {
        try (TcpRelay relay = new TcpRelay(gerrit.host.port(), 0)) {
            connect(gerrit.settings(relay.port()));
            relay.freeze();
            await().until(() -> connection.state().phase() != Phase.CONNECTED);
            relay.thaw();
            awaitPhase(Phase.CONNECTED);
            gerrit.emit(PATCHSET_CREATED);
            awaitEvents(1);
        }
    }

    @Test
    public void g1_silenceThatIsAnsweredIsNoFault() {
        connect(gerrit.settings());
        await().until(() ->
                gerrit.host.commands().stream().filter("gerrit version"::equals).count() >= 3);
        await().until(() -> connection.state().lastProbeAt() != null);
        assertThat(connection.state().phase()).isEqualTo(Phase.CONNECTED);
        assertThat(connection.state().connections()).isEqualTo(1);
    }

    @Test
    public void g2_aLostConnectionComesBackAndAListenerThatFailsCostsNothing() {
        connection.close();
        connection = connection(event -> {
            events.add(event);
            throw new IllegalStateException("on purpose");
        });
        connect(gerrit.settings());
        gerrit.emit(PATCHSET_CREATED);
        awaitEvents(1);
        gerrit.disconnectStream();
        gerrit.emit(PATCHSET_CREATED);
        awaitEvents(2);
        await().until(() -> connects.get() == 2);
        assertThat(connection.state().connections()).isEqualTo(2);
    }

    @Test
    public void g2_fiftyReconfigurationsLeakNothing() throws Exception {
        connect(gerrit.settings());
        assertThat(review().kind()).isEqualTo(ReviewResult.Kind.POSTED);
        for (int i = 0; i < 50; i++) {
            connection.reconfigure(gerrit.settings());
            if (i % 10 == 0) {
                awaitPhase(Phase.CONNECTED);
                assertThat(review().kind()).isEqualTo(ReviewResult.Kind.POSTED);
            }
        }
        awaitPhase(Phase.CONNECTED);
        await().untilAsserted(() -> {
            assertThat(gerrit.openStreams()).isEqualTo(1);
            assertThat(gerrit.host.sessions()).as("connections at the server").isEqualTo(1);
            assertThat(gerritThreads())
                    .extracting(Thread::getName)
                    .containsExactlyInAnyOrder("Gerrit stream: 127.0.0.1", "Gerrit watch: 127.0.0.1");
        });
        gerrit.emit(PATCHSET_CREATED);
        awaitEvents(1);
    }

    private ReviewResult review() throws InterruptedException {
        return connection.review().post("p", 1, 1, "m", Map.of());
    }

    @Test
    public void g2_stopEndsAPendingConnect() throws Exception {
        try (ServerSocket silent = new ServerSocket(0)) {
            connection.reconfigure(gerrit.settings(silent.getLocalPort()));
            connection.start();
            silent.accept();
            connection.stop();
            await().atMost(Duration.ofSeconds(3)).until(() -> gerritThreads().isEmpty());
        }
    }

    @Test
    public void g3_aServerThatTakesConnectionsAndSaysNothingIsWaitedFor() throws Exception {
        try (SshConnector hasty = new SshConnector(new SshTimeouts(
                        Duration.ofMillis(300),
                        Duration.ofMillis(300),
                        Duration.ofMillis(300),
                        Duration.ofSeconds(1),
                        2));
                ServerSocket silent = new ServerSocket(0);
                GerritConnection own = new GerritConnection(hasty, events::add, TIMINGS, Clock.systemUTC(), () -> 1)) {
            own.reconfigure(gerrit.settings(silent.getLocalPort()));
            own.start();
            await().until(() -> own.state().phase() == Phase.WAITING);
            assertThat(own.state().reason()).contains("in time");
            assertThat(own.state().nextAttemptAt()).isNotNull();
        }
    }

    @Test
    public void g10_aBigEventOfManyPacketsArrivesWhole() {
        connect(gerrit.settings());
        String comment = "Größe 変更 𝄞 ".repeat(18_000);
        String line = "{\"type\":\"comment-added\",\"change\":{\"number\":1},\"comment\":\"" + comment + "\"}\n";
        byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
        assertThat(bytes.length).isGreaterThan(300_000);
        for (int at = 0; at < bytes.length; at += 9_001) {
            gerrit.emitRaw(java.util.Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + 9_001)));
        }
        gerrit.emit(PATCHSET_CREATED);
        awaitEvents(2);
        assertThat(events.get(0).comment()).isEqualTo(comment);
        assertThat(connection.state().unreadable()).isZero();
    }

    @Test
    public void g10_aMonstrousLineIsSkippedAndCounted() {
        connect(gerrit.settings());
        byte[] piece = "x".repeat(1024 * 1024).getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 9; i++) {
            gerrit.emitRaw(piece);
        }
        gerrit.emit("");
        gerrit.emit(PATCHSET_CREATED);
        awaitEvents(1);
        assertThat(connection.state().unreadable()).isEqualTo(1);
        assertThat(connection.state().phase()).isEqualTo(Phase.CONNECTED);
    }

    @Test
    public void garbageIsCountedAndTheStreamGoesOn() {
        connect(gerrit.settings());
        for (String line : new String[] {
            "hello",
            "",
            "[]",
            "{\"type\":",
            "{}",
            "{\"type\":\"patchset-created\",\"change\":{\"number\":\"x\"}}",
            "[".repeat(100_000),
            "{\"type\":\"ref-updated\"} trailing"
        }) {
            gerrit.emit(line);
        }
        gerrit.emitRaw(new byte[] {(byte) 0xff, (byte) 0xc0, 0, '\n'});
        gerrit.emit("{\"type\":\"dropped-output\"}");
        gerrit.emit(PATCHSET_CREATED);
        awaitEvents(2);
        assertThat(connection.state().unreadable()).isEqualTo(9);
        assertThat(connection.state().dropped()).isEqualTo(1);
        assertThat(connection.state().connections()).isEqualTo(1);
    }

    @Test
    public void aLineThatIsCutIsNoEvent() {
        connect(gerrit.settings());
        gerrit.emitRaw(PATCHSET_CREATED.substring(0, 100).getBytes(StandardCharsets.UTF_8));
        gerrit.disconnectStream();
        gerrit.emit(PATCHSET_CREATED);
        awaitEvents(1);
        assertThat(connection.state().unreadable()).isZero();
    }

    @Test
    public void g11_aWrongKeyIsNamedAndNotHammered() throws Exception {
        Path wrong = SshHost.write(
                SshHost.generate("ssh-ed25519"), folder.getRoot().toPath().resolve("wrong"), null);
        try (TcpRelay relay = new TcpRelay(gerrit.host.port(), 0)) {
            connection.reconfigure(new GerritSettings(gerrit.host.target(relay.port(), wrong)));
            connection.start();
            awaitPhase(Phase.REFUSED);
            assertThat(connection.state().reason())
                    .contains("refused the account \"ci\"")
                    .contains("wrong");
            assertThat(connection.state().nextAttemptAt())
                    .isAfter(Clock.systemUTC().instant().plusSeconds(600));
            assertThat(relay.accepted()).isEqualTo(1);
            connect(gerrit.settings(relay.port()));
            assertThat(relay.accepted()).isEqualTo(2);
            assertThat(connection.state().reason()).isNull();
        }
    }

    @Test
    public void aWrongHostKeyIsNamedWithTheRightOne() {
        SshTarget right = gerrit.target(gerrit.host.port());
        connection.reconfigure(new GerritSettings(
                new SshTarget(right.host(), right.port(), right.user(), right.login(), new HostKeys(""))));
        connection.start();
        awaitPhase(Phase.REFUSED);
        assertThat(connection.state().reason()).contains("SHA256:").endsWith(gerrit.host.hostKey(0));
        assertThat(gerrit.host.commands()).isEmpty();
        connect(gerrit.settings());
    }

    @Test
    public void aStreamThatIsNotPermittedIsNamed() {
        gerrit.streamRefusal = "fatal: stream events not permitted\n";
        connection.reconfigure(gerrit.settings());
        connection.start();
        awaitPhase(Phase.REFUSED);
        assertThat(connection.state().reason()).contains("\"Stream Events\"").contains("not permitted");
    }

    @Test
    public void aTestOfSettingsSaysWhatIsWrong() throws Exception {
        assertThat(GerritConnection.testConnection(connector, gerrit.settings()))
                .isEqualTo(new GerritProbe("3.10.2", true, null));
        gerrit.streamRefusal = "fatal: stream events not permitted\n";
        GerritProbe refused = GerritConnection.testConnection(connector, gerrit.settings());
        assertThat(refused.mayStream()).isFalse();
        assertThat(refused.problem()).contains("Stream Events");
        SshTarget right = gerrit.target(gerrit.host.port());
        SshTarget wrong =
                new SshTarget(right.host(), right.port(), right.user(), new SshLogin.Password("no"), right.hostKeys());
        assertThatThrownBy(() -> GerritConnection.testConnection(connector, new GerritSettings(wrong)))
                .isInstanceOfSatisfying(
                        SshException.class, e -> assertThat(e.kind()).isEqualTo(SshException.Kind.AUTHENTICATION));
    }

    @Test
    public void anotherServerThanGerritIsNamed() throws Exception {
        try (SshHost other = new SshHost("ssh-ed25519")) {
            other.program(call -> {
                call.complain("bash: gerrit: command not found\n");
                return 127;
            });
            other.userKey(gerrit.host.userKey());
            SshTarget right = gerrit.target(other.port());
            GerritSettings settings = new GerritSettings(new SshTarget(
                    right.host(), right.port(), right.user(), right.login(), new HostKeys(other.hostKey(0))));
            assertThatThrownBy(() -> GerritConnection.testConnection(connector, settings))
                    .hasMessageContaining("not a Gerrit")
                    .hasMessageContaining("29418");
        }
    }

    @Test
    public void g9_commandsWorkWithoutTheStreamAndSurviveAConnectionThatDiedIdle() throws Exception {
        try (TcpRelay relay = new TcpRelay(gerrit.host.port(), 0)) {
            connection.reconfigure(gerrit.settings(relay.port()));
            assertThat(review().kind()).isEqualTo(ReviewResult.Kind.POSTED);
            assertThat(review().kind()).isEqualTo(ReviewResult.Kind.POSTED);
            assertThat(relay.accepted()).as("one connection for all commands").isEqualTo(1);
            relay.cut();
            await().until(() -> gerrit.host.sessions() == 0);
            assertThat(review().kind()).isEqualTo(ReviewResult.Kind.POSTED);
            assertThat(relay.accepted()).isEqualTo(2);
            assertThat(gerrit.reviews).hasSize(3);
        }
    }

    @Test
    public void g9_aReviewWhoseAnswerWasCutIsUnknownAndNotRepeated() throws Exception {
        connection.reconfigure(gerrit.settings());
        gerrit.cutsAtReview = true;
        assertThat(review().kind()).isEqualTo(ReviewResult.Kind.UNKNOWN);
        assertThat(gerrit.reviews).hasSize(1);
        gerrit.queryAnswer = """
                {"number":1,"open":true,"comments":[\
                {"timestamp":1700000000,"reviewer":{"username":"dev"},"message":"Patch Set 1:\\n\\nm"},\
                {"timestamp":1700000000,"reviewer":{"username":"ci"},"message":"Patch Set 2:\\n\\nm"},\
                {"timestamp":1600000000,"reviewer":{"username":"ci"},"message":"Patch Set 1:\\n\\nm"}]}
                {"type":"stats","rowCount":1}
                """;
        java.time.Instant since = java.time.Instant.ofEpochSecond(1_650_000_000);
        assertThat(connection.review().lookUp(1, 1, "m", since).kind()).isEqualTo(ReviewResult.Kind.NOT_SENT);
        gerrit.queryAnswer = gerrit.queryAnswer.replace("\"dev\"", "\"ci\"");
        assertThat(connection.review().lookUp(1, 1, "m", since).kind()).isEqualTo(ReviewResult.Kind.POSTED);
        gerrit.queryAnswer = "{\"type\":\"stats\",\"rowCount\":0}\n";
        assertThat(connection.review().lookUp(1, 1, "m", since).kind()).isEqualTo(ReviewResult.Kind.REFUSED);
        gerrit.queryAnswer = "";
        assertThat(connection.review().lookUp(1, 1, "m", since).kind()).isEqualTo(ReviewResult.Kind.UNKNOWN);
    }

    @Test
    public void g9_aReviewWithoutAGerritIsNotSent() throws Exception {
        assertThat(review()).isEqualTo(new ReviewResult(ReviewResult.Kind.NOT_SENT, "Gerrit is not configured."));
        gerrit.close();
        connection.reconfigure(gerrit.settings(1));
        assertThat(review().kind()).isEqualTo(ReviewResult.Kind.NOT_SENT);
    }

    @Test
    public void aReviewThatGerritRefusesIsRefusedForGood() throws Exception {
        connection.reconfigure(gerrit.settings());
        gerrit.reviewError = "error: change is closed\n\nfatal: one or more reviews failed; review output above\n";
        assertThat(review())
                .isEqualTo(new ReviewResult(ReviewResult.Kind.REFUSED, "Gerrit answered: error: change is closed"));
        gerrit.reviewError = "fatal: internal server error while reviewing 1,1\n";
        assertThat(review().kind()).isEqualTo(ReviewResult.Kind.UNKNOWN);
    }
}
