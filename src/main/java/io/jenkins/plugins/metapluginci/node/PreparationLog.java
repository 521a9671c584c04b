package io.jenkins.plugins.metapluginci.node;

import java.io.BufferedWriter;
import java.io.Closeable;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * What the last preparation of each node said, a line each behind its time, in {@code NAME.log}. Read while it is written.
 * Thread-safe, but for two preparations of one node at a time, which the lifecycle does not start.
 */
public final class PreparationLog {
    private static final Logger LOGGER = Logger.getLogger(PreparationLog.class.getName());
    private static final int PIECE = 256 * 1024;

    private final Path directory;

    /** @param directory made when missing */
    public PreparationLog(Path directory) {
        this.directory = directory;
    }

    private Path file(String node) {
        return directory.resolve(URLEncoder.encode(node, StandardCharsets.UTF_8) + ".log");
    }

    /** Begins anew. */
    Writer start(String node) throws IOException {
        Files.createDirectories(directory);
        return new Writer(Files.newBufferedWriter(file(node)));
    }

    /**
     * What there is from a place on.
     *
     * @param from bytes from the start
     * @param text whole lines in ASCII, perhaps none; at most some 256 KB
     * @param next where to go on
     */
    public record Part(long from, String text, long next) {}

    /** Reads on. Past the end there is nothing; where a new log has begun meanwhile it is read from its start. */
    public Part read(String node, long from) throws IOException {
        try (SeekableByteChannel channel = Files.newByteChannel(file(node))) {
            long start = from < 0 || from > channel.size() ? 0 : from;
            ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(PIECE, channel.size() - start));
            channel.position(start);
            while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
                // Reads on.
            }
            String text = new String(bytes.array(), 0, bytes.position(), StandardCharsets.US_ASCII);
            String whole = text.substring(0, text.lastIndexOf('\n') + 1);
            return new Part(start, whole, start + whole.length());
        } catch (NoSuchFileException e) {
            return new Part(0, "", 0);
        }
    }

    /** Writes one log. */
    static final class Writer implements Closeable {
        private final BufferedWriter out;
        private boolean broken;

        Writer(BufferedWriter out) {
            this.out = out;
        }

        /** A log that cannot be written on ends there: the preparation goes on. @param text printable ASCII */
        synchronized void line(String text) {
            if (broken) {
                return;
            }
            try {
                out.write(Instant.now().truncatedTo(ChronoUnit.SECONDS) + " " + text + "\n");
                out.flush();
            } catch (IOException e) {
                broken = true;
                LOGGER.log(Level.WARNING, "The log of a preparation cannot be written on", e);
            }
        }

        @Override
        public synchronized void close() {
            try {
                out.close();
            } catch (IOException e) {
                LOGGER.log(Level.WARNING, "The log of a preparation cannot be closed", e);
            }
        }
    }
}
