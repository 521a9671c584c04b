package io.jenkins.plugins.metapluginci.logs;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * One build's files: from its node, through this machine, to the log server. Nothing is kept on the way but a buffer. The
 * node reads under a deadline of its own; this side's is a little later. Where it fails, the log server has what it had
 * before. The calling thread only waits, so that it can be interrupted at any time.
 */
final class TreeUpload {
    private static final Logger LOGGER = Logger.getLogger(TreeUpload.class.getName());

    private final LogConnections connections;
    private final ExecutorService threads;
    private final TransferLimits limits;
    private final Duration deadline;
    private final Duration grace;

    /**
     * @param threads for waiting and copying; at least two of them for each upload
     * @param deadline for reading on the node
     * @param grace how much later than the node this side gives up, and how long output may come after the process' end
     */
    TreeUpload(
            LogConnections connections,
            ExecutorService threads,
            TransferLimits limits,
            Duration deadline,
            Duration grace) {
        this.connections = connections;
        this.threads = threads;
        this.limits = limits;
        this.deadline = deadline;
        this.grace = grace;
    }

    /**
     * Publishes the sources as {@code logs} of a destination.
     *
     * @param notes gets what was published and what was not, also when this throws
     * @throws LogException when it is not whole at the log server
     * @throws InterruptedException when the calling thread was interrupted; everything under way is ended
     */
    void run(LogServer server, LogDestination destination, NodeShell shell, List<LogSource> sources, PublishNotes notes)
            throws LogException, InterruptedException {
        NodeScript script;
        try {
            script = NodeScript.of(sources, limits, deadline);
        } catch (IllegalArgumentException | IOException e) {
            throw new LogException(LogProblem.NODE_FAILED, e.getMessage(), e);
        }
        LogConnections.Cancellation cancellation = new LogConnections.Cancellation();
        BoundedPipe pipe = new BoundedPipe(grace);
        Future<?> copying = threads.submit(() -> {
            connections.callOnce(server, cancellation, files -> {
                receive(files.tree(destination.path(), UUID.randomUUID().toString()), script, shell, pipe, notes);
                return null;
            });
            return null;
        });
        try {
            await(copying);
        } finally {
            if (!copying.isDone()) {
                cancellation.cancel();
                pipe.fail(new IOException("given up"));
                copying.cancel(true);
            }
            pipe.discard();
        }
    }

    private void await(Future<?> copying) throws LogException, InterruptedException {
        try {
            copying.get(deadline.plus(grace).plus(grace).toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new LogException(LogProblem.NODE_DEADLINE, "no end within the deadline", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof LogException known) {
                throw known;
            }
            throw new LogException(LogProblem.INTERNAL, String.valueOf(e.getCause()), e.getCause());
        }
    }

    /** Runs on a thread of ours, with a connection to the log server: only then is the node asked for anything. */
    private void receive(TreeSink sink, NodeScript script, NodeShell shell, BoundedPipe pipe, PublishNotes notes)
            throws LogException, InterruptedException {
        boolean whole = false;
        try {
            start(shell, script, pipe);
            LogTransfer transfer = new LogTransfer(sink, limits, notes);
            new NodeStream(pipe.source(), script.sections(), transfer, notes).receive();
            pipe.discard();
            sink.verify();
            sink.commit();
            whole = true;
        } finally {
            if (!whole) {
                sink.abandon(false);
            }
        }
        if (notes.files() == 0) {
            notes.note("no file matched");
        }
    }

    private void start(NodeShell shell, NodeScript script, BoundedPipe pipe) throws LogException, InterruptedException {
        NodeShell.RunningScript running;
        try {
            running = shell.start(script.text(), pipe.sink());
        } catch (IOException | RuntimeException e) {
            throw new LogException(LogProblem.NODE_GONE, String.valueOf(e.getMessage()), e);
        }
        threads.submit(() -> {
            try {
                running.join();
                pipe.end();
            } catch (IOException | RuntimeException e) {
                LOGGER.log(Level.FINE, "The node went away while its logs were read", e);
                pipe.fail(new IOException("the connection to the node was lost: " + e.getMessage(), e));
            } catch (InterruptedException e) {
                pipe.fail(new IOException("interrupted", e));
            }
        });
    }
}
