package io.jenkins.plugins.metapluginci.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.sshd.server.session.ServerSession;
import org.apache.sshd.sftp.server.FileHandle;
import org.apache.sshd.sftp.server.SftpEventListener;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Many files at once, against a server of the SSH library that can be made to fail. */
public class SftpBulkTest {
    @Rule
    public TemporaryFolder folder = new TemporaryFolder();

    private SshHost host;
    private SshConnector connector;
    private SshSession session;
    private SftpBulk bulk;
    private Path root;
    private Path key;

    @Before
    public void start() throws Exception {
        host = new SshHost("ssh-ed25519");
        connector = new SshConnector(new SshTimeouts(
                Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofMillis(300), 10));
        root = folder.newFolder("root").toPath();
        key = SshHost.write(host.userKey(), folder.getRoot().toPath().resolve("id"), null);
        session = connector.connect(host.target(host.port(), key));
        bulk = session.sftpBulk();
    }

    @After
    public void stop() throws Exception {
        System.clearProperty("metaplugin-ci.ssh.request");
        bulk.close();
        session.close();
        connector.close();
        host.close();
    }

    private static byte[] content(int seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static InputStream stream(byte[] content) {
        return new ByteArrayInputStream(content);
    }

    /** Directories, small files, large ones and empty ones, mixed. */
    private Map<String, byte[]> tree(int files) {
        Map<String, byte[]> tree = new TreeMap<>();
        for (int i = 0; i < files; i++) {
            int length = i % 50 == 0 ? 300_000 + i : i % 7 == 0 ? 0 : 10 + 97 * (i % 1000);
            tree.put("d" + i % 11 + "/e" + i % 3 + "/f" + i, content(i, length));
        }
        return tree;
    }

    private void send(SftpBulk to, Map<String, byte[]> tree) throws IOException {
        java.util.Set<String> made = new java.util.HashSet<>();
        for (Map.Entry<String, byte[]> file : tree.entrySet()) {
            String path = file.getKey();
            for (int slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
                if (made.add(path.substring(0, slash))) {
                    to.makeDirectory(root + "/" + path.substring(0, slash));
                }
            }
            assertThat(to.write(root + "/" + path, stream(file.getValue()))).isEqualTo(file.getValue().length);
        }
        to.finish();
    }

    @Test
    public void manyFilesArriveByteForByte() throws Exception {
        Map<String, byte[]> tree = tree(700);
        send(bulk, tree);
        for (Map.Entry<String, byte[]> file : tree.entrySet()) {
            assertThat(Files.readAllBytes(root.resolve(file.getKey())))
                    .as(file.getKey())
                    .isEqualTo(file.getValue());
        }
        Map<String, Long> seen = bulk.files(root.toString());
        assertThat(seen).hasSize(700);
        tree.forEach((path, content) -> assertThat(seen).containsEntry(path, (long) content.length));
        assertThat(bulk.files(root + "/nowhere")).isEmpty();
    }

    @Test
    public void l1_nothingWaitsForARoundTripOfItsOwn() throws Exception {
        Map<String, byte[]> tree = new TreeMap<>();
        for (int i = 0; i < 400; i++) {
            tree.put("d" + i % 20 + "/f" + i, content(i, 100));
        }
        try (TcpRelay relay = new TcpRelay(host.port(), 25);
                SshSession slow = connector.connect(host.target(relay.port(), key));
                SftpBulk far = slow.sftpBulk()) {
            long start = System.nanoTime();
            send(far, tree);
            // 400 files with three requests each would be 60 s at a round trip of 50 ms
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
        }
        assertThat(bulk.files(root.toString())).hasSize(400);
    }

    @Test
    public void l9_aDirectoryThatIsThereIsFineAndAFileInItsPlaceIsNot() throws Exception {
        Files.createDirectory(root.resolve("there"));
        bulk.makeDirectory(root + "/there");
        bulk.finish();
        Files.writeString(root.resolve("file"), "");
        bulk.makeDirectory(root + "/file");
        assertThatThrownBy(bulk::finish)
                .isInstanceOf(IOException.class)
                .isNotInstanceOf(SshException.class)
                .hasMessageContaining(root + "/file");
        bulk.makeDirectory(root + "/missing/below");
        assertThatThrownBy(bulk::finish).hasMessageContaining(root + "/missing/below");
    }

    @Test
    public void aRefusedWriteNamesItsFileAndTheChannelCanBeUsedOn() throws Exception {
        AtomicInteger writes = new AtomicInteger();
        host.watchSftp(new SftpEventListener() {
            @Override
            public void writing(
                    ServerSession with, String handle, FileHandle file, long at, byte[] data, int offset, int length)
                    throws IOException {
                if (writes.incrementAndGet() == 120) {
                    throw new IOException("no space left");
                }
            }
        });
        // a channel hears of a listener that was there before it
        bulk.close();
        bulk = session.sftpBulk();
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 500; i++) {
                        bulk.write(root + "/f" + i, stream(content(i, 50)));
                    }
                    bulk.finish();
                })
                .isInstanceOf(IOException.class)
                .isNotInstanceOf(SshException.class)
                .hasMessageContaining(root + "/f119");
        bulk.removeTree(root + "/f119");
        bulk.write(root + "/f119", stream(content(1, 50)));
        bulk.finish();
        assertThat(root.resolve("f119")).hasBinaryContent(content(1, 50));
    }

    @Test
    public void l2_aServerThatAnswersNoMoreIsGivenUpWithTheFilesName() throws Exception {
        System.setProperty("metaplugin-ci.ssh.request", "700");
        CountDownLatch never = new CountDownLatch(1);
        host.watchSftp(new SftpEventListener() {
            @Override
            public void writing(
                    ServerSession with, String handle, FileHandle file, long at, byte[] data, int offset, int length)
                    throws IOException {
                if (file.getFile().endsWith("f50")) {
                    try {
                        never.await();
                    } catch (InterruptedException e) {
                        throw new IOException(e);
                    }
                }
            }
        });
        try (SftpBulk impatient = session.sftpBulk()) {
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 500; i++) {
                            impatient.write(root + "/f" + i, stream(content(i, 50)));
                        }
                        impatient.finish();
                    })
                    .isInstanceOfSatisfying(
                            SshException.class, e -> assertThat(e.kind()).isEqualTo(SshException.Kind.TIMEOUT))
                    .hasMessageContaining(root + "/f50");
        } finally {
            never.countDown();
        }
    }

    @Test
    public void aCutConnectionEndsIt() throws Exception {
        try (TcpRelay relay = new TcpRelay(host.port(), 0);
                SshSession far = connector.connect(host.target(relay.port(), key));
                SftpBulk cut = far.sftpBulk()) {
            for (int i = 0; i < 100; i++) {
                cut.write(root + "/f" + i, stream(content(i, 50)));
            }
            relay.close();
            assertThatThrownBy(cut::finish)
                    .isInstanceOfSatisfying(
                            SshException.class, e -> assertThat(e.kind()).isEqualTo(SshException.Kind.BROKEN));
        }
    }

    @Test
    public void contentThatCannotBeReadComesThroughUnchanged() throws Exception {
        IOException own = new IOException("the node is gone");
        InputStream broken = new InputStream() {
            private int left = 400_000;

            @Override
            public int read() throws IOException {
                if (left-- <= 0) {
                    throw own;
                }
                return 'x';
            }
        };
        assertThatThrownBy(() -> bulk.write(root + "/broken", broken)).isSameAs(own);
        bulk.write(root + "/next", stream(content(1, 10)));
        bulk.finish();
        assertThat(root.resolve("next")).hasBinaryContent(content(1, 10));
    }

    @Test
    public void aTreeIsRemovedWithoutFollowingLinks() throws Exception {
        Path kept =
                Files.writeString(Files.createDirectory(root.resolve("outside")).resolve("kept"), "kept");
        send(bulk, tree(300));
        Files.createDirectories(root.resolve("d1/deep/er/still"));
        Files.createSymbolicLink(root.resolve("d1/deep/link"), kept.getParent());
        Files.createSymbolicLink(root.resolve("d1/dangling"), root.resolve("nowhere"));
        bulk.removeTree(root + "/d1");
        bulk.removeTree(root + "/d1");
        assertThat(root.resolve("d1")).doesNotExist();
        assertThat(kept).hasContent("kept");
        bulk.removeTree(root + "/d2/e0");
        assertThat(root.resolve("d2")).exists();
        assertThat(root.resolve("d2/e0")).doesNotExist();
    }

    @Test
    public void aRewrittenFileLosesItsOldEnd() throws Exception {
        Files.write(root.resolve("f"), content(1, 10_000));
        bulk.write(root + "/f", stream(content(2, 10)));
        bulk.finish();
        assertThat(root.resolve("f")).hasBinaryContent(content(2, 10));
        byte[] large = content(3, 2_000_000);
        bulk.write(root + "/f", stream(large));
        bulk.finish();
        assertThat(Arrays.equals(Files.readAllBytes(root.resolve("f")), large)).isTrue();
    }
}
