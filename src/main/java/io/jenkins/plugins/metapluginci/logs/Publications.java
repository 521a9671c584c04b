package io.jenkins.plugins.metapluginci.logs;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.metapluginci.store.JsonStore;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The publications of all runs, and what they share: the settings, the way to the servers, the spool. What waits is tried again on
 * threads of its own, and gone on with after a restart. Safe for any thread; its monitor guards what was dropped.
 */
final class Publications implements PublishHome, AutoCloseable {
    /** System property: how long after the first failure it is tried again, milliseconds; doubled each time. */
    static final String RETRY = LogSettings.PREFIX + "logRetryMs";

    private static final Logger LOGGER = Logger.getLogger(Publications.class.getName());
    private static final int FORMAT = 1;
    private static final long FIRST_RETRY_MS = 10_000;
    private static final long LAST_RETRY_MS = 300_000;
    private static final long TICK_MS = 1_000;
    private static final int MAX_DROPPED = 20;
    private static final long RESCUE_MS = Duration.ofDays(3).toMillis();

    private final Path home;
    private final Supplier<LogSettings> settings;
    private final ServerAccess access;
    private final Pages pages;
    private final BiConsumer<Publication, LogsResult> told;
    private final Threads threads;
    private final LongSupplier clock;
    private final JsonStore<RunState> store;
    private final SpoolSpace space;
    private final ServerStates servers;
    private final Map<String, Publication> all = new ConcurrentHashMap<>();
    private final Deque<String> dropped = new ArrayDeque<>();
    private volatile boolean closing;

    /**
     * The threads that work here; not ended here.
     *
     * @param transfers as many as there are builds that publish
     * @param senders few
     * @param timer for work that takes no time
     */
    record Threads(Executor transfers, ExecutorService senders, ScheduledExecutorService timer, Duration grace) {}

    /**
     * @param home directory of {@code runs/} and {@code spool/}
     * @param told is told what became of a run's logs when that is certain, from any thread
     * @param clock epoch milliseconds
     */
    Publications(
            Path home,
            Supplier<LogSettings> settings,
            ServerAccess access,
            Pages pages,
            BiConsumer<Publication, LogsResult> told,
            Threads threads,
            LongSupplier clock) {
        this.home = home;
        this.settings = settings;
        this.access = access;
        this.pages = pages;
        this.told = told;
        this.threads = threads;
        this.clock = clock;
        this.store = new JsonStore<>(home.resolve("runs"), RunState.class, FORMAT);
        this.space = new SpoolSpace(() -> settings.get().spoolBytes(), bytes -> dropOldest());
        this.servers = new ServerStates(clock);
    }

    /** Takes up what an earlier process left, and from then on tries again what waits. */
    void start() {
        try {
            for (RunState state : store.all().values()) {
                all.put(state.id, new Publication(this, state));
            }
            removeStrays();
        } catch (IOException | RuntimeException e) {
            LOGGER.log(Level.SEVERE, "What waits for its log server cannot be read", e);
        }
        all.values().forEach(Publication::resume);
        long tick = Math.min(TICK_MS, 10 * Long.getLong(RETRY, FIRST_RETRY_MS));
        threads.timer().scheduleWithFixedDelay(this::tick, tick, tick, TimeUnit.MILLISECONDS);
    }

    /** Directories of runs that are finished with. */
    private void removeStrays() throws IOException {
        try (DirectoryStream<Path> directories = Files.newDirectoryStream(spool())) {
            for (Path each : directories) {
                if (!all.containsKey(String.valueOf(each.getFileName()))) {
                    new SpooledRun(this, String.valueOf(each.getFileName())).remove();
                }
            }
        } catch (NoSuchFileException e) {
            LOGGER.log(Level.FINEST, "Nothing was ever spooled", e);
        }
    }

    private void tick() {
        try {
            long now = clock.getAsLong();
            for (Publication each : all.values()) {
                if (each.isDue(now)) {
                    due(each);
                } else if (each.wantsRescue() && now - each.begunAt() > RESCUE_MS) {
                    each.forgetRescue();
                }
            }
        } catch (RuntimeException e) {
            LOGGER.log(Level.WARNING, "Cannot see which logs are due", e);
        }
    }

    /** Begins a publication. @param state all but its id and time */
    Publication begin(RunState state) {
        state.id = UUID.randomUUID().toString();
        state.begunAt = clock.getAsLong();
        Publication publication = new Publication(this, state);
        all.put(state.id, publication);
        publication.save();
        return publication;
    }

    /** The publication of a build at a destination; null when there is none that is not done with. */
    @CheckForNull
    Publication find(String job, int number, String destination) {
        return all.values().stream()
                .filter(each -> each.isOf(job, number) && each.destination().equals(destination))
                .max(Comparator.comparingLong(Publication::begunAt))
                .orElse(null);
    }

    /** A build is final: what nobody is going to finish is left. */
    void over(String job, int number) {
        all.values().stream().filter(each -> each.isOf(job, number)).forEach(Publication::abandon);
    }

    /** What is to be read again on the node of a build. */
    List<Publication> wantingRescue(String job, int number) {
        return all.values().stream()
                .filter(each -> each.isOf(job, number) && each.wantsRescue())
                .toList();
    }

    /** Tries again now. @return null, or why not, for people */
    @CheckForNull
    String retry(String id) {
        Publication publication = all.get(id);
        if (publication == null) {
            return "There are no logs of that id.";
        }
        publication.hurry();
        due(publication);
        return null;
    }

