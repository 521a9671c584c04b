package io.jenkins.plugins.metapluginci.logs;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * A build's console without the encoded notes that the core mixes into it. The core's own filter keeps a whole line in
 * memory; a build can write a line of gigabytes, so this one keeps nothing: whatever stands between a note's two marks on
 * one line is dropped. A note that its line does not close hides the rest of that line.
 */
final class PlainConsole extends InputStream {
    private static final byte[] OPENING = "\u001B[8mha:".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] CLOSING = "\u001B[0m".getBytes(StandardCharsets.US_ASCII);

    private final InputStream in;

    PlainConsole(InputStream in) {
        this.in = new BufferedInputStream(in, 64 * 1024);
    }

    @Override
    public int read() throws IOException {
        int b = in.read();
        while (b == OPENING[0] && opens()) {
            b = afterNote();
        }
        return b;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int count = 0;
        while (count < length) {
            int b = read();
            if (b < 0) {
                return count == 0 ? -1 : count;
            }
            bytes[offset + count++] = (byte) b;
        }
        return count;
    }

    /** Whether the byte just read begins a note; where it does, the opening is consumed. */
    private boolean opens() throws IOException {
        in.mark(OPENING.length);
        for (int i = 1; i < OPENING.length; i++) {
            if (in.read() != OPENING[i]) {
                in.reset();
                return false;
            }
        }
        return true;
    }

    /** The first byte behind the note. */
    private int afterNote() throws IOException {
        int matched = 0;
        for (int b = in.read(); b >= 0; b = in.read()) {
            if (b == '\n') {
                return b;
            }
            matched = b == CLOSING[matched] ? matched + 1 : b == CLOSING[0] ? 1 : 0;
            if (matched == CLOSING.length) {
                return in.read();
            }
        }
        return -1;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
