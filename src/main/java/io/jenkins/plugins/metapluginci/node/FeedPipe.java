package io.jenkins.plugins.metapluginci.node;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A pipe that holds a few pieces. Each read may be on another thread, some of which have ended since, as a channel's do;
 * {@link java.io.PipedInputStream} takes that for the end of the reader.
 */
final class FeedPipe {
    private static final int PIECE = 64 * 1024;
    private static final int PIECES = 4;
    private static final long LOOK_MILLIS = 500;
    private static final byte[] END = new byte[0];

    private final BlockingQueue<byte[]> pieces = new ArrayBlockingQueue<>(PIECES);
    private volatile boolean readerGone;

    /** For one writer; its end is the reader's. */
    final OutputStream out = new Out();
    /** For one reader at a time; once it is closed the writer fails. */
    final InputStream in = new In();

    private final class Out extends OutputStream {
        private final byte[] piece = new byte[PIECE];
        private int length;
        private boolean closed;

        @Override
        public void write(int b) throws IOException {
            piece[length++] = (byte) b;
            if (length == PIECE) {
                flush();
            }
        }

        @Override
        public void write(byte[] bytes, int from, int count) throws IOException {
            int done = 0;
            while (done < count) {
                int now = Math.min(count - done, PIECE - length);
                System.arraycopy(bytes, from + done, piece, length, now);
                length += now;
                done += now;
                if (length == PIECE) {
                    flush();
                }
            }
        }

        @Override
        public void flush() throws IOException {
            if (length > 0) {
                byte[] full = Arrays.copyOf(piece, length);
                length = 0;
                put(full);
            }
        }

        @Override
        public void close() throws IOException {
            if (!closed) {
                closed = true;
                flush();
                put(END);
            }
        }

        private void put(byte[] full) throws IOException {
            try {
                while (!readerGone) {
                    if (pieces.offer(full, LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                        return;
                    }
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw (IOException) new InterruptedIOException().initCause(e);
            }
            throw new IOException("nobody reads on");
        }
    }

    private final class In extends InputStream {
        private byte[] piece = END;
        private int at;
        private boolean ended;

        @Override
        public synchronized int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public synchronized int read(byte[] bytes, int from, int count) throws IOException {
            if (count == 0) {
                return 0;
            }
            while (at == piece.length) {
                if (ended || readerGone) {
                    return -1;
                }
                next();
            }
            int now = Math.min(count, piece.length - at);
            System.arraycopy(piece, at, bytes, from, now);
            at += now;
            return now;
        }

        private void next() throws IOException {
            try {
                byte[] taken = pieces.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
                if (taken != null) {
                    ended = taken == END;
                    piece = taken;
                    at = 0;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw (IOException) new InterruptedIOException().initCause(e);
            }
        }

        @Override
        public void close() {
            readerGone = true;
        }
    }
}
