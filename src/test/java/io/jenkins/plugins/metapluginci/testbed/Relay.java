package io.jenkins.plugins.metapluginci.testbed;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import jdk.net.ExtendedSocketOptions;

/**
 * A TCP relay between two parts, which can misbehave as networks do: hold everything without closing anything (what a
 * machine that was switched off looks like from afar), cut connections, refuse new ones, or be slow.
 *
 * <p>Namespaces close their sockets politely when they reboot; a frozen relay does not pass that on. Thread-safe.
 */
public final class Relay implements AutoCloseable {

    private static final int BUFFER = 64 * 1024;
    private static final long NO_BUDGET = Long.MIN_VALUE / 2;
    private static final int CONNECT_TIMEOUT_MS = 5_000;

    private final String name;
    private final int targetPort;
    private final ServerSocket listener;
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private final Object gate = new Object();
    /** Guarded by {@link #gate}. */
    private boolean frozen;

    private volatile boolean refusing;
    private volatile boolean closed;
    private final AtomicLong budget = new AtomicLong(NO_BUDGET);
    private volatile long delayMs;
    private volatile long latencyMs;

    /**
     * Listens on a free port of 127.0.0.1 and relays to another port there.
     *
     * @param name for thread names
     * @param targetPort where connections are relayed to; nothing needs to listen there yet
     */
    public Relay(String name, int targetPort) {
        this(name, Ports.free(), targetPort);
    }

    /** As {@link #Relay(String, int)}, on a given port. */
    public Relay(String name, int port, int targetPort) {
        this.name = name;
        this.targetPort = targetPort;
        try {
            listener = new ServerSocket();
            listener.setReuseAddress(true);
            listener.bind(new InetSocketAddress(Ports.loopback(), port));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        daemon("accepts", this::accept);
    }

    /** The port to connect to. */
    public int port() {
        return listener.getLocalPort();
    }

    /** Connections that are open now. */
    public int connections() {
        return links.size();
    }

    /** From now on nothing is passed on, ends of connections included; connections stay open, new ones are accepted. */
    public void freeze() {
        synchronized (gate) {
            frozen = true;
        }
    }

    /**
     * The connections that are open now pass nothing any more and never end, as if the machine behind them had vanished
     * without a word; new connections work. {@link #cutStranded} ends them.
     *
     * @return how many it hit that were not stranded before
     */
    public int strand() {
        int hit = 0;
        for (Link link : links) {
            hit += link.stranded ? 0 : 1;
            link.stranded = true;
        }
        return hit;
    }

    /** Ends {@link #freeze()}: what was held is passed on. */
    public void thaw() {
        synchronized (gate) {
            frozen = false;
            gate.notifyAll();
        }
    }

    /** Closes all connections; new ones are welcome. */
    public void cut() {
        links.forEach(Link::close);
    }

    /**
     * Closes all connections once so many more bytes were passed on, both directions together: in the middle of whatever is
     * said then. Once; new connections are welcome.
     */
    public void cutAfter(long bytes) {
        budget.set(bytes);
    }

    /** How many of so many bytes may pass before {@link #cutAfter} cuts. */
    private int allowed(int length) {
        long left = budget.get();
        if (left < 0) {
            return length;
        }
        if (budget.addAndGet(-length) >= 0) {
            return length;
        }
        budget.set(NO_BUDGET);
        return (int) Math.min(left, length);
    }

    /** Closes the connections that were stranded, as a machine does whose peer finally tells it that it knows nothing of them. */
    public void cutStranded() {
        links.stream().filter(link -> link.stranded).forEach(Link::close);
    }

    /** While true, new connections are closed at once, before a byte. Old ones are left alone. */
    public void refuse(boolean refuse) {
        refusing = refuse;
    }

    /**
     * Holds every piece of data for that long before it is passed on, in each direction.
     *
     * @param milliseconds one way; 0 for none. Pieces of one direction wait one after the other.
     */
    public void delay(long milliseconds) {
        delayMs = milliseconds;
    }

    /**
     * Connections from now on are as far away as a long line makes them: every piece of data comes that much later, and pieces do
     * not wait for each other.
     *
     * @param milliseconds one way, half a round trip; 0 for none
     */
    public void latency(long milliseconds) {
        latencyMs = milliseconds;
    }

    /** Stops listening and closes every connection. */
    @Override
    public void close() {
        closed = true;
        quietly(listener);
        thaw();
        cut();
    }

    private void accept() {
        while (!closed) {
            try {
                Socket client = listener.accept();
                if (refusing) {
                    quietly(client);
                } else {
                    daemon("connects", () -> connect(client));
                }
            } catch (IOException e) {
                if (!closed) {
                    LockSupport.parkNanos(10_000_000);
                }
            }
        }
    }

    private void connect(Socket client) {
        Socket server = new Socket();
        try {
            if (!passes()) {
                quietly(client);
                return;
            }
            server.connect(new InetSocketAddress(Ports.loopback(), targetPort), CONNECT_TIMEOUT_MS);
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            acknowledgeAtOnce(client);
            acknowledgeAtOnce(server);
        } catch (IOException e) {
            quietly(client);
            quietly(server);
            return;
        }
        Link link = new Link(client, server);
        links.add(link);
        daemon("sends", () -> pump(link, client, server));
        daemon("receives", () -> pump(link, server, client));
    }

    /** Copies until the end of the stream, which is passed on as such, or an error, which closes both sides. */
    private void pump(Link link, Socket from, Socket to) {
        byte[] buffer = new byte[BUFFER];
        try (Line line = latencyMs > 0 ? new Line(to, latencyMs) : null) {
            InputStream in = from.getInputStream();
            OutputStream out = line == null ? to.getOutputStream() : line;
            int length;
            while ((length = in.read(buffer)) >= 0) {
                acknowledgeAtOnce(from);
                if (delayMs > 0) {
                    LockSupport.parkNanos(delayMs * 1_000_000);
                }
                if (!passes()) {
                    return;
                }
                int allowed = allowed(length);
                if (!link.stranded) {
                    out.write(buffer, 0, allowed);
                }
                if (allowed < length) {
                    cut();
                }
            }
            if (line != null) {
                line.drain();
            }
            if (passes() && !link.stranded) {
                to.shutdownOutput();
            }
        } catch (IOException e) {
            passes();
            if (!link.stranded) {
                link.close();
            }
        } finally {
            if (!link.stranded) {
                link.ended();
            }
        }
    }

    /**
     * Peers that send small packets the way of RFC 896, the SSH library of SSH Slaves 0.14 and sshd among them, wait for the
     * acknowledgement of one before they send the next, and the kernel takes 40 ms for it where nothing is answered. It leaves
     * this mode by itself (tcp(7)), so that it is set again and again.
     */
    private static void acknowledgeAtOnce(Socket socket) throws IOException {
        socket.setOption(ExtendedSocketOptions.TCP_QUICKACK, true);
    }

    /** Waits while frozen. False once the relay is closed. */
    private boolean passes() {
        synchronized (gate) {
            while (frozen && !closed) {
                try {
                    gate.wait();
                } catch (InterruptedException e) {
                    return false;
                }
            }
        }
        return !closed;
    }

    private void daemon(String does, Runnable task) {
        Thread thread = new Thread(task, "Relay " + name + ": " + does);
        thread.setDaemon(true);
        thread.start();
    }

    private static void quietly(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception e) {
            // It is closed as far as we are concerned.
            return;
        }
    }

