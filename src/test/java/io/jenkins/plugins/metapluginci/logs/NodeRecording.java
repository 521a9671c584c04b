package io.jenkins.plugins.metapluginci.logs;

import io.jenkins.plugins.metapluginci.ssh.SshConnector;
import io.jenkins.plugins.metapluginci.ssh.SshSession;
import io.jenkins.plugins.metapluginci.ssh.SshTarget;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** What the script on a node printed for a directory, to be published any number of times. */
public final class NodeRecording {
    private final Path stream;
    private final NodeScript script;
    private final TransferLimits limits;

    private NodeRecording(Path stream, NodeScript script, TransferLimits limits) {
        this.stream = stream;
        this.script = script;
        this.limits = limits;
    }

    /** Runs the real script over a directory of this machine. @param gzip whether long text is stored packed */
    public static NodeRecording of(Path directory, Path stream, boolean gzip) throws IOException, InterruptedException {
        TransferLimits limits = new TransferLimits(200_000, 400_000, 1L << 30, 16L << 30, gzip);
        NodeScript script = NodeScript.of(
                List.of(new LogSource(directory.toAbsolutePath().toString(), "**", "")),
                limits,
                Duration.ofMinutes(10));
        Process process = new ProcessBuilder("sh")
                .redirectOutput(stream.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (OutputStream in = process.getOutputStream()) {
            in.write(script.text().getBytes(StandardCharsets.UTF_8));
        }
        if (process.waitFor() != 0) {
            throw new IOException("the script failed");
        }
        return new NodeRecording(stream, script, limits);
    }

    /** @return how the server was written, and how many files */
    public String publish(SshConnector connector, SshTarget target, String root, String directory)
            throws IOException, InterruptedException {
        LogServer server = new LogServer(target, root, null);
        try (SshSession session = connector.connect(server.target());
                ServerFiles files = ServerFiles.open(server, session);
                InputStream in = new BufferedInputStream(Files.newInputStream(stream), 64 * 1024)) {
            PublishNotes notes = new PublishNotes();
            TreeSink sink = files.tree(directory, "bench");
            new NodeStream(in, script.sections(), new LogTransfer(sink, limits, notes), notes).receive();
            sink.verify();
            sink.commit();
            return notes.files() + " files, " + files.how();
        }
    }
}
