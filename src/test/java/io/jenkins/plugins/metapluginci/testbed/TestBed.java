package io.jenkins.plugins.metapluginci.testbed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The real parts, one of each kind per JVM, started when first asked for and stopped with the JVM. Files are under
 * {@code target/testbed} ({@code -Dtestbed.dir} names another place, which a second bed at the same time needs).
 *
 * <p>No part outlives the JVM, however that ends: see {@link BedProcess}; mounts exist only in the namespaces of nodes and go
 * with them. What an earlier run left on disk is deleted by the next one. Thread-safe.
 */
public final class TestBed {

    private static TestBed instance;

    private final Path directory;
    /** Held as long as this JVM lives, so that two beds never share a directory. */
    private final FileLock lock;

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final Map<Integer, Node> nodes = new HashMap<>();
    private NodeKey nodeKey;
    /** A lock a part, so that several can start at a time. */
    private final Object controllerLock = new Object();

    private final Object nodesLock = new Object();
    private final Object gerritLock = new Object();
    private final Object logHostLock = new Object();
    private Controller controller;
    private GerritServer gerrit;
    private LogHost logHost;

    private TestBed(Path directory) {
        this.directory = directory;
        try {
            Files.createDirectories(directory.toAbsolutePath().getParent());
            Path lockFile = directory.resolveSibling(directory.getFileName() + ".lock");
            lock = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE)
                    .tryLock();
            if (lock == null) {
                throw new IllegalStateException(
                        "another test bed runs in " + directory + "; name another place with -Dtestbed.dir");
            }
            delete(directory);
            Files.createDirectories(directory);
        } catch (OverlappingFileLockException e) {
            throw new IllegalStateException("two test beds in one JVM", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "Test bed: stops"));
    }

    /** The bed of this JVM. */
    public static synchronized TestBed get() {
        if (instance == null) {
            instance = new TestBed(
                    Path.of(System.getProperty("testbed.dir", "target/testbed")).toAbsolutePath());
        }
        return instance;
    }

    /** Where the parts keep their files and logs: a directory each. */
    public Path directory() {
        return directory;
    }

    /** The controller, started, with the plugin installed. */
    public Controller controller() {
        synchronized (controllerLock) {
            if (controller == null) {
                controller = add(new Controller(directory.resolve("controller")));
                controller.start();
            }
            return controller;
        }
    }

    /**
     * A node, on. It is no node of the controller before {@link Node#join}.
     *
     * @param number 1, 2, …: the node is called {@code node-NUMBER}
     */
    public Node node(int number) {
        synchronized (nodesLock) {
            return nodes.computeIfAbsent(number, key -> {
                String name = "node-" + number;
                return add(new Node(directory.resolve(name), directory, name, nodeKey()))
                        .powerOn();
            });
        }
    }

    /** The key that opens every node. */
    public NodeKey nodeKey() {
        synchronized (nodesLock) {
            if (nodeKey == null) {
                nodeKey = NodeKey.make(directory.resolve("keys"));
            }
            return nodeKey;
        }
    }

    /** Gerrit, started. */
    public GerritServer gerrit() {
        synchronized (gerritLock) {
            if (gerrit == null) {
                Path jars = Path.of(System.getProperty("testbed.parts", "target/parts"), "gerrit");
                gerrit = add(new GerritServer(jars, directory));
                gerrit.start();
            }
            return gerrit;
        }
    }

    /** The log server, both daemons started. */
    public LogHost logHost() {
        synchronized (logHostLock) {
            if (logHost == null) {
                logHost = add(new LogHost(directory));
                logHost.start();
            }
            return logHost;
        }
    }

    /** Has a part closed when the bed stops, before the parts that were added earlier. */
    public synchronized <T extends AutoCloseable> T add(T part) {
        parts.push(part);
        return part;
    }

    private synchronized void stop() {
        while (!parts.isEmpty()) {
            try {
                parts.pop().close();
            } catch (Exception e) {
                System.err.println("test bed: " + e);
            }
        }
    }

    private static void delete(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
