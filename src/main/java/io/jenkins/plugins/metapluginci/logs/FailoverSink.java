package io.jenkins.plugins.metapluginci.logs;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;

/**
 * A tree whose server may go away: from then on everything is read and dropped, so that what a node sends is still read to its
 * end, and seen to be whole, on its way into the spool. One thread at a time.
 */
final class FailoverSink implements TreeSink {
    @CheckForNull
    private final TreeSink sink;

    @CheckForNull
    private LogException failure;

    /** @param sink null when the server could not be reached at all: then {@code failure} says why */
    FailoverSink(@CheckForNull TreeSink sink, @CheckForNull LogException failure) {
        this.sink = sink;
        this.failure = failure;
    }

    /** What the server did; null while it has taken everything. */
    @CheckForNull
    LogException failure() {
        return failure;
    }

    @Override
    public Map<String, Long> present() {
        return sink == null ? Map.of() : sink.present();
    }

    @Override
    public void file(String path, long size, InputStream content) throws LogException {
        Watched watched = new Watched(content);
        if (failure == null && sink != null) {
            try {
                sink.file(path, size, watched);
                return;
            } catch (LogException e) {
                if (watched.failed) {
                    throw e;
                }
                failure = e;
            } catch (RuntimeException e) {
                if (watched.failed) {
                    throw e;
                }
                failure = new LogException(LogProblem.INTERNAL, e.toString(), e);
            }
        }
        drop(watched);
    }

    private static void drop(InputStream content) throws LogException {
        try {
            content.transferTo(java.io.OutputStream.nullOutputStream());
        } catch (LogException e) {
            throw e;
        } catch (IOException e) {
            throw new LogException(LogProblem.INCOMPLETE, e.getMessage(), e);
        }
    }

    @Override
    public void verify() throws LogException {
        server(TreeSink::verify);
    }

    @Override
    public void commit() throws LogException {
        server(TreeSink::commit);
    }

    private interface Step {
        void on(TreeSink sink) throws LogException;
    }

    private void server(Step step) throws LogException {
        if (failure == null && sink != null) {
            try {
                step.on(sink);
            } catch (LogException e) {
                failure = e;
            } catch (RuntimeException e) {
                failure = new LogException(LogProblem.INTERNAL, e.toString(), e);
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    @Override
    public void abandon(boolean keepForResume) {
        if (sink != null) {
            sink.abandon(keepForResume);
        }
    }

    /** Remembers whether it was the content that failed. */
    private static final class Watched extends FilterInputStream {
        private boolean failed;

        Watched(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            try {
                return super.read(bytes, offset, length);
            } catch (IOException | RuntimeException e) {
                failed = true;
                throw e;
            }
        }
    }
}
