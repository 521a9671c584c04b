package io.jenkins.plugins.metapluginci.bench;

import com.google.gson.Gson;
import io.jenkins.plugins.metapluginci.gerrit.GerritAccount;
import io.jenkins.plugins.metapluginci.gerrit.GerritChange;
import io.jenkins.plugins.metapluginci.gerrit.GerritEvent;
import io.jenkins.plugins.metapluginci.gerrit.GerritPatchSet;
import io.jenkins.plugins.metapluginci.layout.ChangeState;
import io.jenkins.plugins.metapluginci.layout.LayoutParser;
import io.jenkins.plugins.metapluginci.layout.ParseOptions;
import io.jenkins.plugins.metapluginci.scheduler.BuildLauncher;
import io.jenkins.plugins.metapluginci.scheduler.BuildRequest;
import io.jenkins.plugins.metapluginci.scheduler.Change;
import io.jenkins.plugins.metapluginci.scheduler.ChangeDetails;
import io.jenkins.plugins.metapluginci.scheduler.ChangeSource;
import io.jenkins.plugins.metapluginci.scheduler.MergeService;
import io.jenkins.plugins.metapluginci.scheduler.Person;
import io.jenkins.plugins.metapluginci.scheduler.ReviewSink;
import io.jenkins.plugins.metapluginci.scheduler.Scheduler;
import io.jenkins.plugins.metapluginci.scheduler.SchedulerSettings;
import io.jenkins.plugins.metapluginci.scheduler.SchedulerView;
import io.jenkins.plugins.metapluginci.web.ZuulStatus;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;

/**
 * What a long queue costs: items enqueued by a real scheduler with real files, three jobs each, all of them queued in a Jenkins
 * that never starts any. Memory per item after a collection, status.json by CPU time and size, and a restart with them all.
 * {@code --items N}, 2,000 unless said.
 */
public final class ItemsBench {
    private static final String LAYOUT = """
            pipelines:
              - name: check
                manager: IndependentPipelineManager
                trigger: {gerrit: [{event: patchset-created}]}
                success: {gerrit: {verified: 1}}
                failure: {gerrit: {verified: -1}}
            projects:
              - name: openstack/neutron
                check: [check-tempest-dsvm-one, check-tempest-dsvm-two, check-tempest-dsvm-three]
            """;
    private static final String PROJECT = "openstack/neutron";
    private static final GerritAccount DEVELOPER = new GerritAccount("A Developer", "dev@example.org", "dev");
    /** One line for each event would be measured too. */
    private static final Logger ROOMS = Logger.getLogger("io.jenkins.plugins.metapluginci");

    private static final int ROUNDS = 150;

    private ItemsBench() {}

    public static void main(String[] words) throws IOException, InterruptedException {
        ROOMS.setLevel(Level.WARNING);
        int items = Figures.option(words, "--items", 2_000);
        Path home = Files.createTempDirectory("items-bench");
        try {
            measure(items, home);
        } finally {
            try (Stream<Path> files = Files.walk(home)) {
                files.sorted(Comparator.reverseOrder())
                        .forEach(file -> file.toFile().delete());
            }
        }
    }

    private static void measure(int items, Path home) throws IOException, InterruptedException {
        Parts parts = new Parts();
        Scheduler scheduler = started(home, parts);
        scheduler.event(event(0));
        await(scheduler, parts, 1);
        long empty = used();
        long begin = System.nanoTime();
        for (int n = 1; n <= items; n++) {
            scheduler.event(event(n));
        }
        await(scheduler, parts, items + 1);
        double seconds = (System.nanoTime() - begin) / 1e9;
        say("%d items of 3 jobs enqueued, merged and launched in %.1f s, each with its files on disk", items, seconds);
        say("memory: %.1f KB per item", (used() - empty) / 1024.0 / items);
        status(scheduler);
        scheduler.stop();
        begin = System.nanoTime();
        Scheduler again = started(home, parts);
        await(again, parts, items + 1);
        say("restart with all of them: %.1f s until they are back", (System.nanoTime() - begin) / 1e9);
        again.stop();
    }

    private static void status(Scheduler scheduler) throws IOException {
        Figures views = new Figures();
        Figures json = new Figures();
        long size = 0;
        for (int round = 0; round < ROUNDS; round++) {
            long start = cpu();
            SchedulerView view = scheduler.view();
            long viewed = cpu();
            Counter counter = new Counter();
            try (Writer out = new BufferedWriter(new OutputStreamWriter(counter, StandardCharsets.UTF_8), 1 << 16)) {
                ZuulStatus.write(view, "1.0", out);
            }
            if (round >= ROUNDS / 3) {
                views.add(viewed - start);
                json.add(cpu() - viewed);
            }
            size = counter.bytes;
        }
        say("status.json of %.1f MB, CPU time: the view of the scheduler %s", size / 1e6, views);
        say("status.json, CPU time: written out of it %s", json);
        Figures compared = new Figures();
        SchedulerView view = scheduler.view();
        for (int round = 0; round < ROUNDS; round++) {
            long start = cpu();
            new Gson().toJson(view);
            if (round >= ROUNDS / 3) {
                compared.add(cpu() - start);
            }
        }
        say("the same records by Gson's reflection, CPU time, to compare machines by: %s", compared);
    }

