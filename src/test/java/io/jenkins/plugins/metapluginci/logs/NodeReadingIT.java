package io.jenkins.plugins.metapluginci.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.Assume.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** The real script under a real sh, with the real tar and find, to a directory. */
public class NodeReadingIT {
    private static final TransferLimits LIMITS = new TransferLimits(1000, 2000, 1 << 20, 4 << 20);

    @Rule
    public TemporaryFolder temporary = new TemporaryFolder();

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
    private final SpoolSpace space = new SpoolSpace(() -> 1L << 40, bytes -> false);
    private PublishNotes notes = new PublishNotes();
    private Duration grace = Duration.ofSeconds(5);
    private Path node;
    private Path root;
    private Sessions sessions;
    private LogConnections connections;

    @Before
    public void begin() throws IOException {
        node = temporary.newFolder("node").toPath();
        root = temporary.newFolder("server").toPath();
        sessions = new Sessions(new DirectoryFiles(root));
        connections = new LogConnections(sessions, Duration.ofSeconds(60), timer);
    }

    @After
    public void end() {
        connections.close();
        threads.shutdownNow();
        timer.shutdownNow();
    }

    private static NodeShell shell(String... command) {
        return (script, output) -> {
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try (OutputStream in = process.getOutputStream()) {
                in.write(script.getBytes(StandardCharsets.UTF_8));
            }
            return () -> {
                process.getInputStream().transferTo(output);
                process.waitFor();
            };
        };
    }

