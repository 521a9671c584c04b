package io.jenkins.plugins.metapluginci.gerrit;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * Splits a stream into lines of UTF-8, of any length up to a bound. Bytes become characters only when a line is whole, so
 * that no character is broken by where a packet ends. One thread.
 */
final class LineReader {
    private final InputStream from;
    private final int maxBytes;
    private final byte[] buffer = new byte[64 * 1024];
    private int position;
    private int end;
    private long skipped;

    /** @param maxBytes a longer line is read, dropped and counted */
    LineReader(InputStream from, int maxBytes) {
        this.from = from;
        this.maxBytes = maxBytes;
    }

    /** The next whole line without its end, or null at the end of the stream; what follows the last line end is dropped. */
    @CheckForNull
    String next() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        boolean tooLong = false;
        while (true) {
            if (position == end) {
                end = Math.max(0, from.read(buffer, 0, buffer.length));
                position = 0;
                if (end == 0) {
                    return null;
                }
            }
            int start = position;
            while (position < end && buffer[position] != '\n') {
                position++;
            }
            tooLong = tooLong || line.size() + position - start > maxBytes;
            if (tooLong) {
                line.reset();
            } else {
                line.write(buffer, start, position - start);
            }
            if (position < end) {
                position++;
                if (!tooLong) {
                    return line.toString(StandardCharsets.UTF_8);
                }
                skipped++;
                tooLong = false;
            }
        }
    }

    /** How many lines were dropped since they were too long. */
    long skipped() {
        return skipped;
    }
}
