package io.jenkins.plugins.metapluginci.logs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Publications against a server that fails: whatever happens, the published tree is whole and right in the end. */
public class PublicationsTest {
    private static final String PLACE = "7/check";
    private static final List<String> LOGS = List.of("a.txt", "deep/b.txt", "deep/c.txt");

    @Rule
    public TemporaryFolder temporary = new TemporaryFolder();

    private ExecutorService threads = Executors.newCachedThreadPool();
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
    private final List<LogsResult> told = new ArrayList<>();
    private final LogServer server = new LogServer(Sessions.TARGET, "", null);
    private final List<Publications> rooms = new ArrayList<>();
    private MemoryServer memory;
    private Path home;
    private Path node;
    private long spoolBytes = 1L << 30;
    private Publications room;

    @Before
    public void begin() throws IOException {
        System.setProperty(Publications.RETRY, "1");
        Awaitility.setDefaultPollInterval(5, TimeUnit.MILLISECONDS);
        node = temporary.newFolder("node").toPath();
        write("logs/a.txt", "alpha");
        write("logs/deep/b.txt", "b".repeat(5000));
        write("logs/deep/c.txt", "");
        fresh();
    }

    @After
    public void end() {
        rooms.forEach(Publications::close);
        threads.shutdownNow();
        timer.shutdownNow();
        System.clearProperty(Publications.RETRY);
        Awaitility.reset();
    }

    private void write(String name, String content) throws IOException {
        Path file = node.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }

    /** Another server and another controller. */
    private void fresh() throws IOException {
        memory = new MemoryServer();
        home = temporary.newFolder().toPath();
        restart();
    }