    private void publish(NodeShell shell, TransferLimits limits, Duration deadline, LogSource... sources)
            throws LogException, InterruptedException {
        LogServer server = new LogServer(Sessions.TARGET, "", null);
        NodeScript script;
        try {
            script = NodeScript.of(List.of(sources), limits, deadline);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        try (SpoolFile spool = new SpoolFile(temporary.newFile().toPath(), space, grace)) {
            NodeReading reading = new NodeReading(script, spool, limits);
            Future<?> done = threads.submit(() -> {
                reading.run(connections::callOnce, server, "7/check", "token", new LogConnections.Cancellation());
                return null;
            });
            reading.start(shell, threads);
            if (!reading.awaitNode(deadline.plus(grace).plus(grace))) {
                reading.expire();
            }
            done.get(60, TimeUnit.SECONDS);
            notes = reading.notes();
            if (reading.nodeProblem() != null) {
                throw reading.nodeProblem();
            }
            if (reading.serverProblem() != null) {
                assertThat(spool.isWhole()).isTrue();
                throw reading.serverProblem();
            }
            assertThat(reading.isPublished()).isTrue();
        } catch (IOException | ExecutionException | TimeoutException e) {
            if (e instanceof LogException known) {
                throw known;
            }
            throw new AssertionError(e);
        }
    }

    private void publish(LogSource... sources) throws LogException, InterruptedException {
        publish(shell("sh"), LIMITS, Duration.ofSeconds(60), sources);
    }

    private void write(String name, String content) throws IOException {
        Path file = node.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }

    private Path logs() {
        return root.resolve("7/check/logs");
    }

    private LogSource workspace(String pattern) {
        return new LogSource(node.toString(), pattern, "");
    }

    @Test
    public void theLogsOfAWorkspaceArePublishedWithoutTheirDirectorysName() throws Exception {
        write("logs/a.txt", "a");
        write("logs/etc/neutron/plugin.ini", "ini");
        write("other/b.txt", "b");
        publish(workspace("logs/**"));
        assertThat(DirectoryFiles.tree(logs()))
                .containsExactly("a.txt", "etc", "etc/neutron", "etc/neutron/plugin.ini");
        assertThat(logs().resolve("etc/neutron/plugin.ini")).hasContent("ini");
        assertThat(notes.files()).isEqualTo(2);
        assertThat(notes.bytes()).isEqualTo(4);
        assertThat(notes.toList()).isEmpty();
    }

    @Test
    public void theTopLinkIsFollowedAndNoOther() throws Exception {
        write("stack logs'/a.txt", "a");
        Files.createSymbolicLink(node.resolve("stack logs'/passwd"), Path.of("/etc/passwd"));
        Files.createSymbolicLink(node.resolve("stack logs'/etc"), Path.of("/etc"));
        Files.createLink(node.resolve("stack logs'/b.txt"), node.resolve("stack logs'/a.txt"));
        write("elsewhere", "not a log");
        Files.createLink(node.resolve("stack logs'/stolen"), node.resolve("elsewhere"));
        new ProcessBuilder("mkfifo", node.resolve("stack logs'/pipe").toString())
                .start()
                .waitFor();
        Files.createDirectory(node.resolve("ws"));
        Files.createSymbolicLink(node.resolve("ws/logs"), node.resolve("stack logs'"));
        publish(
                new LogSource(node.resolve("ws").toString(), "logs/**", ""),
                new LogSource(node.resolve("stack logs'").toString(), "**", ""));
        assertThat(DirectoryFiles.tree(logs())).containsExactly("a.txt", "b.txt");
        assertThat(notes.toList())
                .containsExactlyInAnyOrder(
                        "left out, a symbolic link to /etc/passwd: ./passwd",
                        "left out, a symbolic link to /etc: ./etc",
                        "left out, a hard link to a file elsewhere: ./stolen",
                        "left out, a named pipe: ./pipe");
    }

    @Test
    public void patternsSelectAsAntsDo() throws Exception {
        for (String name : new String[] {
            "target/a.log",
            "target/deep/er/b.log",
            "target/c.txt",
            "x.log",
            "y.log+",
            "logs/1",
            "logs/.hidden/2",
            "[q].log"
        }) {
            write(name, name);
        }
        publish(workspace("target/**/*.log, ?.log, logs/, *.log+"));
        assertThat(DirectoryFiles.tree(logs()))
                .containsExactly(
                        ".hidden",
                        ".hidden/2",
                        "1",
                        "target",
                        "target/a.log",
                        "target/deep",
                        "target/deep/er",
                        "target/deep/er/b.log",
                        "x.log",
                        "y.log+");
    }

    @Test
    public void strangeNamesComeThrough() throws Exception {
        write("logs/-rf", "1");
        write("logs/two\nlines", "2");
        write("logs/" + "é".repeat(127), "3");
        write("logs/$(touch x) `id`", "4");
        // a name that is not UTF-8 can be made by a shell only
        Process printf = new ProcessBuilder("sh", "-c", "printf 5 > \"$(printf 'logs/caf\\351')\"")
                .directory(node.toFile())
                .start();
        assertThat(printf.waitFor()).isZero();
        publish(workspace("logs/**"));
        assertThat(DirectoryFiles.tree(logs()))
                .containsExactly("$(touch x) `id`", "-rf", "caf_", "two_lines", "é".repeat(127));
        assertThat(notes.toList()).hasSize(2);
    }

    @Test
    public void manyFilesOfManySizesArriveByteForByte() throws Exception {
        byte[] content = new byte[100_003];
        for (int i = 0; i < content.length; i++) {
            content[i] = (byte) (i * 31 + i / 256);
        }
        for (int i = 0; i < 300; i++) {
            Path file = node.resolve("logs/d" + i % 7 + "/f" + i);
            Files.createDirectories(file.getParent());
            Files.write(file, Arrays.copyOf(content, i * 333));
        }
        publish(
                shell("sh"),
                new TransferLimits(1000, 2000, 1 << 20, 64 << 20),
                Duration.ofSeconds(60),
                workspace("logs/**"));
        for (int i = 0; i < 300; i++) {
            assertThat(logs().resolve("d" + i % 7 + "/f" + i)).hasBinaryContent(Arrays.copyOf(content, i * 333));
        }
        assertThat(notes.files()).isEqualTo(300);
    }

    @Test
    public void nothingThereIsPublishedWithANote() throws Exception {
        Files.createDirectory(node.resolve("logs"));
        publish(workspace("logs/**"), workspace("none/**"));
        assertThat(DirectoryFiles.tree(root)).containsExactly("7", "7/check");
        assertThat(notes.toList())
                .containsExactly("not on the node, or not a directory: " + node + "/none", "no file matched");
    }

    @Test
    public void aFileBeyondTheLimitIsNotEvenRead() throws Exception {
        write("logs/a", "a");
        try (var sparse =
                new java.io.RandomAccessFile(node.resolve("logs/sparse").toFile(), "rw")) {
            sparse.setLength(1L << 40);
        }
        publish(workspace("logs/**"));
        assertThat(DirectoryFiles.tree(logs())).containsExactly("a");
        assertThat(notes.toList()).containsExactly("left out, longer than 1048576 bytes: ./sparse");
    }

    @Test
    public void moreThanTheTotalIsCutOffAndTheRestPublished() throws Exception {
        for (int i = 0; i < 20; i++) {
            write("logs/f" + i, "x".repeat(1 << 20));
        }
        publish(workspace("logs/**"));
        assertThat(DirectoryFiles.tree(logs())).hasSize(4);
        assertThat(notes.toList()).hasSize(1);
    }

    @Test
    public void withoutSudoUnreadableFilesAreLeftOutAndNoted() throws Exception {
        assumeTrue("needs root to become another user", Files.isWritable(Path.of("/etc/passwd")));
        write("logs/open", "o");
        write("logs/closed", "c");
        write("logs/shut/in", "i");
        Files.setPosixFilePermissions(node.resolve("logs/closed"), PosixFilePermissions.fromString("rw-------"));
        Files.setPosixFilePermissions(node.resolve("logs/shut"), PosixFilePermissions.fromString("rwx------"));
        for (Path above = node; above.startsWith(temporary.getRoot().toPath()); above = above.getParent()) {
            Files.setPosixFilePermissions(above, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        publish(
                shell("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "sh"),
                LIMITS,
                Duration.ofSeconds(60),
                workspace("logs/**"));
        assertThat(DirectoryFiles.tree(logs())).containsExactly("open");
        assertThat(notes.toList()).anyMatch(note -> note.equals("left out, not readable: ./closed"));
        assertThat(notes.toList()).anyMatch(note -> note.contains("./shut") && note.contains("Permission denied"));
    }

    @Test
    public void anOrdinaryAccountReadsThroughSudoThatNeverAsks() throws Exception {
        assumeTrue("needs root to become another user", Files.isWritable(Path.of("/etc/passwd")));
        write("bin/sudo", "#!/bin/sh\n[ \"$1\" = -n ] || exit 9\nshift\nAS_ROOT=yes exec \"$@\"\n");
        write("bin/tar", "#!/bin/sh\n[ \"$AS_ROOT\" = yes ] || exit 9\nexec /bin/tar \"$@\"\n");
        write("logs/a", "a");
        for (String name : new String[] {"bin/sudo", "bin/tar"}) {
            Files.setPosixFilePermissions(node.resolve(name), PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        for (Path above = node; above.startsWith(temporary.getRoot().toPath()); above = above.getParent()) {
            Files.setPosixFilePermissions(above, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        String path = "PATH=" + node.resolve("bin") + ":" + System.getenv("PATH");
        publish(
                shell("env", path, "setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "sh"),
                LIMITS,
                Duration.ofSeconds(60),
                workspace("logs/**"));
        assertThat(DirectoryFiles.tree(logs())).containsExactly("a");
    }

    @Test
    public void theNodesDeadlineEndsIt() throws Exception {
        Path slow = node.resolve("bin/find");
        write("bin/find", "#!/bin/sh\nexec sleep 60\n");
        Files.setPosixFilePermissions(slow, PosixFilePermissions.fromString("rwxr-xr-x"));
        write("logs/a", "a");
        grace = Duration.ofSeconds(2);
        long begin = System.nanoTime();
        assertThatThrownBy(() -> publish(
                        shell("env", "PATH=" + slow.getParent() + ":" + System.getenv("PATH"), "sh"),
                        LIMITS,
                        Duration.ofSeconds(1),
                        workspace("logs/**")))
                .isInstanceOfSatisfying(
                        LogException.class, e -> assertThat(e.problem()).isEqualTo(LogProblem.NODE_DEADLINE));
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(20));
        assertThat(DirectoryFiles.tree(root)).containsExactly("7", "7/check");
    }

    @Test
    public void aTarThatFailsIsNeverAWholeTree() throws Exception {
        Path broken = node.resolve("bin/tar");
        write("bin/tar", "#!/bin/sh\n/bin/tar \"$@\"\nexit 2\n");
        Files.setPosixFilePermissions(broken, PosixFilePermissions.fromString("rwxr-xr-x"));
        write("logs/a", "a");
        assertThatThrownBy(() -> publish(
                        shell("env", "PATH=" + broken.getParent() + ":" + System.getenv("PATH"), "sh"),
                        LIMITS,
                        Duration.ofSeconds(30),
                        workspace("logs/**")))
                .isInstanceOfSatisfying(
                        LogException.class, e -> assertThat(e.problem()).isEqualTo(LogProblem.NODE_FAILED));
        assertThat(DirectoryFiles.tree(root)).containsExactly("7", "7/check");
        Files.writeString(broken, "#!/bin/sh\n/bin/tar \"$@\"\necho './a: file changed as we read it' >&2\nexit 1\n");
        publish(
                shell("env", "PATH=" + broken.getParent() + ":" + System.getenv("PATH"), "sh"),
                LIMITS,
                Duration.ofSeconds(30),
                workspace("logs/**"));
        assertThat(DirectoryFiles.tree(logs())).containsExactly("a");
        assertThat(notes.toList()).contains("./a: file changed as we read it");
    }

    @Test
    public void aStreamCutAnywhereIsNeverAWholeTree() throws Exception {
        write("logs/a", "a".repeat(3000));
        write("more/b", "b");
        LogSource source = workspace("logs/**, more/**");
        grace = Duration.ofMillis(20);
        byte[] whole = output(source);
        for (int length = 0; length < whole.length; length += 509) {
            int cut = length;
            // up to the padding behind the digest
            if (new String(whole, 0, cut, StandardCharsets.ISO_8859_1).matches("(?s).*\nSHA256 [0-9a-f]{64}\n.*")) {
                break;
            }
            assertThatThrownBy(() -> publish(
                            (script, output) -> () -> output.write(whole, 0, cut),
                            LIMITS,
                            Duration.ofSeconds(30),
                            source))
                    .as("cut after %s", cut)
                    .isInstanceOf(LogException.class);
            assertThat(DirectoryFiles.tree(root)).containsExactly("7", "7/check");
        }
        publish((script, output) -> () -> output.write(whole, 0, whole.length), LIMITS, Duration.ofSeconds(30), source);
        assertThat(DirectoryFiles.tree(logs())).containsExactly("a", "more", "more/b");
    }

    private byte[] output(LogSource source) throws Exception {
        Process process = new ProcessBuilder("sh").start();
        String script =
                NodeScript.of(List.of(source), LIMITS, Duration.ofSeconds(30)).text();
        new ByteArrayInputStream(script.getBytes(StandardCharsets.UTF_8)).transferTo(process.getOutputStream());
        process.getOutputStream().close();
        try (InputStream in = process.getInputStream()) {
            return in.readAllBytes();
        }
    }

    @Test
    public void aLostNodeIsSaidToBeLost() throws Exception {
        assertThatThrownBy(() -> publish(
                        (script, output) -> () -> {
                            output.write("METAPLUGIN-CI LOGS 2 plain none\n".getBytes(StandardCharsets.UTF_8));
                            throw new IOException("channel is closed");
                        },
                        LIMITS,
                        Duration.ofSeconds(30),
                        workspace("logs/**")))
                .isInstanceOfSatisfying(
                        LogException.class, e -> assertThat(e.problem()).isEqualTo(LogProblem.NODE_GONE));
        assertThatThrownBy(() -> publish(
                        (script, output) -> {
                            throw new IOException("no channel");
                        },
                        LIMITS,
                        Duration.ofSeconds(30),
                        workspace("logs/**")))
                .isInstanceOfSatisfying(
                        LogException.class, e -> assertThat(e.problem()).isEqualTo(LogProblem.NODE_GONE));
    }

    @Test
    public void aFrozenNodeIsGivenUp() {
        CountDownLatch never = new CountDownLatch(1);
        grace = Duration.ofMillis(100);
        assertThatThrownBy(() ->
                        publish((script, output) -> never::await, LIMITS, Duration.ofMillis(200), workspace("logs/**")))
                .isInstanceOfSatisfying(
                        LogException.class, e -> assertThat(e.problem()).isEqualTo(LogProblem.NODE_DEADLINE));
    }

    @Test
    public void aFailingServerNeverHangsTheNode() throws Exception {
        CountDownLatch written = new CountDownLatch(1);
        sessions.files.room = 100;
        byte[] whole = bigOutput();
        assertThatThrownBy(() -> publish(
                        (script, output) -> () -> {
                            output.write(whole);
                            written.countDown();
                        },
                        LIMITS,
                        Duration.ofSeconds(30),
                        workspace("logs/**")))
                .isInstanceOfSatisfying(
                        LogException.class, e -> assertThat(e.problem()).isEqualTo(LogProblem.SERVER_REFUSED));
        assertThat(written.await(10, TimeUnit.SECONDS)).isTrue();
    }

    private byte[] bigOutput() throws Exception {
        byte[] random = new byte[1 << 19];
        for (int i = 0; i < 4; i++) {
            new Random(i).nextBytes(random);
            Files.createDirectories(node.resolve("logs"));
            Files.write(node.resolve("logs/f" + i), random);
        }
        byte[] whole = output(workspace("logs/**"));
        assertThat(whole.length).isGreaterThan(BoundedPipe.CAPACITY * 3 / 2);
        return whole;
    }

    @Test
    public void aServerThatIsAwayLeavesAWholeCopyInTheSpool() throws Exception {
        sessions.refusal = new io.jenkins.plugins.metapluginci.ssh.SshException(
                io.jenkins.plugins.metapluginci.ssh.SshException.Kind.HOST_KEY, "other key", null);
        write("logs/a", "a");
        assertThatThrownBy(() -> publish(workspace("logs/**")))
                .isInstanceOfSatisfying(
                        LogException.class, e -> assertThat(e.problem()).isEqualTo(LogProblem.HOST_KEY));
        assertThat(notes.files()).isEqualTo(1);
        assertThat(DirectoryFiles.tree(root)).isEmpty();
    }

    private NodeShell without(String... tools) {
        return (text, output) -> {
            String script = text;
            for (String tool : tools) {
                assertThat(script).contains("command -v " + tool);
                script = script.replace("command -v " + tool, "command -v no-" + tool);
            }
            return shell("sh").start(script, output);
        };
    }

    @Test
    public void aNodeWithoutGzipOrDigestsIsReadAllTheSame() throws Exception {
        write("logs/a", "a".repeat(3000));
        publish(without("gzip"), LIMITS, Duration.ofSeconds(60), workspace("logs/**"));
        assertThat(notes.toList()).isEmpty();
        publish(without("sha256sum"), LIMITS, Duration.ofSeconds(60), workspace("logs/**"));
        assertThat(notes.toList()).singleElement().asString().contains("no sha256sum");
        publish(without("gzip", "sha256sum"), LIMITS, Duration.ofSeconds(60), workspace("logs/**"));
        assertThat(notes.toList()).singleElement().asString().contains("no sha256sum");
        assertThat(logs().resolve("a")).hasContent("a".repeat(3000));
    }

    @Test
    public void aByteThatChangedOnTheWayIsNeverPublished() throws Exception {
        write("logs/a", "a".repeat(3000));
        java.io.ByteArrayOutputStream bytes = new java.io.ByteArrayOutputStream();
        NodeScript script = NodeScript.of(List.of(workspace("logs/**")), LIMITS, Duration.ofSeconds(30));
        without("gzip").start(script.text(), bytes).join();
        byte[] plain = bytes.toByteArray();
        int inside = new String(plain, StandardCharsets.ISO_8859_1).indexOf("aaaa") + 1000;
        plain[inside] = 'b';
        byte[] packed = output(workspace("logs/**"));
        packed[60] ^= 4;
        for (byte[] damaged : List.of(plain, packed)) {
            assertThatThrownBy(() -> publish(
                            (text, output) -> () -> output.write(damaged, 0, damaged.length),
                            LIMITS,
                            Duration.ofSeconds(30),
                            workspace("logs/**")))
                    .isInstanceOfSatisfying(
                            LogException.class, e -> assertThat(e.problem()).isEqualTo(LogProblem.INCOMPLETE));
            assertThat(DirectoryFiles.tree(root)).containsExactly("7", "7/check");
        }
    }

    @Test
    public void manyEmptyFilesAndDeepDirectoriesAreBounded() throws Exception {
        Process made = new ProcessBuilder(
                        "sh",
                        "-c",
                        "mkdir many && cd many && seq 1 3000 | xargs touch && cd .. && d=deep; i=0;"
                                + " while [ $i -lt 100 ]; do d=$d/d; i=$((i+1)); done; mkdir -p $d && echo x > $d/f")
                .directory(Files.createDirectories(node.resolve("logs")).toFile())
                .start();
        assertThat(made.waitFor()).isZero();
        publish(workspace("logs/**"));
        assertThat(notes.files()).isEqualTo(LIMITS.files());
        assertThat(notes.toList()).anyMatch(note -> note.contains("everything after 1000 files"));
        publish(workspace("logs/deep/**"));
        assertThat(notes.toList()).anyMatch(note -> note.contains("its name is too long"));
    }

    @Test
    public void aFileThatGrowsWhileItIsReadIsPublishedAsLongAsItWas() throws Exception {
        write("logs/growing", "line\n".repeat(1000));
        Path file = node.resolve("logs/growing");
        java.util.concurrent.atomic.AtomicBoolean stop = new java.util.concurrent.atomic.AtomicBoolean();
        Thread writer = new Thread(() -> {
            try {
                while (!stop.get()) {
                    Files.writeString(file, "line\n", java.nio.file.StandardOpenOption.APPEND);
                }
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        writer.start();
        try {
            publish(workspace("logs/**"));
        } finally {
            stop.set(true);
            writer.join();
        }
        assertThat(Files.readString(logs().resolve("growing"))).startsWith("line\n".repeat(1000));
    }
}
