package io.jenkins.plugins.metapluginci.logs;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * What readers see of runs beside their {@code logs}: from its beginning a run has an index and a console that grows, at its end
 * both are whole, and the runs of one change lead to one another. A few threads for any number of runs: a log server that is slow
 * or away makes the pages late and nothing else. Safe for any thread.
 */
final class LiveRuns implements AutoCloseable {
    private static final Logger LOGGER = Logger.getLogger(LiveRuns.class.getName());
    private static final int THREADS = 2;
    private static final int MAX_CHAINS = 5000;
    private static final long MAX_PAUSE_MS = 60_000;
    private static final long END_GRACE_MS = 5_000;

    private final LogConnections connections;
    private final RunHistory history;
    private final long intervalMs;
    private final ScheduledThreadPoolExecutor threads;
    private final Map<String, LiveConsole> running = new ConcurrentHashMap<>();

    /**
     * @param home where the record of the last runs is kept
     * @param intervalMs how often a console is looked at, milliseconds
     */
    LiveRuns(LogConnections connections, Path home, long intervalMs, ThreadFactory factory) {
        this.connections = connections;
        this.history = new RunHistory(home.resolve("changes"), MAX_CHAINS);
        this.intervalMs = intervalMs;
        this.threads = new ScheduledThreadPoolExecutor(THREADS, factory);
        this.threads.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /**
     * A run has begun: its pages are written and its console is followed until {@link #finish}. Returns at once.
     *
     * @param id names the run; a second beginning of the same is ignored
     */
    void begin(String id, LogServer server, LogDestination place, RunFacts facts, ConsoleSource console) {
        LiveConsole live = new LiveConsole(connections, server, place, facts.title(), console);
        if (running.putIfAbsent(id, live) == null) {
            next(new Look(id, live, server, place, facts), 0);
        }
    }

    private void next(Look look, long delayMs) {
        try {
            threads.schedule(look, delayMs, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOGGER.log(Level.FINE, "Closed while a console was followed", e);
        }
    }

    /** One look after another at one console. */
    private final class Look implements Runnable {
        private final String id;
        private final LiveConsole live;
        private final LogServer server;
        private final LogDestination place;
        private final RunFacts facts;
        private int failures;

        Look(String id, LiveConsole live, LogServer server, LogDestination place, RunFacts facts) {
            this.id = id;
            this.live = live;
            this.server = server;
            this.place = place;
            this.facts = facts;
        }

        @Override
        public void run() {
            if (live.isOver()) {
                return;
            }
            try {
                live.look(System.currentTimeMillis(), files -> {
                    RunHistory.Neighbours neighbours = neighbours(server, place, facts);
                    new RunPages(files, place).begin(facts, link(place, neighbours.previous()));
                    tellPrevious(files, place, facts, neighbours);
                });
                failures = 0;
            } catch (LogException | RuntimeException e) {
                failures++;
                // Told once: the end of the run says whether it matters.
                LOGGER.log(
                        failures == 1 ? Level.INFO : Level.FINE,
                        "The console of {0} cannot be shown while it runs: {1}",
                        new Object[] {id, e.getMessage()});
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
            if (!live.isOver()) {
                next(this, Math.min(MAX_PAUSE_MS, intervalMs << Math.min(failures, 5)));
            }
        }
    }

    /**
     * A run is over: writes its console whole, then its index. To be called when its files are where they will be.
     *
     * @param id as at its beginning; one that never began is fine
     * @throws LogException when one of them is not at the log server
     */
    void finish(
            String id,
            ServerFiles files,
            LogServer server,
            LogDestination place,
            RunFacts facts,
            RunLogs logs,
            ConsoleSource console)
            throws LogException, InterruptedException {
        LiveConsole live = running.get(id);
        SeenLines seen = live == null ? new SeenLines() : live.end(END_GRACE_MS);
        new RunPages(files, place).console(facts.title(), console, seen);
        index(files, server, place, facts, logs);
        running.remove(id);
    }

    /** A run is over, and {@link #finish} will be called for it in time. */
    void claim(String id) {
        LiveConsole live = running.get(id);
        if (live != null) {
            live.claim();
        }
    }

    /** A run is over: its console is no longer followed, unless somebody claimed it. */
    void over(String id) {
        LiveConsole live = running.get(id);
        if (live != null && !live.isClaimed()) {
            abandon(id);
        }
    }

    /** Nothing will be written for a run any more. */
    void abandon(String id) {
        LiveConsole live = running.remove(id);
        if (live != null) {
            try {
                live.end(0);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Writes a run's index, for the first time or anew, and puts it into the one of the run before it. */
    void index(ServerFiles files, LogServer server, LogDestination place, RunFacts facts, RunLogs logs)
            throws LogException {
        RunHistory.Neighbours neighbours = neighbours(server, place, facts);
        new RunPages(files, place)
                .index(facts, logs, link(place, neighbours.previous()), link(place, neighbours.next()));
        tellPrevious(files, place, facts, neighbours);
    }

    private RunHistory.Neighbours neighbours(LogServer server, LogDestination place, RunFacts facts) {
        String chain = facts.chain();
        if (chain == null) {
            return RunHistory.Neighbours.NONE;
        }
        try {
            return history.begun(
                    chain, new RunHistory.Run(server.name(), place.path(), name(facts), facts.startedMs()));
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, "The last runs of a change cannot be kept: their pages lack a link", e);
            return RunHistory.Neighbours.NONE;
        }
    }

    private static String name(RunFacts facts) {
        return "patchset " + facts.tested().patchset() + ", " + Html.utc(facts.startedMs());
    }

    private static RunIndex.Neighbour link(LogDestination place, RunHistory.Run other) {
        return other == null
                ? null
                : new RunIndex.Neighbour(RunHistory.href(place.path(), other.destination()), other.title());
    }

    /** What goes wrong costs a link on another run's page. */
    private static void tellPrevious(
            ServerFiles files, LogDestination place, RunFacts facts, RunHistory.Neighbours neighbours) {
        RunHistory.Run previous = neighbours.previous();
        if (previous != null) {
            try {
                LogDestination there = LogDestination.of(previous.destination());
                new RunPages(files, there)
                        .next(new RunIndex.Neighbour(RunHistory.href(there.path(), place.path()), name(facts)));
            } catch (LogException e) {
                LOGGER.log(Level.FINE, "The run before " + place + " is not told of it", e);
            }
        }
    }

    /** Ends what is under way. */
    @Override
    public void close() {
        running.keySet().forEach(this::abandon);
        threads.shutdownNow();
    }
}
