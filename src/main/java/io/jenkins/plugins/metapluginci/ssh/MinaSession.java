package io.jenkins.plugins.metapluginci.ssh;

import io.jenkins.plugins.metapluginci.ssh.SshException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.future.OpenFuture;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.sftp.client.SftpClient;
import org.apache.sshd.sftp.client.SftpVersionSelector;
import org.apache.sshd.sftp.client.impl.DefaultSftpClientFactory;

/** A connection of the SSH library behind our interface. */
final class MinaSession implements SshSession {
    private static final int STDERR_TAIL_BYTES = 8 * 1024;
    private static final int STDIN_CHUNK_BYTES = 32 * 1024;

    private final ClientSession session;
    private final SshTarget target;
    private final SshTimeouts timeouts;
    /** The first thing that went wrong with the connection, in words; null while nothing has. */
    private final AtomicReference<String> trouble = new AtomicReference<>();

    MinaSession(ClientSession session, SshTarget target, SshTimeouts timeouts) {
        this.session = session;
        this.target = target;
        this.timeouts = timeouts;
        session.addSessionListener(new SessionListener() {
            @Override
            public void sessionException(Session failed, Throwable t) {
                trouble.compareAndSet(null, String.valueOf(t.getMessage()));
            }

            @Override
            public void sessionDisconnect(Session gone, int code, String message, String language, boolean byUs) {
                trouble.compareAndSet(null, message);
            }
        });
    }

    @Override
    public ExecResult exec(String command, byte[] stdin, Duration deadline, int maxBytes)
            throws SshException, InterruptedException {
        Deadline end = Deadline.in(deadline);
        BoundedBytes out = BoundedBytes.first(maxBytes);
        BoundedBytes err = BoundedBytes.first(maxBytes);
        ChannelExec channel = open(command, Map.of(), out, err, end);
        try {
            CountDownLatch closed = new CountDownLatch(1);
            channel.addCloseFutureListener(f -> closed.countDown());
            feed(channel, stdin, end);
            boolean ended = closed.await(end.left().toMillis(), TimeUnit.MILLISECONDS);
            Integer status = channel.getExitStatus();
            if (status == null && !ended) {
                throw new SshException(
                        Kind.TIMEOUT,
                        SshConnector.where(target) + " did not finish a command within " + deadline.toMillis() + " ms.",
                        null);
            }
            if (status == null && channel.getExitSignal() == null && !session.isOpen()) {
                throw broken("during a command", null, false);
            }
            return new ExecResult(status == null ? -1 : status, out.text(), err.text());
        } finally {
            channel.close(true);
        }
    }

    /** @return an open channel on which the command was asked for */
    private ChannelExec open(
            String command, Map<String, String> environment, OutputStream out, OutputStream err, Deadline end)
            throws SshException, InterruptedException {
        ChannelExec channel = null;
        boolean opened = false;
        OpenFuture future = null;
        try {
            channel = session.createExecChannel(command);
            environment.forEach(channel::setEnv);
            if (out != null) {
                channel.setOut(out);
            }
            channel.setErr(err);
            CoreModuleProperties.WAIT_FOR_SPACE_TIMEOUT.set(channel, end.leftAtMost(Duration.ofHours(1)));
            future = channel.open();
            if (!future.await(end.leftAtMost(timeouts.channel()))) {
                throw new SshException(
                        Kind.TIMEOUT, SshConnector.where(target) + " did not open a channel in time.", null);
            }
            if (!future.isOpened()) {
                throw broken("before a command was sent", future.getException(), true);
            }
            opened = true;
            return channel;
        } catch (InterruptedIOException e) {
            throw SshConnector.interrupted(e);
        } catch (SshException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw broken("before a command was sent", e, future == null);
        } finally {
            if (!opened && channel != null) {
                channel.close(true);
            }
        }
    }

    /** Sends what the command reads. A command that ends without reading it is not an error: its result says more. */
    private static void feed(ChannelExec channel, byte[] stdin, Deadline end) throws InterruptedException {
        try (OutputStream to = channel.getInvertedIn()) {
            for (int at = 0; at < stdin.length && !end.left().isZero(); at += STDIN_CHUNK_BYTES) {
                to.write(stdin, at, Math.min(STDIN_CHUNK_BYTES, stdin.length - at));
            }
        } catch (InterruptedIOException e) {
            if (Thread.interrupted() || e.getCause() instanceof InterruptedException) {
                throw SshConnector.interrupted(e);
            }
        } catch (IOException e) {
            return;
        }
    }

    @Override
    public RemoteStream stream(String command) throws SshException, InterruptedException {
        return exchange(command, Map.of());
    }

