package io.jenkins.plugins.metapluginci.logs;

import java.io.IOException;
import java.io.OutputStream;

/**
 * A file at the log server whose failures are {@link LogException}s, to tell them from those of whatever the bytes come
 * from. Each failure is an exception of its own, since a closing stream that throws the same one again cannot be told from
 * a bug.
 */
final class ServerOutput extends OutputStream {
    private final OutputStream out;

    ServerOutput(OutputStream out) {
        this.out = out;
    }

    @Override
    public void write(int b) throws LogException {
        try {
            out.write(b);
        } catch (IOException e) {
            throw LogException.ofServer(e);
        }
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws LogException {
        try {
            out.write(bytes, offset, length);
        } catch (IOException e) {
            throw LogException.ofServer(e);
        }
    }

    @Override
    public void close() throws LogException {
        try {
            out.close();
        } catch (IOException e) {
            throw LogException.ofServer(e);
        }
    }
}
