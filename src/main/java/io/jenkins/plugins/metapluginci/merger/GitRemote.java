package io.jenkins.plugins.metapluginci.merger;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Where repositories are fetched from. Any thread. */
interface GitRemote extends AutoCloseable {
    /**
     * Starts {@code git-upload-pack} for a project, asking for version 2 of its protocol.
     *
     * @throws IOException when it cannot be reached; the message is for people
     */
    Exchange uploadPack(String project) throws IOException, InterruptedException;

    /** Cuts what is under way. */
    @Override
    void close();

    /** One run of it. */
    interface Exchange extends AutoCloseable {
        InputStream fromRemote();

        OutputStream toRemote();

        /** The last that it said on its error output. */
        String errors();

        /** Ends it at once; from any thread, and while others read or write. */
        @Override
        void close();
    }
}
