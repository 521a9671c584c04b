package io.jenkins.plugins.metapluginci.ssh;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.sftp.common.SftpConstants;

/**
 * {@link SftpBulk} on {@link SftpWire}. A request has a handler that its answer is given to, which may send further requests; room
 * for those is set aside when the first is sent, so that only the outermost call ever waits.
 */
final class MinaBulk implements SftpBulk {
    /** Two round trips a file: 4,000 files a second at 50 ms. OpenSSH allows about 1,000 handles a channel. */
    private static final int MAX_FILES = 200;

    private static final int MAX_REQUESTS = 1000;
    /** Contents that are held until they are answered: twice what OpenSSH's channel takes at a time. */
    private static final long MAX_BYTES = 4 << 20;
    /** What every server takes in one packet. */
    private static final int CHUNK = 32 * 1024;
    /** A file up to this is held whole while it is written. */
    private static final int SMALL = 8 * CHUNK;

    private final SftpWire wire;
    private final MinaSession session;
    private final Map<Integer, Request> underWay = new LinkedHashMap<>();
    /** Files whose directory was not there yet when a server that reorders requests opened them. */
    private final Deque<Runnable> again = new ArrayDeque<>();

    private int files;
    private long bytes;
    private int directories;
    private IOException failure;

    MinaBulk(SftpWire wire, MinaSession session) {
        this.wire = wire;
        this.session = session;
    }

    /** Is given an answer. */
    @FunctionalInterface
    interface Handler {
        void answered(SftpWire.Answer answer) throws IOException;
    }

    private record Request(String path, Handler handler) {}

    /** Sends a request about a path that is the first in its body. */
    void ask(int type, String path, Handler handler) throws IOException {
        Buffer body = SftpWire.body();
        body.putString(path, StandardCharsets.UTF_8);
        ask(type, body, path, handler);
    }

    void ask(int type, Buffer body, String path, Handler handler) throws IOException {
        underWay.put(wire.send(type, body), new Request(path, handler));
    }

    /** Waits for room, and takes the answers that are there. */
    void makeRoom() throws IOException {
        while (wire.hasAnswer() || underWay.size() >= MAX_REQUESTS) {
            take();
        }
        check();
    }

    private void makeRoom(int length) throws IOException {
        makeRoom();
        while (files >= MAX_FILES || bytes > 0 && bytes + length > MAX_BYTES) {
            take();
        }
        check();
    }

    /** Takes one answer, waiting for it. */
    private void take() throws IOException {
        SftpWire.Answer answer;
        try {
            answer = wire.receive();
        } catch (SshException e) {
            throw e.kind() == SshException.Kind.TIMEOUT ? stalled(e) : e;
        }
        Request request = underWay.remove(answer.id());
        if (request == null) {
            throw session.broken("by an answer to nothing", null, false);
        }
        try {
            request.handler.answered(answer);
        } catch (SshException e) {
            throw e;
        } catch (IOException e) {
            if (failure == null) {
                failure = e;
            }
        }
        if (directories == 0) {
            for (Runnable each = again.poll(); each != null; each = again.poll()) {
                each.run();
            }
        }
    }

    private SshException stalled(SshException e) {
        String oldest = underWay.isEmpty()
                ? ""
                : " (" + underWay.values().iterator().next().path() + ")";
        return new SshException(e.kind(), e.getMessage() + oldest + ".", e);
    }

    /** A refusal is thrown when nothing is under way any more. */
    private void check() throws IOException {
        if (failure != null) {
            drain();
        }
    }

    private void drain() throws IOException {
        while (!underWay.isEmpty() || !again.isEmpty()) {
            take();
        }
        IOException first = failure;
        failure = null;
        files = 0;
        bytes = 0;
        directories = 0;
        if (first != null) {
            throw first;
        }
    }

    @Override
    public void finish() throws IOException {
        drain();
    }

    /** The status that an answer is; {@code SSH_FX_OK} for one that is none. */
    static int status(SftpWire.Answer answer) {
        if (answer.type() != SftpConstants.SSH_FXP_STATUS) {
            return SftpConstants.SSH_FX_OK;
        }
        Buffer body = answer.body();
        int at = body.rpos();
        int status = body.getInt();
        body.rpos(at);
        return status;
    }

    /** @throws IOException with the server's words, when it refused */
    void accept(SftpWire.Answer answer, String path) throws IOException {
        int status = status(answer);
        if (status != SftpConstants.SSH_FX_OK) {
            throw refusal(answer, path);
        }
    }

    IOException refusal(SftpWire.Answer answer, String path) {
        int status = status(answer);
        Buffer body = answer.body();
        body.getInt();
        String words = body.available() >= 4 ? body.getString(StandardCharsets.UTF_8) : "";
        String name = SftpConstants.getStatusName(status);
        return new IOException(
                session.where() + " refused " + path + ": " + (words.isBlank() ? name : words + " (" + name + ")"));
    }

