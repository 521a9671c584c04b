package io.jenkins.plugins.metapluginci.logs;

import java.io.InputStream;
import java.util.Map;

/**
 * The {@code logs} directory of one build at the log server while it is written: everything goes to a sibling of another name
 * first, so that readers see the old logs or the new ones whole, never half of them. Requests of many files may be under way at
 * once, so that a failure may show at a later file, at {@link #verify} or at {@link #commit}. Every method but {@link #abandon}
 * throws {@link LogException}. One thread at a time.
 */
interface TreeSink {
    /** Name of the directory, beside a build's console. */
    String NAME = "logs";

    /** A length that shows only at the content's end. */
    long UNKNOWN = -1;

    /**
     * Files that an earlier attempt with the same token left in the part directory, with their lengths. {@link #file} does not send
     * again those that have the right length.
     */
    Map<String, Long> present();

    /**
     * Writes a file.
     *
     * @param path safe, relative, unlike every earlier one, and neither above nor below one
     * @param size length of the content, or {@link #UNKNOWN}
     * @param content read to its end before this returns, not closed; a {@link LogException} of its own comes through unchanged
     */
    void file(String path, long size, InputStream content) throws LogException;

    /** Waits until everything is written, and compares lengths, and digests where the server can tell them. */
    void verify() throws LogException;

    /** Puts what was written in the place of {@code logs}; where nothing was written, there is no {@code logs} afterwards. */
    void commit() throws LogException;

    /**
     * Gives up. Never throws.
     *
     * @param keepForResume whether an attempt with the same token will go on; else what was written is taken away as far as the
     *     server still lets us
     */
    void abandon(boolean keepForResume);
}
