package io.jenkins.plugins.metapluginci.soak;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.jenkins.plugins.metapluginci.bench.Figures;
import io.jenkins.plugins.metapluginci.soak.Judge.Breach;
import io.jenkins.plugins.metapluginci.soak.Judge.Deaf;
import io.jenkins.plugins.metapluginci.soak.Judge.Known;
import io.jenkins.plugins.metapluginci.soak.Judge.Verdict;
import io.jenkins.plugins.metapluginci.testbed.Await;
import io.jenkins.plugins.metapluginci.testbed.GerritClient;
import io.jenkins.plugins.metapluginci.testbed.GerritClient.Change;
import io.jenkins.plugins.metapluginci.testbed.Relay;
import io.jenkins.plugins.metapluginci.testbed.Site;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Changes are pushed at a real Gerrit while one thing after the other breaks or happens ({@link Fault}); then {@link Judge} says
 * from Gerrit's side whether each request got its one report with the right vote. What happens, to which change and when, comes
 * from a seed; how far the CI is at that moment does not.
 *
 * <p>Words: {@code --runs N} faults (20), {@code --seed S} (1), {@code --seconds T}: no further fault after that time
 * (3600). Progress goes to standard error, one line of JSON with the counts to standard output. Status 1 when a promise was broken.
 */
public final class QueueSoak {
    /** No change is pushed while so many are under test. */
    private static final int MANY = 6;

    private static final Duration BACK = Duration.ofSeconds(120);
    private static final Duration ONE_BUILD = Duration.ofSeconds(240);
    private static final Duration ALL_BUILDS = Duration.ofSeconds(600);
    /** How long Gerrit's answers are held when one is to be lost: longer than it takes to see the comment. */
    private static final long HELD_MS = 700;

    private final long begin = System.nanoTime();
    private final Site site;
    private final Random random;
    private final Pushes pushes;
    private final List<Deaf> deaf = new ArrayList<>();
    private final Map<Fault, Integer> faults = new EnumMap<>(Fault.class);
    private int layouts;

    private QueueSoak(Site site, long seed) {
        this.site = site;
        this.random = new Random(seed);
        this.pushes = new Pushes(site, random);
    }

    public static void main(String[] words) {
        int status = 2;
        try {
            int runs = Figures.option(words, "--runs", 20);
            int seed = Figures.option(words, "--seed", 1);
            int seconds = Figures.option(words, "--seconds", 3600);
            say("Starting Gerrit, a log server, a controller and two nodes ...");
            status = new QueueSoak(Site.get(), seed).run(runs, seed, seconds) ? 0 : 1;
        } catch (AssertionError | RuntimeException e) {
            e.printStackTrace();
        }
        // The hook of the test bed stops every part.
        System.exit(status);
    }

