package io.jenkins.plugins.metapluginci.logs;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Launcher;
import hudson.model.AbstractBuild;
import hudson.model.Node;
import hudson.model.Run;
import hudson.model.TaskListener;
import io.jenkins.plugins.metapluginci.ssh.SshException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Publishes the logs of builds: what the rest of the plugin knows of this package. The root of the plugin installs it; until
 * then, and after {@link #close}, it says that no log server is configured. Safe for any thread.
 */
public final class LogRoom implements AutoCloseable {
    /** What reading a build's logs on its node may take. */
    public static final Duration READ_DEADLINE = Duration.ofMinutes(10);

    private static final Logger LOGGER = Logger.getLogger(LogRoom.class.getName());
    private static final Duration READ_GRACE = Duration.ofSeconds(30);
    private static final Duration CONNECTION_IDLE = Duration.ofSeconds(60);
    private static final Duration CLOSE_DEADLINE = Duration.ofSeconds(10);
    private static final int CONSOLE_THREADS = 2;
    /** How often the console of a running build is looked at; a property for tests. */
    private static final long CONSOLE_INTERVAL_MS = Long.getLong("metaplugin-ci.logConsoleMs", 3000);

    private static final Connector NO_CONNECTOR = target -> {
        throw new SshException(SshException.Kind.UNREACHABLE, "not installed", null);
    };
    private static final LogRoom NOT_INSTALLED = new LogRoom(() -> LogSettings.NONE, NO_CONNECTOR, Path.of(""));

    private static volatile LogRoom installed = NOT_INSTALLED;

    private final Supplier<LogSettings> settings;
    private final Connector connector;
    private final ScheduledThreadPoolExecutor timer =
            new ScheduledThreadPoolExecutor(1, threads("Logs: idle connections"));
    private final ExecutorService transfers = Executors.newCachedThreadPool(threads("Logs: transfer"));
    private final ExecutorService consoles = Executors.newFixedThreadPool(CONSOLE_THREADS, threads("Logs: console"));
    private final Set<CompletableFuture<LogsResult>> pending = ConcurrentHashMap.newKeySet();
    private final LogConnections connections;
    private final LiveRuns live;
    private final AtomicReference<LogServerState> state = new AtomicReference<>(LogServerState.UNTRIED);

    private LogRoom(Supplier<LogSettings> settings, Connector connector, Path home) {
        this.settings = settings;
        this.connector = connector;
        this.connections = new LogConnections(connector, CONNECTION_IDLE, timer);
        this.live = new LiveRuns(connections, home, CONSOLE_INTERVAL_MS, threads("Logs: live console"));
    }

    /**
     * Puts the room into service, in place of an earlier one, which is closed.
     *
     * @param settings asked at each publication
     * @param connector opens the connections
     * @param home directory of what must survive a kill
     * @return to be closed when the plugin stops
     */
    public static LogRoom install(Supplier<LogSettings> settings, Connector connector, Path home) {
        LogRoom room = new LogRoom(settings, connector, home);
        LogRoom earlier = swap(room);
        if (earlier != NOT_INSTALLED) {
            earlier.close();
        }
        return room;
    }

    private static synchronized LogRoom swap(LogRoom room) {
        LogRoom earlier = installed;
        installed = room;
        return earlier;
    }

    private static synchronized void withdraw(LogRoom room) {
        if (installed == room) {
            installed = NOT_INSTALLED;
        }
    }

    /** The room in service; never null. */
    public static LogRoom publisher() {
        return installed;
    }

    /**
     * A build has begun whose logs will be published: from now on its link shows what is known of it, and its console as it
     * grows. Returns at once, and never throws.
     *
     * @param destination as {@link LogDestination#of} reads it
     * @param serverName of the log server; null or empty for the first
     */
    public void begun(Run<?, ?> run, String destination, @CheckForNull String serverName) {
        try {
            LogServer server = settings.get().server(serverName);
            if (server != null) {
                live.begin(id(run), server, LogDestination.of(destination), RunConsole.facts(run), new RunConsole(run));
            }
        } catch (RuntimeException e) {
            LOGGER.log(Level.FINE, "The console of " + run + " cannot be shown while it runs", e);
        }
    }

    /** A build has no files to publish, whose console is owed all the same. @param problem as in {@link LogsResult} */
    void missing(AbstractBuild<?, ?> build, String destination, @CheckForNull String serverName, String problem) {
        LogsResult result = LogsResult.missing(problem, List.of());
        LogsAction action = new LogsAction(url(destination, serverName), result);
        action.owe(destination, serverName, result);
        build.addAction(action);
    }

    /** A build is final. Ends what {@link #begun} began, unless {@link #publishConsole} was called for it. */
    void over(Run<?, ?> run) {
        live.over(id(run));
    }

    private static String id(Run<?, ?> run) {
        return run.getParent().getFullName() + "#" + run.getNumber();
    }

    /**
     * Publishes files of the node that a build runs on, as {@code logs/} of a destination, replacing what is there. To be
     * called from a step of the build. What was left out, and details of a failure, go to the listener.
     *
     * @param launcher of the build's node
     * @param destination as {@link LogDestination#of} reads it
     * @param serverName of the log server; null or empty for the first
     * @return published also when no file matched; never null
     * @throws InterruptedException when the build was aborted meanwhile; nothing else is ever thrown
     */
    public LogsResult publishTree(
            AbstractBuild<?, ?> build,
            Launcher launcher,
            TaskListener listener,
            List<LogSource> sources,
            String destination,
            @CheckForNull String serverName)
            throws InterruptedException {
        PublishNotes notes = new PublishNotes();
        LogsResult result;
        try {
            LogServer server = server(serverName);
            LogDestination place = place(destination);
            Node node = build.getBuiltOn();
            if (node == null || launcher.getChannel() == null) {
                throw new LogException(LogProblem.NODE_GONE, "the node is not connected", null);
            }
            if (!launcher.isUnix()) {
                throw new LogException(LogProblem.NODE_FAILED, "the node is not a Unix machine", null);
            }
            new TreeUpload(connections, transfers, settings.get().limits(), READ_DEADLINE, READ_GRACE)
                    .run(server, place, new LauncherShell(node), sources, notes);
            result = LogsResult.published(notes);
        } catch (LogException e) {
            listener.getLogger().println(Messages.LogRoom_treeFailed(detail(e)));
            result = LogsResult.missing(e.problem().words(), notes.toList());
        } catch (RuntimeException e) {
            LOGGER.log(Level.WARNING, "Cannot publish the logs of " + build, e);
            result = LogsResult.missing(LogProblem.INTERNAL.words(), notes.toList());
        }
        for (String note : notes.summary()) {
            listener.getLogger().println(Messages.LogRoom_note(note));
        }
        build.addAction(new LogsAction(url(destination, serverName), result));
        return result;
    }

    /**
     * Publishes the console of a finished build as {@code console.txt} and {@code index.html} of a destination, on a thread
     * of this room. To be called from {@code RunListener.onFinalized}, when the console is complete.
     *
     * @param tree what became of the build's files; null when it has none to publish
     * @return completes, always normally, with what became of console and files together
     */
    public CompletableFuture<LogsResult> publishConsole(
            Run<?, ?> run, String destination, @CheckForNull String serverName, @CheckForNull LogsResult tree) {
        LogsResult files = tree == null ? LogsResult.published(0, 0, List.of()) : tree;
        CompletableFuture<LogsResult> future = new CompletableFuture<>();
        pending.add(future);
        future.whenComplete((result, failure) -> pending.remove(future));
        try {
            RunFacts facts = RunConsole.ended(run);
            live.claim(id(run));
            consoles.submit(() -> {
                future.complete(finish(
                        run,
                        destination,
                        serverName,
                        pages(run, destination, serverName, facts, files).and(files)));
            });
        } catch (RejectedExecutionException e) {
            future.complete(LogsResult.missing(LogProblem.INTERNAL.words(), files.notes()));
        } catch (RuntimeException e) {
            LOGGER.log(Level.WARNING, "Cannot publish the console of " + run, e);
            future.complete(LogsResult.missing(LogProblem.INTERNAL.words(), files.notes()));
        }
        return future;
    }

    private LogsResult pages(Run<?, ?> run, String destination, String serverName, RunFacts facts, LogsResult tree) {
        try {
            LogDestination place = place(destination);
            LogServer server = server(serverName);
            connections.call(server, new LogConnections.Cancellation(), files -> {
                live.finish(id(run), files, server, place, facts, tree.index(), new RunConsole(run));
                return null;
            });
            state.updateAndGet(before -> before.next(null));
            return LogsResult.published(0, 0, List.of());
        } catch (LogException e) {
            state.updateAndGet(before -> before.next(detail(e)));
            if (e.problem() != LogProblem.NOT_CONFIGURED) {
                LOGGER.log(Level.WARNING, "Cannot publish the console of " + run + ": " + detail(e));
            }
            return LogsResult.missing(e.problem().words(), List.of());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return LogsResult.missing(LogProblem.INTERNAL.words(), List.of());
        } catch (RuntimeException e) {
            LOGGER.log(Level.WARNING, "Cannot publish the console of " + run, e);
            return LogsResult.missing(LogProblem.INTERNAL.words(), List.of());
        }
    }

    /**
     * Keeps the last word on a build's logs with the build, where it differs from what its page says. The page says nothing yet
     * when the build never came to publish its files.
     */
    private LogsResult finish(Run<?, ?> run, String destination, String serverName, LogsResult result) {
        LogsAction shown = run.getAction(LogsAction.class);
        boolean news = shown == null || shown.update(result);
        if (shown == null) {
            run.addAction(new LogsAction(url(destination, serverName), result));
        }
        if (news) {
            try {
                run.save();
            } catch (IOException | RuntimeException e) {
                LOGGER.log(Level.WARNING, "Cannot save " + run, e);
            }
        }
        return result;
    }

    /** How it stands with the log servers and with what waits for them. In memory, at once. */
    public LogsView views() {
        return LogsView.NONE;
    }

    /** How it stands with the log server. */
    public LogServerState state() {
        return state.get();
    }

    /**
     * The URL of a destination; null without a log server, without a base URL or when the destination is not valid.
     *
     * @param serverName null or empty for the first
     */
    @CheckForNull
    public String url(String destination, @CheckForNull String serverName) {
        LogServer server = settings.get().server(serverName);
        try {
            return server == null ? null : server.url(LogDestination.of(destination));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /**
     * Tries settings of a log server by writing, reading and removing a small file. Takes up to some tens of seconds.
     *
     * @return null when all is well, else what is wrong; for administrators
     */
    @CheckForNull
    public String testLogServer(LogServer server) throws InterruptedException {
        return new LogServerCheck(connector).run(server);
    }

    private LogServer server(@CheckForNull String name) throws LogException {
        LogServer server = settings.get().server(name);
        if (server == null) {
            throw new LogException(LogProblem.NOT_CONFIGURED, LogProblem.NOT_CONFIGURED.words(), null);
        }
        return server;
    }

    private static LogDestination place(String destination) throws LogException {
        try {
            return LogDestination.of(destination);
        } catch (IllegalArgumentException e) {
            throw new LogException(LogProblem.DESTINATION, e.getMessage(), e);
        }
    }

    /** For console and log of this CI. */
    private static String detail(LogException e) {
        String words = e.problem().words();
        return e.getMessage() == null || e.getMessage().equals(words)
                ? words
                : words + " (" + PublishNotes.clean(e.getMessage()) + ")";
    }

    /**
     * Ends the room: consoles under way get ten seconds, then everything is cut off and every promised
     * result is given.
     */
    @Override
    public void close() {
        withdraw(this);
        consoles.shutdown();
        try {
            consoles.awaitTermination(CLOSE_DEADLINE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        consoles.shutdownNow();
        live.close();
        transfers.shutdownNow();
        timer.shutdownNow();
        connections.close();
        for (CompletableFuture<LogsResult> each : pending) {
            each.complete(LogsResult.missing(LogProblem.INTERNAL.words(), List.of()));
        }
    }

    private static ThreadFactory threads(String name) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, name + " " + number.incrementAndGet());
            thread.setDaemon(true);
            // core-notes R13: the SSH library looks up its log by the thread's class loader
            thread.setContextClassLoader(LogRoom.class.getClassLoader());
            return thread;
        };
    }
}
