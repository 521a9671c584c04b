package io.jenkins.plugins.metapluginci.logs;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A content whose length is known before it is read, as archives want it. One of unknown length is read first: into memory up to
 * {@value #IN_MEMORY} bytes, what is longer into a temporary file of this machine.
 */
final class Sized implements AutoCloseable {
    static final int IN_MEMORY = 1 << 20;

    private final long size;
    private final InputStream stream;

    @CheckForNull
    private final Path file;

    private Sized(long size, InputStream stream, @CheckForNull Path file) {
        this.size = size;
        this.stream = stream;
        this.file = file;
    }

    /** @param size or {@link TreeSink#UNKNOWN} */
    static Sized of(InputStream content, long size) throws IOException {
        if (size != TreeSink.UNKNOWN) {
            return new Sized(size, content, null);
        }
        byte[] first = content.readNBytes(IN_MEMORY + 1);
        if (first.length <= IN_MEMORY) {
            return new Sized(first.length, new ByteArrayInputStream(first), null);
        }
        Path file = Files.createTempFile("metaplugin-ci-logs", ".part");
        boolean whole = false;
        try {
            long length = first.length;
            try (OutputStream out = Files.newOutputStream(file)) {
                out.write(first);
                length += content.transferTo(out);
            } catch (LogException e) {
                throw e;
            } catch (IOException e) {
                throw new LogException(LogProblem.INTERNAL, "a temporary file cannot be written: " + e.getMessage(), e);
            }
            InputStream in = new BufferedInputStream(Files.newInputStream(file), 64 * 1024);
            whole = true;
            return new Sized(length, in, file);
        } finally {
            if (!whole) {
                Files.deleteIfExists(file);
            }
        }
    }

    long size() {
        return size;
    }

    InputStream stream() {
        return stream;
    }

    @Override
    public void close() throws IOException {
        if (file != null) {
            stream.close();
            Files.deleteIfExists(file);
        }
    }
}
