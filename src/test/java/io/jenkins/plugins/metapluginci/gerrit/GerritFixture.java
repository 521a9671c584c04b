package io.jenkins.plugins.metapluginci.gerrit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.metapluginci.gerrit.GerritState.Phase;
import io.jenkins.plugins.metapluginci.ssh.SshConnector;
import io.jenkins.plugins.metapluginci.ssh.SshTimeouts;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.rules.TemporaryFolder;

/** A connection to a Gerrit with faults, with short waits, and a check that nothing of it is left behind. */
public abstract class GerritFixture {
    static final SshTimeouts FAST = new SshTimeouts(
            Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofSeconds(5), Duration.ofMillis(200), 10);
    /** A refusal is tried again only after an hour, so that a test sees when something else makes it connect. */
    static final GerritTimings TIMINGS = new GerritTimings(
            Duration.ofMillis(400),
            Duration.ofMillis(500),
            Duration.ofSeconds(3),
            Duration.ofMillis(20),
            Duration.ofMillis(200),
            Duration.ofHours(1),
            Duration.ofSeconds(1));

    static final String PATCHSET_CREATED = """
            {"type":"patchset-created","change":{"project":"openstack/neutron","branch":"master","id":"I1","number":"42",\
            "subject":"A change","owner":{"name":"Dev"},"url":"http://gerrit/42"},"patchSet":{"number":"1",\
            "revision":"abc","ref":"refs/changes/42/42/1","uploader":{"username":"dev"}},"uploader":{"username":"dev"},\
            "eventCreatedOn":1400000000}""";

    @Rule
    public TemporaryFolder folder = new TemporaryFolder();

    final List<GerritEvent> events = new CopyOnWriteArrayList<>();
    final AtomicInteger connects = new AtomicInteger();
    FaultyGerrit gerrit;
    SshConnector connector;
    GerritConnection connection;

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

    interface Handler {
        void handle(GerritEvent event);
    }

    GerritConnection connection(Handler handler) {
        return connection(handler, TIMINGS);
    }

    GerritConnection connection(Handler handler, GerritTimings timings) {
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

    void connect(GerritSettings settings) {
        connection.reconfigure(settings);
        connection.start();
        awaitPhase(Phase.CONNECTED);
    }

    void awaitPhase(Phase phase) {
        await().untilAsserted(() ->
                assertThat(connection.state()).extracting(GerritState::phase).isEqualTo(phase));
    }

    void awaitEvents(int count) {
        await().untilAsserted(() -> assertThat(events).hasSize(count));
    }

    static List<Thread> gerritThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(t -> t.getName().startsWith("Gerrit "))
                .toList();
    }

    ReviewResult review() throws InterruptedException {
        return connection.review().post("p", 1, 1, "m", Map.of());
    }
}
