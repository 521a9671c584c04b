package io.jenkins.plugins.metapluginci.bench;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.jenkins.plugins.metapluginci.gerrit.GerritChange;
import io.jenkins.plugins.metapluginci.gerrit.GerritConnection;
import io.jenkins.plugins.metapluginci.gerrit.GerritEvent;
import io.jenkins.plugins.metapluginci.gerrit.GerritSettings;
import io.jenkins.plugins.metapluginci.gerrit.GerritState;
import io.jenkins.plugins.metapluginci.ssh.HostKeys;
import io.jenkins.plugins.metapluginci.ssh.SshConnector;
import io.jenkins.plugins.metapluginci.ssh.SshLogin;
import io.jenkins.plugins.metapluginci.ssh.SshTarget;
import io.jenkins.plugins.metapluginci.testbed.Await;
import io.jenkins.plugins.metapluginci.testbed.Controller;
import io.jenkins.plugins.metapluginci.testbed.Gate;
import io.jenkins.plugins.metapluginci.testbed.GerritClient.Change;
import io.jenkins.plugins.metapluginci.testbed.GerritServer;
import io.jenkins.plugins.metapluginci.testbed.Site;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * From an upload's event on the wire to the item in its queue, and to the build on an idle node, with a real Gerrit, controller
 * and nodes. One change at a time; the node is back from its reboot and the mirror is warm.
 *
 * <p>The event's time is when a second listener on the same Gerrit, in this process, has it; what Gerrit was asked and when it had
 * answered is in the controller's log, to the millisecond; the rest is in status.json. All clocks are this machine's.
 *
 * <p>Words: {@code --runs N} (12), {@code --warm-up N} (3).
 */
public final class LatencyBench {
    private static final Duration ONE_BUILD = Duration.ofSeconds(180);
    private static final String LOOKS = "io.jenkins.plugins.metapluginci.scheduler.GerritChanges";
    /** Log lines begin with the time in epoch milliseconds; see {@link #logToTheMillisecond}. */
    private static final String LOOKED_UP = "(?m)^(\\d{13}) .*Gerrit told of change %d after (\\d+) ms";

    private enum Stage {
        HEARD("event on the wire to Gerrit asked about it"),
        LOOKED_UP("asked to answered"),
        ENQUEUED("answered to item enqueued"),
        WIRE_TO_QUEUE("event on the wire to item enqueued"),
        MERGED("enqueued to merged, fetch included"),
        LAUNCHED("merged to build in Jenkins' queue"),
        STARTED("in Jenkins' queue to started on the node"),
        WIRE_TO_BUILD("event on the wire to build started");

        private final String text;

        Stage(String text) {
            this.text = text;
        }
    }

    private final Site site;
    /** Epoch milliseconds at which a patchset's event was here, by number of its change. */
    private final Map<Integer, Long> heard = new ConcurrentHashMap<>();

    private final Map<Stage, Figures> figures = new EnumMap<>(Stage.class);

    private LatencyBench(Site site) {
        this.site = site;
        for (Stage stage : Stage.values()) {
            figures.put(stage, new Figures());
        }
    }

    public static void main(String[] words) {
        int status = 1;
        try {
            int runs = Figures.option(words, "--runs", 12);
            int warmUp = Figures.option(words, "--warm-up", 3);
            logToTheMillisecond();
            new LatencyBench(Site.get()).measure(warmUp, runs);
            status = 0;
        } catch (AssertionError | Exception e) {
            e.printStackTrace();
        }
        // The hook of the test bed stops every part.
        System.exit(status);
    }

    /** Has the controller's JVM write its log with epoch milliseconds, and when Gerrit answered a question. */
    private static void logToTheMillisecond() throws IOException {
        Path logging = Files.createTempFile("latency", ".properties");
        logging.toFile().deleteOnExit();
        Files.writeString(logging, """
                handlers = java.util.logging.ConsoleHandler
                java.util.logging.ConsoleHandler.level = FINE
                java.util.logging.SimpleFormatter.format = %1$tQ %4$s %3$s %5$s%n
                """ + LOOKS + ".level = FINE\n");
        System.setProperty(
                "controller.javaOptions",
                String.join(" ", Controller.javaOptions()) + " -Djava.util.logging.config.file=" + logging);
    }