    /** The controller is killed, and started again with what is on its disk. */
    private void restart() {
        if (room != null) {
            room.close();
            threads.shutdownNow();
            try {
                assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            threads = Executors.newCachedThreadPool();
        }
        LogSettings defaults = LogSettings.of(List.of(server), Map.of());
        room = new Publications(
                home,
                () -> new LogSettings(defaults.servers(), defaults.limits(), true, 1000, 60_000, spoolBytes),
                memory,
                (run, files, to, place, facts, logs, console) -> {
                    byte[] index = (logs.state() + " " + logs.problem() + " " + facts.result() + "\n"
                                    + String.join("\n", logs.notes()))
                            .getBytes(StandardCharsets.UTF_8);
                    ByteArrayOutputStream text = new ByteArrayOutputStream();
                    try (var in = console.open()) {
                        in.transferTo(text);
                    } catch (IOException e) {
                        throw new LogException(LogProblem.CONSOLE, e.getMessage(), e);
                    }
                    files.write(place.path() + "/console.txt", text.toByteArray());
                    files.write(place.path() + "/index.html", index);
                },
                (publication, result) -> {
                    synchronized (told) {
                        told.add(result);
                    }
                },
                new Publications.Threads(threads, threads, timer, Duration.ofMillis(200)),
                System::currentTimeMillis);
        rooms.add(room);
        room.start();
    }

    private Publication run(int number) throws IOException {
        RunState state = new RunState();
        state.run = "job #" + number;
        state.job = "job";
        state.number = number;
        state.destination = number == 1 ? PLACE : PLACE + number;
        state.console = home.resolve("console-" + number).toString();
        Files.writeString(Path.of(state.console), "the console of " + number);
        state.facts = new RunFacts("job #" + number, "job", "n", RunFacts.Tested.NOTHING, null, 1, 0, "", Map.of());
        return room.begin(state);
    }

    private List<LogSource> sources() {
        return List.of(new LogSource(node.toString(), "logs/**", ""));
    }

    private static NodeShell sh() {
        return cutAfter(Integer.MAX_VALUE);
    }

    /** A node without gzip, so that bytes can be counted, whose connection is lost after so many. */
    private static NodeShell cutAfter(int bytes) {
        return (text, output) -> {
            String script = text.replace("command -v gzip", "false");
            Process process = new ProcessBuilder("sh")
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try (OutputStream in = process.getOutputStream()) {
                in.write(script.getBytes(StandardCharsets.UTF_8));
            }
            return () -> {
                byte[] all = process.getInputStream().readAllBytes();
                output.write(all, 0, Math.min(all.length, bytes));
                if (all.length > bytes) {
                    throw new IOException("channel is closed");
                }
            };
        };
    }

    private void finish(Publication publication, int number) {
        publication.finish(
                new RunFacts("job #" + number, "job", "n", RunFacts.Tested.NOTHING, "SUCCESS", 1, 2, "", Map.of()),
                home.resolve("console-" + number).toString());
    }

    private void assertPublished() {
        Awaitility.await()
                .atMost(30, TimeUnit.SECONDS)
                .until(() -> memory.text(PLACE + "/" + RunSending.MARKER) != null
                        && room.views().isEmpty());
        assertThat(memory.below(PLACE + "/logs")).containsExactlyElementsOf(LOGS);
        assertThat(memory.text(PLACE + "/logs/a.txt")).isEqualTo("alpha");
        assertThat(memory.text(PLACE + "/logs/deep/b.txt")).isEqualTo("b".repeat(5000));
        assertThat(memory.text(PLACE + "/console.txt")).isEqualTo("the console of 1");
        assertThat(memory.below(PLACE).stream().filter(path -> path.startsWith(".part-")))
                .isEmpty();
    }

    private void assertNothingKept() {
        for (String name : new String[] {"runs", "spool"}) {
            Path directory = home.resolve(name);
            Awaitility.await(name).atMost(30, TimeUnit.SECONDS).until(() -> {
                if (!Files.exists(directory)) {
                    return true;
                }
                try (Stream<Path> left = Files.list(directory)) {
                    return left.findAny().isEmpty();
                }
            });
        }
        assertThat(room.space().used()).isZero();
    }

    @Test
    public void inTheGoodCaseEverythingGoesOnceAndNothingIsKept() throws Exception {
        Publication publication = run(1);
        LogsResult tree = publication.read(sh(), sources(), false);
        assertThat(tree.published() || tree.late()).isTrue();
        assertThat(publication.result().problem()).isEqualTo(tree.problem());
        finish(publication, 1);
        LogsResult result = publication.settled().get(30, TimeUnit.SECONDS);
        assertThat(result.published()).isTrue();
        assertThat(result.files()).isEqualTo(3);
        assertPublished();
        assertThat(memory.text(PLACE + "/index.html")).startsWith("PUBLISHED null SUCCESS");
        assertNothingKept();
    }

    @Test
    public void aServerCutAtAnyOperationHasTheWholeTreeInTheEnd() throws Exception {
        int steps = countOperations();
        for (int cut = 0; cut < steps; cut++) {
            for (boolean forGood : new boolean[] {false, true}) {
                fresh();
                memory.cutAfter(cut, forGood);
                Publication publication = run(1);
                publication.read(sh(), sources(), false);
                finish(publication, 1);
                if (forGood) {
                    memory.back();
                }
                assertThat(publication.settled().get(30, TimeUnit.SECONDS).published())
                        .as("cut after %s", cut)
                        .isTrue();
                assertPublished();
                assertNothingKept();
            }
        }
    }

    private int countOperations() throws Exception {
        Publication publication = run(1);
        publication.read(sh(), sources(), false);
        finish(publication, 1);
        publication.settled().get(30, TimeUnit.SECONDS);
        return memory.operations();
    }

    @Test
    public void aFullDiskIsWaitedOut() throws Exception {
        memory.full(100);
        Publication publication = run(1);
        LogsResult tree = publication.read(sh(), sources(), false);
        assertThat(tree.late()).isTrue();
        assertThat(tree.problem()).isEqualTo(LogProblem.SERVER_REFUSED.words());
        assertThat(room.views()).singleElement().satisfies(view -> {
            assertThat(view.spooled()).isPositive();
            assertThat(view.problem()).contains("disk full");
        });
        assertThat(memory.below(PLACE + "/logs")).isEmpty();
        finish(publication, 1);
        memory.back();
        assertThat(publication.settled().get(30, TimeUnit.SECONDS).published()).isTrue();
        assertPublished();
        assertNothingKept();
    }

    @Test
    public void aControllerThatIsKilledWhileItSendsGoesOnWithWhatIsOnItsDisk() throws Exception {
        int steps = countOperations();
        for (int killed = 0; killed < steps; killed++) {
            fresh();
            memory.cutAfter(killed, true);
            Publication publication = run(1);
            publication.read(sh(), sources(), false);
            finish(publication, 1);
            restart();
            memory.back();
            assertPublished();
            assertNothingKept();
            assertThat(memory.text(PLACE + "/index.html")).startsWith("PUBLISHED null SUCCESS");
        }
    }

    /** What a kill at one moment leaves: the controller's disk and the server's. */
    private record Moment(Path home, Map<String, byte[]> server, boolean finished) {}

    @Test
    public void aKillAtAnyMomentLosesNothingThatTheNodeStillHasOrThatHadLeftIt() throws Exception {
        List<Moment> moments = new ArrayList<>();
        AtomicBoolean finished = new AtomicBoolean();
        Path original = home;
        memory.before(() -> {
            try {
                moments.add(new Moment(copied(original), memory.content(), finished.get()));
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        Publication publication = run(1);
        publication.leaves(sources());
        publication.read(sh(), sources(), false);
        finished.set(true);
        finish(publication, 1);
        publication.settled().get(30, TimeUnit.SECONDS);
        assertThat(moments).hasSizeGreaterThan(10);
        for (Moment moment : moments) {
            room.close();
            memory = new MemoryServer();
            memory.content(moment.server());
            home = moment.home();
            restart();
            Awaitility.await()
                    .atMost(30, TimeUnit.SECONDS)
                    .until(() -> room.views().stream().allMatch(view -> view.state() == PublicationView.State.WAITING));
            for (Publication each : room.wantingRescue("job", 1)) {
                assertThat(moment.finished()).isFalse();
                each.rescue(sh());
            }
            assertPublished();
            assertNothingKept();
            assertThat(memory.text(PLACE + "/index.html"))
                    .startsWith(moment.finished() ? "PUBLISHED null SUCCESS" : "PUBLISHED null INTERRUPTED");
        }
    }

    private Path copied(Path from) throws IOException {
        Path to = temporary.newFolder().toPath();
        try (Stream<Path> all = Files.walk(from)) {
            for (Path each : all.toList()) {
                Path copy = to.resolve(from.relativize(each));
                if (!Files.isDirectory(each)) {
                    Files.createDirectories(copy.getParent());
                    Files.copy(each, copy);
                }
            }
        }
        Path console = to.resolve("console-1");
        try (Stream<Path> states = Files.exists(to.resolve("runs")) ? Files.list(to.resolve("runs")) : Stream.empty()) {
            for (Path each : states.toList()) {
                Files.writeString(
                        each,
                        Files.readString(each).replace(from.resolve("console-1").toString(), console.toString()));
            }
        }
        return to;
    }

    @Test
    public void aRunThatTheControllersEndCutOffIsPublishedAsFarAsItCame() throws Exception {
        run(1).leaves(List.of());
        restart();
        Awaitility.await()
                .atMost(30, TimeUnit.SECONDS)
                .until(() -> memory.text(PLACE + "/" + RunSending.MARKER) != null);
        assertThat(memory.text(PLACE + "/index.html"))
                .startsWith("MISSING " + LogProblem.CUT.words() + " INTERRUPTED")
                .contains("The controller stopped while this run went on.");
        assertThat(memory.text(PLACE + "/console.txt")).isEqualTo("the console of 1");
        Awaitility.await().atMost(30, TimeUnit.SECONDS).until(() -> room.views().isEmpty());
        assertNothingKept();
    }

    @Test
    public void aNodeLostAtAnyByteLeavesWholeFilesUntilItIsReadAgain() throws Exception {
        for (int bytes : new int[] {0, 10, 600, 1100, 1700, 4000, 7000, 8000, 10_000}) {
            fresh();
            Publication publication = run(1);
            LogsResult tree = publication.read(cutAfter(bytes), sources(), false);
            assertThat(tree.published()).isFalse();
            finish(publication, 1);
            LogsResult result = publication.settled().get(30, TimeUnit.SECONDS);
            assertThat(result.problem()).isEqualTo(LogProblem.NODE_GONE.words());
            for (String path : memory.below(PLACE + "/logs")) {
                assertThat(memory.text(PLACE + "/logs/" + path).length())
                        .isEqualTo((int) Files.size(node.resolve("logs").resolve(path)));
            }
            assertThat(memory.text(PLACE + "/index.html")).contains(LogProblem.NODE_GONE.words());
            assertThat(room.wantingRescue("job", 1)).containsExactly(publication);
            publication.rescue(sh());
            assertPublished();
            assertThat(memory.text(PLACE + "/index.html"))
                    .startsWith("PUBLISHED null SUCCESS")
                    .contains("Read once more from the node");
            assertNothingKept();
        }
    }

    @Test
    public void aRescueSurvivesARestartAndFailsWithoutLosingWhatThereIs() throws Exception {
        Publication publication = run(1);
        publication.read(cutAfter(7000), sources(), false);
        finish(publication, 1);
        publication.settled().get(30, TimeUnit.SECONDS);
        List<String> before = memory.below(PLACE + "/logs");
        assertThat(before).isNotEmpty();
        restart();
        Awaitility.await()
                .atMost(30, TimeUnit.SECONDS)
                .until(() -> !room.wantingRescue("job", 1).isEmpty());
        Publication again = room.wantingRescue("job", 1).get(0);
        try {
            again.rescue(cutAfter(500));
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("node went away");
        }
        Awaitility.await().atMost(30, TimeUnit.SECONDS).until(() -> room.views().isEmpty());
        assertThat(memory.below(PLACE + "/logs")).isEqualTo(before);
        assertNothingKept();
    }

    @Test
    public void theSpoolIsBoundedAndItsOldestRunGoesFirst() throws Exception {
        System.setProperty(Publications.RETRY, "100000");
        memory.cutAfter(0, true);
        Publication first = run(1);
        first.read(sh(), sources(), false);
        Awaitility.await()
                .atMost(30, TimeUnit.SECONDS)
                .until(() -> room.views().get(0).tries() == 1);
        long one = room.space().used();
        assertThat(one).isPositive();
        spoolBytes = one * 3 / 2;
        Publication second = run(2);
        second.read(sh(), sources(), false);
        assertThat(room.space().used()).isLessThanOrEqualTo(spoolBytes);
        assertThat(room.dropped()).containsExactly("job #1");
        finish(first, 1);
        finish(second, 2);
        memory.back();
        room.views().forEach(view -> assertThat(room.retry(view.id())).isNull());
        assertThat(first.settled().get(30, TimeUnit.SECONDS).problem()).isEqualTo(LogProblem.NO_ROOM.words());
        assertThat(second.settled().get(30, TimeUnit.SECONDS).published()).isTrue();
        assertThat(memory.text(PLACE + "/index.html")).startsWith("MISSING " + LogProblem.NO_ROOM.words());
        assertThat(memory.below(PLACE + "2/logs")).containsExactlyElementsOf(LOGS);
        assertNothingKept();
    }

    @Test
    public void withoutRoomForACopyTheLogsStillGoThrough() throws Exception {
        spoolBytes = 3000;
        Publication publication = run(1);
        publication.read(sh(), sources(), false);
        finish(publication, 1);
        assertThat(publication.settled().get(30, TimeUnit.SECONDS).published()).isTrue();
        assertPublished();
        assertNothingKept();
    }

    @Test
    public void whatIsGivenUpIsGone() throws Exception {
        memory.cutAfter(0, true);
        Publication publication = run(1);
        publication.read(sh(), sources(), false);
        finish(publication, 1);
        AtomicInteger tries = new AtomicInteger();
        Awaitility.await().atMost(30, TimeUnit.SECONDS).until(() -> {
            tries.incrementAndGet();
            return room.giveUp(room.views().get(0).id()) == null;
        });
        assertThat(publication.settled().get(1, TimeUnit.SECONDS).problem()).isEqualTo(LogProblem.GIVEN_UP.words());
        assertThat(room.views()).isEmpty();
        assertNothingKept();
    }
}
