package io.jenkins.plugins.metapluginci.logs;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Reads the node of one run for its publication, and records what became of that. Used once, by who has the publication for
 * itself, which is until {@code end} is run.
 */
final class TreeReading {
    private static final Logger LOGGER = Logger.getLogger(TreeReading.class.getName());

    /** How long a build waits for the server once its node is not needed any more. */
    private static final Duration LINGER = Duration.ofSeconds(15);

    private final PublishHome home;
    private final RunState state;
    private final SpooledRun spooled;
    private final Predicate<Runnable> change;
    private final boolean rescue;
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private NodeReading reading;
    private Duration most;
    private String token;
    private volatile List<String> summary = List.of();

    /**
     * @param change runs a change of the state under the monitor that guards it, and writes it down; tells whether that went well
     * @param rescue whether the run has ended, and what was published of it is to be replaced
     */
    TreeReading(PublishHome home, RunState state, SpooledRun spooled, Predicate<Runnable> change, boolean rescue) {
        this.home = home;
        this.state = state;
        this.spooled = spooled;
        this.change = change;
        this.rescue = rescue;
    }

    /**
     * Begins. Returns at once; what goes wrong with the node shows in the state.
     *
     * @param end is run when all is over, on another thread, and only if this did not throw
     */
    void start(
            NodeShell shell,
            List<LogSource> sources,
            LogServer server,
            LogConnections.Cancellation cancellation,
            Runnable end)
            throws LogException, InterruptedException {
        LogSettings settings = home.settings().get();
        Duration deadline = Duration.ofMillis(settings.deadlineMs());
        most = deadline.plus(home.grace()).plus(home.grace());
        SpoolFile spool;
        try {
            NodeScript script = NodeScript.of(sources, settings.limits(), deadline);
            spool = spooled.open(rescue);
            reading = new NodeReading(script, spool, settings.limits());
        } catch (IllegalArgumentException | IOException e) {
            throw new LogException(LogProblem.NODE_FAILED, String.valueOf(e.getMessage()), e);
        }
        change.test(() -> {
            state.reads(sources, rescue);
            token = state.id + "-" + state.readings;
        });
        reading.start(shell, home.threads());
        home.threads().execute(() -> {
            try {
                follow(spool, server, cancellation);
            } finally {
                spool.close();
                end.run();
                done.complete(null);
            }
        });
    }

    private void follow(SpoolFile spool, LogServer server, LogConnections.Cancellation cancellation) {
        try {
            reading.run(home, server, state.destination, token, cancellation);
            spool.close();
            if (!home.isClosing()) {
                record(spool);
            }
        } catch (InterruptedException e) {
            // this machine stops: the next start goes on with what is on disk
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOGGER.log(Level.WARNING, "Cannot publish the logs of " + state.run, e);
            change.test(() -> state.lost(new LogException(LogProblem.INTERNAL, e.toString(), e)));
        }
    }

    private void record(SpoolFile spool) {
        boolean whole = reading.nodeProblem() == null && spool.isWhole();
        boolean better = reading.isPublished() || whole || !rescue;
        summary = reading.notes().summary();
        if (reading.isPublished()) {
            spooled.list(reading.notes().listing());
        } else if (rescue && better) {
            spooled.promote();
        }
        boolean[] owed = {false};
        boolean written = change.test(() -> {
            if (better) {
                state.read(reading, spool.isWhole(), spool.length() > 0);
            }
            if (rescue) {
                state.rescue = false;
                state.remark(
                        better
                                ? "Read once more from the node after it came back."
                                : "The node was read once more after it came back, in vain.");
            }
            owed[0] = state.owesTree();
        });
        // A kill after this finds the state, or the files that it says are owed; never neither.
        if (written) {
            spooled.tidy(owed[0]);
        }
    }

    /**
     * Waits until all is over; when the node is needed no more, not much longer for the server; and after the deadline for the node
     * neither.
     *
     * @throws InterruptedException when the calling thread was interrupted; the node is then not read on
     */
    void await() throws InterruptedException {
        try {
            if (!reading.awaitNode(most)) {
                reading.expire();
                change.test(() -> state.remark("The node was let go before all of its logs were read."));
            }
            NodeReading.within(done, LINGER);
        } catch (InterruptedException e) {
            reading.stop();
            throw e;
        }
    }

    /** What was left out or renamed, a line for each kind. */
    List<String> summary() {
        return summary;
    }
}
