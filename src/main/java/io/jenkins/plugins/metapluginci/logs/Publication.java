package io.jenkins.plugins.metapluginci.logs;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The publication of one run's logs, from the run's beginning until everything is at the log server.
 *
 * <p>Safe for any thread. Its monitor guards the state; who has taken {@code busy} alone reads the node, sends, or writes the
 * state's file, and waits for nobody under the monitor.
 */
final class Publication {
    private static final Logger LOGGER = Logger.getLogger(Publication.class.getName());

    private final PublishHome home;
    private final RunState state;
    private final SpooledRun spooled;
    private final CompletableFuture<LogsResult> settled = new CompletableFuture<>();
    /** Orders what is written to disk; taken before the monitor, which is not held meanwhile. */
    private final Object saving = new Object();

    private LogConnections.Cancellation cancellation = new LogConnections.Cancellation();
    /** A line for each kind of note of the last reading. */
    private List<String> summary = List.of();

    private boolean busy;
    private boolean sending;
    private boolean queued;
    private boolean over;

    Publication(PublishHome home, RunState state) {
        this.home = home;
        this.state = state;
        this.spooled = new SpooledRun(home, state.id);
    }

    /** Completes, always normally, when nothing is left to send, or it is given up. */
    CompletableFuture<LogsResult> settled() {
        return settled;
    }

    /** How it stands now. */
    synchronized LogsResult result() {
        return state.result();
    }

    /** What was left out or renamed at the last reading, a line for each kind. */
    synchronized List<String> summary() {
        return summary;
    }

    /** What went wrong last, for the people of this CI; null when nothing did. */
    @CheckForNull
    synchronized String problem() {
        return state.problem;
    }

    boolean isOf(String job, int number) {
        return state.job.equals(job) && state.number == number;
    }

    /** Its build, for people. */
    String run() {
        return state.run;
    }

    String job() {
        return state.job;
    }

    int number() {
        return state.number;
    }

    /** Directory below the server's root. */
    String destination() {
        return state.destination;
    }

    synchronized boolean wantsRescue() {
        return state.rescue && !over;
    }

    String server() {
        return state.server;
    }

    /** From now on the node has files of the run, to be fetched there if nobody comes to read them in time. */
    void leaves(List<LogSource> sources) {
        change(() -> state.sources = new ArrayList<>(sources));
    }

    private boolean change(Runnable change) {
        synchronized (this) {
            change.run();
        }
        return save();
    }

    /** Writes the state. What cannot be written is kept in memory all the same. @return whether it is on disk */
    boolean save() {
        synchronized (saving) {
            RunState now;
            synchronized (this) {
                now = over ? null : state.copy();
            }
            try {
                if (now != null) {
                    home.store().put(now.id, now);
                }
                return true;
            } catch (IOException e) {
                LOGGER.log(Level.WARNING, "The state of the logs of " + run() + " cannot be written", e);
                return false;
            }
        }
    }

    /** The node could not even be asked. */
    void unread(LogException why) {
        change(() -> state.lost(why));
    }

    /** The build has ended without coming to publish its files. @param why for the public */
    void never(String why) {
        change(() -> state.never(why));
    }

    /**
     * Reads the node once more, after its return.
     *
     * @throws IOException when it cannot be read; what was published stays
     */
    void rescue(NodeShell shell) throws IOException, InterruptedException {
        List<LogSource> sources;
        synchronized (this) {
            sources = List.copyOf(state.sources);
        }
        if (!sources.isEmpty()) {
            read(shell, sources, true);
        }
        synchronized (this) {
            if (state.words != null && state.problem != null) {
                throw new IOException(state.problem);
            }
        }
    }

    /**
     * Reads the node, and sends what it has to the log server. Returns when both are done; when the node is needed no more and the
     * server takes its time; or at the deadline, after which the node is not waited for either.
     *
     * @param rescue whether the run has ended, and what was published of it is to be replaced
     * @throws InterruptedException when the calling thread was interrupted; the node is then not read on
     */
    LogsResult read(NodeShell shell, List<LogSource> sources, boolean rescue) throws InterruptedException {
        acquire();
        TreeReading reading = new TreeReading(home, state, spooled, this::change, rescue);
        boolean started = false;
        try {
            reading.start(shell, sources, target(), anew(), this::release);
            started = true;
        } catch (LogException e) {
            unread(e);
            return result();
        } finally {
            if (!started) {
                release();
            }
        }
        reading.await();
        synchronized (this) {
            summary = reading.summary();
        }
        return result();
    }

    /**
     * The build has ended: its pages are due.
     *
     * @param console on the controller's disk
     */
    void finish(RunFacts facts, String console) {
        change(() -> {
            state.facts = facts;
            state.console = console;
            state.finished = true;
        });
        home.due(this);
    }

    /** Whether there is something to do at that time. */
    synchronized boolean isDue(long now) {
        return !over && !busy && (state.owesTree() || state.owesPages()) && state.nextAt <= now;
    }

