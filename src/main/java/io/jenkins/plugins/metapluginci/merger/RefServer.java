package io.jenkins.plugins.metapluginci.merger;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Serves the merger's refs to nodes over git's own protocol ({@code git://}, as {@code git daemon} does), on an address and a
 * port of its own: Jenkins' HTTP refuses the POST of a fetch, and packs must not keep its threads busy.
 *
 * <p>Anybody who reaches the port can fetch what is under test, and nothing else: only refs of live requests are shown, only
 * what is shown can be asked for, and nothing can be pushed. Connections are bounded, altogether and for each address, and so
 * is each one's time: what runs on nodes are strangers' changes. Any thread may call.
 */
public final class RefServer implements AutoCloseable {
    /** Comes first in the paths of URLs, as where zuul-merger was served by a web server; {@code ZUUL_URL} ends with it. */
    static final String PREFIX = "p/";

    private static final Logger LOG = Logger.getLogger(RefServer.class.getName());
    private static final int BACKLOG = 128;

    private final Merger merger;
    private final ServerLimits limits;
    private final Semaphore slots;
    private final Map<InetAddress, Integer> perAddress = new ConcurrentHashMap<>();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicLong served = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();

    /** Guarded by this, as what belongs to it. */
    private ServerSocket listening;

    private ExecutorService workers;
    private String address = "";

    /**
     * How it goes. Immutable.
     *
     * @param port on which it listens; 0 when it does not
     * @param connections that are open
     * @param served fetches that got what they asked for
     * @param refused connections that were refused: unknown projects, unknown requests, too many at once
     */
    public record State(int port, int connections, long served, long refused) {}

    /** Does not listen yet. @param merger whose refs are served; stays the caller's */
    public RefServer(Merger merger) {
        this(merger, ServerLimits.defaults());
    }

    RefServer(Merger merger, ServerLimits limits) {
        this.merger = merger;
        this.limits = limits;
        this.slots = new Semaphore(limits.connections());
    }

    /**
     * Listens there, and no longer where it did before. Where it listens there already, nothing changes.
     *
     * @param bindAddress an address of this machine; empty or null for all
     * @param port 0 for any free one
     * @throws IOException when it cannot; the message says where. It does not listen then.
     */
    public synchronized void start(@CheckForNull String bindAddress, int port) throws IOException {
        String wanted = bindAddress == null ? "" : bindAddress.strip();
        if (listening != null && wanted.equals(address) && (port == 0 || port == listening.getLocalPort())) {
            return;
        }
        close();
        ServerSocket socket = new ServerSocket();
        try {
            socket.setReuseAddress(true);
            socket.bind(
                    wanted.isEmpty()
                            ? new InetSocketAddress(port)
                            : new InetSocketAddress(InetAddress.getByName(wanted), port),
                    BACKLOG);
        } catch (IOException | IllegalArgumentException e) {
            socket.close();
            throw new IOException(
                    "Cannot serve merged changes at " + (wanted.isEmpty() ? "*" : wanted) + ":" + port + ": "
                            + e.getMessage(),
                    e);
        }
        listening = socket;
        address = wanted;
        ExecutorService pool = Executors.newCachedThreadPool(Threads.named("Merged refs: connection"));
        workers = pool;
        Threads.named("Merged refs: port " + socket.getLocalPort())
                .newThread(() -> accept(socket, pool))
                .start();
    }

    private void accept(ServerSocket socket, ExecutorService pool) {
        while (!socket.isClosed()) {
            try {
                // Whoever comes when all slots are taken waits in the backlog.
                slots.acquire();
                boolean handed = false;
                try {
                    Socket client = socket.accept();
                    handed = true;
                    take(client, pool);
                } finally {
                    if (!handed) {
                        slots.release();
                    }
                }
            } catch (IOException e) {
                if (!socket.isClosed()) {
                    LOG.log(Level.WARNING, "a node's connection could not be taken", e);
                    pause();
                }
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** A machine without file descriptors would otherwise spin here. */
    private static void pause() {
        try {
            Thread.sleep(200);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Owns the slot from here on. */
    private void take(Socket client, ExecutorService pool) {
        InetAddress from = client.getInetAddress();
        boolean tooMany = perAddress.merge(from, 1, Integer::sum) > limits.connectionsPerAddress();
        open.add(client);
        try {
            if (tooMany) {
                refused.incrementAndGet();
                end(client, from);
            } else {
                pool.execute(() -> serve(client, from));
            }
        } catch (RejectedExecutionException e) {
            end(client, from);
        }
    }

    private void serve(Socket client, InetAddress from) {
        try {
            if (new RefConnection(merger, client, limits).serve()) {
                served.incrementAndGet();
            } else {
                refused.incrementAndGet();
            }
        } catch (IOException | RuntimeException | Error e) {
            LOG.log(Level.FINE, "connection of " + from, e);
        } finally {
            end(client, from);
        }
    }

    private void end(Socket client, InetAddress from) {
        try {
            client.close();
        } catch (IOException e) {
            LOG.log(Level.FINE, "connection of " + from, e);
        }
        open.remove(client);
        perAddress.computeIfPresent(from, (key, count) -> count > 1 ? count - 1 : null);
        slots.release();
    }

    /** Where it listens; 0 when it does not. */
    public synchronized int port() {
        return listening == null ? 0 : listening.getLocalPort();
    }

    /**
     * What nodes put before a project's name, the ZUUL_URL: {@code git://host:port/p}.
     *
     * @param host under which nodes reach this machine
     */
    public String url(String host) {
        String name = host.indexOf(':') >= 0 && !host.startsWith("[") ? "[" + host + "]" : host;
        return "git://" + name + ":" + port() + "/" + PREFIX.substring(0, PREFIX.length() - 1);
    }

    public State state() {
        return new State(port(), open.size(), served.get(), refused.get());
    }

    /** No longer listens, and cuts what is open. It can be started again. */
    @Override
    public synchronized void close() {
        if (listening == null) {
            return;
        }
        try {
            listening.close();
        } catch (IOException e) {
            LOG.log(Level.FINE, "closing the port", e);
        }
        listening = null;
        for (Socket each : open) {
            try {
                each.close();
            } catch (IOException e) {
                LOG.log(Level.FINE, "closing a connection", e);
            }
        }
        workers.shutdown();
    }
}
