package io.jenkins.plugins.metapluginci.logs;

import java.io.InputStream;

/** A program at the log server that writes files which it reads from one stream. One thread at a time. */
interface Unpacking extends AutoCloseable {
    /**
     * Sends a file.
     *
     * @param path safe and relative
     * @param size of the content, exactly
     */
    void file(String path, long size, InputStream content) throws LogException;

    /** Ends the stream, and waits until the program has ended well. */
    void finish() throws LogException;

    /** Cuts it off. */
    @Override
    void close();
}