    /** A long line to a socket. What is on it is bounded, as the buffers of real machines are. */
    private final class Line extends OutputStream {
        private static final int PIECES = 512;

        private final Socket to;
        private final long nanos;
        private final BlockingQueue<Piece> pieces = new ArrayBlockingQueue<>(PIECES);
        private final CountDownLatch drained = new CountDownLatch(1);
        private volatile IOException failure;

        Line(Socket to, long milliseconds) {
            this.to = to;
            this.nanos = milliseconds * 1_000_000;
            daemon("is far away", this::run);
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            put(new Piece(Arrays.copyOfRange(bytes, offset, offset + length), System.nanoTime() + nanos));
        }

        private void put(Piece piece) throws IOException {
            try {
                while (!pieces.offer(piece, 100, TimeUnit.MILLISECONDS)) {
                    if (failure != null) {
                        throw new IOException(failure);
                    }
                }
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }

        /** Waits until everything came out at the other end. */
        void drain() throws IOException {
            put(new Piece(new byte[0], System.nanoTime() + nanos));
            try {
                drained.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }

        private void run() {
            try {
                OutputStream out = to.getOutputStream();
                for (Piece piece = pieces.take(); piece.bytes.length > 0; piece = pieces.take()) {
                    for (long left = piece.due - System.nanoTime(); left > 0; left = piece.due - System.nanoTime()) {
                        LockSupport.parkNanos(left);
                    }
                    out.write(piece.bytes);
                }
            } catch (IOException e) {
                failure = e;
                quietly(to);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                drained.countDown();
            }
        }

        @Override
        public void close() {
            pieces.offer(new Piece(new byte[0], 0));
        }
    }

    /** Data on a line. @param due when it comes out, of {@link System#nanoTime} */
    private record Piece(byte[] bytes, long due) {}

    /** The two sockets of one relayed connection. */
    private final class Link {
        private final Socket client;
        private final Socket server;
        /** Once true, neither data nor ends are passed on. */
        private volatile boolean stranded;
        /** Guarded by this. */
        private int ends;

        Link(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        synchronized void ended() {
            ends++;
            if (ends == 2) {
                close();
            }
        }

        void close() {
            quietly(client);
            quietly(server);
            links.remove(this);
        }
    }
}
