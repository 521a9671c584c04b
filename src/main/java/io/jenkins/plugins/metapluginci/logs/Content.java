package io.jenkins.plugins.metapluginci.logs;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** What a file is read from; its failures are {@link LogException}s, to tell them from those of the log server. */
final class Content extends FilterInputStream {
    Content(InputStream in) {
        super(in);
    }

    /** Reads to the end. */
    static void skip(InputStream content) throws LogException {
        byte[] scratch = new byte[32 * 1024];
        InputStream in = new Content(content);
        try {
            while (in.read(scratch) >= 0) {
                continue;
            }
        } catch (IOException e) {
            throw LogException.ofServer(e);
        }
    }

    @Override
    public int read() throws LogException {
        try {
            return in.read();
        } catch (IOException e) {
            throw ofContent(e);
        }
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws LogException {
        try {
            return in.read(bytes, offset, length);
        } catch (IOException e) {
            throw ofContent(e);
        }
    }

    private static LogException ofContent(IOException e) {
        return e instanceof LogException known
                ? known
                : new LogException(LogProblem.INCOMPLETE, "a file cannot be read to its end: " + e.getMessage(), e);
    }

    @Override
    public void close() {
        // whoever opened it closes it
    }
}
