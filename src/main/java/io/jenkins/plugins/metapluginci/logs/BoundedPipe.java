package io.jenkins.plugins.metapluginci.logs;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.time.Duration;

/**
 * Carries bytes from whoever writes them, on any threads, to one reader: at most {@value #CAPACITY} bytes are under way,
 * a writer waits for room. (The JDK's piped streams break when the writing thread ends, and remoting writes from pool
 * threads.) Guarded by its own monitor.
 */
final class BoundedPipe {
    static final int CAPACITY = 1 << 20;

    private final byte[] ring = new byte[CAPACITY];
    private final long graceMillis;
    private int start;
    private int count;
    private boolean discarding;
    private boolean ended;
    private long lastWrite;
    private IOException failure;

    /**
     * @param grace how long after {@link #end} further bytes may still come: on core 1.395 a process is reported to have
     *     ended while its last output is on its way
     */
    BoundedPipe(Duration grace) {
        graceMillis = grace.toMillis();
    }

    /** The writing end; closing it does nothing. */
    OutputStream sink() {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                put(bytes, offset, length);
            }
        };
    }

    /** The reading end. A reader waits for bytes, for the end, or for {@link #fail}. */
    InputStream source() {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                return take(bytes, offset, length);
            }
        };
    }

    /** The writing process ended. The reader gets what there is and what comes within the grace, then the end. */
    synchronized void end() {
        ended = true;
        lastWrite = System.nanoTime();
        notifyAll();
    }

    /** The reader gets this at once, writers are released. */
    synchronized void fail(IOException why) {
        if (failure == null) {
            failure = why;
        }
        discard();
    }

    /** From now on everything written is dropped: the reader wants no more, and the writer must not hang. */
    synchronized void discard() {
        discarding = true;
        count = 0;
        notifyAll();
    }

    private synchronized void put(byte[] bytes, int offset, int length) throws IOException {
        int done = 0;
        while (done < length && !discarding) {
            if (count == CAPACITY) {
                await(0);
                continue;
            }
            int end = (start + count) % CAPACITY;
            int part = Math.min(Math.min(length - done, CAPACITY - count), CAPACITY - end);
            System.arraycopy(bytes, offset + done, ring, end, part);
            count += part;
            done += part;
            lastWrite = System.nanoTime();
            notifyAll();
        }
    }

    private synchronized int take(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (count == 0) {
            if (failure != null) {
                throw new IOException(failure.getMessage(), failure);
            }
            if (discarding) {
                return -1;
            }
            if (!ended) {
                await(0);
            } else {
                long left = graceMillis - (System.nanoTime() - lastWrite) / 1_000_000;
                if (left <= 0) {
                    return -1;
                }
                await(left);
            }
        }
        int part = Math.min(Math.min(length, count), CAPACITY - start);
        System.arraycopy(ring, start, bytes, offset, part);
        start = (start + part) % CAPACITY;
        count -= part;
        notifyAll();
        return part;
    }

    private void await(long millis) throws InterruptedIOException {
        try {
            wait(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }
}