    private void measure(int warmUp, int runs) {
        GerritServer gerrit = site.gerrit();
        SshLogin login = new SshLogin.KeyFile(gerrit.ciKeyFile(), null);
        SshTarget target = new SshTarget(
                gerrit.host(), gerrit.sshPort(), GerritServer.CI_USER, login, new HostKeys(gerrit.hostKey()));
        try (SshConnector connector = new SshConnector();
                GerritConnection wire = new GerritConnection(connector, this::heard)) {
            wire.reconfigure(new GerritSettings(target));
            wire.start();
            Await.until(
                    "the second listener hears Gerrit",
                    ONE_BUILD,
                    () -> wire.state().phase() == GerritState.Phase.CONNECTED);
            for (int run = -warmUp; run < runs; run++) {
                site.awaitQuiet();
                once(run >= 0, run);
            }
        }
        System.out.println();
        for (Map.Entry<Stage, Figures> each : figures.entrySet()) {
            System.out.printf("%-45s %s%n", each.getKey().text, each.getValue());
        }
    }

    private void once(boolean counts, int run) {
        Change change = site.developer().pushChange(Site.PROJECT, Site.BRANCH, "Latency " + run, Gate.script("exit 0"));
        JsonObject item = Await.value(
                "the build of " + change.number() + " starts",
                ONE_BUILD,
                () -> String.valueOf(status()),
                () -> item(change).filter(LatencyBench::runs));
        long event =
                Await.value("its event", Duration.ofSeconds(5), () -> Optional.ofNullable(heard.get(change.number())));
        Matcher look = Pattern.compile(LOOKED_UP.formatted(change.number()))
                .matcher(site.controller().log());
        if (!look.find()) {
            throw new AssertionError("the controller's log says nothing of the question about " + change.number());
        }
        long answered = Long.parseLong(look.group(1));
        long asked = answered - Long.parseLong(look.group(2));
        JsonObject job = item.getAsJsonArray("jobs").get(0).getAsJsonObject();
        long enqueued = item.get("enqueue_time").getAsLong();
        long merged = item.get("since").getAsLong();
        long launched = milliseconds(job, "launch_time");
        long started = milliseconds(job, "start_time");
        System.out.printf(
                "%s %d: event +%d asked +%d answered +%d enqueued +%d merged +%d launched +%d started%n",
                counts ? "change" : "warm-up",
                change.number(),
                asked - event,
                answered - asked,
                enqueued - answered,
                merged - enqueued,
                launched - merged,
                started - launched);
        if (counts) {
            add(Stage.HEARD, asked - event);
            add(Stage.LOOKED_UP, answered - asked);
            add(Stage.ENQUEUED, enqueued - answered);
            add(Stage.WIRE_TO_QUEUE, enqueued - event);
            add(Stage.MERGED, merged - enqueued);
            add(Stage.LAUNCHED, launched - merged);
            add(Stage.STARTED, started - launched);
            add(Stage.WIRE_TO_BUILD, started - event);
        }
    }

    private void add(Stage stage, long milliseconds) {
        figures.get(stage).add(milliseconds * 1_000_000);
    }

    private static long milliseconds(JsonObject job, String field) {
        return Math.round(job.get(field).getAsDouble() * 1000);
    }

    private static boolean runs(JsonObject item) {
        JsonElement started =
                item.getAsJsonArray("jobs").get(0).getAsJsonObject().get("start_time");
        return item.get("state").getAsString().equals("in test") && !started.isJsonNull();
    }

    private JsonObject status() {
        return site.admin().json(Site.STATUS + "/status.json");
    }

    /** The item of a change, as Zuul's status.json has it. */
    private Optional<JsonObject> item(Change change) {
        String id = change.number() + "," + change.patchset();
        for (JsonElement queue :
                status().getAsJsonArray("pipelines").get(0).getAsJsonObject().getAsJsonArray("change_queues")) {
            for (JsonElement item :
                    queue.getAsJsonObject().getAsJsonArray("heads").get(0).getAsJsonArray()) {
                if (item.getAsJsonObject().get("id").getAsString().equals(id)) {
                    return Optional.of(item.getAsJsonObject());
                }
            }
        }
        return Optional.empty();
    }

    private void heard(GerritEvent event) {
        long now = System.currentTimeMillis();
        GerritChange change = event.change();
        if (event.type().equals("patchset-created") && change != null) {
            heard.putIfAbsent(change.number(), now);
        }
    }
}
