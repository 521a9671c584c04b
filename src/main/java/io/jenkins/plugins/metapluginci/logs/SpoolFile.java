package io.jenkins.plugins.metapluginci.logs;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * What a node sends, on its way: written to a file as fast as it comes, read from there as fast as the log server takes it. So
 * the node does not wait for the server, and what had left the node is still there when the server or this controller goes away.
 *
 * <p>Where there is no room for the file, what follows goes through {@link BoundedPipe} instead: the file then holds the
 * beginning alone ({@link #isWhole}). Written by one thread at a time, read by one. Its monitor guards what both need and is not
 * held while the disk is waited for.
 */
final class SpoolFile implements AutoCloseable {
    private static final Logger LOGGER = Logger.getLogger(SpoolFile.class.getName());

    private final FileChannel channel;
    private final SpoolSpace space;
    private final Duration grace;
    /** Orders writers. */
    private final Object writing = new Object();

    private long written;
    private long read;
    private BoundedPipe beyond;
    private boolean ended;
    private boolean discarding;
    private IOException failure;
    private long lastWrite = System.nanoTime();

    /**
     * @param file is made anew
     * @param grace how long after {@link #end} further bytes may still come
     */
    SpoolFile(Path file, SpoolSpace space, Duration grace) throws IOException {
        this.channel = FileChannel.open(
                file,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        this.space = space;
        this.grace = grace;
    }

    /** Where the node's output goes; closing it does nothing. */
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

    /** All of it, from the beginning; waits for what has not come yet. */
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

    private void put(byte[] bytes, int offset, int length) throws IOException {
        synchronized (writing) {
            BoundedPipe pipe;
            synchronized (this) {
                if (discarding || failure != null) {
                    return;
                }
                pipe = beyond;
            }
            if (pipe == null && !kept(bytes, offset, length)) {
                synchronized (this) {
                    pipe = new BoundedPipe(grace);
                    beyond = pipe;
                    notifyAll();
                }
            }
            if (pipe != null) {
                pipe.sink().write(bytes, offset, length);
            }
        }
    }

    /** @return false when there is no room */
    private boolean kept(byte[] bytes, int offset, int length) {
        if (!space.take(length)) {
            return false;
        }
        long at = length();
        try {
            ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
            long position = at;
            while (buffer.hasRemaining()) {
                position += channel.write(buffer, position);
            }
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, "The controller's disk does not take logs: they go on without a copy", e);
            space.giveBack(length);
            cutTo(at);
            return false;
        }
        synchronized (this) {
            written = at + length;
            lastWrite = System.nanoTime();
            notifyAll();
        }
        return true;
    }

    private void cutTo(long length) {
        try {
            channel.truncate(length);
        } catch (IOException e) {
            LOGGER.log(Level.FINE, "Cannot cut a spooled file", e);
        }
    }

    private int take(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        long from;
        int part;
        BoundedPipe pipe;
        synchronized (this) {
            while (read == written && beyond == null) {
                if (failure != null) {
                    throw new IOException(failure.getMessage(), failure);
                }
                if (discarding || isQuiet()) {
                    return -1;
                }
                await(ended ? quietIn() : 0);
            }
            from = read;
            part = (int) Math.min(length, written - read);
            pipe = part == 0 ? beyond : null;
        }
        if (pipe != null) {
            return pipe.source().read(bytes, offset, length);
        }
        int count = channel.read(ByteBuffer.wrap(bytes, offset, part), from);
        if (count <= 0) {
            throw new IOException("the controller's copy of the logs was cut");
        }
        synchronized (this) {
            read += count;
        }
        return count;
    }

    /** The writing process ended: what comes within the grace still counts. */
    void end() {
        BoundedPipe pipe;
        synchronized (this) {
            ended = true;
            lastWrite = System.nanoTime();
            pipe = beyond;
            notifyAll();
        }
        if (pipe != null) {
            pipe.end();
        }
    }

    /** Waits, after {@link #end}, until nothing can come any more or nobody wants it. */
    synchronized void awaitQuiet() throws InterruptedException {
        while (!discarding && failure == null && !isQuiet()) {
            wait(ended ? quietIn() : 0);
        }
    }

    private boolean isQuiet() {
        return ended && System.nanoTime() - lastWrite >= grace.toNanos();
    }

    private long quietIn() {
        return Math.max(1, (grace.toNanos() - (System.nanoTime() - lastWrite)) / 1_000_000 + 1);
    }

    /** The reader gets this once it has read what there is, writers are released. */
    void fail(IOException why) {
        BoundedPipe pipe;
        synchronized (this) {
            if (failure == null) {
                failure = why;
            }
            pipe = beyond;
            notifyAll();
        }
        if (pipe != null) {
            pipe.fail(why);
        }
    }

    /** From now on everything written is dropped. */
    void discard() {
        BoundedPipe pipe;
        synchronized (this) {
            discarding = true;
            pipe = beyond;
            notifyAll();
        }
        if (pipe != null) {
            pipe.discard();
        }
    }

    /** Whether everything that came is in the file. */
    synchronized boolean isWhole() {
        return beyond == null;
    }

    synchronized long length() {
        return written;
    }

    private void await(long millis) throws InterruptedIOException {
        try {
            wait(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }

    /** The file stays. */
    @Override
    public void close() {
        discard();
        synchronized (writing) {
            try {
                channel.close();
            } catch (IOException e) {
                LOGGER.log(Level.FINE, "Cannot close a spooled file", e);
            }
        }
    }
}
