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
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class ConsoleUploadTest {
    private static final ConsolePage PAGE = page("FAILURE", null);

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

    private static ConsolePage page(String result, String problem) {
        return new ConsolePage(
                "check <b> #7",
                result,
                List.of(
                        new ConsolePage.Fact("Change", "openstack/neutron 42,1 (master) <script>"),
                        new ConsolePage.Fact("Node", "")),
                1_400_000_000_000L,
                Duration.ofSeconds(3725),
                problem == null,
                problem);
    }

    private static ConsoleUpload.Source console(String text) {
        return () -> new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    private void publish(ConsoleUpload.Source console) throws LogException, InterruptedException {
        new ConsoleUpload(connections)
                .run(new LogServer(Sessions.TARGET, "", null), LogDestination.of("7/check"), console, PAGE);
    }

    @Test
    public void bothFormsHoldTheWholeConsole() throws Exception {
        publish(console("one\n<script>alert(1)</script> & \"two\"\nFinished: FAILURE\n"));
        assertThat(DirectoryFiles.tree(place)).containsExactly("console.txt", "index.html");
        assertThat(place.resolve("console.txt"))
                .hasContent("one\n<script>alert(1)</script> & \"two\"\nFinished: FAILURE\n");
        Document html = Jsoup.parse(Files.readString(place.resolve("index.html")));
        assertThat(html.select("script")).isEmpty();
        assertThat(html.select("h1").text()).isEqualTo("check <b> #7");
        assertThat(html.select("dl").text())
                .isEqualTo("Result FAILURE Change openstack/neutron 42,1 (master) <script>"
                        + " Started 2014-05-13 16:53:20 UTC Ended 2014-05-13 17:55:25 UTC Duration 1h 02m 05s");
        assertThat(html.select("a[href=console.txt]")).hasSize(1);
        assertThat(html.select("a[href=logs/]")).hasSize(1);
        assertThat(html.select("pre a[href=#L2]").attr("id")).isEqualTo("L2");
        assertThat(html.select("pre").first().wholeText())
                .isEqualTo("1 one\n2 <script>alert(1)</script> & \"two\"\n3 Finished: FAILURE\n");
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
        String html = Files.readString(place.resolve("index.html"));
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
        PAGE.write(endless, new Writer() {
            @Override
            public void write(char[] buffer, int offset, int count) {
                written[0] += count;
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        });
        assertThat(written[0]).isBetween(ConsolePage.MAX_CHARACTERS, ConsolePage.MAX_CHARACTERS + 20_000);
    }

    @Test
    public void missingLogsAreSaidToBeMissing() throws Exception {
        StringWriter text = new StringWriter();
        page("SUCCESS", "the node went away <>").write(new StringReader(""), text);
        Document html = Jsoup.parse(text.toString());
        assertThat(html.select(".problem").text()).isEqualTo("The logs are missing: the node went away <>.");
        assertThat(html.select("a[href=logs/]")).isEmpty();
    }

    @Test
    public void aFailureInTheMiddleLeavesTheOldPage() throws Exception {
        publish(console("old\n"));
        String old = Files.readString(place.resolve("index.html"));
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
        assertThat(DirectoryFiles.tree(place)).containsExactly("console.txt", "index.html");
        assertThat(place.resolve("console.txt")).hasContent("old\n");
        assertThat(Files.readString(place.resolve("index.html"))).isEqualTo(old);
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
