package io.jenkins.plugins.metapluginci.gerrit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.metapluginci.gerrit.GerritState.Phase;
import io.jenkins.plugins.metapluginci.ssh.SshConnector;
import io.jenkins.plugins.metapluginci.ssh.SshHost;
import io.jenkins.plugins.metapluginci.ssh.SshLogin;
import io.jenkins.plugins.metapluginci.ssh.SshTarget;
import io.jenkins.plugins.metapluginci.ssh.SshTimeouts;
import io.jenkins.plugins.metapluginci.ssh.TcpRelay;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.Test;

/** The complaints G1 to G4 and G8 to G11 of operators about the connection to Gerrit (reference, part B1): none is one here. */
public class GerritPainsIT extends GerritFixture {
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
            connection.reconfigure(null);
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
    public void g1_aSilentStreamWhoseGerritAnswersBringsItsNextEvent() {
        connect(gerrit.settings());
        await().until(() -> connection.state().lastProbeAt() != null);
        gerrit.emit(PATCHSET_CREATED);
        awaitEvents(1);
        assertThat(connection.state().connections()).isEqualTo(1);
    }

    @Test
    public void g2_oneThreadTellsEverythingAndConnectsInBetween() {
        List<String> tellers = new CopyOnWriteArrayList<>();
        connection.close();
        connection = connection(event -> {
            tellers.add(
                    Thread.currentThread().getName() + Thread.currentThread().getId());
            events.add(event);
        });
        connect(gerrit.settings());
        for (int i = 1; i <= 3; i++) {
            gerrit.emit(PATCHSET_CREATED);
            awaitEvents(i);
            gerrit.disconnectStream();
        }
        assertThat(new HashSet<>(tellers)).hasSize(1);
    }

    @Test
    public void g2_reconfiguredTwiceOneSocketIsLeft() throws Exception {
        try (TcpRelay relay = new TcpRelay(gerrit.host.port(), 0)) {
            connect(gerrit.settings(relay.port()));
            connection.reconfigure(gerrit.settings());
            connection.reconfigure(gerrit.settings(relay.port()));
            awaitPhase(Phase.CONNECTED);
            await().untilAsserted(() -> assertThat(gerrit.host.sessions()).isEqualTo(1));
            connection.close();
            await().untilAsserted(() -> assertThat(gerrit.host.sessions()).isZero());
            assertThat(gerritThreads()).allMatch(thread -> !thread.isAlive() || thread.isDaemon());
        }
    }

    @Test
    public void g3_aCommandThatIsNotAnsweredEnds() throws Exception {
        connection.reconfigure(gerrit.settings());
        gerrit.hangs = true;
        assertThatThrownBy(() -> connection.lookup().look(1, 0))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("did not finish a command within 3000 ms");
        assertThat(review().kind()).isEqualTo(ReviewResult.Kind.UNKNOWN);
        gerrit.hangs = false;
        assertThat(connection.lookup().look(1, 0)).isNull();
    }

    @Test
    public void g3_aSlowAnswerIsWaitedFor() throws Exception {
        connection.reconfigure(gerrit.settings());
        gerrit.delayMillis = 700;
        gerrit.model = new ModelGerrit();
        gerrit.model.change(7).patchSet("%040x".formatted(7), "0");
        assertThat(connection.lookup().look(7, 0).patchSet().number()).isEqualTo(1);
    }

    @Test
    public void g4_whatHappenedWhileTheStreamWasAwayIsAskedForAndToldOnce() throws Exception {
        ModelGerrit model = new ModelGerrit();
        model.now = Instant.now().getEpochSecond();
        gerrit.model = model;
        connect(gerrit.settings());
        ModelGerrit.Change heard = model.change(1).patchSet("%040x".formatted(1), "0");
        gerrit.emit(heard.line());
        awaitEvents(1);
        gerrit.emitRaw("{\"type\":\"patchset-cre".getBytes(StandardCharsets.UTF_8));
        gerrit.disconnectStream();
        model.change(2).patchSet("%040x".formatted(2), "0").comment("ann", model.now, "Patch Set 1:\n\nrecheck");
        await().until(() -> connects.get() == 2);
        Missed missed = connection
                .missed()
                .since(
                        Instant.ofEpochSecond(events.get(0).createdOn()).minus(MissedEvents.OVERLAP),
                        List.of("openstack/neutron"),
                        Duration.ofDays(1),
                        100);
        EventKey known = events.get(0).key();
        assertThat(missed.events().stream().filter(event -> !event.key().same(known)))
                .extracting(event -> event.type() + " " + event.change().number())
                .containsExactly("patchset-created 2", "comment-added 2");
        assertThat(missed.events()).hasSize(3);
    }

