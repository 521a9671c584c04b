package io.jenkins.plugins.metapluginci.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class SftpFilesTest {
    @Rule
    public TemporaryFolder folder = new TemporaryFolder();

    private SshHost host;
    private SshConnector connector;
    private SshSession session;
    private SftpFiles files;
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
        files = session.sftp();
    }

    @After
    public void stop() throws Exception {
        files.close();
        session.close();
        connector.close();
        host.close();
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(7).nextBytes(bytes);
        return bytes;
    }

    /** OpenSSH lets a connection have ten channels at a time (MaxSessions), and refuses the eleventh. */
    @Test
    public void whatIsClosedIsClosedAtTheServerToo() throws Exception {
        host.limitChannels(10);
        for (int turn = 0; turn < 50; turn++) {
            try (SftpFiles one = session.sftp()) {
                assertThat(one.exists(root.toString())).as("turn " + turn).isTrue();
            }
        }
    }

    @Test
    public void aFileIsWrittenRenamedAndRead() throws Exception {
        byte[] content = random(3_000_001);
        files.makeDirectories(root + "/a/b/c");
        files.makeDirectories(root + "/a/b/c");
        files.makeDirectories(root + "/a/b");
        try (OutputStream out = files.create(root + "/a/b/c/file.tmp")) {
            out.write(content, 0, 1);
            out.write(content, 1, 2_000_000);
            out.write(content, 2_000_001, 1_000_000);
        }
        Files.writeString(root.resolve("a/b/c/file"), "old");
        files.rename(root + "/a/b/c/file.tmp", root + "/a/b/c/file");
        assertThat(root.resolve("a/b/c/file")).hasBinaryContent(content);
        assertThat(files.read(root + "/a/b/c/file", content.length)).isEqualTo(content);
        assertThatThrownBy(() -> files.read(root + "/a/b/c/file", content.length - 1))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("longer");
        assertThat(files.list(root + "/a/b/c")).containsExactly("file");
        try (OutputStream out = files.create(root + "/a/b/c/file")) {
            out.write('x');
        }
        assertThat(root.resolve("a/b/c/file")).hasContent("x");
    }

    @Test
    public void refusalsNameThePath() throws Exception {
        Files.writeString(root.resolve("file"), "");
        assertThatThrownBy(() -> files.makeDirectories(root + "/file/below"))
                .isInstanceOf(IOException.class)
                .isNotInstanceOf(SshException.class)
                .hasMessageContaining(root + "/file");
        assertThatThrownBy(() -> files.makeDirectories(root + "/file")).hasMessageContaining("not a directory");
        assertThatThrownBy(() -> files.create(root + "/missing/file"))
                .isInstanceOf(IOException.class)
                .isNotInstanceOf(SshException.class)
                .hasMessageContaining(root + "/missing/file");
    }

    @Test
    public void aTreeIsRemovedWithoutFollowingLinks() throws Exception {
        Path outside =
                Files.writeString(Files.createDirectory(root.resolve("outside")).resolve("kept"), "kept");
        Path tree = Files.createDirectories(root.resolve("tree/deep/er"));
        Files.writeString(tree.resolve("file"), "");
        Files.createSymbolicLink(root.resolve("tree/deep/link"), outside.getParent());
        Files.createSymbolicLink(root.resolve("tree/dangling"), root.resolve("nowhere"));
        assertThat(files.exists(root + "/tree/dangling")).isTrue();
        files.removeTree(root + "/tree");
        files.removeTree(root + "/tree");
        assertThat(files.exists(root + "/tree")).isFalse();
        assertThat(outside).hasContent("kept");
        Files.createSymbolicLink(root.resolve("link"), outside.getParent());
        files.removeTree(root + "/link");
        assertThat(outside).hasContent("kept");
        assertThat(root.resolve("link")).doesNotExist();
    }

    @Test
    public void latencyDoesNotLimitThroughput() throws Exception {
        byte[] content = random(4_000_000);
        try (TcpRelay relay = new TcpRelay(host.port(), 50);
                SshSession slow = connector.connect(host.target(relay.port(), key));
                SftpFiles far = slow.sftp()) {
            long start = System.nanoTime();
            try (OutputStream out = far.create(root + "/far")) {
                out.write(content);
            }
            Duration taken = Duration.ofNanos(System.nanoTime() - start);
            assertThat(root.resolve("far")).hasBinaryContent(content);
            // 122 packets, each waiting 100 ms for its answer, would be 12 s.
            assertThat(taken).isLessThan(Duration.ofSeconds(6));
        }
    }

    @Test
    public void aFrozenServerEndsTheTransfer() throws Exception {
        try (TcpRelay relay = new TcpRelay(host.port(), 0);
                SshSession far = connector.connect(host.target(relay.port(), key));
                SftpFiles frozen = far.sftp()) {
            relay.freeze();
            assertThatThrownBy(() -> frozen.exists(root.toString()))
                    .isInstanceOfSatisfying(
                            SshException.class, e -> assertThat(e.kind()).isEqualTo(SshException.Kind.BROKEN));
            OutputStream[] out = new OutputStream[1];
            assertThatThrownBy(() -> out[0] = frozen.create(root + "/x")).isInstanceOf(SshException.class);
        }
    }

    @Test
    public void severalChannelsShareAConnection() throws Exception {
        try (SftpFiles second = session.sftp();
                OutputStream one = files.create(root + "/1");
                OutputStream two = second.create(root + "/2")) {
            one.write(random(100_000));
            two.write(random(100_000));
        }
        assertThat(files.list(root.toString())).containsExactlyInAnyOrder("1", "2");
    }
}
