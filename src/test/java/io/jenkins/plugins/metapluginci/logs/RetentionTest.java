package io.jenkins.plugins.metapluginci.logs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Old runs go, and nothing else. */
public class RetentionTest {
    private static final long DAY = 86_400_000L;
    private static final long NOW = 100 * DAY;

    @Rule
    public TemporaryFolder temporary = new TemporaryFolder();

    private Path root;
    private DirectoryFiles directory;

    @Before
    public void server() throws Exception {
        root = temporary.newFolder("www").toPath();
        directory = new DirectoryFiles(root);
    }

    private void run(String path, long ended, long bytes) throws Exception {
        marked(path, "{\"format\":1,\"id\":\"x\",\"run\":\"r\",\"ended\":" + ended + ",\"bytes\":" + bytes + "}");
    }

    private void marked(String path, String marker) throws Exception {
        Path run = Files.createDirectories(root.resolve(path).resolve("logs"));
        Files.writeString(run.resolve("a.txt"), "a");
        Files.writeString(run.resolveSibling("index.html"), "i");
        Files.writeString(run.resolveSibling(RunSending.MARKER), marker);
    }

    private Retention retention(int days, long bytes, String... busy) throws Exception {
        LogServer server = new LogServer("logs", Sessions.TARGET, "", null, LogServer.Protocol.AUTO, days, bytes);
        return new Retention(
                new SftpServer(new Sessions(directory).connect(Sessions.TARGET), ".", "SFTP"), server, Set.of(busy));
    }

    @Test
    public void runsThatEndedTooLongAgoGoWithTheDirectoriesThatAreEmptyThen() throws Exception {
        run("1/1/check/old", NOW - 31 * DAY, 10);
        run("1/2/check/new", NOW - 29 * DAY, 10);
        Retention retention = retention(30, 0);
        retention.run(NOW);
        assertThat(retention.removed()).isEqualTo(1);
        assertThat(root.resolve("1/1")).doesNotExist();
        assertThat(root.resolve("1/2/check/new/logs/a.txt")).exists();
    }

    @Test
    public void theOldestGoUntilTheRestFits() throws Exception {
        run("a", NOW - 3 * DAY, 100);
        run("b", NOW - 2 * DAY, 100);
        run("c", NOW - DAY, 100);
        Retention retention = retention(0, 150);
        retention.run(NOW);
        assertThat(retention.removed()).isEqualTo(2);
        assertThat(retention.bytes()).isEqualTo(200);
        assertThat(DirectoryFiles.tree(root))
                .containsExactly("c", "c/" + RunSending.MARKER, "c/index.html", "c/logs", "c/logs/a.txt");
    }

    @Test
    public void whatIsNotARunOfOursOrStillPublishedStays() throws Exception {
        Files.createDirectories(root.resolve("other/logs"));
        Files.writeString(root.resolve("other/logs/x"), "x");
        marked("foreign", "not ours");
        marked("later", "{\"format\":2,\"id\":\"x\",\"ended\":1,\"bytes\":1}");
        marked("odd", "{\"format\":1,\"id\":\"x\",\"ended\":[],\"bytes\":1}");
        run("busy", 1, 10);
        Path outside = temporary.newFolder("outside").toPath();
        Files.writeString(outside.resolve(RunSending.MARKER), "{\"format\":1,\"id\":\"x\",\"ended\":1,\"bytes\":1}");
        Files.createSymbolicLink(root.resolve("link"), outside);
        run("old", 1, 10);
        Files.createSymbolicLink(root.resolve("old/logs/away"), outside);
        var before = DirectoryFiles.tree(root).stream()
                .filter(path -> !path.equals("old") && !path.startsWith("old/"))
                .toList();
        Retention retention = retention(1, 1, "busy");
        retention.run(NOW);
        assertThat(retention.removed()).isEqualTo(1);
        assertThat(DirectoryFiles.tree(root)).isEqualTo(before);
        assertThat(outside.resolve(RunSending.MARKER)).exists();
    }

    @Test
    public void aRemovalThatIsCutOffIsGoneOnWith() throws Exception {
        run("old", 1, 10);
        directory.failing = "remove old/logs";
        try {
            retention(1, 0).run(NOW);
        } catch (LogException e) {
            assertThat(e).hasMessageContaining("disk full");
        }
        assertThat(new String(
                        Files.readAllBytes(root.resolve("old").resolve(RunSending.MARKER)), StandardCharsets.UTF_8))
                .contains("format");
        directory.failing = null;
        Retention retention = retention(1, 0);
        retention.run(NOW);
        assertThat(retention.removed()).isEqualTo(1);
        assertThat(root.resolve("old")).doesNotExist();
    }
}
