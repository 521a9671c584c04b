package io.jenkins.plugins.metapluginci.logs;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Sends what a node has sent before from the spool, going on where an earlier attempt was cut. */
final class SpooledTree {
    private final Path file;
    private final NodeScript script;
    private final TransferLimits limits;

    SpooledTree(Path file, NodeScript script, TransferLimits limits) {
        this.file = file;
        this.script = script;
        this.limits = limits;
    }

    /**
     * Sends all of it.
     *
     * @throws LogException of the node when the spool turns out not to be whole; else of the server
     */
    PublishNotes whole(TreeSink sink) throws LogException {
        PublishNotes notes = new PublishNotes();
        boolean committed = false;
        LogProblem problem = null;
        try {
            read(sink, notes);
            sink.verify();
            sink.commit();
            committed = true;
            notes.sayIfNone();
            return notes;
        } catch (LogException e) {
            problem = e.problem();
            throw e;
        } finally {
            if (!committed) {
                sink.abandon(problem != null && !problem.isOfNode());
            }
        }
    }

    /** Sends the files that came whole. @throws LogException of the server, or when the spool cannot be read */
    PublishNotes beginning(TreeSink sink) throws LogException {
        boolean committed = false;
        try {
            if (!Files.isRegularFile(file)) {
                throw new LogException(LogProblem.INTERNAL, "the controller's copy is gone", null);
            }
            FirstFiles count = FirstFiles.count();
            cut(count, new PublishNotes());
            PublishNotes notes = new PublishNotes();
            FirstFiles first = FirstFiles.of(sink, count.whole());
            cut(first, notes);
            sink.verify();
            sink.commit();
            committed = true;
            return notes;
        } finally {
            if (!committed) {
                sink.abandon(true);
            }
        }
    }

    private void cut(TreeSink sink, PublishNotes notes) throws LogException {
        try {
            read(sink, notes);
        } catch (LogException e) {
            if (!e.problem().isOfNode()) {
                throw e;
            }
        }
    }

    private void read(TreeSink sink, PublishNotes notes) throws LogException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 64 * 1024)) {
            new NodeStream(in, script.sections(), new LogTransfer(sink, limits, notes), notes).receive();
        } catch (LogException e) {
            throw e;
        } catch (IOException e) {
            throw new LogException(LogProblem.INCOMPLETE, "the controller's copy cannot be read: " + e.getMessage(), e);
        }
    }
}