    @Test
    public void g4_aQuestionThatFailsIsAFailureAndNotAnEmptyAnswer() throws Exception {
        connection.reconfigure(gerrit.settings());
        for (String trouble : new String[] {"fatal: internal server error\n", "fatal: query not permitted\n"}) {
            gerrit.queryError = trouble;
            assertThatThrownBy(() -> connection.lookup().look(1, 0))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(trouble.strip());
            assertThatThrownBy(() -> connection
                            .missed()
                            .since(Instant.now(), List.of("openstack/neutron"), Duration.ofDays(1), 1))
                    .isInstanceOf(IOException.class);
        }
        gerrit.queryError = null;
        assertThat(connection.lookup().look(1, 0)).isNull();
    }

    @Test
    public void g8_aFloodOfOtherProjectsEventsIsCountedAndNothingElse() {
        connection.want(Set.of("openstack/neutron")::contains);
        connect(gerrit.settings());
        String other = PATCHSET_CREATED.replace("openstack/neutron", "openstack/nova");
        String chunk = (other + "\n").repeat(100) + "{\"ref\":\"x\",\"type\":\"ref-replicated\"}\n".repeat(100);
        for (int i = 0; i < 100; i++) {
            gerrit.emitRaw(chunk.getBytes(StandardCharsets.UTF_8));
        }
        gerrit.emit("{\"type\":\"dropped-output\"}");
        gerrit.emit(PATCHSET_CREATED);
        awaitEvents(2);
        GerritState state = connection.state();
        assertThat(state.events()).isEqualTo(20_002);
        assertThat(state.notWanted()).isEqualTo(10_000);
        assertThat(state.ignored()).containsExactly(Map.entry("ref-replicated", 10_000L));
        assertThat(state.dropped()).isEqualTo(1);
        assertThat(gerrit.host.commands()).noneMatch(command -> command.startsWith("gerrit query"));
    }

    @Test
    public void g8_otherProjectsAreWantedFromTheNextEventOnWithoutAnotherConnection() {
        connection.want(project -> false);
        connect(gerrit.settings());
        gerrit.emit(PATCHSET_CREATED);
        await().until(() -> connection.state().notWanted() == 1);
        connection.want("openstack/neutron"::equals);
        gerrit.emit(PATCHSET_CREATED);
        awaitEvents(1);
        assertThat(connection.state().connections()).isEqualTo(1);
    }

    @Test
    public void g10_bytesThatAreNoTextCostTheirCharacterOnly() throws Exception {
        connect(gerrit.settings());
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        line.write("{\"type\":\"comment-added\",\"change\":{\"number\":1},\"comment\":\"a"
                .getBytes(StandardCharsets.UTF_8));
        line.write(new byte[] {(byte) 0xff, (byte) 0xf0, (byte) 0x9d});
        line.write("b\"}\n".getBytes(StandardCharsets.UTF_8));
        gerrit.emitRaw(line.toByteArray());
        gerrit.emit(PATCHSET_CREATED);
        awaitEvents(2);
        assertThat(events.get(0).comment()).startsWith("a\ufffd").endsWith("b");
        assertThat(connection.state().unreadable()).isZero();
    }

    @Test
    public void g10_aCharacterThatTwoPacketsShareArrives() throws Exception {
        connect(gerrit.settings());
        byte[] line = "{\"type\":\"comment-added\",\"change\":{},\"comment\":\"\ud834\udd1e\u8b8a\"}\n"
                .getBytes(StandardCharsets.UTF_8);
        for (byte one : line) {
            gerrit.emitRaw(new byte[] {one});
        }
        awaitEvents(1);
        assertThat(events.get(0).comment()).isEqualTo("\ud834\udd1e\u8b8a");
    }

    @Test
    public void g11_keysOfEveryKindLetUsIn() throws Exception {
        gerrit.host.refuseOldSignatures();
        for (String type : new String[] {"ssh-ed25519", "ecdsa", "ssh-rsa"}) {
            KeyPair key = SshHost.generate(type);
            gerrit.host.userKey(key);
            for (String passphrase : new String[] {null, "secret"}) {
                Path file = SshHost.write(key, folder.newFile().toPath(), passphrase);
                SshTarget right = gerrit.host.target(gerrit.host.port(), file);
                connect(new GerritSettings(new SshTarget(
                        right.host(),
                        right.port(),
                        right.user(),
                        new SshLogin.KeyFile(file, passphrase),
                        right.hostKeys())));
            }
        }
    }
}