    /** Nanoseconds that this thread has computed: a busy machine changes them little. */
    private static long cpu() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private static Scheduler started(Path home, Parts parts) {
        Scheduler scheduler = new Scheduler(
                home, new Scheduler.Neighbours(parts, uuid -> null, parts, parts, parts), System::currentTimeMillis);
        scheduler.configure(new SchedulerSettings(
                true,
                LayoutParser.parse(LAYOUT, ParseOptions.DEFAULT).layout(),
                "1",
                false,
                new SchedulerSettings.GerritSite("gerrit", "ci", "review.example.org", 29418, "git://ci.example.org/p"),
                new SchedulerSettings.Reporting(
                        false, "", true, true, "", "", path -> "https://logs.example.org/" + path)));
        scheduler.start();
        return scheduler;
    }

    private static void await(Scheduler scheduler, Parts parts, int items) throws InterruptedException {
        long deadline = System.nanoTime() + 600_000_000_000L;
        while (parts.queued.size() < 3 * items || shown(scheduler) < items) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("not within ten minutes: " + parts.queued.size() + " builds, "
                        + shown(scheduler) + " items, " + scheduler.view().problems());
            }
            Thread.sleep(20);
        }
    }

    private static int shown(Scheduler scheduler) {
        return scheduler.view().pipelines().stream()
                .mapToInt(pipeline -> pipeline.items().size())
                .sum();
    }

    private static long used() throws InterruptedException {
        for (int n = 0; n < 4; n++) {
            System.gc();
            Thread.sleep(100);
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static GerritEvent event(int n) {
        int number = 100_000 + n;
        String revision = String.format(Locale.ROOT, "%040x", number);
        String ref = "refs/changes/" + String.format(Locale.ROOT, "%02d", number % 100) + "/" + number + "/1";
        return new GerritEvent(
                "patchset-created",
                new GerritChange(
                        PROJECT,
                        "master",
                        "a-topic",
                        "I" + revision,
                        number,
                        subject(number),
                        "https://review.example.org/" + number,
                        DEVELOPER,
                        "NEW",
                        false,
                        false,
                        ""),
                new GerritPatchSet(1, revision, ref, DEVELOPER, List.of(), System.currentTimeMillis() / 1000),
                DEVELOPER,
                "",
                List.of(),
                null,
                System.currentTimeMillis() / 1000);
    }

    private static String subject(int number) {
        return "Make the metaplugin do what the specification says, part " + number;
    }

    private static void say(String format, Object... values) {
        System.out.printf(Locale.ROOT, format + "%n", values);
    }

    /** Counts and forgets. */
    private static final class Counter extends OutputStream {
        private long bytes;

        @Override
        public void write(int b) {
            bytes++;
        }

        @Override
        public void write(byte[] b, int off, int len) {
            bytes += len;
        }
    }

    /** Gerrit, merger and Jenkins that answer at once; builds wait in the queue for ever. */
    private static final class Parts implements BuildLauncher, ChangeSource, MergeService, ReviewSink {
        private final Set<String> queued = ConcurrentHashMap.newKeySet();

        @Override
        public void launch(BuildRequest request) {
            queued.add(request.uuid());
        }

        @Override
        public void cancelQueued() {
            queued.clear();
        }

        @Override
        public void cancel(String uuid) {
            queued.remove(uuid);
        }

        @Override
        public boolean exists(String job) {
            return true;
        }

        @Override
        public Collection<String> alive() {
            return List.copyOf(queued);
        }

        @Override
        public String holding() {
            return null;
        }

        @Override
        public void look(int number, int patchset, Consumer<ChangeSource.Answer> answer) {
            String revision = String.format(Locale.ROOT, "%040x", number);
            Change change = new Change(
                    PROJECT,
                    "master",
                    number,
                    1,
                    "refs/changes/" + number % 100 + "/" + number + "/1",
                    revision,
                    "https://review.example.org/" + number,
                    subject(number));
            ChangeState state = new ChangeState(
                    PROJECT, "master", number, 1, true, true, "NEW", List.of(), List.of("/COMMIT_MSG", "neutron/a.py"));
            Person developer = new Person("A Developer", "dev@example.org", "dev");
            String message =
                    subject(number) + "\n\nWhy and how, in some\nlines of text.\n\nChange-Id: I" + revision + "\n";
            answer.accept(new Found(
                    change,
                    state,
                    List.of(),
                    null,
                    new ChangeDetails("I" + revision, "a-topic", developer, developer, message, false, false)));
        }

        @Override
        public void merge(Request request, Consumer<Result> result) {
            result.accept(new Merged("refs/zuul/master/Z" + request.uuid(), "0".repeat(40)));
        }

        @Override
        public void update(Change ref, Consumer<Result> result) {
            result.accept(new Merged(ref.ref(), String.valueOf(ref.revision())));
        }

        @Override
        public void forget(String uuid) {
            // nothing is kept
        }

        @Override
        public void keepOnly(Map<String, Set<String>> kept) {
            // nothing is kept
        }

        @Override
        public ReviewSink.Answer post(Review review) {
            return ReviewSink.Answer.posted();
        }

        @Override
        public ReviewSink.Answer lookUp(Review review) {
            return ReviewSink.Answer.posted();
        }
    }
}
