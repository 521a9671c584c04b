package io.jenkins.plugins.metapluginci.soak;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.metapluginci.soak.LogsJudge.Breach;
import io.jenkins.plugins.metapluginci.soak.LogsJudge.Expected;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** The judge finds each breach that is put before it, and none where there is none. */
public class LogsJudgeTest {
    @Rule
    public TemporaryFolder temporary = new TemporaryFolder();

    private Path run;
    private LogsJudge judge;
    private final Expected expected =
            new Expected("42/1", Map.of("a.txt", digest("alpha"), "deep/b.txt", digest("beta")), "one\ntwo\n");

    private static String digest(String text) {
        return LogsJudge.digest(text.getBytes(StandardCharsets.UTF_8));
    }

    @Before
    public void aWholePublication() throws IOException {
        Path root = temporary.getRoot().toPath();
        judge = new LogsJudge(root);
        run = root.resolve("42/1");
        write("logs/a.txt", "alpha");
        Files.createDirectories(run.resolve("logs/deep"));
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(run.resolve("logs/deep/b.txt.gz")))) {
            out.write("beta".getBytes(StandardCharsets.UTF_8));
        }
        write("console.txt", "one\ntwo\n");
        write("console.html", "<span id=\"L2\"></html>");
        write("index.html", "<dd>SUCCESS</dd><a href=\"logs/\">logs</a></html>");
        write("environment.txt", "");
    }

    private void write(String name, String text) throws IOException {
        Files.createDirectories(run.resolve(name).getParent());
        Files.writeString(run.resolve(name), text);
    }

    private void assertBreach(Breach breach) throws IOException {
        judge.judge(expected);
        assertThat(judge.findings()).extracting(LogsJudge.Finding::breach).containsOnly(breach);
        assertThat(judge.counts()).containsEntry(breach, judge.findings().size());
    }

    @Test
    public void whatIsWholeIsWhole() throws IOException {
        judge.look(expected);
        judge.judge(expected);
        assertThat(judge.findings()).isEmpty();
        assertThat(judge.looks()).isOne();
    }

    @Test
    public void beforeItIsThereNobodySeesHalfOfIt() throws IOException {
        Files.move(run.resolve("logs"), run.resolve("elsewhere"));
        judge.look(expected);
        assertThat(judge.findings()).isEmpty();
        assertThat(judge.looks()).isZero();
    }

    @Test
    public void aFileIsLost() throws IOException {
        Files.delete(run.resolve("logs/a.txt"));
        assertBreach(Breach.LOST);
    }

    @Test
    public void aFileIsWrong() throws IOException {
        write("logs/a.txt", "alpho");
        assertBreach(Breach.WRONG);
    }

    @Test
    public void aPackedFileIsCut() throws IOException {
        byte[] whole = Files.readAllBytes(run.resolve("logs/deep/b.txt.gz"));
        Files.write(run.resolve("logs/deep/b.txt.gz"), java.util.Arrays.copyOf(whole, whole.length - 6));
        assertBreach(Breach.WRONG);
    }

    @Test
    public void aFileIsForeign() throws IOException {
        write("logs/deep/other.txt", "x");
        assertBreach(Breach.FOREIGN);
    }

    @Test
    public void halfATreeWasSeen() throws IOException {
        Files.delete(run.resolve("logs/a.txt"));
        judge.look(expected);
        assertThat(judge.findings()).extracting(LogsJudge.Finding::breach).containsExactly(Breach.HALF);
    }

    @Test
    public void somethingIsLeftBehind() throws IOException {
        Files.createDirectories(run.resolve(".logs-part-x"));
        assertBreach(Breach.LEFT);
    }

    @Test
    public void theConsoleIsCut() throws IOException {
        write("console.txt", "one\n");
        assertBreach(Breach.CONSOLE);
    }

    @Test
    public void theConsolesPageStillGrows() throws IOException {
        write("console.html", "<meta http-equiv=\"refresh\"><span id=\"L2\">");
        assertBreach(Breach.CONSOLE);
    }

    @Test
    public void theIndexSaysThatTheRunGoesOn() throws IOException {
        write("index.html", "<dd>running</dd></html>");
        assertBreach(Breach.INDEX);
    }
}
