package io.jenkins.plugins.metapluginci.logs;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Launcher;
import hudson.model.AbstractBuild;
import hudson.model.Hudson;
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
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Publishes the logs of builds: what the rest of the plugin knows of this package. The root of the plugin installs it; until
 * then, and after {@link #close}, it says that no log server is configured. Safe for any thread.
 */
public final class LogRoom implements AutoCloseable {
    private static final Logger LOGGER = Logger.getLogger(LogRoom.class.getName());
    private static final Duration READ_GRACE = Duration.ofSeconds(30);
    private static final Duration CONNECTION_IDLE = Duration.ofSeconds(60);
    private static final Duration CLOSE_DEADLINE = Duration.ofSeconds(10);
    private static final int SENDERS = 4;
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
            new ScheduledThreadPoolExecutor(1, LogThreads.named("Logs: timer"));
    private final ExecutorService transfers = Executors.newCachedThreadPool(LogThreads.named("Logs: transfer"));
    private final ExecutorService senders = Executors.newFixedThreadPool(SENDERS, LogThreads.named("Logs: send"));
    private final Set<Promise> promises = ConcurrentHashMap.newKeySet();
    private final LogConnections connections;
    private final LiveRuns live;
    private final Publications publications;
    private final Retentions retentions;

    /** What {@link #publishConsole} promised. */
    private record Promise(Publication publication, CompletableFuture<LogsResult> future) {}

    private LogRoom(Supplier<LogSettings> settings, Connector connector, Path home) {
        this.settings = settings;
        this.connector = connector;
        this.connections = new LogConnections(connector, CONNECTION_IDLE, timer);
        this.live = new LiveRuns(connections, home, CONSOLE_INTERVAL_MS, LogThreads.named("Logs: live console"));
        this.publications = new Publications(
                home,
                settings,
                connections::callOnce,
                live::finish,
                LogRoom::told,
                new Publications.Threads(transfers, senders, timer, READ_GRACE),
                System::currentTimeMillis);
        this.retentions = new Retentions(publications, settings);
    }

    /**
     * Puts the room into service, in place of an earlier one, which is closed, and goes on with what that or an earlier process
     * left.
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
        room.publications.start();
        long every = Long.getLong(Retentions.EVERY, Retentions.EVERY_MS);
        room.timer.scheduleWithFixedDelay(
                () -> room.transfers.execute(room.retentions), every / 10, every, TimeUnit.MILLISECONDS);
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
     * A build has begun whose logs will be published, whatever becomes of it and of this controller: from now on its link shows
     * what is known of it, and its console as it grows. Waits for the disk at most, and never throws.
     *
     * @param destination as {@link LogDestination#of} reads it
     * @param serverName of the log server; null or empty for the first
     */
    public void begun(Run<?, ?> run, String destination, @CheckForNull String serverName) {
        try {
            publication(run, destination, serverName);
            LogServer server = settings.get().server(serverName);
            if (server != null) {
                live.begin(id(run), server, LogDestination.of(destination), RunConsole.facts(run), new RunConsole(run));
            }
        } catch (LogException | RuntimeException e) {
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
        publications.over(run.getParent().getFullName(), run.getNumber());
    }

    private static String id(Run<?, ?> run) {
        return run.getParent().getFullName() + "#" + run.getNumber();
    }

    /** From now on the build leaves files on its node, which are fetched there later if nobody can read them at its end. */
    public void leaves(Run<?, ?> run, String destination, List<LogSource> sources) {
        Publication publication = find(run, destination);
        if (publication != null) {
            publication.leaves(sources);
        }
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
        LogsResult result;
        String problem = null;
        List<String> notes = List.of();
        try {
            Publication publication = publication(build, destination, serverName);
            publication.leaves(sources);
            result = publication.read(shell(build, launcher), sources, false);
            problem = publication.problem();
            notes = publication.summary();
        } catch (LogException e) {
            problem = e.detail();
            Publication publication = find(build, destination);
            if (publication != null) {
                publication.unread(e);
            }
            result = LogsResult.missing(e.problem().words(), List.of());
        } catch (RuntimeException e) {
            LOGGER.log(Level.WARNING, "Cannot publish the logs of " + build, e);
            result = LogsResult.missing(LogProblem.INTERNAL.words(), List.of());
        }
        if (problem != null) {
            listener.getLogger()
                    .println(result.late() ? Messages.LogRoom_treeLate(problem) : Messages.LogRoom_treeFailed(problem));
        }
        for (String note : notes) {
            listener.getLogger().println(Messages.LogRoom_note(note));
        }
        build.addAction(new LogsAction(url(destination, serverName), result));
        return result;
    }

    private static NodeShell shell(AbstractBuild<?, ?> build, Launcher launcher) throws LogException {
        Node node = build.getBuiltOn();
        if (node == null || launcher.getChannel() == null) {
            throw new LogException(LogProblem.NODE_GONE, "the node is not connected", null);
        }
        if (!launcher.isUnix()) {
            throw new LogException(LogProblem.NODE_FAILED, "the node is not a Unix machine", null);
        }
        return new LauncherShell(node);
    }

    /**
     * Fetches the logs that a build left on its node, if nobody could do so at its end, and publishes them in the build's own
     * place. Returns at once when there is nothing to fetch.
     *
     * @param job full name
     * @throws IOException when they cannot be read there either
     */
    public void rescue(String node, String job, int number) throws IOException, InterruptedException {
        for (Publication each : publications.wantingRescue(job, number)) {
            Node there = Hudson.getInstance().getNode(node);
            if (there == null) {
                throw new IOException("There is no node " + node);
            }
            LOGGER.log(Level.INFO, "Fetching the logs of {0} #{1} from {2}", new Object[] {job, number, node});
            each.rescue(new LauncherShell(there));
        }
    }

    /**
     * Publishes the console and the index of a finished build beside its files. To be called from
     * {@code RunListener.onFinalized}, when the console is complete.
     *
     * @param tree what became of the build's files; null when it has none to publish
     * @return completes, always normally, with what became of console and files together, at the latest when a report shall wait no
     *     longer
     */
    public CompletableFuture<LogsResult> publishConsole(
            Run<?, ?> run, String destination, @CheckForNull String serverName, @CheckForNull LogsResult tree) {
        CompletableFuture<LogsResult> future = new CompletableFuture<>();
        String url = url(destination, serverName);
        try {
            Publication publication = publication(run, destination, serverName);
            if (tree != null && tree.state() == LogsResult.State.MISSING) {
                publication.never(tree.problem());
            }
            Promise promise = new Promise(publication, future);
            promises.add(promise);
            future.whenComplete((result, failure) -> promises.remove(promise));
            live.claim(id(run));
            publication.settled().thenAccept(result -> future.complete(finish(run, url, result)));
            publication.finish(RunConsole.ended(run), run.getLogFile().getPath());
            timer.schedule(
                    () -> future.complete(finish(run, url, publication.result())),
                    settings.get().voteWaitMs(),
                    TimeUnit.MILLISECONDS);
        } catch (LogException e) {
            future.complete(finish(run, url, LogsResult.missing(e.problem().words(), List.of())));
        } catch (RejectedExecutionException e) {
            future.complete(LogsResult.late(LogProblem.LATE.words(), 0, 0, List.of()));
        } catch (RuntimeException e) {
            LOGGER.log(Level.WARNING, "Cannot publish the console of " + run, e);
            future.complete(LogsResult.missing(LogProblem.INTERNAL.words(), List.of()));
        }
        return future;
    }

    /** Keeps the last word on a build's logs with the build, where it differs from what its page says. */
    private static LogsResult finish(Run<?, ?> run, @CheckForNull String url, LogsResult result) {
        LogsAction.tell(run, url, result);
        return result.at(url);
    }

    private static void told(Publication publication, LogsResult result) {
        Run<?, ?> run = RunConsole.find(publication.job(), publication.number());
        if (run != null) {
            LogsAction.tell(run, null, result);
        }
    }

    /** How it stands with the log servers and with what waits for them. In memory, at once. */
    public LogsView views() {
        return publications.view(retentions::view);
    }

    /** Tries again now what waits. @param id of a {@link PublicationView} @return null, or why not, for people */
    @CheckForNull
    public String retry(String id) {
        return publications.retry(id);
    }

    /** Gives up what is not at its server yet. @param id of a {@link PublicationView} @return null, or why not, for people */
    @CheckForNull
    public String giveUp(String id) {
        return publications.giveUp(id);
    }

    /** What somebody should look at, each for people; names hosts. Empty when all is well. */
    public List<String> problems() {
        return publications.problems();
    }

    /** Whether a log server of that name is configured. */
    boolean knows(String serverName) {
        return settings.get().server(serverName) != null;
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
     */
    public LogServerProbe testLogServer(LogServer server) throws InterruptedException {
        return new LogServerCheck(connector).run(server);
    }

    @CheckForNull
    private Publication find(Run<?, ?> run, String destination) {
        try {
            return publications.find(
                    run.getParent().getFullName(),
                    run.getNumber(),
                    LogDestination.of(destination).path());
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** The publication of a build, which begins if it has none. */
    private Publication publication(Run<?, ?> run, String destination, @CheckForNull String serverName)
            throws LogException {
        if (settings.get().server(serverName) == null) {
            throw new LogException(LogProblem.NOT_CONFIGURED, LogProblem.NOT_CONFIGURED.words(), null);
        }
        String path;
        try {
            path = LogDestination.of(destination).path();
        } catch (IllegalArgumentException e) {
            throw new LogException(LogProblem.DESTINATION, e.getMessage(), e);
        }
        Publication known = find(run, destination);
        if (known != null) {
            return known;
        }
        RunState state = new RunState();
        state.run = run.getFullDisplayName();
        state.job = run.getParent().getFullName();
        state.number = run.getNumber();
        state.server = serverName == null ? "" : serverName.strip();
        state.destination = path;
        state.facts = RunConsole.facts(run);
        state.console = run.getLogFile().getPath();
        return publications.begin(state);
    }

    /**
     * Ends the room: what is under way gets ten seconds, then it is cut off, every promised result is given, and the next start
     * goes on with what is on disk.
     */
    @Override
    public void close() {
        withdraw(this);
        senders.shutdown();
        try {
            senders.awaitTermination(CLOSE_DEADLINE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        publications.close();
        live.close();
        senders.shutdownNow();
        transfers.shutdownNow();
        timer.shutdownNow();
        connections.close();
        for (Promise each : promises) {
            each.future().complete(each.publication().result());
        }
    }
}
