package io.jenkins.plugins.metapluginci.gerrit;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.metapluginci.gerrit.GerritState.Phase;
import io.jenkins.plugins.metapluginci.ssh.SshConnector;
import io.jenkins.plugins.metapluginci.ssh.SshException;
import io.jenkins.plugins.metapluginci.ssh.SshException.Kind;
import io.jenkins.plugins.metapluginci.ssh.SshSession;
import io.jenkins.plugins.metapluginci.ssh.SshSession.ExecResult;
import io.jenkins.plugins.metapluginci.ssh.SshSession.RemoteStream;
import io.jenkins.plugins.metapluginci.ssh.SshTarget;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.DoubleSupplier;
import java.util.function.Predicate;

/**
 * The connection to Gerrit: the event stream, which {@link #start} and {@link #stop} switch, and the commands of
 * {@link #review} and {@link #query}, which work while the stream is stopped too.
 *
 * <p>Every method may be called from any thread and returns at once, commands aside. The monitor of this object guards which
 * stream and which command connection are the current ones; nothing waits for the network under it.
 */
public final class GerritConnection implements AutoCloseable {
    private static final byte[] NOTHING = {};
    private static final int VERSION_BYTES = 1000;
    /** A refusal comes within one round trip; a Gerrit that streams says nothing. */
    private static final Duration REFUSAL = Duration.ofMillis(1500);

    private static final Duration TEST_CAP = Duration.ofSeconds(10);

    private final SshConnector connector;
    private final GerritListener listener;
    private final GerritTimings timings;
    private final Clock clock;
    private final DoubleSupplier random;
    private final GerritReview review = new GerritReview(this);
    private final RecentCommits recent = new RecentCommits(System::nanoTime);
    private final GerritQuery query = new GerritQuery(new ByConnection());
    private final ChangeLookup lookup = new ChangeLookup(query, recent);
    private final MissedEvents missed = new MissedEvents(query, Duration.ofMillis(500), Clock.systemUTC());
    private volatile Predicate<String> wantedProjects = project -> true;

    /** Null while Gerrit is not configured. */
    @CheckForNull
    private Chosen settings;

    private EventStream stream;
    private CommandSession commands;
    private boolean wanted;
    private GerritState idle;

    /** @param connector not closed by this @param listener called from the stream's thread */
    public GerritConnection(SshConnector connector, GerritListener listener) {
        this(
                connector,
                listener,
                GerritTimings.defaults(),
                Clock.systemUTC(),
                () -> ThreadLocalRandom.current().nextDouble());
    }

    GerritConnection(
            SshConnector connector,
            GerritListener listener,
            GerritTimings timings,
            Clock clock,
            DoubleSupplier random) {
        this.connector = connector;
        this.listener = listener;
        this.timings = timings;
        this.clock = clock;
        this.random = random;
        this.idle = GerritState.of(Phase.STOPPED, clock.instant(), null);
    }

    /**
     * Takes other settings: what the old ones opened is closed, and if the stream is wanted, it is connected anew at once. A
     * stream that works stays when the settings lead to the same connection, what the key file holds included.
     *
     * @param next null when Gerrit is not configured
     */
    public void reconfigure(@CheckForNull GerritSettings next) {
        // Reads a file, so not under the monitor.
        Chosen chosen = next == null ? null : Chosen.now(next);
        synchronized (this) {
            if (chosen == null || !chosen.opensTheSameAs(settings) || wanted && state().phase() != Phase.CONNECTED) {
                replace(chosen);
            }
        }
    }

    private void replace(@CheckForNull Chosen next) {
        closeAll();
        if (settings != null && (next == null || !isSame(target(settings), target(next)))) {
            recent.clear();
        }
        settings = next;
        if (next != null) {
            commands = new CommandSession(connector, target(next), timings.command());
        }
        connect();
    }

    private static SshTarget target(Chosen chosen) {
        return chosen.settings().target();
    }

    /** Wants events; nothing happens when they are wanted already. */
    public synchronized void start() {
        if (!wanted) {
            wanted = true;
            connect();
        }
    }

