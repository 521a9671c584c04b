package io.jenkins.plugins.metapluginci;

import io.jenkins.plugins.metapluginci.gerrit.GerritConnection;
import io.jenkins.plugins.metapluginci.gerrit.Missed;
import io.jenkins.plugins.metapluginci.scheduler.CatchUp;
import io.jenkins.plugins.metapluginci.scheduler.Scheduler;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/** After every connect, asks Gerrit what the stream did not tell, until it answers; on a thread of its own. */
final class MissedEventsLink implements AutoCloseable {
    private static final Logger LOGGER = Logger.getLogger(MissedEventsLink.class.getName());
    private static final int LIMIT = 200;
    private static final long FIRST_RETRY = 2_000;
    private static final long LAST_RETRY = 120_000;

    private final Supplier<GerritConnection> gerrit;
    private final Supplier<Scheduler> scheduler;
    private final Supplier<Collection<String>> projects;
    private final Supplier<Duration> back;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
        Thread made = new Thread(task, "Metaplugin CI missed events");
        made.setDaemon(true);
        made.setContextClassLoader(MissedEventsLink.class.getClassLoader());
        return made;
    });

    /** The connection that was the last to come up; what is asked for an earlier one is given up. */
    private volatile int lastTurn;

    /**
     * @param projects whose events matter
     * @param back what is older is only listed; zero: nothing is asked
     */
    MissedEventsLink(
            Supplier<GerritConnection> gerrit,
            Supplier<Scheduler> scheduler,
            Supplier<Collection<String>> projects,
            Supplier<Duration> back) {
        this.gerrit = gerrit;
        this.scheduler = scheduler;
        this.projects = projects;
        this.back = back;
    }

    /** The stream came up. */
    void connected() {
        scheduler.get().connected().thenAccept(asked -> {
            lastTurn = Math.max(lastTurn, asked.turn());
            try {
                thread.execute(() -> catchUp(asked));
            } catch (RejectedExecutionException e) {
                LOGGER.log(Level.FINE, "Stopped: the next start asks");
            }
        });
    }

    private void catchUp(CatchUp asked) {
        Instant since = asked.since();
        if (since == null || back.get().isZero() || projects.get().isEmpty()) {
            scheduler.get().caughtUp(asked, List.of(), List.of());
            return;
        }
        long wait = FIRST_RETRY;
        try {
            while (asked.turn() == lastTurn) {
                try {
                    Missed missed = gerrit.get().missed().since(since, projects.get(), back.get(), LIMIT);
                    scheduler.get().caughtUp(asked, missed.events(), missed.later());
                    return;
                } catch (IOException e) {
                    Level level = wait == FIRST_RETRY ? Level.WARNING : Level.FINE;
                    LOGGER.log(level, "Cannot ask Gerrit what was missed, trying again: {0}", e.getMessage());
                }
                Thread.sleep(wait);
                wait = Math.min(LAST_RETRY, wait * 2);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What was not asked is asked after the next start. */
    @Override
    public void close() {
        thread.shutdownNow();
    }
}
