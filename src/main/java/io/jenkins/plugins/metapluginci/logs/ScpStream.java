package io.jenkins.plugins.metapluginci.logs;

import io.jenkins.plugins.metapluginci.ssh.SshException;
import io.jenkins.plugins.metapluginci.ssh.SshSession;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/**
 * Files into {@code scp -t} at the log server. Its protocol: a line for a file ({@code C0644 LENGTH NAME}), for the beginning of a
 * directory ({@code D0755 0 NAME}) or its end ({@code E}); each is answered by a zero byte, or by a byte 1 or 2 and a line of words.
 * A file's bytes and a zero byte follow the answer to its line, and are answered again.
 *
 * <p>The bytes of a file are sent only when its line was accepted: a receiver that refused the file would take them for lines.
 */
final class ScpStream implements Unpacking {
    private static final int MAX_WORDS = 1000;

    private final SshSession.RemoteExchange exchange;
    private final OutputStream out;
    private final InputStream in;
    private final Deque<String> open = new ArrayDeque<>();
    private final byte[] buffer = new byte[32 * 1024];
    /** Whether the answer to the file before is still to come: it comes with that to the next line. */
    private String unanswered;

    private ScpStream(SshSession.RemoteExchange exchange) {
        this.exchange = exchange;
        this.out = new BufferedOutputStream(exchange.stdin(), 32 * 1024);
        this.in = exchange.stdout();
    }

    /**
     * Starts it.
     *
     * @param before a script before it, which needs a shell; empty for a server that knows scp alone
     * @param directory that is there, as the account sees it
     */
    static ScpStream start(SshSession session, String before, String directory) throws LogException {
        String scp = "scp -r -t " + RemoteShell.quoted(directory.startsWith("-") ? "./" + directory : directory);
        String command = before.isEmpty() ? scp : RemoteShell.command(before + "exec " + scp);
        ScpStream stream;
        try {
            stream = new ScpStream(session.exchange(command, Map.of()));
        } catch (SshException e) {
            throw LogException.ofServer(e);
        } catch (InterruptedException e) {
            throw RemoteShell.interrupted(e);
        }
        boolean ready = false;
        try {
            stream.answer(directory);
            ready = true;
            return stream;
        } catch (IOException e) {
            throw failure(e);
        } finally {
            if (!ready) {
                stream.close();
            }
        }
    }

    private void answer(String path) throws IOException {
        out.flush();
        int code = in.read();
        if (code == 0) {
            return;
        }
        StringBuilder words = new StringBuilder();
        if (code > 2) {
            words.append((char) code);
        }
        for (int c = in.read(); c >= 0 && c != '\n' && words.length() < MAX_WORDS; c = in.read()) {
            words.append((char) c);
        }
        throw new LogException(
                LogProblem.SERVER_REFUSED,
                "scp at the log server did not take " + path + ": "
                        + PublishNotes.clean(words.length() > 0 ? words.toString() : exchange.stderr()),
                null);
    }

    private void line(String line, String path) throws IOException {
        out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        settle();
        answer(path);
    }

    private void settle() throws IOException {
        if (unanswered != null) {
            String path = unanswered;
            unanswered = null;
            answer(path);
        }
    }

    /** Goes to a directory below the one that it was started with, making it where it is missing. */
    void enter(String directory) throws LogException {
        try {
            goTo(List.of(directory.split("/")));
        } catch (IOException e) {
            throw failure(e);
        }
    }

    private void goTo(List<String> wanted) throws IOException {
        List<String> here = new ArrayList<>(open);
        int same = 0;
        while (same < here.size() && same < wanted.size() && here.get(same).equals(wanted.get(same))) {
            same++;
        }
        for (int i = here.size(); i > same; i--) {
            line("E", String.join("/", here));
            open.removeLast();
        }
        for (String name : wanted.subList(same, wanted.size())) {
            line("D0755 0 " + name, name);
            open.addLast(name);
        }
    }

    @Override
    public void file(String path, long size, InputStream content) throws LogException {
        int slash = path.lastIndexOf('/');
        try {
            goTo(slash < 0 ? List.of() : List.of(path.substring(0, slash).split("/")));
            line("C0644 " + size + " " + path.substring(slash + 1), path);
            for (int count = content.read(buffer); count >= 0; count = content.read(buffer)) {
                out.write(buffer, 0, count);
            }
            out.write(0);
            unanswered = path;
        } catch (IOException e) {
            throw failure(e);
        }
    }

    private static LogException failure(IOException e) {
        return LogException.ofServer(e);
    }

    @Override
    public void finish() throws LogException {
        try (this) {
            settle();
            goTo(List.of());
            out.close();
            while (in.read() >= 0) {
                continue;
            }
        } catch (IOException e) {
            throw failure(e);
        }
    }

    @Override
    public void close() {
        exchange.close();
    }
}
