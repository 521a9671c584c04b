package io.jenkins.plugins.metapluginci.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.metapluginci.ssh.SshException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jsoup.Jsoup;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class LiveRunsTest {
    private static final LogServer SERVER = new LogServer(Sessions.TARGET, "", null);

    @Rule
    public TemporaryFolder temporary = new TemporaryFolder();

    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
    private Path root;
    private Sessions sessions;
    private LogConnections connections;
    private LiveRuns live;

    @Before
    public void begin() throws IOException {
        root = temporary.newFolder("www").toPath();
        sessions = new Sessions(new DirectoryFiles(root));
        connections = new LogConnections(sessions, Duration.ofSeconds(60), timer);
        live = new LiveRuns(connections, temporary.newFolder("home").toPath(), 10, Thread::new);
    }

    @After
    public void end() {
        live.close();
        connections.close();
        timer.shutdownNow();
    }

    /** A console that grows. */
    private static final class Console implements ConsoleSource {
        private final ByteArrayOutputStream written = new ByteArrayOutputStream();

        synchronized Console print(String text) {
            written.writeBytes(text.getBytes(StandardCharsets.UTF_8));
            return this;
        }

        @Override
        public synchronized ByteArrayInputStream open() {
            return new ByteArrayInputStream(written.toByteArray());
        }
    }

    private static RunFacts facts(String patchset, long startedMs) {
        return new RunFacts(
                "check #" + patchset,
                "check",
                "n1",
                new RunFacts.Tested("openstack/neutron", "master", "42", patchset, "", "check"),
                null,
                startedMs,
                0,
                "",
                Map.of());
    }

    private static LogDestination place(String patchset) {
        return LogDestination.of("42/" + patchset + "/check");
    }

    private String read(String path) {
        try {
            return Files.exists(root.resolve(path)) ? Files.readString(root.resolve(path)) : "";
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void awaitText(String path, String text) {
        await().atMost(10, TimeUnit.SECONDS).until(() -> read(path), is -> is.contains(text));
    }

    private void finish(String patchset, long startedMs, Console console) throws Exception {
        connections.call(SERVER, new LogConnections.Cancellation(), files -> {
            live.finish(
                    patchset,
                    files,
                    SERVER,
                    place(patchset),
                    facts(patchset, startedMs).ended("SUCCESS", startedMs + 1000),
                    RunLogs.published(List.of(), List.of()),
                    console);
            return null;
        });
    }

    @Test
    public void aConsoleIsReadWhileItGrowsAndWholeAtItsEnd() throws Exception {
        Console console = new Console().print("one\n\u001B[8mha:AAAA\u001B[0m<two>\nhalf a li");
        live.begin("1", SERVER, place("1"), facts("1", 1), console);
        awaitText("42/1/check/console.html", "&lt;two&gt;");
        assertThat(read("42/1/check/console.txt")).isEqualTo("one\n<two>\n");
        assertThat(Jsoup.parse(read("42/1/check/index.html")).select(".result").text())
                .isEqualTo("running");
        assertThat(read("42/1/check/console.html")).contains("http-equiv=\"refresh\"");
        console.print("ne\nthree\n");
        awaitText("42/1/check/console.txt", "half a line\nthree\n");
        console.print("last");
        finish("1", 1, console);
        assertThat(read("42/1/check/console.txt")).isEqualTo("one\n<two>\nhalf a line\nthree\nlast");
        assertThat(Jsoup.parse(read("42/1/check/console.html")).select("pre").text())
                .matches("(?s)1 \\d{4}-\\d\\d-\\d\\d \\S+ one\\s+2 .*<two>\\s+3 .*half a line\\s+4 .*three\\s+5 last");
        assertThat(read("42/1/check/console.html")).doesNotContain("refresh");
        assertThat(Jsoup.parse(read("42/1/check/index.html")).select(".result").text())
                .isEqualTo("SUCCESS");
        console.print("never\n");
        assertThat(DirectoryFiles.tree(root.resolve("42/1/check")))
                .containsExactly("console.html", "console.txt", "environment.txt", "index.html");
    }

    @Test
    public void aLogServerThatIsAwayCostsTimeAndNoLine() throws Exception {
        sessions.refusal = new SshException(SshException.Kind.UNREACHABLE, "away", null);
        Console console = new Console().print("one\n");
        live.begin("1", SERVER, place("1"), facts("1", 1), console);
        console.print("two\n");
        sessions.refusal = null;
        awaitText("42/1/check/console.txt", "two");
        sessions.files.failing = "write";
        console.print("three\n");
        await().until(() -> sessions.opened.size() > 2);
        sessions.files.failing = null;
        console.print("four\n");
        awaitText("42/1/check/console.txt", "four");
        assertThat(read("42/1/check/console.txt")).isEqualTo("one\ntwo\nthree\nfour\n");
    }

    @Test
    public void aStuckLogServerHoldsNobodyForLong() throws Exception {
        CountDownLatch stuck = new CountDownLatch(1);
        ConsoleSource console = () -> {
            stuck.countDown();
            return new Console().print("x\n").open();
        };
        live.begin("1", SERVER, place("1"), facts("1", 1), console);
        stuck.await();
        live.over("1");
        live.over("never begun");
        live.begin("1", SERVER, place("1"), facts("1", 1), new Console().print("again\n"));
        awaitText("42/1/check/console.txt", "again");
        live.claim("1");
        live.over("1");
        finish("1", 1, new Console().print("end\n"));
        assertThat(read("42/1/check/console.txt")).isEqualTo("end\n");
    }

    @Test
    public void theRunsOfAChangeLeadToOneAnother() throws Exception {
        finish("1", 1_000, new Console());
        live.begin("2", SERVER, place("2"), facts("2", 2_000), new Console().print("x\n"));
        awaitText("42/1/check/index.html", "Next run");
        assertThat(Jsoup.parse(read("42/1/check/index.html")).select("nav a").eachAttr("href"))
                .containsExactly("../../2/check/");
        awaitText("42/2/check/console.txt", "x");
        finish("2", 2_000, new Console());
        assertThat(Jsoup.parse(read("42/2/check/index.html")).select("nav a").text())
                .isEqualTo("Previous run: patchset 1, 1970-01-01 00:00:01 UTC");
        finish("1", 1_000, new Console());
        assertThat(read("42/1/check/index.html")).contains("Next run: patchset 2");
    }

    @Test
    public void aRunThatTakesTheFirstOnesPlaceDoesNotGrowOverItsConsole() throws Exception {
        finish("1", 1_000, new Console().print("a console that is long\n"));
        live.begin("1", SERVER, place("1"), facts("1", 5_000), new Console().print("new\n"));
        awaitText("42/1/check/console.txt", "new");
        assertThat(read("42/1/check/console.txt")).isEqualTo("new\n");
    }
}
