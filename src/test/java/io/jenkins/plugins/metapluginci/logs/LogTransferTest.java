package io.jenkins.plugins.metapluginci.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.metapluginci.ssh.SshException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Archives as a machine may send them on which strangers were root. */
public class LogTransferTest {
    private static final TransferLimits LIMITS = new TransferLimits(1000, 2000, 1 << 20, 4 << 20);

    @Rule
    public TemporaryFolder temporary = new TemporaryFolder();

    private Path root;
    private DirectoryFiles files;
    private final PublishNotes notes = new PublishNotes();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private TarArchiveOutputStream tar;

    @Before
    public void begin() throws IOException {
        root = temporary.getRoot().toPath();
        files = new DirectoryFiles(root);
        tar = new TarArchiveOutputStream(bytes, 10240, "UTF-8");
        tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_GNU);
    }

    private void file(String name, byte[] content) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name, true);
        entry.setSize(content.length);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
    }

    private void file(String name) throws IOException {
        file(name, name.getBytes(StandardCharsets.UTF_8));
    }

    private void special(String name, byte type, String link) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name, type);
        entry.setLinkName(link);
        tar.putArchiveEntry(entry);
        tar.closeArchiveEntry();
    }

    private byte[] archive() throws IOException {
        tar.close();
        return bytes.toByteArray();
    }

    private boolean publish(byte[] archive, TransferLimits limits) throws LogException {
        return publish(new ByteArrayInputStream(archive), limits);
    }

    private boolean publish(InputStream archive, TransferLimits limits) throws LogException {
        TreeSink sink = server().tree("7/check", "token");
        boolean whole = false;
        try {
            boolean all = new LogTransfer(sink, limits, notes).receive(archive, "");
            sink.verify();
            sink.commit();
            whole = true;
            return all;
        } finally {
            if (!whole) {
                sink.abandon(false);
            }
        }
    }

    private ServerFiles server() {
        try {
            return new SftpServer(new Sessions(files).new Session(), ".", "SFTP");
        } catch (SshException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private Path logs() {
        return root.resolve("7/check/logs");
    }

    private void assertNothingPublished() throws IOException {
        assertThat(DirectoryFiles.tree(root)).containsExactly("7", "7/check");
    }

    @Test
    public void plainFilesArriveAsTheyWere() throws Exception {
        byte[] big = new byte[300_000];
        Arrays.fill(big, (byte) 'x');
        file("./console.log", new byte[0]);
        file("./a/b/c.txt");
        file("./a/screen-q-svc.txt", big);
        file("./" + "n".repeat(255) + "/" + "m".repeat(255));
        assertThat(publish(archive(), LIMITS)).isTrue();
        assertThat(DirectoryFiles.tree(logs()))
                .containsExactly(
                        "a",
                        "a/b",
                        "a/b/c.txt",
                        "a/screen-q-svc.txt",
                        "console.log",
                        "n".repeat(255),
                        "n".repeat(255) + "/" + "m".repeat(255));
        assertThat(logs().resolve("a/screen-q-svc.txt")).hasBinaryContent(big);
        assertThat(logs().resolve("a/b/c.txt")).hasContent("./a/b/c.txt");
        assertThat(notes.files()).isEqualTo(4);
        assertThat(notes.toList()).isEmpty();
    }

    @Test
    public void namesThatLeadElsewhereAreRefused() throws Exception {
        file("../up.txt");
        file("./a/../../up.txt");
        file("/etc/cron.d/x");
        file("x/..");
        file("./", new byte[0]);
        file("d/".repeat(70) + "deep");
        file("good.txt");
        assertThat(publish(archive(), LIMITS)).isTrue();
        assertThat(DirectoryFiles.tree(root)).containsExactly("7", "7/check", "7/check/logs", "7/check/logs/good.txt");
        assertThat(notes.toList()).hasSize(5).allMatch(note -> note.startsWith("left out"));
    }

    @Test
    public void onlyRegularFilesAreTaken() throws Exception {
        special("link", TarConstants.LF_SYMLINK, "/etc/passwd");
        special("hard", TarConstants.LF_LINK, "/etc/passwd");
        special("disk", TarConstants.LF_BLK, "");
        special("tty", TarConstants.LF_CHR, "");
        special("pipe", TarConstants.LF_FIFO, "");
        special("directory/", TarConstants.LF_DIR, "");
        special("strange", (byte) 'Z', "");
        file("good.txt");
        assertThat(publish(archive(), LIMITS)).isTrue();
        assertThat(DirectoryFiles.tree(logs())).containsExactly("good.txt");
        assertThat(notes.toList())
                .containsExactly(
                        "left out, a symbolic link to /etc/passwd: link",
                        "left out, a hard link to /etc/passwd: hard",
                        "left out, a device: disk",
                        "left out, a device: tty",
                        "left out, a named pipe: pipe",
                        "left out, not a plain file: strange");
    }

    @Test
    public void namesAreMadeSafeAndReported() throws Exception {
        file("two\nlines");
        file("bell\u0007\u001b[8mha:x");
        file("back\\slash");
        file(".htaccess");
        file("a/.HTpasswd");
        file("\u202egnp.exe");
        assertThat(publish(archive(), LIMITS)).isTrue();
        assertThat(DirectoryFiles.tree(logs()))
                .containsExactly(
                        "_.htaccess", "_gnp.exe", "a", "a/_.HTpasswd", "back_slash", "bell__[8mha:x", "two_lines");
        assertThat(notes.toList()).hasSize(6).allMatch(note -> note.startsWith("published as "));
        assertThat(String.join("", notes.toList())).doesNotContain("\n", "\u001b", "\u202e");
    }

    @Test
    public void aNameThatIsNotUtf8IsReplaced() throws Exception {
        file("caf?.txt");
        byte[] archive = archive();
        archive[3] = (byte) 0xe9;
        int sum = 0;
        Arrays.fill(archive, 148, 156, (byte) ' ');
        for (int i = 0; i < 512; i++) {
            sum += archive[i] & 0xff;
        }
        System.arraycopy(String.format("%06o\0 ", sum).getBytes(StandardCharsets.US_ASCII), 0, archive, 148, 8);
        publish(archive, LIMITS);
        assertThat(DirectoryFiles.tree(logs())).containsExactly("caf_.txt");
        assertThat(notes.toList()).hasSize(1);
    }

    @Test
    public void namesThatMeetGetNumbers() throws Exception {
        file("a\u0001", new byte[] {1});
        file("a\u0002", new byte[] {2});
        file("a_", new byte[] {3});
        file("a_/below");
        file("d/f");
        file("d");
        publish(archive(), LIMITS);
        assertThat(DirectoryFiles.tree(logs())).containsExactly("a_", "a_~2", "a_~3", "d", "d/f", "d~2");
        assertThat(notes.toList()).contains("left out, its name is taken: a_/below");
    }

    @Test
    public void anArchiveCutAnywhereIsIncompleteAndLeavesNothing() throws Exception {
        file("one.txt", new byte[700]);
        file("two.txt", new byte[3]);
        byte[] whole = archive();
        int end = 512 + 1024 + 512 + 512;
        for (int length = 0; length < end + 1024; length += length % 512 == 511 || length % 512 == 0 ? 1 : 85) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> publish(cut, LIMITS))
                    .as("cut after %s bytes", length)
                    .isInstanceOfSatisfying(
                            LogException.class, e -> assertThat(e.problem()).isEqualTo(LogProblem.INCOMPLETE));
            assertNothingPublished();
        }
        assertThat(publish(Arrays.copyOf(whole, end + 1024), LIMITS)).isTrue();
    }

    @Test
    public void aDamagedHeaderEndsIt() throws Exception {
        file("one.txt");
        file("two.txt");
        byte[] damaged = archive();
        damaged[1024 + 2] ^= 1;
        assertThatThrownBy(() -> publish(damaged, LIMITS)).isInstanceOf(LogException.class);
        assertNothingPublished();
    }

    @Test
    public void aHeaderOfGigabytesIsNotReadIntoMemory() throws Exception {
        for (byte type : new byte[] {TarConstants.LF_GNUTYPE_LONGNAME, TarConstants.LF_PAX_EXTENDED_HEADER_LC}) {
            byte[] header = new byte[512];
            TarArchiveEntry entry = new TarArchiveEntry("././@LongLink", type);
            entry.setSize(3L << 30);
            entry.writeEntryHeader(header);
            InputStream endless = new InputStream() {
                private long position;

                @Override
                public int read() {
                    int b = position < 512 ? header[(int) position] & 0xff : 'a';
                    position++;
                    if (position > 1 << 20) {
                        throw new AssertionError("read on");
                    }
                    return b;
                }
            };
            assertThatThrownBy(() -> publish(endless, LIMITS)).isInstanceOf(LogException.class);
        }
        assertNothingPublished();
    }

    @Test
    public void beyondTheLimitsTheRestIsLeftOutAndNoted() throws Exception {
        for (int i = 0; i < 20; i++) {
            file("f" + i, new byte[1000]);
        }
        byte[] archive = archive();
        assertThat(publish(archive, new TransferLimits(5, 100, 2000, 1 << 20))).isFalse();
        assertThat(DirectoryFiles.tree(logs())).hasSize(5);
        assertThat(notes.toList()).containsExactly("left out: everything after 5 files");
        assertThat(publish(archive, new TransferLimits(500, 7, 2000, 1 << 20))).isFalse();
        assertThat(publish(archive, new TransferLimits(500, 100, 2000, 4000 + notes.bytes())))
                .isFalse();
        assertThat(DirectoryFiles.tree(logs())).hasSize(4);
    }

    @Test
    public void aFileBeyondItsLimitIsLeftOutAlone() throws Exception {
        file("big", new byte[5000]);
        file("small", new byte[50]);
        assertThat(publish(archive(), new TransferLimits(5, 100, 4999, 1 << 20)))
                .isTrue();
        assertThat(DirectoryFiles.tree(logs())).containsExactly("small");
        assertThat(notes.toList()).containsExactly("left out, longer than 4999 bytes: big");
    }

    @Test
    public void manyNotesAreCounted() throws Exception {
        for (int i = 0; i < 250; i++) {
            special("link" + i, TarConstants.LF_SYMLINK, "x".repeat(4000));
        }
        publish(archive(), LIMITS);
        assertThat(notes.toList()).hasSize(101).last().isEqualTo("and 150 more");
        assertThat(notes.toList()).allMatch(note -> note.length() <= 303);
        assertThat(notes.summary())
                .containsExactly("left out, a symbolic link (250 files): link0, link1, link2 and 247 more");
    }

    @Test
    public void notesOfOneKindAreOneLine() throws Exception {
        special("screen-a.log", TarConstants.LF_SYMLINK, "a.2026.log");
        special("screen-b.log", TarConstants.LF_SYMLINK, "b.2026.log");
        special("tty", TarConstants.LF_CHR, "");
        file("back\\slash");
        file("line\nbreak");
        publish(archive(), LIMITS);
        notes.note("left out, not readable: ./x: y");
        notes.note("left out, not readable: ./z");
        notes.note("./a: file changed as we read it");
        notes.note("./b: file changed as we read it");
        notes.note("no file matched");
        assertThat(notes.summary())
                .containsExactly(
                        "left out, a symbolic link (2 files): screen-a.log, screen-b.log",
                        "left out, a device: tty",
                        "published under another name (2 files): back\\slash, line?break",
                        "left out, not readable (2 files): ./x: y, ./z",
                        "file changed as we read it (2 files): ./a, ./b",
                        "no file matched");
        assertThat(notes.toList()).hasSize(10).contains("left out, a symbolic link to b.2026.log: screen-b.log");
    }

    @Test
    public void kindsThatANodeMakesUpAreBounded() {
        for (int i = 0; i < 50; i++) {
            notes.note("left out, for reason " + i + ": x");
        }
        assertThat(notes.summary()).hasSize(21).last().isEqualTo("and 30 more");
    }

    @Test
    public void aNewTreeTakesThePlaceOfTheOldWhole() throws Exception {
        file("old.txt");
        byte[] old = archive();
        publish(old, LIMITS);
        bytes.reset();
        tar = new TarArchiveOutputStream(bytes, 10240, "UTF-8");
        file("new.txt");
        publish(archive(), LIMITS);
        assertThat(DirectoryFiles.tree(root)).containsExactly("7", "7/check", "7/check/logs", "7/check/logs/new.txt");
        bytes.reset();
        tar = new TarArchiveOutputStream(bytes, 10240, "UTF-8");
        publish(archive(), LIMITS);
        assertNothingPublished();
    }

    @Test
    public void whateverTheServerRefusesTheOldTreeStays() throws Exception {
        file("old.txt");
        publish(archive(), LIMITS);
        bytes.reset();
        tar = new TarArchiveOutputStream(bytes, 10240, "UTF-8");
        file("a/new.txt", new byte[200_000]);
        byte[] archive = archive();
        for (String failing : new String[] {"mkdir 7/check/.logs-part", "/a", "create", "rename 7/check/.logs-part"}) {
            files.failing = failing;
            assertThatThrownBy(() -> publish(archive, LIMITS))
                    .as(failing)
                    .isInstanceOfSatisfying(
                            LogException.class, e -> assertThat(e.problem()).isEqualTo(LogProblem.SERVER_REFUSED));
            files.failing = null;
            assertThat(DirectoryFiles.tree(root))
                    .containsExactly("7", "7/check", "7/check/logs", "7/check/logs/old.txt");
        }
        files.room = 100_000;
        assertThatThrownBy(() -> publish(archive, LIMITS)).hasMessageContaining("disk full");
        files.room = Long.MAX_VALUE;
        assertThat(DirectoryFiles.tree(root)).containsExactly("7", "7/check", "7/check/logs", "7/check/logs/old.txt");
    }

    @Test
    public void whatACutOffAttemptLeftIsTakenAwayOrGivenItsNameBack() throws Exception {
        Files.createDirectories(root.resolve("7/check/.logs-part-1/a"));
        Files.createDirectories(root.resolve("7/check/.logs-old-1"));
        Files.writeString(root.resolve("7/check/.logs-old-1/old.txt"), "old");
        TreeSink sink = server().tree("7/check", "token");
        assertThat(logs().resolve("old.txt")).hasContent("old");
        sink.abandon(false);
        assertThat(DirectoryFiles.tree(root)).containsExactly("7", "7/check", "7/check/logs", "7/check/logs/old.txt");
    }

    @Test
    public void aLostConnectionIsToldFromARefusal() throws Exception {
        file("a");
        files.failing = "create";
        files.failure = new SshException(SshException.Kind.BROKEN, "reset", null);
        byte[] archive = archive();
        assertThatThrownBy(() -> publish(archive, LIMITS)).isInstanceOfSatisfying(LogException.class, e -> {
            assertThat(e.problem()).isEqualTo(LogProblem.SERVER_BROKEN);
            assertThat(e.isConnectionLost()).isTrue();
        });
    }

    private static byte[] unpacked(Path file) throws IOException {
        try (InputStream in = new java.util.zip.GZIPInputStream(Files.newInputStream(file))) {
            return in.readAllBytes();
        }
    }

    @Test
    public void longTextIsStoredPackedAndNothingElse() throws Exception {
        TransferLimits packing = new TransferLimits(1000, 2000, 4 << 20, 64 << 20, true);
        byte[] text = "2026-11-23 06:00:00.000 DEBUG nova.compute.manager [-] all is well\n"
                .repeat(30_000)
                .getBytes(StandardCharsets.UTF_8);
        byte[] binary = new byte[100_000];
        byte[] shortText = Arrays.copyOf(text, StoredForm.LEAST - 1);
        byte[] exact = Arrays.copyOf(text, StoredForm.LEAST);
        file("./screen/n-cpu.txt", text);
        file("./exact.log", exact);
        file("./short.log", shortText);
        file("./journal", binary);
        file("./report.html.gz", text);
        file("./" + "n".repeat(255), text);
        file("./screen/n-cpu.txt.gz", shortText);
        assertThat(publish(archive(), packing)).isTrue();
        assertThat(unpacked(logs().resolve("screen/n-cpu.txt.gz"))).isEqualTo(text);
        assertThat(Files.size(logs().resolve("screen/n-cpu.txt.gz"))).isLessThan(text.length / 8);
        assertThat(unpacked(logs().resolve("exact.log.gz"))).isEqualTo(exact);
        assertThat(logs().resolve("short.log")).hasBinaryContent(shortText);
        assertThat(logs().resolve("journal")).hasBinaryContent(binary);
        assertThat(logs().resolve("report.html.gz")).hasBinaryContent(text);
        assertThat(logs().resolve("n".repeat(255))).hasBinaryContent(text);
        assertThat(logs().resolve("screen/n-cpu.txt.gz~2")).hasBinaryContent(shortText);
        assertThat(notes.listing())
                .contains(
                        new RunLogs.File("screen/n-cpu.txt.gz", text.length),
                        new RunLogs.File("short.log", shortText.length));
        assertThat(notes.bytes()).isEqualTo(3L * text.length + binary.length + 2L * shortText.length + exact.length);
        Process gzip =
                new ProcessBuilder("gzip", "-t", logs().resolve("exact.log.gz").toString()).start();
        assertThat(gzip.waitFor()).isZero();
    }
}
