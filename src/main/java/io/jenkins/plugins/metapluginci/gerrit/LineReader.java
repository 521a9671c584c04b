package io.jenkins.plugins.metapluginci.gerrit;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Splits a stream of bytes into lines of any length up to a bound. Bytes become characters only when a line is whole, so that
 * no character is broken by where a packet ends; and a line that lies whole in the buffer is not even copied. One thread.
 */
final class LineReader {
    /** What is kept of the memory for lines that span reads. */
    private static final int KEPT = 512 * 1024;

    private final InputStream from;
    private final int maxBytes;
    private final byte[] buffer = new byte[64 * 1024];
    private int position;
    private int end;
    private byte[] spill = new byte[16 * 1024];
    private int spilled;
    private long skipped;

    private byte[] lineBytes = buffer;
    private int lineStart;
    private int lineEnd;

    /** @param maxBytes a longer line is read, dropped and counted */
    LineReader(InputStream from, int maxBytes) {
        this.from = from;
        this.maxBytes = maxBytes;
    }

    /**
     * Goes to the next whole line, which {@link #bytes} holds from {@link #start} to before {@link #end} until the next call.
     *
     * @return false at the end of the stream; what follows the last line end is dropped
     */
    boolean next() throws IOException {
        if (spill.length > KEPT) {
            spill = new byte[16 * 1024];
        }
        spilled = 0;
        boolean tooLong = false;
        while (true) {
            if (position == end) {
                end = Math.max(0, from.read(buffer, 0, buffer.length));
                position = 0;
                if (end == 0) {
                    return false;
                }
            }
            int start = position;
            while (position < end && buffer[position] != '\n') {
                position++;
            }
            boolean whole = position < end;
            tooLong = tooLong || spilled + position - start > maxBytes;
            if (tooLong) {
                spilled = 0;
            } else if (!whole || spilled > 0) {
                spill(start);
            }
            if (whole) {
                position++;
                if (!tooLong) {
                    show(start);
                    return true;
                }
                skipped++;
                tooLong = false;
            }
        }
    }

    private void spill(int start) {
        int length = position - start;
        if (spilled + length > spill.length) {
            spill = Arrays.copyOf(spill, Math.max(spilled + length, 2 * spill.length));
        }
        System.arraycopy(buffer, start, spill, spilled, length);
        spilled += length;
    }

    private void show(int start) {
        boolean inBuffer = spilled == 0;
        lineBytes = inBuffer ? buffer : spill;
        lineStart = inBuffer ? start : 0;
        lineEnd = inBuffer ? position - 1 : spilled;
    }

    /** Holds the line; belongs to this reader. */
    byte[] bytes() {
        return lineBytes;
    }

    int start() {
        return lineStart;
    }

    int end() {
        return lineEnd;
    }

    /** The line as text; bytes that are no UTF-8 become U+FFFD. */
    String text() {
        return new String(lineBytes, lineStart, lineEnd - lineStart, StandardCharsets.UTF_8);
    }

    /** How many lines were dropped since they were too long. */
    long skipped() {
        return skipped;
    }
}
