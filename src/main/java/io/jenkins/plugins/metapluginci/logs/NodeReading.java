package io.jenkins.plugins.metapluginci.logs;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.io.IOException;

/**
 * One reading of a node: what it sends goes into the spool, and from there to the log server at once, as long as that takes it.
 * Whatever the server does, the stream is read to its end, which alone shows that it is whole. Used once, by one thread.
 */
final class NodeReading {
    private final NodeScript script;
    private final SpoolFile spool;
    private final TransferLimits limits;
    private final Runnable nodeIsRead;
    private final PublishNotes notes = new PublishNotes();
    private volatile boolean expired;
    private boolean received;
    private boolean committed;

    @CheckForNull
    private LogException node;

    @CheckForNull
    private LogException server;

    /** @param nodeIsRead is told when the node is needed no more */
    NodeReading(NodeScript script, SpoolFile spool, TransferLimits limits, Runnable nodeIsRead) {
        this.script = script;
        this.spool = spool;
        this.limits = limits;
        this.nodeIsRead = nodeIsRead;
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
            nodeIsRead.run();
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
