package io.jenkins.plugins.metapluginci.gerrit;

import io.jenkins.plugins.metapluginci.gerrit.GerritJson.MalformedException;
import io.jenkins.plugins.metapluginci.gerrit.GerritState.Phase;
import io.jenkins.plugins.metapluginci.ssh.SshConnector;
import io.jenkins.plugins.metapluginci.ssh.SshException;
import io.jenkins.plugins.metapluginci.ssh.SshException.Kind;
import io.jenkins.plugins.metapluginci.ssh.SshSession;
import io.jenkins.plugins.metapluginci.ssh.SshSession.RemoteStream;
import io.jenkins.plugins.metapluginci.ssh.SshTarget;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.DoubleSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The event stream of one Gerrit with one set of settings, from its start to its stop: connects, reads, and connects again.
 *
 * <p>One thread owns it, "Gerrit stream: HOST"; the connection and the watchdog live within one turn of its loop, so that
 * nothing is left behind by any way out of it. {@link #stop} and {@link #state} may be called from any thread.
 */
final class EventStream {
    /** A longer line is dropped and counted; a change with thousands of files makes about a megabyte. */
    static final int MAX_LINE_BYTES = 8 * 1024 * 1024;

    static final String VERSION_COMMAND = "gerrit version";
    static final String STREAM_COMMAND = "gerrit stream-events";
    private static final Logger LOGGER = Logger.getLogger(EventStream.class.getName());

    private final SshConnector connector;
    private final SshTarget target;
    private final GerritListener listener;
    private final GerritTimings timings;
    private final Clock clock;
    private final RetryPolicy retries;
    private final Thread thread;
    private final EventSieve sieve;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final AtomicReference<GerritState> state;
    private final AtomicReference<SshSession> open = new AtomicReference<>();
    /** What was last written to the log, so that each thing is said once; the stream's thread only. */
    private String logged = "";

    private boolean loggedUnreadable;

    /** When the last event came, by our clock; 0 before the first. Written by the stream's thread only. */
    private volatile long lastEventMillis;

    EventStream(
            SshConnector connector,
            SshTarget target,
            GerritListener listener,
            GerritTimings timings,
            Clock clock,
            DoubleSupplier random,
            Supplier<Predicate<String>> wanted) {
        this.connector = connector;
        this.target = target;
        this.listener = listener;
        this.timings = timings;
        this.clock = clock;
        this.retries = new RetryPolicy(timings, clock, random);
        this.sieve = new EventSieve(wanted);
        this.state = new AtomicReference<>(GerritState.of(Phase.CONNECTING, clock.instant(), null));
        this.thread = new Thread(this::run, "Gerrit stream: " + target.host());
        thread.setDaemon(true);
        thread.setContextClassLoader(EventStream.class.getClassLoader());
    }

    void start() {
        thread.start();
    }

    GerritState state() {
        long millis = lastEventMillis;
        return sieve.counted(state.get(), millis == 0 ? null : Instant.ofEpochMilli(millis));
    }

    /** Ends the stream; returns at once. An event that is being delivered is delivered to its end, none after it. */
    void stop() {
        stopped.countDown();
        SshSession session = open.get();
        if (session != null) {
            session.close();
        }
        thread.interrupt();
    }

    private boolean isStopped() {
        return stopped.getCount() == 0;
    }

    private void update(UnaryOperator<GerritState> change) {
        state.updateAndGet(change);
    }

    private void run() {
        try {
            while (!isStopped()) {
                turn();
            }
        } catch (InterruptedException e) {
            // Only stop() interrupts this thread, which ends here.
            Thread.currentThread().interrupt();
        } finally {
            update(s -> s.to(Phase.STOPPED, clock.instant(), null, null));
        }
    }

    /** One connection from the attempt to its end, and the wait after it. Nothing but the interrupt leaves it. */
    private void turn() throws InterruptedException {
        SshException failure;
        try {
            update(s -> s.to(Phase.CONNECTING, clock.instant(), s.reason(), null));
            failure = connectAndRead();
        } catch (SshException e) {
            failure = e;
        } catch (IOException | RuntimeException | Error e) {
            // Whatever it was, the next turn starts from nothing. After stop() it is only how a read ends.
            if (!isStopped()) {
                LOGGER.log(Level.SEVERE, "The event stream of " + target + " failed", e);
            }
            failure = new SshException(Kind.BROKEN, "The event stream failed: " + e, e);
        }
        if (isStopped()) {
            return;
        }
        GerritState was = state.get();
        Instant connectedSince = was.phase() == Phase.CONNECTED ? was.since() : null;
        Duration wait = retries.after(failure.kind(), connectedSince);
        boolean forPeople = RetryPolicy.isForPeople(failure.kind());
        String reason = failure.getMessage();
        Instant now = clock.instant();
        update(s -> s.to(forPeople ? Phase.REFUSED : Phase.WAITING, now, reason, now.plus(wait)));
        logOnce(Level.WARNING, "No events from Gerrit: " + reason);
        boolean unwanted = stopped.await(wait.toMillis(), TimeUnit.MILLISECONDS);
        LOGGER.log(Level.FINE, "The event stream of {0} is {1}.", new Object[] {
            target, unwanted ? "no longer wanted" : "tried again"
        });
    }

    private void logOnce(Level level, String message) {
        if (!message.equals(logged)) {
            logged = message;
            LOGGER.log(level, "{0}", message);
        }
    }

    /** @return why it ended */
    private SshException connectAndRead() throws IOException, InterruptedException {
        try (SshSession session = connector.connect(target)) {
            open.set(session);
            if (isStopped()) {
                throw new InterruptedException();
            }
            try (RemoteStream stream = session.stream(STREAM_COMMAND)) {
                String version = GerritConnection.version(session, timings.probe());
                try (StreamWatch watch = new StreamWatch(
                        session, target.host(), timings, () -> update(s -> s.probed(clock.instant())))) {
                    update(s -> s.connected(clock.instant(), version));
                    logOnce(Level.INFO, "Taking events from Gerrit " + version + " at " + target + ".");
                    tell(listener::connected);
                    return read(stream, watch);
                }
            }
        } finally {
            open.set(null);
        }
    }

    private SshException read(RemoteStream stream, StreamWatch watch) throws IOException, InterruptedException {
        LineReader lines = new LineReader(watch.watched(stream.stdout()), MAX_LINE_BYTES);
        long skipped = 0;
        try {
            while (lines.next()) {
                if (isStopped()) {
                    throw new InterruptedException();
                }
                if (lines.skipped() > skipped) {
                    unreadable(lines.skipped() - skipped, "longer than " + MAX_LINE_BYTES + " bytes");
                    skipped = lines.skipped();
                }
                deliver(lines);
            }
        } catch (SshException e) {
            return watch.verdict(e);
        }
        return GerritConnection.ended(target, stream.stderr());
    }

    private void deliver(LineReader lines) {
        GerritEvent event;
        try {
            event = sieve.take(lines.bytes(), lines.start(), lines.end());
        } catch (MalformedException e) {
            unreadable(1, e.getMessage());
            return;
        }
        lastEventMillis = clock.millis();
        if (event == null) {
            return;
        }
        if (event.type().equals(GerritEvent.DROPPED_OUTPUT)) {
            LOGGER.log(Level.WARNING, "Gerrit at {0} dropped events, since they were not read in time.", target);
        }
        tell(() -> listener.event(event));
    }

    private void unreadable(long count, String why) {
        sieve.unreadable(count);
        if (!loggedUnreadable) {
            loggedUnreadable = true;
            LOGGER.log(
                    Level.WARNING,
                    "A line of the event stream of {0} was dropped: {1}. Later ones are counted only.",
                    new Object[] {target, why});
        }
    }

    /** A listener that fails costs its own event and nothing else. */
    private static void tell(Runnable call) {
        try {
            call.run();
        } catch (RuntimeException e) {
            LOGGER.log(Level.SEVERE, "An event of Gerrit could not be handled", e);
        }
    }
}
