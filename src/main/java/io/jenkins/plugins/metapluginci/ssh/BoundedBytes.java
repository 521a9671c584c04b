package io.jenkins.plugins.metapluginci.ssh;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Keeps the first or the last bytes of an output and drops the rest. Any thread may write and read. */
final class BoundedBytes extends OutputStream {
    private final Object lock = new Object();
    private final int limit;
    private final boolean keepLast;
    /** Grows up to the limit; as a ring once it is full and the last bytes are wanted. */
    private byte[] bytes = new byte[1024];

    private long written;

    private BoundedBytes(int limit, boolean keepLast) {
        this.limit = limit;
        this.keepLast = keepLast;
    }

    static BoundedBytes first(int limit) {
        return new BoundedBytes(limit, false);
    }

    static BoundedBytes last(int limit) {
        return new BoundedBytes(limit, true);
    }

    @Override
    public void write(int b) {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] from, int offset, int length) {
        synchronized (lock) {
            for (int i = 0; i < length && (keepLast || written < limit); i++) {
                keep(from[offset + i]);
            }
        }
    }

    private void keep(byte b) {
        if (written < limit) {
            if (written == bytes.length) {
                bytes = Arrays.copyOf(bytes, (int) Math.min(limit, bytes.length * 2L));
            }
            bytes[(int) written] = b;
        } else {
            bytes[(int) (written % limit)] = b;
        }
        written++;
    }

    /** What was kept; broken characters at its cut ends are shown as U+FFFD. */
    String text() {
        synchronized (lock) {
            int kept = (int) Math.min(written, limit);
            if (written <= limit) {
                return new String(bytes, 0, kept, StandardCharsets.UTF_8);
            }
            int start = (int) (written % limit);
            byte[] ordered = new byte[limit];
            System.arraycopy(bytes, start, ordered, 0, limit - start);
            System.arraycopy(bytes, 0, ordered, limit - start, start);
            return new String(ordered, StandardCharsets.UTF_8);
        }
    }
}
