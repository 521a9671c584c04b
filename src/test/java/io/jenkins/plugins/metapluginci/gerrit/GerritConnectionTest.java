package io.jenkins.plugins.metapluginci.gerrit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.metapluginci.gerrit.GerritState.Phase;
import io.jenkins.plugins.metapluginci.ssh.HostKeys;
import io.jenkins.plugins.metapluginci.ssh.SshException;
import io.jenkins.plugins.metapluginci.ssh.SshHost;
import io.jenkins.plugins.metapluginci.ssh.SshLogin;
import io.jenkins.plugins.metapluginci.ssh.SshTarget;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import org.junit.Test;

public class GerritConnectionTest extends GerritFixture {
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
    public void theSameSettingsLeaveAStreamThatWorksAlone() throws Exception {
        connect(gerrit.settings());
        gerrit.emit(PATCHSET_CREATED);
        awaitEvents(1);
        review();
        GerritState before = connection.state();
        int sessions = gerrit.host.sessions();
        connection.reconfigure(gerrit.settings());
        connection.start();
        assertThat(connection.state()).isEqualTo(before);
        gerrit.emit(PATCHSET_CREATED);
        awaitEvents(2);
        review();
        assertThat(connection.state().connections()).isEqualTo(1);
        assertThat(connects).as("nothing is asked of Gerrit again").hasValue(1);
        assertThat(gerrit.host.sessions()).isEqualTo(sessions);
    }

    @Test
    public void anotherFieldOrAReplacedKeyConnectsAnew() throws Exception {
        connect(gerrit.settings());
        SshTarget right = gerrit.target(gerrit.host.port());
        SshTarget[] others = {
            new SshTarget("localhost", right.port(), right.user(), right.login(), right.hostKeys()),
            new SshTarget(right.host(), right.port(), right.user(), right.login(), new HostKeys("")),
            new SshTarget(right.host(), right.port(), "other", right.login(), right.hostKeys()),
            new SshTarget(right.host(), right.port(), right.user(), new SshLogin.Password("no"), right.hostKeys())
        };
        for (SshTarget other : others) {
            connect(gerrit.settings());
            GerritState before = connection.state();
            connection.reconfigure(new GerritSettings(other));
            assertThat(connection.state().since()).as(other.toString()).isAfter(before.since());
        }
        connect(gerrit.settings());
        int before = connects.get();
        KeyPair replaced = SshHost.generate("ssh-ed25519");
        SshHost.write(replaced, ((SshLogin.KeyFile) right.login()).file(), null);
        gerrit.host.userKey(replaced);
        connect(gerrit.settings());
        assertThat(connects.get()).as("the same path, another key").isEqualTo(before + 1);
    }

    @Test
    public void theSameSettingsAreTriedAgainAtOnceWhereNothingIsConnected() {
        gerrit.streamRefusal = "fatal: stream events not permitted\n";
        connection.reconfigure(gerrit.settings());
        connection.start();
        awaitPhase(Phase.REFUSED);
        gerrit.streamRefusal = null;
        connect(gerrit.settings());
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
            SshTarget stranger =
                    new SshTarget(right.host(), right.port(), "nobody", right.login(), new HostKeys(other.hostKey(0)));
            assertThatThrownBy(() -> GerritConnection.testConnection(connector, new GerritSettings(stranger)))
                    .isInstanceOfSatisfying(
                            SshException.class, e -> assertThat(e.kind()).isEqualTo(SshException.Kind.AUTHENTICATION))
                    .hasMessageContaining("refused the account \"nobody\"")
                    .hasMessageContaining("calls itself \"APACHE-SSHD-")
                    .hasMessageContaining("does not look like Gerrit: check the port, which is 29418");
            assertThatThrownBy(() ->
                            GerritConnection.testConnection(connector, new GerritSettings(gerrit.target(other.port()))))
                    .isInstanceOfSatisfying(
                            SshException.class, e -> assertThat(e.kind()).isEqualTo(SshException.Kind.HOST_KEY))
                    .hasMessageContaining("does not look like Gerrit");
        }
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
