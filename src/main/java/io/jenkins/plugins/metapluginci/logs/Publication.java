package io.jenkins.plugins.metapluginci.logs;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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

    /** How long a build waits for the server once its node is not needed any more. */
    private static final Duration LINGER = Duration.ofSeconds(15);

    private final PublishHome home;
    private final RunState state;
    private final SpooledRun spooled;
    private final CompletableFuture<LogsResult> settled = new CompletableFuture<>();
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

    synchronized boolean isOf(String job, int number) {
        return state.job.equals(job) && state.number == number;
    }

    /** Its build, for people. */
    synchronized String run() {
        return state.run;
    }

    synchronized String job() {
        return state.job;
    }

    synchronized int number() {
        return state.number;
    }

    synchronized boolean isAt(String destination) {
        return state.destination.equals(destination);
    }

    synchronized boolean wantsRescue() {
        return state.rescue && !over;
    }

    /** Server that it goes to, as the job names it. */
    synchronized String server() {
        return state.server;
    }

    /** From now on the node has files of the run, to be fetched there if nobody comes to read them in time. */
    void leaves(List<LogSource> sources) {
        synchronized (this) {
            state.sources = new ArrayList<>(sources);
        }
        save();
    }

    private void change(Runnable change) {
        synchronized (this) {
            change.run();
        }
        save();
    }

    /** Writes the state. What cannot be written is kept in memory all the same. */
    void save() {
        try {
            synchronized (this) {
                if (!over) {
                    home.store().put(state.id, state);
                }
            }
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, "The state of the logs of " + state.run + " cannot be written", e);
        }
    }

    /** The node could not even be asked. */
    void unread(LogException why) {
        lost(why);
    }

    /** The build has ended without coming to publish its files. @param why for the public */
    void never(String why) {
        synchronized (this) {
            if (state.tree == RunState.Tree.NONE && state.words == null) {
                state.words = why;
                state.rescue = !state.sources.isEmpty();
            }
        }
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
        LogSettings settings = home.settings().get();
        NodeScript script;
        Duration deadline = Duration.ofMillis(settings.deadlineMs());
        LogServer server = settings.server(server());
        acquire();
        boolean started = false;
        try {
            script = NodeScript.of(sources, settings.limits(), deadline);
            SpoolFile spool = spooled.open(rescue);
            begins(sources, rescue);
            started = true;
            return follow(shell, script, spool, server, settings, rescue, deadline);
        } catch (IllegalArgumentException | IOException e) {
            lost(new LogException(LogProblem.NODE_FAILED, String.valueOf(e.getMessage()), e));
            return result();
        } finally {
            if (!started) {
                release();
            }
        }
    }

    private void begins(List<LogSource> sources, boolean rescue) {
        synchronized (this) {
            state.readings++;
            state.sources = new ArrayList<>(sources);
            state.rescue = false;
            if (!rescue) {
                state.tree = RunState.Tree.READING;
            }
        }
        save();
    }

    private LogsResult follow(
            NodeShell shell,
            NodeScript script,
            SpoolFile spool,
            LogServer server,
            LogSettings settings,
            boolean rescue,
            Duration deadline)
            throws InterruptedException {
        CompletableFuture<Void> nodeIsRead = new CompletableFuture<>();
        CompletableFuture<Void> done = new CompletableFuture<>();
        NodeReading reading = new NodeReading(script, spool, settings.limits(), () -> nodeIsRead.complete(null));
        LogConnections.Cancellation mine = anew();
        String token;
        String directory;
        synchronized (this) {
            token = state.id + "-" + state.readings;
            directory = state.destination;
        }
        start(shell, script, spool, nodeIsRead);
        home.threads().execute(() -> {
            try {
                reading.run(home, server, directory, token, mine);
                spool.close();
                read(reading, spool, rescue);
            } catch (InterruptedException e) {
                // this machine stops: the next start goes on with what is on disk
                Thread.currentThread().interrupt();
            } catch (RuntimeException e) {
                LOGGER.log(Level.WARNING, "Cannot publish the logs of " + state.run, e);
                lost(new LogException(LogProblem.INTERNAL, e.toString(), e));
            } finally {
                spool.close();
                nodeIsRead.complete(null);
                release();
                done.complete(null);
            }
        });
        return await(reading, spool, nodeIsRead, done, deadline);
    }

    private LogsResult await(
            NodeReading reading,
            SpoolFile spool,
            CompletableFuture<Void> nodeIsRead,
            CompletableFuture<Void> done,
            Duration deadline)
            throws InterruptedException {
        try {
            if (!within(nodeIsRead, deadline.plus(home.grace()).plus(home.grace()))) {
                reading.expire();
                synchronized (this) {
                    state.remark("The node was let go before all of its logs were read.");
                }
            }
            within(done, LINGER);
        } catch (InterruptedException e) {
            spool.fail(new IOException("the build was stopped", e));
            throw e;
        }
        return result();
    }

    private static boolean within(CompletableFuture<Void> future, Duration most) throws InterruptedException {
        try {
            future.get(most.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException("completes normally", e);
        }
    }

    private void start(NodeShell shell, NodeScript script, SpoolFile spool, CompletableFuture<Void> nodeIsRead)
            throws InterruptedException {
        NodeShell.RunningScript running;
        try {
            running = shell.start(script.text(), spool.sink());
        } catch (IOException | RuntimeException e) {
            spool.fail(new IOException(String.valueOf(e.getMessage()), e));
            return;
        }
        home.threads().execute(() -> {
            try {
                running.join();
                spool.end();
                spool.awaitQuiet();
            } catch (IOException | RuntimeException e) {
                LOGGER.log(Level.FINE, "The node went away while its logs were read", e);
                spool.fail(new IOException("the connection to the node was lost: " + e.getMessage(), e));
            } catch (InterruptedException e) {
                spool.fail(new IOException("interrupted", e));
            } finally {
                nodeIsRead.complete(null);
            }
        });
    }

    /** Records what became of a reading. */
    private void read(NodeReading reading, SpoolFile spool, boolean rescue) throws InterruptedException {
        if (home.isClosing()) {
            throw new InterruptedException("closing");
        }
        LogException node = reading.nodeProblem();
        LogException server = reading.serverProblem();
        boolean whole = node == null && spool.isWhole();
        boolean better = reading.isPublished() || whole || !rescue;
        synchronized (this) {
            summary = reading.notes().summary();
            if (better) {
                take(reading, whole, spool.length() > 0);
            } else {
                state.remark("The node was read once more after it came back, in vain.");
            }
            if (rescue && better) {
                state.remark("Read once more from the node after it came back.");
            }
            problem(node != null ? node : server);
        }
        spooled.keep(rescue, better, state.owesTree());
        if (reading.isPublished()) {
            spooled.list(reading.notes().listing());
        }
        save();
    }

    /** Under the monitor. */
    private void take(NodeReading reading, boolean whole, boolean some) {
        LogException node = reading.nodeProblem();
        LogException server = reading.serverProblem();
        state.pagesSent = false;
        if (reading.isPublished()) {
            state.tree = RunState.Tree.SENT;
            state.words = null;
            state.waits = null;
            state.published(reading.notes());
            return;
        }
        state.tree = whole ? RunState.Tree.WHOLE : some ? RunState.Tree.PART : RunState.Tree.NONE;
        state.notes = new ArrayList<>(reading.notes().toList());
        if (node != null) {
            state.words = node.problem().words();
            state.rescue = true;
        } else if (!whole) {
            state.words = LogProblem.NO_ROOM.words();
            state.rescue = true;
            state.remark(
                    "There was no room on the controller: only the first files could be kept while the server was away.");
        }
        state.waits = server == null ? null : server.problem().words();
    }

    private void lost(LogException why) {
        synchronized (this) {
            state.words = why.problem().words();
            state.rescue = why.problem().isOfNode();
            if (state.tree == RunState.Tree.READING) {
                state.tree = RunState.Tree.NONE;
            }
            problem(why);
        }
        save();
    }

    /** Under the monitor. */
    private void problem(@CheckForNull LogException e) {
        state.problem = e == null ? null : e.detail();
    }

    /**
     * The build has ended: its pages are due.
     *
     * @param console on the controller's disk
     */
    void finish(RunFacts facts, String console) {
        synchronized (this) {
            state.facts = facts;
            state.console = console;
            state.finished = true;
        }
        save();
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
            synchronized (this) {
                state.tries = 0;
                state.nextAt = 0;
                state.waits = null;
                problem(null);
            }
        } catch (LogException e) {
            failed(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOGGER.log(Level.WARNING, "Cannot publish the logs of " + state.run, e);
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
        boolean keepConsole;
        synchronized (this) {
            long now = home.clock().getAsLong();
            if (state.tries == 0) {
                state.since = now;
                LOGGER.log(Level.WARNING, "The logs of {0} wait on this controller: {1}", new Object[] {
                    state.run, e.detail()
                });
            }
            state.tries++;
            state.nextAt = now + home.backoff(state.tries);
            state.waits = e.problem().words();
            problem(e);
            keepConsole = state.finished;
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
        try {
            home.store().remove(state.id);
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, "The state of the logs of " + state.run + " cannot be removed", e);
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
        PublicationView.State how = phase();
        if (over || how == PublicationView.State.WAITING && !state.rescue) {
            return null;
        }
        return new PublicationView(
                state.id,
                state.run,
                state.server,
                state.destination,
                how,
                state.since > 0 ? state.since : state.begunAt,
                state.tries,
                how == PublicationView.State.SPOOLED ? state.nextAt : 0,
                state.problem,
                spooled.bytes());
    }

    /** Under the monitor. */
    private PublicationView.State phase() {
        if (sending) {
            return PublicationView.State.SENDING;
        }
        if (state.tree == RunState.Tree.READING) {
            return PublicationView.State.READING;
        }
        return state.owesTree() || state.owesPages() ? PublicationView.State.SPOOLED : PublicationView.State.WAITING;
    }

    synchronized long begunAt() {
        return state.begunAt;
    }

    /** After a restart: goes on with what is on disk. @param facts of a run that the restart cut off, null to leave them */
    void resume() {
        boolean cut;
        synchronized (this) {
            if (state.tree == RunState.Tree.READING) {
                state.tree = spooled.treeBytes() > 0 ? RunState.Tree.PART : RunState.Tree.NONE;
                state.words = LogProblem.CUT.words();
                state.remark("The controller stopped while the node was read.");
                state.rescue = true;
            }
            cut = !state.finished;
            if (cut) {
                state.finished = true;
                state.rescue = !state.sources.isEmpty() && state.tree != RunState.Tree.SENT && !state.owesTree()
                        || state.rescue;
                state.words = state.tree == RunState.Tree.SENT || state.tree == RunState.Tree.WHOLE
                        ? null
                        : LogProblem.CUT.words();
                state.remark(
                        "The controller stopped while this run went on. Where it counts for a report, it is run again"
                                + " under an address of its own.");
                if (state.facts != null) {
                    state.facts = state.facts.ended("INTERRUPTED", home.clock().getAsLong());
                }
            }
            state.nextAt = 0;
        }
        spooled.resume(state.owesTree());
        save();
        release();
    }

    /** A run whose node never came back is not waited for any longer. */
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