    /** Leaves what is not at the server. @return null, or why not, for people */
    @CheckForNull
    String giveUp(String id) {
        Publication publication = all.get(id);
        if (publication == null) {
            return "There are no logs of that id.";
        }
        return publication.giveUp() ? null : "They are being sent just now: that is stopped, try again.";
    }

    /** @return whether something was dropped */
    private boolean dropOldest() {
        List<Publication> oldest = new ArrayList<>(all.values());
        oldest.sort(Comparator.comparingLong(Publication::begunAt));
        for (Publication each : oldest) {
            if (each.drop()) {
                String run = each.run();
                LOGGER.log(Level.WARNING, "No room: the logs of {0} are dropped before they could be sent", run);
                synchronized (this) {
                    if (dropped.size() == MAX_DROPPED) {
                        dropped.removeFirst();
                    }
                    dropped.addLast(run);
                }
                due(each);
                return true;
            }
        }
        return false;
    }

    /** How it stands with everything. @param retention tells how it went with a server's old runs; gives null for one that keeps all */
    LogsView view(Function<LogServer, LogsView.Retention> retention) {
        LogSettings now = settings.get();
        List<LogsView.Server> shown = new ArrayList<>();
        for (LogServer each : now.servers()) {
            LogServerState state = servers.of(each.name());
            shown.add(new LogsView.Server(
                    each.name(),
                    each.target() + ", " + each.root(),
                    state.how(),
                    state.since(),
                    state.problem(),
                    state.lastSuccess(),
                    retention.apply(each)));
        }
        return new LogsView(shown, views(), space.used(), now.spoolBytes(), dropped());
    }

    /** Of everything that is not done with, oldest first. */
    List<PublicationView> views() {
        return all.values().stream()
                .sorted(Comparator.comparingLong(Publication::begunAt))
                .map(Publication::view)
                .filter(Objects::nonNull)
                .toList();
    }

    /** Directories of runs that are not done with. */
    Set<String> places() {
        return all.values().stream().map(Publication::destination).collect(Collectors.toSet());
    }

    synchronized List<String> dropped() {
        return List.copyOf(dropped);
    }

    /** What somebody should look at, for people. */
    List<String> problems() {
        List<String> problems = new ArrayList<>();
        for (LogServer each : settings.get().servers()) {
            LogServerState state = servers.of(each.name());
            if (state.problem() != null) {
                problems.add("The log server " + each.name() + " takes no logs, which wait on this controller: "
                        + state.problem());
            }
        }
        List<String> lost = dropped();
        if (!lost.isEmpty()) {
            problems.add("There was no room for logs that waited for their server: those of " + String.join(", ", lost)
                    + " are lost. More room can be given on the configuration page.");
        }
        store.unreadable().forEach(file -> problems.add("Could not be read and was set aside: " + file));
        return problems;
    }

    @Override
    public Supplier<LogSettings> settings() {
        return settings;
    }

    /** Calls the server, and remembers how that went. */
    @Override
    public <T> T call(LogServer server, LogConnections.Cancellation cancellation, LogConnections.ServerWork<T> work)
            throws LogException, InterruptedException {
        String[] how = {""};
        try {
            T result = access.call(server, cancellation, files -> {
                how[0] = files.how();
                return work.with(files);
            });
            if (servers.works(server.name(), how[0])) {
                goingTo(server).forEach(Publication::hurry);
            }
            return result;
        } catch (LogException e) {
            if (!e.problem().isOfNode() && !cancellation.isCancelled() && !closing) {
                int failures = servers.fails(server.name(), e.detail());
                if (e.problem() != LogProblem.SERVER_REFUSED) {
                    long until = clock.getAsLong() + backoff(failures);
                    goingTo(server).forEach(each -> each.postpone(until));
                }
            }
            throw e;
        }
    }

    private Stream<Publication> goingTo(LogServer server) {
        return all.values().stream().filter(each -> server.equals(settings.get().server(each.server())));
    }

    @Override
    public Pages pages() {
        return pages;
    }

    @Override
    public JsonStore<RunState> store() {
        return store;
    }

    @Override
    public Path spool() {
        return home.resolve("spool");
    }

    @Override
    public SpoolSpace space() {
        return space;
    }

    @Override
    public Executor threads() {
        return threads.transfers();
    }

    @Override
    public LongSupplier clock() {
        return clock;
    }

    @Override
    public Duration grace() {
        return threads.grace();
    }

    @Override
    public long backoff(int tries) {
        long first = Long.getLong(RETRY, FIRST_RETRY_MS);
        long wait = Math.min(LAST_RETRY_MS, first << Math.min(tries - 1, 20));
        return wait + ThreadLocalRandom.current().nextLong(wait / 4 + 1);
    }

    @Override
    public boolean isClosing() {
        return closing;
    }

    @Override
    public void due(Publication publication) {
        if (!publication.isDue(clock.getAsLong()) || !publication.queue()) {
            return;
        }
        try {
            threads.senders().execute(publication::attempt);
        } catch (RejectedExecutionException e) {
            LOGGER.log(Level.FINE, "The room closes", e);
        }
    }

    @Override
    public void settled(Publication publication, LogsResult result) {
        told.accept(publication, result);
    }

    @Override
    public void forget(Publication publication) {
        all.values().remove(publication);
    }

    /** From now on nothing is written down: the next start goes on with what is on disk. */
    @Override
    public void close() {
        closing = true;
    }
}