    /** Wants no more events. */
    public synchronized void stop() {
        wanted = false;
        closeStream();
        connect();
    }

    private void connect() {
        if (wanted && settings != null) {
            stream = new EventStream(
                    connector, target(settings), new Remembering(), timings, clock, random, () -> wantedProjects);
            stream.start();
        } else {
            idle = GerritState.of(
                    Phase.STOPPED, clock.instant(), settings == null ? "Gerrit is not configured." : null);
        }
    }

    /** How it stands with the event stream. */
    public synchronized GerritState state() {
        return stream == null ? idle : stream.state();
    }

    /** Votes and comments. */
    public GerritReview review() {
        return review;
    }

    /** Questions about changes. */
    public GerritQuery query() {
        return query;
    }

    /** Changes with all that a decision about them needs. */
    public ChangeLookup lookup() {
        return lookup;
    }

    /** What happened while the stream was not read. */
    public MissedEvents missed() {
        return missed;
    }

    /**
     * Whose events are wanted, from the next event on; the connection stays. All, until this is called.
     *
     * @param projects called from the stream's thread for each event; must be fast, such as a look into a set
     */
    public void want(Predicate<String> projects) {
        wantedProjects = projects;
    }

    /** Runs a command on the shared connection. @param repeatable whether it may be sent twice */
    ExecResult command(String command, boolean repeatable, int maxBytes) throws SshException, InterruptedException {
        CommandSession current;
        synchronized (this) {
            current = commands;
        }
        if (current == null) {
            throw new SshException(Kind.UNREACHABLE, "Gerrit is not configured.", null);
        }
        return current.run(command, repeatable, maxBytes);
    }

    /** The user name of our account. @throws SshException when Gerrit is not configured */
    synchronized String account() throws SshException {
        if (settings == null) {
            throw new SshException(Kind.UNREACHABLE, "Gerrit is not configured.", null);
        }
        return target(settings).user();
    }

    private static boolean isSame(SshTarget one, SshTarget other) {
        return one.host().equals(other.host()) && one.port() == other.port();
    }

    /** The questions go over the shared connection. */
    private final class ByConnection implements GerritQuery.Commands {
        @Override
        public ExecResult command(String command, boolean repeatable, int maxBytes)
                throws SshException, InterruptedException {
            return GerritConnection.this.command(command, repeatable, maxBytes);
        }

        @Override
        public String account() throws SshException {
            return GerritConnection.this.account();
        }
    }

    /** What the stream tells is known to the look-ups before it is to the listener, which may ask at once. */
    private final class Remembering implements GerritListener {
        @Override
        public void event(GerritEvent event) {
            recent.heard(event);
            listener.event(event);
        }

        @Override
        public void connected() {
            listener.connected();
        }
    }

    private void closeStream() {
        if (stream != null) {
            stream.stop();
            stream = null;
        }
    }

    private void closeAll() {
        closeStream();
        if (commands != null) {
            commands.close();
            commands = null;
        }
    }

    @Override
    public synchronized void close() {
        wanted = false;
        closeAll();
        settings = null;
        idle = GerritState.of(Phase.STOPPED, clock.instant(), null);
    }

