package io.jenkins.plugins.metapluginci.gerrit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;
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
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
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

    private void listen() {
        connection.reconfigure(right());
        connection.start();
        await().atMost(SOON).until(() -> connection.state().phase() == Phase.CONNECTED);
    }

    private GerritEvent awaitEvent(String type, int number, String part) {
        await().atMost(SOON).until(() -> !told(type, number, part).isEmpty());
        return told(type, number, part).get(0);
    }

    private List<GerritEvent> told(String type, int number, String part) {
        return events.stream()
                .filter(e -> e.type().equals(type))
                .filter(e -> e.change() != null && e.change().number() == number)
                .filter(e -> e.comment().contains(part))
                .toList();
    }

    @Test
    public void g8_eventsOfOtherProjectsAreCountedOnly() {
        connection.want(Set.of("openstack/nova")::contains);
        listen();
        GerritClient developer = gerrit.developer();
        developer.pushChange(NEUTRON, "master", "Not wanted", Gate.passing("unwanted"));
        GerritClient.Change wanted = developer.pushChange("openstack/nova", "master", "Wanted", Gate.passing("wanted"));
        GerritEvent created = awaitEvent("patchset-created", wanted.number(), "");
        assertThat(events).allMatch(event -> "openstack/nova".equals(event.project()));
        assertThat(created.patchSet().parents()).hasSize(1);
        assertThat(created.patchSet().createdOn()).isCloseTo(created.createdOn(), within(10L));
        assertThat(connection.state().notWanted()).isPositive();
        assertThat(connection.state().unreadable()).isZero();
    }

    @Test
    public void g4_whatWasMissedIsToldAsTheStreamTellsIt() throws Exception {
        listen();
        Instant begin = Instant.now().minusSeconds(2);
        GerritClient developer = gerrit.developer();
        GerritClient reviewer = gerrit.reviewer();
        GerritClient.Change change = developer.pushChange(NEUTRON, "master", "Missed", Gate.passing("missed"));
        int number = change.number();
        reviewer.comment(change, "on the first patchset: recheck");
        GerritClient.Change second = developer.pushPatchset(change, Gate.passing("missed, again"));
        reviewer.comment(second, "Gr\u00fc\u00dfe recheck");
        reviewer.commentInline(second, "with an inline comment, recheck", Gate.SCRIPT, 1, "here");
        connection.review().post(NEUTRON, number, 2, "Build succeeded.", Map.of("Verified", 1));
        connection.review().post(NEUTRON, number, 2, "Build failed.", Map.of("Verified", -1));
        connection.review().post(NEUTRON, number, 2, "without a vote", Map.of());
        connection.review().post(NEUTRON, number, 2, "taken back", Map.of("Verified", 0));
        developer.abandon(second);
        developer.restore(second);
        reviewer.comment(second, "the last");
        awaitEvent("comment-added", number, "the last");
        List<GerritEvent> streamed = events.stream()
                .filter(event -> event.change() != null && event.change().number() == number)
                .filter(event -> event.patchSet().number() == 2)
                .filter(event -> Set.of("patchset-created", "comment-added", "change-restored")
                        .contains(event.type()))
                .toList();
        Missed missed = connection.missed().since(begin, List.of(NEUTRON, "openstack/nova"), Duration.ofDays(1), 1_000);
        List<GerritEvent> asked = missed.events().stream()
                .filter(event -> event.change().number() == number)
                .toList();
        assertThat(asked)
                .extracting(this::readByFilters)
                .containsExactlyElementsOf(
                        streamed.stream().map(this::readByFilters).toList());
        for (int i = 0; i < streamed.size(); i++) {
            assertThat(asked.get(i).key().same(streamed.get(i).key())).isTrue();
        }
        assertThat(streamed).hasSize(9);
        assertThat(missed.whole()).isTrue();
    }

    @Test
    public void g4_answersComePageByPage() throws Exception {
        connection.reconfigure(right());
        gerrit.developer().pushChange(NEUTRON, "master", "First page", Gate.passing("first page"));
        gerrit.developer().pushChange(NEUTRON, "master", "Second page", Gate.passing("second page"));
        String question =
                "status:open -age:3600s (project:\"openstack/neutron\" OR project:\"openstack/none\") limit:1";
        QueryAnswer first = connection.query().answer(List.of("--comments"), question);
        QueryAnswer second = connection.query().answer(List.of("--comments", "--start=1"), question);
        assertThat(first.rows()).hasSize(1);
        assertThat(first.more()).isTrue();
        assertThat(second.rows()).hasSize(1);
        assertThat(second.rows().get(0).change().number())
                .isLessThan(first.rows().get(0).change().number());
        assertThat(connection.query().answer(List.of("--start=1000"), question).rows())
                .isEmpty();
    }

    /** Zuul's filters see the votes that are not 0. */
    private String readByFilters(GerritEvent event) {
        return event.type() + " " + event.change().project() + " "
                + event.change().branch() + " "
                + event.change().number() + "," + event.patchSet().number() + " "
                + event.patchSet().ref() + " " + event.patchSet().revision() + " "
                + event.account() + " " + event.comment() + " "
                + event.approvals().stream()
                        .filter(vote -> vote.value() != 0)
                        .map(vote -> vote.category() + vote.value())
                        .sorted()
                        .toList();
    }

    private GerritClient.Change on(GerritClient.Change parent, String subject) {
        return gerrit.developer()
                .pushChangeOn(
                        parent.revision(),
                        parent.project(),
                        parent.branch(),
                        subject,
                        "",
                        Map.of(subject + ".txt", subject));
    }

    @Test
    public void aChangeIsLookedUpWithWhatItNeedsTheMomentItIsHeardOf() throws Exception {
        AtomicReference<LookedUpChange> found = new AtomicReference<>();
        List<Exception> failures = new CopyOnWriteArrayList<>();
        List<Long> millis = new CopyOnWriteArrayList<>();
        ExecutorService looks = Executors.newSingleThreadExecutor();
        try (GerritConnection own = new GerritConnection(
                connector,
                event -> looks.execute(() -> {
                    if (!event.type().equals("patchset-created")) {
                        return;
                    }
                    try {
                        long start = System.nanoTime();
                        found.set(connection
                                .lookup()
                                .look(event.change().number(), event.patchSet().number()));
                        millis.add((System.nanoTime() - start) / 1_000_000);
                    } catch (IOException | InterruptedException e) {
                        failures.add(e);
                    }
                }))) {
            listen();
            own.reconfigure(right());
            own.start();
            await().atMost(SOON).until(() -> own.state().phase() == Phase.CONNECTED);
            GerritClient developer = gerrit.developer();
            GerritClient.Change nova =
                    developer.pushChange("openstack/nova", "master", "Needed", Gate.passing("needed"));
            GerritClient.Change one = developer.pushChangeOn(
                    developer.tip(NEUTRON, "master"),
                    NEUTRON,
                    "master",
                    "One",
                    "Depends-On: " + nova.changeId(),
                    Map.of(Gate.SCRIPT, Gate.passing("one")));
            GerritClient.Change two = on(one, "Two");
            GerritClient.Change three = on(two, "Three");
            await().atMost(SOON)
                    .until(() -> found.get() != null && found.get().change().number() == three.number());
            LookedUpChange last = found.get();
            assertThat(failures).isEmpty();
            assertThat(last.ahead())
                    .extracting(ahead ->
                            ahead.change().number() + "," + ahead.patchSet().number())
                    .containsExactly(nova.number() + ",1", one.number() + ",1", two.number() + ",1");
            assertThat(last.files()).containsExactlyInAnyOrder("/COMMIT_MSG", "Three.txt");
            assertThat(last.commitMessage()).contains(three.changeId());
            assertThat(last.current() && last.open()).isTrue();
            System.out.println("Look-ups took " + millis + " ms");
            developer.pushPatchset(two, "Two again", Map.of("Two.txt", "22"));
            connection.review().post(NEUTRON, three.number(), 1, "voted", Map.of("Verified", 1));
            LookedUpChange later = connection.lookup().look(three.number(), 0);
            assertThat(later.ahead())
                    .as("built on the patchset before")
                    .extracting(Ahead::patchSet)
                    .isEqualTo(last.ahead().stream().map(Ahead::patchSet).toList());
            assertThat(later.approvals())
                    .extracting(PatchSetApproval::category, PatchSetApproval::value, a -> a.by().username())
                    .containsExactly(tuple("verified", 1, GerritServer.CI_USER));
            assertThat(connection.lookup().look(two.number(), 1).current()).isFalse();
            assertThat(connection.lookup().look(999_999, 0)).isNull();
        } finally {
            looks.shutdownNow();
        }
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
