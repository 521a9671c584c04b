package io.jenkins.plugins.metapluginci.logs;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * One reading of a node: what it sends goes into the spool, and from there to the log server at once, as long as that takes it.
 * Whatever the server does, the stream is read to its end, which alone shows that it is whole. Used once, by one thread.
 */
final class NodeReading {
    private static final Logger LOGGER = Logger.getLogger(NodeReading.class.getName());

    private final NodeScript script;
    private final SpoolFile spool;
    private final TransferLimits limits;
    private final CompletableFuture<Void> nodeIsRead = new CompletableFuture<>();
    private final PublishNotes notes = new PublishNotes();
    private volatile boolean expired;
    private volatile boolean received;
    private volatile boolean committed;

    @CheckForNull
    private LogException node;

    @CheckForNull
    private LogException server;

    NodeReading(NodeScript script, SpoolFile spool, TransferLimits limits) {
        this.script = script;
        this.spool = spool;
        this.limits = limits;
    }

    /** Has the node send. Returns at once; what goes wrong shows in {@link #run}. */
    void start(NodeShell shell, Executor threads) throws InterruptedException {
        NodeShell.RunningScript running;
        try {
            running = shell.start(script.text(), spool.sink());
        } catch (IOException | RuntimeException e) {
            spool.fail(new IOException(String.valueOf(e.getMessage()), e));
            return;
        }
        threads.execute(() -> {
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

    /** Waits until the node is needed no more. @return false when that took longer */
    boolean awaitNode(Duration most) throws InterruptedException {
        return within(nodeIsRead, most);
    }

    static boolean within(CompletableFuture<Void> future, Duration most) throws InterruptedException {
        try {
            future.get(most.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException("completes normally", e);
        }
    }

    /** Nobody wants the node's logs any more: the build was stopped. Any thread may call. */
    void stop() {
        spool.fail(new IOException("the build was stopped"));
    }

    /** @throws InterruptedException when this machine stops */
    void run(
            ServerAccess access,
            LogServer target,
            String directory,
            String token,
            LogConnections.Cancellation cancellation)
            throws InterruptedException {
        try {
            access.call(target, cancellation, files -> {
                receive(new FailoverSink(files.tree(directory, token), null));
                if (server != null) {
                    throw server;
                }
                return null;
            });
        } catch (LogException e) {
            if (!received) {
                receive(new FailoverSink(null, e));
            }
        }
    }

    private void receive(FailoverSink sink) {
        received = true;
        try {
            new NodeStream(spool.source(), script.sections(), new LogTransfer(sink, limits, notes), notes).receive();
        } catch (LogException e) {
            node = expired ? new LogException(LogProblem.NODE_DEADLINE, "no end within the deadline", e) : e;
        } finally {
            spool.discard();
            nodeIsRead.complete(null);
        }
        try {
            if (node == null) {
                sink.verify();
                sink.commit();
                committed = true;
                notes.sayIfNone();
            }
        } catch (LogException e) {
            // it is the sink's failure
        } finally {
            server = sink.failure();
            if (!committed) {
                sink.abandon(node == null);
            }
        }
    }

    /** The node took too long: what it has not sent is not waited for. Any thread may call. */
    void expire() {
        expired = true;
        spool.fail(new IOException("no end within the deadline"));
    }

    /** Whether the log server has all of it. */
    boolean isPublished() {
        return committed;
    }

    /** Why the stream is not whole; null when it is. */
    @CheckForNull
    LogException nodeProblem() {
        return node;
    }

    /** Why the server has not got it; null when it did all that was asked. */
    @CheckForNull
    LogException serverProblem() {
        return server;
    }

    PublishNotes notes() {
        return notes;
    }
}