    /**
     * Tries settings out, on connections of its own.
     *
     * @throws SshException what is wrong with them, within 10 s; fit for the page on which they are typed
     */
    public static GerritProbe testConnection(SshConnector connector, GerritSettings settings)
            throws SshException, InterruptedException {
        SshTarget target = settings.target();
        FutureTask<GerritProbe> test = new FutureTask<>(() -> probe(connector, target));
        Thread thread = new Thread(test, "Gerrit test: " + target.host());
        thread.setDaemon(true);
        thread.start();
        try {
            return test.get(TEST_CAP.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new SshException(
                    Kind.TIMEOUT,
                    "Gerrit at " + target.host() + ":" + target.port() + " did not answer within "
                            + TEST_CAP.toSeconds() + " s. Check the address, the port and the firewalls between.",
                    e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof SshException own
                    ? own
                    : new SshException(Kind.BROKEN, "The test failed: " + e.getCause(), e.getCause());
        } finally {
            test.cancel(true);
        }
    }

    private static GerritProbe probe(SshConnector connector, SshTarget target)
            throws SshException, InterruptedException {
        try (SshSession session = connector.connect(target)) {
            String version = version(session, TEST_CAP);
            try (RemoteStream stream = session.stream(EventStream.STREAM_COMMAND)) {
                String refusal = refusal(target, stream);
                return new GerritProbe(version, refusal == null, refusal);
            }
        } catch (SshException e) {
            throw hinted(e);
        }
    }

    /** A login at the machine's own sshd fails like one at Gerrit: the name that the server goes by tells them apart. */
    private static SshException hinted(SshException e) {
        String software = e.software();
        return software == null || software.contains("Gerrit")
                ? e
                : new SshException(
                        e.kind(),
                        e.getMessage() + " What answers there calls itself \"" + software
                                + "\", which does not look like Gerrit: check the port, which is 29418 by default.",
                        e);
    }

    @CheckForNull
    private static String refusal(SshTarget target, RemoteStream stream) throws SshException, InterruptedException {
        CompletableFuture<Integer> first = new CompletableFuture<>();
        Thread reader = new Thread(
                () -> {
                    try {
                        first.complete(stream.stdout().read());
                    } catch (IOException e) {
                        first.completeExceptionally(e);
                    }
                },
                "Gerrit test stream: " + target.host());
        reader.setDaemon(true);
        reader.start();
        try {
            return first.get(REFUSAL.toMillis(), TimeUnit.MILLISECONDS) >= 0
                    ? null
                    : ended(target, stream.stderr()).getMessage();
        } catch (TimeoutException e) {
            return null;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof SshException own
                    ? own
                    : new SshException(
                            Kind.BROKEN,
                            "The event stream broke: " + e.getCause().getMessage(),
                            e);
        }
    }

    /**
     * The version of the Gerrit behind a connection; also the proof that it is a Gerrit, and that it answers.
     *
     * @throws SshException BROKEN when what answers is no Gerrit
     */
    static String version(SshSession session, Duration within) throws SshException, InterruptedException {
        ExecResult result;
        try {
            result = session.exec(EventStream.VERSION_COMMAND, NOTHING, within, VERSION_BYTES);
        } catch (SshException e) {
            throw e.kind() != Kind.TIMEOUT
                    ? e
                    : new SshException(
                            Kind.TIMEOUT,
                            "Gerrit let us in but did not answer \"gerrit version\" within " + within.toMillis()
                                    + " ms.",
                            e);
        }
        String text = result.stdout().strip();
        if (result.exitStatus() != 0 || !text.startsWith("gerrit version ")) {
            throw new SshException(
                    Kind.BROKEN,
                    "What answers is not a Gerrit (\"gerrit version\" failed"
                            + (result.stderr().isBlank() ? "" : ": " + firstLine(result.stderr()))
                            + "). Check the port: Gerrit's own is 29418 by default.",
                    null);
        }
        return firstLine(text.substring("gerrit version ".length()));
    }

    /** Why a stream that ended in good order may have. */
    static SshException ended(SshTarget target, String stderr) {
        String words = stderr.toLowerCase(Locale.ROOT);
        if (words.contains("not permitted") || words.contains("capability")) {
            return new SshException(
                    Kind.AUTHENTICATION,
                    "Gerrit does not let the account \"" + target.user() + "\" read its events (" + firstLine(stderr)
                            + "). Give it the global capability \"Stream Events\".",
                    null);
        }
        return new SshException(
                Kind.BROKEN,
                "Gerrit at " + target.host() + ":" + target.port() + " ended the event stream"
                        + (stderr.isBlank() ? "." : ": " + firstLine(stderr)),
                null);
    }

    static String firstLine(String text) {
        String line = text.strip().lines().findFirst().orElse("");
        return line.length() <= 300 ? line : line.substring(0, 300) + "…";
    }
}
