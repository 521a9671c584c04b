package io.jenkins.plugins.metapluginci.ssh;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/**
 * Files of a remote host over SFTP. Paths are POSIX paths, absolute or relative to the account's directory, and are taken
 * as they are: whoever builds one from untrusted text makes it safe first. One thread at a time.
 *
 * <p>Every method throws {@link SshException} when the connection is gone, and {@link IOException} with the server's words
 * and the path when the server refused.
 */
public interface SftpFiles extends AutoCloseable {
    /** Makes a directory and its missing parents; one that is there already (made by someone else meanwhile, too) is fine. */
    void makeDirectories(String path) throws IOException;

    /**
     * Creates or empties a file and writes to it; requests are pipelined, so an error may show at a later write or at close.
     * A close that returns has the whole file at the server.
     */
    OutputStream create(String path) throws IOException;

    /** Renames a file or directory, over an existing file where the server can ({@code posix-rename@openssh.com}). */
    void rename(String from, String to) throws IOException;

    /** Removes a file or a whole tree, never following a symbolic link; nothing happens when there is none. */
    void removeTree(String path) throws IOException;

    /** Whether something is at the path (the link itself, where it is one). */
    boolean exists(String path) throws IOException;

    /** Names in a directory without {@code .} and {@code ..}. */
    List<String> list(String path) throws IOException;

    /** What is in a directory. @param size in bytes. @param modified epoch milliseconds, 0 when the server does not say */
    record Entry(String name, boolean directory, long size, long modified) {}

    /** What is in a directory, without {@code .} and {@code ..}; a link is what it is itself. */
    List<Entry> entries(String path) throws IOException;

    /** Writes into a file from an offset on; it is made when it is missing. Returns when the server has it. */
    void write(String path, long offset, byte[] content) throws IOException;

    /** Reads a file whole. @param maxBytes a longer file is an IOException */
    byte[] read(String path, int maxBytes) throws IOException;

    @Override
    void close();
}
