package io.jenkins.plugins.metapluginci.job;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * Puts the time, in UTC and in the form of OpenStack's own logs, before every line. What is written is passed on at once, a
 * line's time is that of its first byte. Safe for any thread.
 */
final class TimestampedOutput extends OutputStream {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS' | '", Locale.ROOT);

    private final OutputStream out;
    private final Clock clock;
    /** Guarded by {@code this}. */
    private boolean atStart = true;

    TimestampedOutput(OutputStream out, Clock clock) {
        this.out = out;
        this.clock = clock;
    }

    @Override
    public synchronized void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
        ByteArrayOutputStream whole = new ByteArrayOutputStream(length + 32);
        int end = offset + length;
        int from = offset;
        while (from < end) {
            if (atStart) {
                whole.write(stamp());
            }
            int to = from;
            while (to < end && bytes[to] != '\n') {
                to++;
            }
            atStart = to < end;
            to = Math.min(to + 1, end);
            whole.write(bytes, from, to - from);
            from = to;
        }
        whole.writeTo(out);
    }

    @Override
    public synchronized void flush() throws IOException {
        out.flush();
    }

    @Override
    public synchronized void close() throws IOException {
        out.close();
    }

    private byte[] stamp() {
        return TIME.format(LocalDateTime.ofInstant(clock.instant(), ZoneOffset.UTC))
                .getBytes(StandardCharsets.US_ASCII);
    }
}
