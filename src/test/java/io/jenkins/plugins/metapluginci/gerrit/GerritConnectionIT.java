package io.jenkins.plugins.metapluginci.gerrit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.metapluginci.gerrit.GerritState.Phase;
import io.jenkins.plugins.metapluginci.gerrit.ReviewResult.Kind;
import io.jenkins.plugins.metapluginci.ssh.HostKeys;
import io.jenkins.plugins.metapluginci.ssh.SshConnector;
import io.jenkins.plugins.metapluginci.ssh.SshException;
import io.jenkins.plugins.metapluginci.ssh.SshLogin;
import io.jenkins.plugins.metapluginci.ssh.SshTarget;
import io.jenkins.plugins.metapluginci.testbed.Gate;
import io.jenkins.plugins.metapluginci.testbed.GerritClient;
import io.jenkins.plugins.metapluginci.testbed.GerritServer;
import io.jenkins.plugins.metapluginci.testbed.TestBed;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.After;
import org.junit.Test;

/** This room against a real Gerrit. */
public class GerritConnectionIT {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String NEUTRON = "openstack/neutron";
    /** Reviews are looked for from a little before now on, as the scheduler does: clocks differ, and Gerrit's counts seconds. */
    private static final Duration SKEW = Duration.ofMinutes(1);

    private final GerritServer gerrit = TestBed.get().gerrit();
    private final SshConnector connector = new SshConnector();
    private final List<GerritEvent> events = new CopyOnWriteArrayList<>();
    private final GerritConnection connection = new GerritConnection(connector, events::add);

    @After
    public void stop() {
        connection.close();
        connector.close();
    }

    private GerritSettings settings(String user, Path key, String hostKey) {
        return new GerritSettings(new SshTarget(
                gerrit.host(), gerrit.sshPort(), user, new SshLogin.KeyFile(key, null), new HostKeys(hostKey)));
    }

    private GerritSettings right() {
        return settings(GerritServer.CI_USER, gerrit.ciKeyFile(), gerrit.hostKey());
    }

    @Test
    public void everyTextArrivesAsItIsAndIsFoundAgain() throws Exception {
        connection.reconfigure(right());
        GerritClient.Change change =
                gerrit.developer().pushChange(NEUTRON, "master", "it's a \"subject\" with ü", Gate.passing("text"));
        int number = change.number();
        Instant since = Instant.now().minus(SKEW);
        for (String text : new String[] {
            "Build succeeded.\n\n- it's-a-job http://logs/\"x\" : SUCCESS in 5m 07s",
            "back\\slash \\' \\\" \\",
            "$HOME `reboot` $(reboot) ; & | <",
            "--submit",
            "--message=x --abandon",
            "--",
            "@/etc/hostname",
            "' --abandon '",
            "''",
            "tab\there",
            "Grüße 變更 𝄞",
            "x".repeat(20_000)
        }) {
            assertThat(connection.review().lookUp(number, 1, text, since).kind())
                    .isEqualTo(Kind.NOT_SENT);
            assertThat(connection.review().post(NEUTRON, number, 1, text, Map.of("Verified", 1)))
                    .as(text)
                    .isEqualTo(ReviewResult.posted());
            assertThat(connection.review().lookUp(number, 1, text, since).kind())
                    .isEqualTo(Kind.POSTED);
            List<GerritClient.Message> said = gerrit.developer().read(number).ciMessages(1);
            assertThat(said.get(said.size() - 1).text()).endsWith("\n\n" + GerritReview.fit(text));
        }
        GerritClient.Change voted = gerrit.developer().read(number);
        assertThat(voted.ciVote()).isEqualTo(1);
        assertThat(voted.status()).isEqualTo("NEW");
        QueriedChange asked = connection.query().change(number);
        assertThat(asked.change().subject()).isEqualTo("it's a \"subject\" with ü");
        assertThat(asked.open()).isTrue();
        assertThat(asked.currentPatchSet().ref()).isEqualTo(voted.ref());
    }

