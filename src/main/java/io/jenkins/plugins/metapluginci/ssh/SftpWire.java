package io.jenkins.plugins.metapluginci.ssh;

import io.jenkins.plugins.metapluginci.ssh.SshException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.SocketException;
import java.time.Duration;
import org.apache.sshd.client.channel.ChannelSubsystem;
import org.apache.sshd.client.channel.ClientChannel;
import org.apache.sshd.client.future.OpenFuture;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.channel.ChannelPipedInputStream;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.sftp.common.SftpConstants;

/**
 * Packets of SFTP version 3 (draft-ietf-secsh-filexfer-02) on a channel of their own. Packets are gathered until a packet of SSH
 * is full or {@link #flush} is called: the library's own client sends each in one of its own and waits until it is written, which
 * takes most of the time where files are small. One thread at a time.
 */
final class SftpWire implements AutoCloseable {
    private static final int VERSION = 3;
    /** As OpenSSH's client: 256 KB, far above any answer that we ask for. */
    private static final int MAX_PACKET = 256 * 1024;

    private final MinaSession session;
    private final ClientChannel channel;
    private final OutputStream out;
    private final InputStream in;
    private final byte[] header = new byte[9];
    /** What was read and not used yet. */
    private final byte[] read = new byte[64 * 1024];

    private int readFrom;
    private int readTo;
    private int lastId;
    private boolean unflushed;

    /** An answer. @param body behind type and id */
    record Answer(int type, int id, Buffer body) {}

    /** @param deadline for the server to answer anything, and to take what is sent */
    SftpWire(MinaSession session, ClientSession connection, Duration opening, Duration deadline) throws IOException {
        this.session = session;
        ChannelSubsystem subsystem = connection.createSubsystemChannel(SftpConstants.SFTP_SUBSYSTEM_NAME);
        this.channel = subsystem;
        boolean opened = false;
        try {
            CoreModuleProperties.WAIT_FOR_SPACE_TIMEOUT.set(subsystem, deadline);
            subsystem.setErr(BoundedBytes.last(1024));
            OpenFuture future = subsystem.open();
            if (!future.await(opening)) {
                throw new SshException(Kind.TIMEOUT, session.where() + " did not open SFTP in time.", null);
            }
            if (!future.isOpened()) {
                throw new IOException(session.where() + " refuses SFTP", future.getException());
            }
            out = subsystem.getInvertedIn();
            in = subsystem.getInvertedOut();
            wait(opening);
            greet();
            wait(deadline);
            opened = true;
        } finally {
            if (!opened) {
                subsystem.close(true);
            }
        }
    }

    private void wait(Duration deadline) {
        ((ChannelPipedInputStream) in).setTimeout(deadline.toMillis());
    }

    private void greet() throws IOException {
        Buffer hello = new ByteArrayBuffer(16, false);
        hello.putUInt(5);
        hello.putByte((byte) SftpConstants.SSH_FXP_INIT);
        hello.putUInt(VERSION);
        out.write(hello.array(), 0, hello.wpos());
        out.flush();
        fill(header, 0, 5);
        int length = length(header);
        if (header[4] != SftpConstants.SSH_FXP_VERSION || length < 5 || length > MAX_PACKET) {
            throw new IOException(session.where() + " does not speak SFTP: its account may print something at log-in");
        }
        fill(new byte[length - 1], 0, length - 1);
    }

    private static int length(byte[] bytes) {
        return (bytes[0] & 0xff) << 24 | (bytes[1] & 0xff) << 16 | (bytes[2] & 0xff) << 8 | bytes[3] & 0xff;
    }

    /** A buffer to put a packet's body into. */
    static Buffer body() {
        return new ByteArrayBuffer(256, false);
    }

    /** @return the packet's id */
    int send(int type, Buffer body) throws IOException {
        return send(type, body, body.array(), 0, 0);
    }

    /** As {@link #send(int, Buffer)}, with bytes behind the body. */
    int send(int type, Buffer body, byte[] bytes, int offset, int count) throws IOException {
        lastId++;
        Buffer head = new ByteArrayBuffer(16, false);
        head.putUInt(5L + body.available() + count);
        head.putByte((byte) type);
        head.putInt(lastId);
        try {
            out.write(head.array(), 0, head.wpos());
            out.write(body.array(), body.rpos(), body.available());
            out.write(bytes, offset, count);
        } catch (IOException e) {
            throw failure("sending", e);
        }
        unflushed = true;
        return lastId;
    }

    /** Hands over what was gathered. */
    void flush() throws IOException {
        if (unflushed) {
            unflushed = false;
            try {
                out.flush();
            } catch (IOException e) {
                throw failure("sending", e);
            }
        }
    }

    /** Whether at least the beginning of an answer is there. */
    boolean hasAnswer() throws IOException {
        return readTo - readFrom >= header.length || in.available() >= header.length;
    }

    /** The next answer, waiting for it at most for the deadline. */
    Answer receive() throws IOException {
        flush();
        fill(header, 0, header.length);
        int length = length(header);
        if (length < 5 || length > MAX_PACKET) {
            throw session.broken("by an answer of " + length + " bytes", null, false);
        }
        byte[] body = new byte[length - 5];
        fill(body, 0, body.length);
        int id = (header[5] & 0xff) << 24 | (header[6] & 0xff) << 16 | (header[7] & 0xff) << 8 | header[8] & 0xff;
        return new Answer(header[4] & 0xff, id, new ByteArrayBuffer(body));
    }

    private void fill(byte[] into, int offset, int count) throws IOException {
        int done = 0;
        while (done < count) {
            if (readFrom == readTo) {
                readMore();
            }
            int part = Math.min(count - done, readTo - readFrom);
            System.arraycopy(read, readFrom, into, offset + done, part);
            readFrom += part;
            done += part;
        }
    }

    private void readMore() throws IOException {
        int count;
        try {
            count = in.read(read, 0, read.length);
        } catch (IOException e) {
            throw failure("an answer", e);
        }
        if (count < 0) {
            throw session.broken("during a file transfer", null, false);
        }
        readFrom = 0;
        readTo = count;
    }

    private IOException failure(String what, IOException e) {
        if (e instanceof SshException || e instanceof InterruptedIOException) {
            return e;
        }
        // the library's stream tells a time-out so
        boolean stalled = session.isOpen()
                && channel.isOpen()
                && (e instanceof SocketException
                        || String.valueOf(e.getMessage()).contains("imeout"));
        return stalled
                ? new SshException(
                        Kind.TIMEOUT, session.where() + " stopped answering during a file transfer (" + what + ")", e)
                : session.broken("during a file transfer", e, false);
    }

    @Override
    public void close() {
        // Tells the server and does not wait: see MinaSftp.
        channel.close(false);
    }
}
