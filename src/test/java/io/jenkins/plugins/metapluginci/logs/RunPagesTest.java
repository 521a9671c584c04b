package io.jenkins.plugins.metapluginci.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.metapluginci.ssh.SshException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class RunPagesTest {
    static final RunFacts FACTS = new RunFacts(
                    "check <b> #7",
                    "check",
                    "",
                    new RunFacts.Tested("openstack/neutron", "master", "42", "1", "javascript:alert(1)", "check"),
                    null,
                    1_400_000_000_000L,
                    0,
                    "",
                    Map.of("ZUUL_CHANGE", "42\nFORGED=1"))
            .ended("FAILURE", 1_400_000_000_000L + 3_725_000);

    @Rule
    public TemporaryFolder temporary = new TemporaryFolder();

    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
    private Path place;
    private Sessions sessions;
    private LogConnections connections;

    @Before
    public void begin() {
        place = temporary.getRoot().toPath().resolve("7/check");
        sessions = new Sessions(new DirectoryFiles(temporary.getRoot().toPath()));
        connections = new LogConnections(sessions, Duration.ofSeconds(60), timer);
    }

    @After
    public void end() {
        connections.close();
        timer.shutdownNow();
    }

    private static ConsoleSource console(String text) {
        return () -> new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    private interface Work {
        void on(RunPages pages) throws LogException;
    }

    private void publish(Work work) throws LogException, InterruptedException {
        connections.call(new LogServer(Sessions.TARGET, "", null), new LogConnections.Cancellation(), files -> {
            work.on(new RunPages(files, LogDestination.of("7/check")));
            return null;
        });
    }

    private void publish(ConsoleSource console) throws LogException, InterruptedException {
        publish(pages -> pages.console("check <b> #7", console, new SeenLines()));
    }

    private Document html(String name) throws IOException {
        return Jsoup.parse(Files.readString(place.resolve(name)));
    }

    @Test
    public void bothFormsHoldTheWholeConsole() throws Exception {
        publish(console("one\n<script>alert(1)</script> & \"two\"\nFinished: FAILURE\n"));
        assertThat(DirectoryFiles.tree(place)).containsExactly("console.html", "console.txt");
        assertThat(place.resolve("console.txt"))
                .hasContent("one\n<script>alert(1)</script> & \"two\"\nFinished: FAILURE\n");
        Document html = html("console.html");
        assertThat(html.select("script")).isEmpty();
        assertThat(html.select("h1").text()).isEqualTo("check <b> #7");
        assertThat(html.select("a[href=console.txt]")).hasSize(1);
        assertThat(html.select("pre #L2").text()).isEqualTo("2 <script>alert(1)</script> & \"two\"");
        assertThat(html.select("pre a[href=#L2]")).hasSize(1);
        assertThat(html.select("pre").first().wholeText())
                .isEqualTo("1 one\n2 <script>alert(1)</script> & \"two\"\n3 Finished: FAILURE\n");
    }

    @Test
    public void whatACutConnectionLeftIsTakenAway() throws Exception {
        publish(pages -> pages.begin(FACTS, null));
        Files.writeString(place.resolve(".part-of-an-index"), "<html>");
        Files.writeString(place.resolve(".console-part-1"), "one");
        publish(console("one\n"));
        assertThat(DirectoryFiles.tree(place)).noneMatch(name -> name.startsWith("."));
    }

    @Test
    public void aLineHasTheTimeThatIsKnownOfIt() throws Exception {
        SeenLines seen = new SeenLines();
        seen.seen(1, 1_400_000_000_000L);
        seen.seen(3, 1_400_000_009_000L);
        String text = "a\n2014-05-13 16:53:21.042 | ours\nlonger than a time stamp is, by far\nlast";
        publish(pages -> pages.console("x", console(text), seen));
        assertThat(html("console.html").select("pre").first().wholeText())
                .isEqualTo("1 2014-05-13 16:53:20 a\n2 2014-05-13 16:53:21.042 ours\n"
                        + "3 2014-05-13 16:53:29 longer than a time stamp is, by far\n4 last\n");
    }

    @Test
    public void whatIsWrittenInPiecesIsWhatIsWrittenAtOnce() throws Exception {
        String text = "2014-05-13 16:53:21.042 | ours\n\nshort\n\ud83d\ude00 and a line that goes on\nno end";
        StringWriter whole = new StringWriter();
        ConsoleHtml.page("x", new StringReader(text), new SeenLines(), whole);
        ConsoleHtml pieces = new ConsoleHtml(new SeenLines());
        StringBuilder out = new StringBuilder(ConsoleHtml.head("x", false));
        for (char c : text.toCharArray()) {
            out.append(pieces.lines(new char[] {c}, 1));
        }
        assertThat(out.append(pieces.tail())).hasToString(whole.toString());
        assertThat(Jsoup.parse(whole.toString()).select("pre").first().wholeText())
                .isEqualTo(
                        "1 2014-05-13 16:53:21.042 ours\n2 \n3 short\n4 \ud83d\ude00 and a line that goes on\n5 no end\n");
    }

    @Test
    public void aRunHasItsPagesFromItsBeginningAndALaterOneIsLinked() throws Exception {
        RunFacts begun = new RunFacts(
                "check #7", "check", "", FACTS.tested(), null, FACTS.startedMs(), 0, "", FACTS.environment());
        publish(pages -> pages.begin(begun, new RunIndex.Neighbour("../6/", "#6")));
        assertThat(DirectoryFiles.tree(place)).containsExactly("environment.txt", "index.html");
        assertThat(html("index.html").select(".result").text()).isEqualTo("running");
        assertThat(html("index.html").select("meta[http-equiv=refresh]")).hasSize(1);
        publish(pages -> pages.index(
                FACTS, RunLogs.published(List.of(), List.of()), new RunIndex.Neighbour("../6/", "#6"), null));
        assertThat(html("index.html").select("meta[http-equiv=refresh]")).isEmpty();
        publish(pages -> assertThat(pages.next(new RunIndex.Neighbour("../8/", "#8 <i>")))
                .isTrue());
        publish(pages -> assertThat(pages.next(new RunIndex.Neighbour("../9/", "#9 <i>")))
                .isTrue());
        assertThat(html("index.html").select("nav").text()).isEqualTo("Previous run: #6 Next run: #9 <i>");
        assertThat(html("index.html").select("nav a").eachAttr("href")).containsExactly("../6/", "../9/");
        assertThat(place.resolve("environment.txt"))
                .hasContent("# Environment of check <b> #7\nSTARTED_UTC=2014-05-13 16:53:20 UTC\n"
                        + "ENDED_UTC=2014-05-13 17:55:25 UTC\nDURATION=1h 02m 05s\nRESULT=FAILURE\nNODE=\n"
                        + "ZUUL_CHANGE=42 FORGED=1\n");
    }

    @Test
    public void encodedNotesAreTakenOut() throws Exception {
        String note = "\u001B[8mha:AAAAWB+LCAAAAAAAAAD/\u001B[0m";
        publish(console(
                note + "Started by " + note + note + "me\n\u001B[8mred\u001B[0m\n\u001B[8mha:open\nnext\u001B"));
        assertThat(Files.readString(place.resolve("console.txt")))
                .isEqualTo("Started by me\n\u001B[8mred\u001B[0m\n\nnext\u001B");
    }

    @Test
    public void bytesStayAsTheyAreWhateverCharsetTheControllerHas() throws Exception {
        byte[] bytes = "\u20ac 5\ncaf? au lait\n".getBytes(StandardCharsets.UTF_8);
        bytes[9] = (byte) 0xE9;
        publish(() -> new ByteArrayInputStream(bytes));
        assertThat(place.resolve("console.txt")).hasBinaryContent(bytes);
        String html = Files.readString(place.resolve("console.html"));
        assertThat(html).contains("<meta charset=\"utf-8\">");
        assertThat(Jsoup.parse(html).select("pre").first().wholeText()).isEqualTo("1 \u20ac 5\n2 caf\ufffd au lait\n");
    }

    @Test
    public void aLineWithoutAnEndIsNeverInMemory() throws Exception {
        long length = 3L * Runtime.getRuntime().maxMemory() / 2;
        Reader endless = new Reader() {
            private long position;

            @Override
            public int read(char[] buffer, int offset, int count) {
                position += count;
                return position > length ? -1 : count;
            }

            @Override
            public void close() {}
        };
        long[] written = new long[1];
        ConsoleHtml.page("x", endless, new SeenLines(), new Writer() {
            @Override
            public void write(char[] buffer, int offset, int count) {
                written[0] += count;
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        });
        assertThat(written[0]).isBetween(ConsoleHtml.MAX_CHARACTERS, ConsoleHtml.MAX_CHARACTERS + 20_000);
    }

    @Test
    public void aFailureInTheMiddleLeavesTheOldPage() throws Exception {
        publish(console("old\n"));
        String old = Files.readString(place.resolve("console.html"));
        sessions.files.room = 100;
        assertThatThrownBy(() -> publish(console("x".repeat(100_000))))
                .isInstanceOfSatisfying(
                        LogException.class, e -> assertThat(e.problem()).isEqualTo(LogProblem.SERVER_REFUSED));
        sessions.files.room = Long.MAX_VALUE;
        assertThatThrownBy(() -> publish(() -> {
                    throw new IOException("deleted");
                }))
                .isInstanceOfSatisfying(
                        LogException.class, e -> assertThat(e.problem()).isEqualTo(LogProblem.CONSOLE));
        assertThat(DirectoryFiles.tree(place)).containsExactly("console.html", "console.txt");
        assertThat(place.resolve("console.txt")).hasContent("old\n");
        assertThat(Files.readString(place.resolve("console.html"))).isEqualTo(old);
    }

    @Test
    public void aConnectionIsKeptAndADeadOneReplaced() throws Exception {
        publish(console("1\n"));
        publish(console("2\n"));
        assertThat(sessions.opened).hasSize(1);
        sessions.opened.get(0).dead = true;
        publish(console("3\n"));
        assertThat(sessions.opened).hasSize(2);
        assertThat(sessions.opened.get(0).isOpen()).isFalse();
        assertThat(place.resolve("console.txt")).hasContent("3\n");
        connections.close();
        assertThat(sessions.opened).noneMatch(Sessions.Session::isOpen);
    }

    @Test
    public void anIdleConnectionIsClosedInTime() throws Exception {
        connections = new LogConnections(sessions, Duration.ofMillis(50), timer);
        publish(console("1\n"));
        org.awaitility.Awaitility.await().until(() -> !sessions.opened.get(0).isOpen());
    }

    @Test
    public void everyWayToMissTheServerHasItsWords() {
        for (SshException.Kind kind : SshException.Kind.values()) {
            sessions.refusal = new SshException(kind, "secret.example.org", null);
            assertThatThrownBy(() -> publish(console("1\n"))).isInstanceOfSatisfying(LogException.class, e -> {
                assertThat(e.problem().words()).contains("the log server").doesNotContain("example.org");
                assertThat(e).hasMessage("secret.example.org");
            });
        }
    }
}