    @Test
    public void refusalsAreForGood() throws Exception {
        connection.reconfigure(right());
        GerritClient.Change change =
                gerrit.developer().pushChange(NEUTRON, "master", "Refusals", Gate.passing("refusals"));
        GerritReview review = connection.review();
        int number = change.number();
        assertThat(review.post(NEUTRON, number, 7, "m", Map.of()).kind()).isEqualTo(Kind.REFUSED);
        assertThat(review.post("no/such", number, 1, "m", Map.of()).kind()).isEqualTo(Kind.REFUSED);
        assertThat(review.post(NEUTRON, number, 1, "m", Map.of("Code-Review", 2))
                        .kind())
                .isEqualTo(Kind.VOTE_REFUSED);
        // Gerrit 3.10 takes the comment and says nothing of a vote that it does not know.
        assertThat(review.post(NEUTRON, number, 1, "m", Map.of("No-Such-Label", 1))
                        .kind())
                .isEqualTo(Kind.POSTED);
        assertThat(review.post(NEUTRON, number, 1, "m", Map.of("Verified", 7)).kind())
                .isEqualTo(Kind.POSTED);
        assertThat(gerrit.developer().read(change).ciVote()).isZero();
        gerrit.developer().abandon(change);
        ReviewResult closed = review.post(NEUTRON, number, 1, "m", Map.of("Verified", 1));
        assertThat(closed.kind()).isEqualTo(Kind.REFUSED);
        assertThat(closed.reason()).contains("closed");
        assertThat(connection.query().change(number).open()).isFalse();
        // Gerrit 3.10 calls a change that it does not have a database error: the look decides.
        assertThat(review.post(NEUTRON, 999_999, 1, "m", Map.of()).kind()).isNotEqualTo(Kind.POSTED);
        assertThat(review.lookUp(999_999, 1, "m", Instant.EPOCH).kind()).isEqualTo(Kind.REFUSED);
        assertThat(connection.query().change(999_999)).isNull();
    }

    @Test
    public void eventsAreReadWithTheirPeopleAndTexts() {
        connection.reconfigure(right());
        connection.start();
        await().atMost(SOON).until(() -> connection.state().phase() == Phase.CONNECTED);
        GerritClient.Change change = gerrit.developer().pushChange(NEUTRON, "master", "Events", Gate.passing("events"));
        gerrit.reviewer().comment(change, "Grüße 變更 metaplugin-recheck");
        await().atMost(SOON)
                .until(() -> events.stream().anyMatch(e -> e.comment().contains("變更")));
        GerritEvent created = events.stream()
                .filter(e -> e.type().equals("patchset-created"))
                .filter(e -> e.change().number() == change.number())
                .findFirst()
                .orElseThrow();
        assertThat(created.change().branch()).isEqualTo("master");
        assertThat(created.patchSet().ref()).isEqualTo(change.ref());
        assertThat(created.account().username()).isEqualTo(GerritServer.DEVELOPER.name());
        GerritEvent comment = events.get(events.size() - 1);
        assertThat(comment.comment()).isEqualTo("Patch Set 1:\n\nGrüße 變更 metaplugin-recheck");
        assertThat(comment.account().username()).isEqualTo(GerritServer.REVIEWER.name());
        assertThat(connection.state().unreadable()).isZero();
    }

    @Test
    public void wrongSettingsAreNamed() throws Exception {
        assertThat(GerritConnection.testConnection(connector, right()).mayStream())
                .isTrue();
        GerritSettings developer = settings(GerritServer.DEVELOPER.name(), gerrit.developerKeyFile(), gerrit.hostKey());
        assertThat(GerritConnection.testConnection(connector, developer).problem())
                .contains("Stream Events");
        assertThatThrownBy(() -> GerritConnection.testConnection(
                        connector, settings(GerritServer.CI_USER, gerrit.wrongKeyFile(), gerrit.hostKey())))
                .isInstanceOfSatisfying(
                        SshException.class, e -> assertThat(e.kind()).isEqualTo(SshException.Kind.AUTHENTICATION));
        assertThatThrownBy(() -> GerritConnection.testConnection(
                        connector, settings(GerritServer.CI_USER, gerrit.ciKeyFile(), gerrit.wrongHostKey())))
                .isInstanceOfSatisfying(
                        SshException.class, e -> assertThat(e.kind()).isEqualTo(SshException.Kind.HOST_KEY))
                .hasMessageEndingWith(gerrit.hostKey());
    }
}