    /** Its server is back, or a person asks: it is tried next. */
    synchronized void hurry() {
        state.nextAt = 0;
    }

    /** Its server is away, as others have found: it is not tried before then. @param until epoch milliseconds */
    synchronized void postpone(long until) {
        if (!busy && state.nextAt < until && (state.owesTree() || state.owesPages())) {
            state.nextAt = until;
        }
    }

    /** Takes a place among those that are going to be sent. @return false when it has one */
    synchronized boolean queue() {
        boolean first = !queued;
        queued = true;
        return first;
    }

    /** Sends what is owed. Returns at once when somebody else is at it. */
    void attempt() {
        synchronized (this) {
            queued = false;
            if (!isDue(home.clock().getAsLong())) {
                return;
            }
            busy = true;
            sending = true;
        }
        try {
            home.call(target(), anew(), files -> {
                new RunSending(home, state, spooled, this::change).run(files);
                return null;
            });
            change(state::succeeded);
        } catch (LogException e) {
            failed(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOGGER.log(Level.WARNING, "Cannot publish the logs of " + run(), e);
            failed(new LogException(LogProblem.INTERNAL, e.toString(), e));
        } finally {
            release();
        }
    }

    private LogServer target() throws LogException {
        LogServer server = home.settings().get().server(server());
        if (server == null) {
            throw new LogException(LogProblem.NOT_CONFIGURED, "there is no log server of that name", null);
        }
        return server;
    }

    private void failed(LogException e) {
        if (home.isClosing()) {
            return;
        }
        boolean first;
        boolean keepConsole;
        synchronized (this) {
            long now = home.clock().getAsLong();
            first = state.tries == 0;
            state.failed(e, now, now + home.backoff(state.tries + 1));
            keepConsole = state.finished;
        }
        if (first) {
            LOGGER.log(Level.WARNING, "The logs of {0} wait on this controller: {1}", new Object[] {run(), e.detail()});
        }
        if (keepConsole) {
            spooled.keepConsole(state.console);
        }
        save();
    }

    /** Loses the files for want of room. @return false when there are none that could be dropped now */
    boolean drop() {
        synchronized (this) {
            if (busy || over || !state.owesTree()) {
                return false;
            }
            state.tree = RunState.Tree.LOST;
            state.words = LogProblem.NO_ROOM.words();
        }
        spooled.dropTree();
        save();
        return true;
    }

    /** Leaves everything that is not at the server yet. @return false when it is being sent just now */
    boolean giveUp() {
        synchronized (this) {
            if (busy) {
                cancellation.cancel();
                return false;
            }
            over = true;
        }
        spooled.remove();
        forgotten();
        settled.complete(LogsResult.missing(LogProblem.GIVEN_UP.words(), List.of()));
        return true;
    }

    /** Forgets a run that nobody has finished or published anything of. */
    void abandon() {
        synchronized (this) {
            if (busy || over || state.finished || state.tree != RunState.Tree.NONE) {
                return;
            }
            over = true;
        }
        spooled.remove();
        forgotten();
    }

    private void forgotten() {
        synchronized (saving) {
            try {
                home.store().remove(state.id);
            } catch (IOException e) {
                LOGGER.log(Level.WARNING, "The state of the logs of " + run() + " cannot be removed", e);
            }
        }
        home.forget(this);
    }

    private synchronized LogConnections.Cancellation anew() {
        cancellation = new LogConnections.Cancellation();
        return cancellation;
    }

    private synchronized void acquire() throws InterruptedException {
        while (busy) {
            wait();
        }
        busy = true;
    }

    private void release() {
        LogsResult result;
        boolean gone;
        boolean more;
        synchronized (this) {
            busy = false;
            sending = false;
            notifyAll();
            result = state.isSettled() && !home.isClosing() ? state.result() : null;
            gone = result != null && !state.rescue;
            over |= gone;
            more = !over && (state.owesTree() || state.owesPages()) && !home.isClosing();
        }
        if (gone) {
            spooled.remove();
            forgotten();
        }
        if (result != null) {
            settled.complete(result);
            home.settled(this, result);
        } else if (more) {
            home.due(this);
        }
    }

    /** For pages; null while there is nothing to tell. */
    @CheckForNull
    synchronized PublicationView view() {
        boolean quiet = state.phase(sending) == PublicationView.State.WAITING && !state.rescue;
        return over || quiet ? null : state.view(sending, spooled.bytes());
    }

    long begunAt() {
        return state.begunAt;
    }

    /** After a restart: goes on with what is on disk. */
    void resume() {
        boolean owed;
        synchronized (this) {
            state.restarted(spooled.treeBytes(), home.clock().getAsLong());
            owed = state.owesTree();
        }
        spooled.resume(owed);
        save();
        release();
    }

    /** A run whose node never came back is not waited for. */
    void forgetRescue() {
        synchronized (this) {
            if (busy) {
                return;
            }
            state.rescue = false;
        }
        release();
    }
}