    @Override
    public RemoteExchange exchange(String command, Map<String, String> environment)
            throws SshException, InterruptedException {
        BoundedBytes err = BoundedBytes.last(STDERR_TAIL_BYTES);
        ChannelExec channel = open(command, environment, null, err, Deadline.in(timeouts.channel()));
        return new Exchange(channel, err);
    }

    /** A command of this connection. */
    private final class Exchange implements RemoteExchange {
        private final ChannelExec channel;
        private final BoundedBytes err;
        private final InputStream stdout;
        private final OutputStream stdin;

        Exchange(ChannelExec channel, BoundedBytes err) {
            this.channel = channel;
            this.err = err;
            this.stdout = new CutStream(channel.getInvertedOut(), channel);
            this.stdin = new CutOutput(channel.getInvertedIn());
        }

        @Override
        public InputStream stdout() {
            return stdout;
        }

        @Override
        public OutputStream stdin() {
            return stdin;
        }

        @Override
        public String stderr() {
            return err.text();
        }

        @Override
        public void close() {
            channel.close(true);
        }
    }

    /** Tells a cut connection from a command that reads no more. */
    private final class CutOutput extends OutputStream {
        private final OutputStream to;

        CutOutput(OutputStream to) {
            this.to = to;
        }

        private IOException failure(IOException e) {
            return session.isOpen() || e instanceof InterruptedIOException
                    ? e
                    : broken("while its input was written", e, false);
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            try {
                to.write(bytes, offset, length);
            } catch (IOException e) {
                throw failure(e);
            }
        }

        @Override
        public void flush() throws IOException {
            try {
                to.flush();
            } catch (IOException e) {
                throw failure(e);
            }
        }

        @Override
        public void close() throws IOException {
            try {
                to.close();
            } catch (IOException e) {
                throw failure(e);
            }
        }
    }

    /** The library ends a stream alike whether its command ended or its connection was cut; here the latter throws. */
    private final class CutStream extends InputStream {
        private final InputStream from;
        private final ChannelExec channel;

        CutStream(InputStream from, ChannelExec channel) {
            this.from = from;
            this.channel = channel;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            int count;
            try {
                count = from.read(into, offset, length);
            } catch (InterruptedIOException e) {
                throw e;
            } catch (IOException e) {
                throw broken("while its output was read", e, false);
            }
            if (count < 0 && channel.getExitStatus() == null && channel.getExitSignal() == null && !session.isOpen()) {
                throw broken("while its output was read", null, false);
            }
            return count;
        }

        @Override
        public int available() throws IOException {
            return from.available();
        }

        @Override
        public void close() {
            channel.close(true);
        }
    }

    @Override
    public SftpFiles sftp() throws SshException, InterruptedException {
        try {
            // Version 3 is what OpenSSH speaks and what its extensions belong to.
            SftpClient client = DefaultSftpClientFactory.INSTANCE.createSftpClient(
                    session, SftpVersionSelector.fixedVersionSelector(3));
            return new MinaSftp(client, this);
        } catch (InterruptedIOException e) {
            throw SshConnector.interrupted(e);
        } catch (IOException | RuntimeException e) {
            throw noSftp(e);
        }
    }

    @Override
    public SftpBulk sftpBulk() throws SshException, InterruptedException {
        try {
            return new MinaBulk(new SftpWire(this, session, timeouts.channel(), timeouts.request()), this);
        } catch (InterruptedIOException e) {
            throw SshConnector.interrupted(e);
        } catch (IOException | RuntimeException e) {
            throw noSftp(e);
        }
    }

    private SshException noSftp(Exception e) {
        if (!session.isOpen()) {
            return broken("while SFTP was opened", e, true);
        }
        return new SshException(
                Kind.TIMEOUT,
                SshConnector.where(target) + " did not open SFTP for the account \"" + target.user()
                        + "\". Check that the server has its sftp subsystem and allows this account to use it: "
                        + e.getMessage(),
                e);
    }

    /** @param unsent whether the request certainly never reached the other side */
    SshException broken(String when, Throwable cause, boolean unsent) {
        String why = trouble.get();
        if (why == null && cause != null) {
            why = cause.getMessage();
        }
        String message = "The connection to " + SshConnector.where(target) + " was cut " + when
                + (why == null || why.isBlank() ? "." : ": " + why);
        return unsent ? SshException.unsent(message, cause) : new SshException(Kind.BROKEN, message, cause);
    }

    String where() {
        return SshConnector.where(target);
    }

    @Override
    public boolean isOpen() {
        return session.isOpen();
    }

    @Override
    public void close() {
        session.close(true);
    }
}