    @Override
    public void makeDirectory(String path) throws IOException {
        makeRoom();
        directories++;
        Buffer body = SftpWire.body();
        body.putString(path, StandardCharsets.UTF_8);
        body.putInt(0);
        ask(SftpConstants.SSH_FXP_MKDIR, body, path, made -> {
            int status = status(made);
            if (status == SftpConstants.SSH_FX_OK || status == SftpConstants.SSH_FX_NO_SUCH_FILE) {
                directories--;
                accept(made, path);
            } else {
                // tries first and looks only after a failure, so that two who make the same directory both succeed
                ask(SftpConstants.SSH_FXP_STAT, path, seen -> {
                    directories--;
                    if (status(seen) != SftpConstants.SSH_FX_OK
                            || !SftpAttributes.read(seen.body()).isDirectory()) {
                        throw refusal(made, path);
                    }
                });
            }
        });
    }

    @Override
    public long write(String path, InputStream content) throws IOException {
        byte[] first = content.readNBytes(SMALL);
        if (first.length < SMALL) {
            makeRoom(first.length);
            small(path, first);
            makeRoom();
            return first.length;
        }
        return large(path, first, content);
    }

    private interface Opened {
        void with(byte[] handle) throws IOException;
    }

    private void open(String path, boolean mayRetry, Opened opened) throws IOException {
        Buffer body = SftpWire.body();
        body.putString(path, StandardCharsets.UTF_8);
        body.putInt(SftpConstants.SSH_FXF_WRITE | SftpConstants.SSH_FXF_CREAT | SftpConstants.SSH_FXF_TRUNC);
        body.putInt(0);
        ask(SftpConstants.SSH_FXP_OPEN, body, path, answer -> {
            if (status(answer) == SftpConstants.SSH_FX_NO_SUCH_FILE && mayRetry && directories > 0) {
                again.add(() -> {
                    try {
                        open(path, false, opened);
                    } catch (IOException e) {
                        failure = failure == null ? e : failure;
                    }
                });
                return;
            }
            accept(answer, path);
            opened.with(answer.body().getBytes());
        });
    }

    private void small(String path, byte[] content) throws IOException {
        files++;
        bytes += content.length;
        open(path, true, handle -> {
            for (int at = 0; at < content.length; at += CHUNK) {
                write(path, handle, at, content, at, Math.min(CHUNK, content.length - at), 0);
            }
            close(path, handle, () -> {
                files--;
                bytes -= content.length;
            });
        });
    }

    private long large(String path, byte[] first, InputStream content) throws IOException {
        makeRoom(first.length);
        byte[][] handle = new byte[1][];
        open(path, true, opened -> handle[0] = opened);
        while (handle[0] == null) {
            take();
            check();
        }
        boolean whole = false;
        try {
            long length = 0;
            byte[] part = first;
            int count = first.length;
            while (count > 0) {
                for (int at = 0; at < count; at += CHUNK) {
                    int piece = Math.min(CHUNK, count - at);
                    makeRoom(piece);
                    bytes += piece;
                    write(path, handle[0], length + at, part, at, piece, piece);
                }
                length += count;
                count = content.readNBytes(part, 0, part.length);
            }
            whole = true;
            close(path, handle[0], () -> {});
            makeRoom();
            return length;
        } finally {
            if (!whole) {
                closeQuietly(path, handle[0]);
            }
        }
    }

    /** RFC: requests about one file are processed in the order in which they are sent, so that nothing waits for an answer. */
    private void write(String path, byte[] handle, long at, byte[] from, int offset, int count, int held)
            throws IOException {
        Buffer body = SftpWire.body();
        body.putBytes(handle);
        body.putLong(at);
        body.putInt(count);
        int id = wire.send(SftpConstants.SSH_FXP_WRITE, body, from, offset, count);
        underWay.put(id, new Request(path, answer -> {
            bytes -= held;
            accept(answer, path);
        }));
    }

    private void close(String path, byte[] handle, Runnable done) throws IOException {
        Buffer body = SftpWire.body();
        body.putBytes(handle);
        ask(SftpConstants.SSH_FXP_CLOSE, body, path, answer -> {
            done.run();
            accept(answer, path);
        });
    }

    /** The content ended with an exception, which is the one to be seen. */
    private void closeQuietly(String path, byte[] handle) {
        try {
            close(path, handle, () -> {});
        } catch (IOException e) {
            failure = failure == null ? e : failure;
        }
    }

    @Override
    public Map<String, Long> files(String directory) throws IOException {
        drain();
        return new SftpWalk(this, directory).run().files();
    }

    @Override
    public void removeTree(String path) throws IOException {
        drain();
        boolean[] isTree = new boolean[1];
        // Unlinking first: it never follows a link.
        ask(SftpConstants.SSH_FXP_REMOVE, path, answer -> {
            int status = status(answer);
            isTree[0] = status != SftpConstants.SSH_FX_OK && status != SftpConstants.SSH_FX_NO_SUCH_FILE;
        });
        drain();
        if (isTree[0]) {
            new SftpWalk(this, path).run().remove();
        }
    }

    @Override
    public void close() {
        wire.close();
    }
}
