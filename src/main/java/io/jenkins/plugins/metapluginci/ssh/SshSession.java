package io.jenkins.plugins.metapluginci.ssh;

import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Map;

/**
 * One authenticated connection. Requests of several threads may be under way at once; {@link #close} from any thread ends
 * them with an {@link SshException}.
 */
public interface SshSession extends AutoCloseable {
    /**
     * Runs a command to its end.
     *
     * @param command as the server's shell (or Gerrit) gets it: quoting is the caller's
     * @param stdin what the command reads; may be empty
     * @param deadline for the whole run
     * @param maxBytes of output and of errors each that are kept; what is beyond is read and dropped
     * @throws SshException TIMEOUT when the deadline passed (the channel is closed), BROKEN when the connection was cut
     */
    ExecResult exec(String command, byte[] stdin, Duration deadline, int maxBytes)
            throws SshException, InterruptedException;

    /**
     * Starts a command whose output has no end, such as {@code gerrit stream-events}.
     *
     * @throws SshException when the channel cannot be opened
     */
    RemoteStream stream(String command) throws SshException, InterruptedException;

    /**
     * Starts a command that is talked with, such as {@code git-upload-pack}.
     *
     * @param environment variables that the server is asked to set; it may ignore them without saying so
     * @throws SshException when the channel cannot be opened
     */
    RemoteExchange exchange(String command, Map<String, String> environment) throws SshException, InterruptedException;

    /**
     * Opens an SFTP channel of its own on this connection (OpenSSH allows ten a connection).
     *
     * @throws SshException when the server has no SFTP, or does not answer in time
     */
    SftpFiles sftp() throws SshException, InterruptedException;

    /**
     * Opens an SFTP channel of its own for many files at once.
     *
     * @throws SshException when the server has no SFTP, or does not answer in time
     */
    SftpBulk sftpBulk() throws SshException, InterruptedException;

    /** Whether the connection stands as far as this side knows. */
    boolean isOpen();

    /** Closes the connection at once; never throws and never waits for the other side. */
    @Override
    void close();

    /**
     * What a command left.
     *
     * @param exitStatus -1 when the server sent none
     * @param stdout at most the number of bytes asked for, as UTF-8
     * @param stderr likewise
     */
    record ExecResult(int exitStatus, String stdout, String stderr) {}

    /** A command under way. */
    interface RemoteStream extends AutoCloseable {
        /** Its standard output: ends when the command ended, throws when the connection was cut. */
        InputStream stdout();

        /** The last bytes (8 KB at most) of its standard error so far, as UTF-8. */
        String stderr();

        @Override
        void close();
    }

    /** A command under way that also reads. */
    interface RemoteExchange extends RemoteStream {
        /** Its standard input, not buffered; a write waits until the other side takes it, and throws when it does not in time. */
        OutputStream stdin();
    }
}
