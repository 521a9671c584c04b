package io.jenkins.plugins.metapluginci.ssh;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.DelayQueue;
import java.util.concurrent.Delayed;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A TCP relay on loopback that delays, freezes or cuts what passes through it. */
public final class TcpRelay implements AutoCloseable {
    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final List<Closeable> open = new CopyOnWriteArrayList<>();
    private final AtomicInteger accepted = new AtomicInteger();
    private final int to;
    private final long delayMillis;
    private volatile boolean frozen;

    /** @param delayMillis added to each direction, without limiting the throughput */
    public TcpRelay(int to, long delayMillis) throws IOException {
        this.to = to;
        this.delayMillis = delayMillis;
        start("accept", this::accept);
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** How many connections were taken so far. */
    public int accepted() {
        return accepted.get();
    }

    /** From now on nothing passes any more, and nothing is closed: a half-open connection, as a firewall makes it. */
    public void freeze() {
        frozen = true;
    }

    /** New connections pass again; the frozen ones stay so, since what they lost is lost. */
    public void thaw() {
        cut();
        frozen = false;
    }

    /** Closes every connection. */
    public void cut() {
        for (Closeable socket : open) {
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        open.clear();
    }

    private void accept() throws IOException, InterruptedException {
        while (true) {
            Socket from = listener.accept();
            accepted.incrementAndGet();
            Socket onward = new Socket(InetAddress.getLoopbackAddress(), to);
            from.setTcpNoDelay(true);
            onward.setTcpNoDelay(true);
            open.add(from);
            open.add(onward);
            pump(from, onward);
            pump(onward, from);
        }
    }

    private record Piece(byte[] bytes, long due) implements Delayed {
        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(due - System.nanoTime(), TimeUnit.NANOSECONDS);
        }

        @Override
        public int compareTo(Delayed other) {
            return Long.compare(due, ((Piece) other).due);
        }
    }

    private void pump(Socket from, Socket onward) {
        DelayQueue<Piece> pieces = new DelayQueue<>();
        start("read", () -> {
            InputStream in = from.getInputStream();
            byte[] buffer = new byte[64 * 1024];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                pieces.add(new Piece(Arrays.copyOf(buffer, n), due()));
            }
            pieces.add(new Piece(null, due()));
        });
        start("write", () -> {
            OutputStream out = onward.getOutputStream();
            for (Piece piece = pieces.take(); piece.bytes != null; piece = pieces.take()) {
                if (!frozen) {
                    out.write(piece.bytes);
                }
            }
            if (!frozen) {
                onward.close();
                from.close();
            }
        });
    }

    /** Due times of one direction only grow, so that the queue keeps the order. */
    private long due() {
        return System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(delayMillis);
    }

    private interface Work {
        void run() throws IOException, InterruptedException;
    }

    private static void start(String what, Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException | InterruptedException e) {
                        return;
                    }
                },
                "Test relay " + what);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        cut();
    }
}
