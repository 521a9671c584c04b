package io.jenkins.plugins.metapluginci.logs;

import io.jenkins.plugins.metapluginci.ssh.SshSession;
import java.util.List;

/**
 * What a log server keeps, over one connection to it. Every path is relative to the server's root, made of safe names, and
 * empty for the root itself. Every method throws {@link LogException} when the server refuses or is gone. One thread at a time.
 */
interface ServerFiles extends AutoCloseable {
    /**
     * Looks at what the server can do and chooses the fastest way that works there.
     *
     * @param session stays the caller's to close
     */
    static ServerFiles open(LogServer server, SshSession session) throws LogException, InterruptedException {
        return ServerProbe.open(server, session);
    }

    /** How the name begins of what {@link #write} has not finished: a connection that is cut may leave one. */
    String PART = ".part-";

    /** What is in a directory. @param size in bytes, 0 for a directory. @param modified epoch milliseconds, 0 when not known */
    record Entry(String name, boolean directory, long size, long modified) {}

    /** Makes a directory and its missing parents; one that is there already is fine. */
    void makeDirectories(String path) throws LogException;

    /** Writes a file whole: readers see the old one or the new one, where the server can rename. Its directory must exist. */
    void write(String path, byte[] content) throws LogException;

    /**
     * Writes at the end of a file, which is made if its length is to be 0.
     *
     * @param offset how long the file is before this, as far as the caller knows; what is beyond is overwritten
     */
    void append(String path, long offset, byte[] content) throws LogException;

    /** Whether {@link #append} works behind a file's beginning. */
    default boolean canAppend() {
        return true;
    }

    /** Reads a file whole. @param max a longer file, in bytes, is a {@link LogException} */
    byte[] read(String path, int max) throws LogException;

    /** What is in a directory. */
    List<Entry> list(String path) throws LogException;

    /** Renames, over an existing file but not over a directory. */
    void rename(String from, String to) throws LogException;

    /** Removes a file or a whole tree, following no link; nothing happens when there is none. */
    void removeTree(String path) throws LogException;

    /** Whether something is there. */
    boolean exists(String path) throws LogException;

    /**
     * Begins to write {@code logs} of a build.
     *
     * @param directory of the build; made where it is missing
     * @param token names the attempt: one that was cut off and kept ({@link TreeSink#abandon}) goes on when the next has the same
     *     token, and is taken away when it has another; letters, digits and minus signs. The same token promises the same content
     */
    TreeSink tree(String directory, String token) throws LogException;

    /** Which way was chosen and why, for administrators. */
    String how();

    /** Frees what was opened over the connection, which stays open. */
    @Override
    void close();
}