    private boolean run(int runs, int seed, int seconds) {
        String stuck = null;
        try {
            site.awaitQuiet();
            injectAll(runs, System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds));
            settle();
        } catch (AssertionError | RuntimeException e) {
            stuck = String.valueOf(e.getMessage());
            say("STUCK " + stuck);
            e.printStackTrace();
        }
        List<Change> changes = pushes.read();
        Verdict verdict = Judge.of(changes, new Known(pushes.passes(), pushes.runs(), deaf));
        boolean good = stuck == null && verdict.findings().isEmpty();
        if (!good) {
            verdict.findings().forEach(finding -> say(finding.toString()));
            changes.forEach(change -> say(GerritClient.describe(change)));
            say("The controller's log: " + site.controller().directory().resolve("controller.log"));
        }
        System.out.println(json(seed, verdict, stuck != null));
        return good;
    }

    private void injectAll(int runs, long deadline) {
        Fault.Deck deck = new Fault.Deck(random);
        for (int run = 1; run <= runs && System.nanoTime() < deadline; run++) {
            Await.until("few enough changes are under test", ONE_BUILD, this::state, () -> underTest() < MANY);
            Change change = pushes.push();
            Fault fault = deck.next();
            pause(3_000);
            say("%d of %d: pushed %s, then %s", run, runs, Pushes.id(change), fault);
            faults.merge(fault, 1, Integer::sum);
            inject(fault, change);
        }
    }

    /** The last reports; and Gerrit is asked once more what was missed, since that must find nothing to do. */
    private void settle() {
        say("Waiting for the last reports");
        Await.until("all is reported", ALL_BUILDS, this::state, () -> underTest() == 0);
        site.awaitQuiet();
        missing(() -> site.gerritRelay().cut());
        site.awaitQuiet();
    }

    private void inject(Fault fault, Change change) {
        Relay relay = site.gerritRelay();
        switch (fault) {
            case KILL -> {
                pause(5_000);
                kill();
            }
            case KILL_AFTER_REVIEW -> killAfterReview(change);
            case FREEZE ->
                missing(() -> {
                    relay.freeze();
                    happenings();
                    relay.thaw();
                });
            case SILENCE -> silence();
            case CUT -> missing(relay::cut);
            case REFUSE ->
                missing(() -> {
                    relay.refuse(true);
                    relay.cut();
                    happenings();
                    relay.refuse(false);
                });
            case GERRIT_RESTART ->
                missing(() -> {
                    site.gerrit().stop();
                    site.gerrit().start();
                });
            case RELOAD -> missing(this::reload);
            case PATCHSET -> say("  %s", Pushes.id(pushes.pushPatchset()));
            case RECHECK -> say("  %s", Pushes.id(pushes.recheck()));
            case DEPENDENCY -> say("  %s", Pushes.id(pushes.pushOnAnother()));
            default -> throw new IllegalStateException(fault.name());
        }
    }

    /** Something during which the CI may not hear of what happens at Gerrit; waits until it is connected again. */
    private void missing(Runnable what) {
        long from = System.currentTimeMillis();
        what.run();
        site.awaitGerrit("CONNECTED", BACK);
        deaf.add(new Deaf(from, System.currentTimeMillis()));
    }

    /** What people do while Gerrit cannot be heard. */
    private void happenings() {
        say("  meanwhile %s is pushed", Pushes.id(pushes.push()));
        if (random.nextBoolean()) {
            say("  and a recheck of %s", Pushes.id(pushes.recheck()));
        }
        if (random.nextBoolean()) {
            say("  and the new patchset %s", Pushes.id(pushes.pushPatchset()));
        }
        pause(10_000);
    }

    private void kill() {
        missing(() -> {
            site.controller().kill9();
            site.controller().start();
        });
    }

    private void killAfterReview(Change change) {
        Await.until(
                "a build of " + Pushes.id(change) + " runs",
                ONE_BUILD,
                this::state,
                () -> runs(change) || isReported(change));
        site.gerritRelay().delay(HELD_MS);
        Await.until("the report of " + Pushes.id(change), ONE_BUILD, this::state, () -> isReported(change));
        missing(() -> {
            if (random.nextBoolean()) {
                site.gerritRelay().cut();
            }
            site.controller().kill9();
            site.gerritRelay().delay(0);
            site.controller().start();
        });
    }

    private void silence() {
        long connections = connections();
        missing(() -> {
            site.gerritRelay().strand();
            happenings();
            Await.until("the silence is noticed", BACK, this::state, () -> connections() > connections);
        });
        site.gerritRelay().cutStranded();
    }

    private void reload() {
        layouts++;
        String layout = Site.LAYOUT.replace("description: Every new", "description: Layout " + layouts + ". Every new");
        site.configure(form -> form.set("layout", layout));
    }

    private boolean isReported(Change change) {
        return !pushes.read(change).ciMessages().isEmpty();
    }

    private boolean runs(Change change) {
        for (JsonElement element : site.status().getAsJsonArray("items")) {
            JsonObject item = element.getAsJsonObject();
            if (item.get("change").getAsString().equals(Pushes.id(change))) {
                for (JsonElement build : item.getAsJsonArray("builds")) {
                    return "RUNNING".equals(build.getAsJsonObject().get("state").getAsString());
                }
            }
        }
        return false;
    }

    private int underTest() {
        return site.status().getAsJsonArray("items").size();
    }

    private long connections() {
        return site.status().getAsJsonObject("gerrit").get("connections").getAsLong();
    }

    private String state() {
        return site.status() + "\n" + site.admin().queue();
    }

    private void pause(int atMostMs) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(atMostMs)));
    }

    private JsonObject json(int seed, Verdict verdict, boolean stuck) {
        JsonObject byKind = new JsonObject();
        faults.forEach((fault, count) -> byKind.addProperty(fault.name().toLowerCase(Locale.ROOT), count));
        JsonObject json = new JsonObject();
        json.addProperty(
                "runs", faults.values().stream().mapToInt(Integer::intValue).sum());
        json.addProperty("seed", seed);
        json.add("faults", byKind);
        json.addProperty("changes", verdict.changes());
        json.addProperty("patchsets", verdict.patchsets());
        json.addProperty("requests", verdict.requests());
        json.addProperty("reports", verdict.reports());
        Arrays.stream(Breach.values())
                .forEach(breach -> json.addProperty(breach.name().toLowerCase(Locale.ROOT), verdict.count(breach)));
        json.addProperty("stuck", stuck);
        json.addProperty("seconds", TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin));
        return json;
    }

    private static void say(String format, Object... words) {
        System.err.println(words.length == 0 ? format : String.format(Locale.ROOT, format, words));
    }
}
