package io.jenkins.plugins.metapluginci.ssh;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;

/**
 * Many files of a remote host at once over one SFTP channel: requests of hundreds of files are under way together, so that a file
 * costs no round trip of its own. What is sent but not yet answered is bounded. One thread at a time.
 *
 * <p>A refusal shows at a later call as an {@link IOException} that names its path; by then nothing is under way any more, and the
 * channel can be used on. An {@link SshException} ends it: the connection is gone, or the server answered nothing within the
 * deadline.
 */
public interface SftpBulk extends AutoCloseable {
    /** Makes a directory, whose parent is there or was asked for before; one that is there already is fine. Does not wait. */
    void makeDirectory(String path) throws IOException;

    /**
     * Creates or empties a file and writes it. Does not wait for the server but for room.
     *
     * @param content read to its end; what it throws comes through unchanged
     * @return its length in bytes
     */
    long write(String path, InputStream content) throws IOException;

    /** Waits until everything that was asked for is done. */
    void finish() throws IOException;

    /**
     * Every file below a directory, however deep, and its length in bytes; links are not followed and count as files.
     *
     * @return by path relative to the directory; empty when there is no such directory
     */
    Map<String, Long> files(String directory) throws IOException;

    /** Removes a file or a whole tree, never following a symbolic link; nothing happens when there is none. */
    void removeTree(String path) throws IOException;

    @Override
    void close();
}
