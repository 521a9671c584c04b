package io.jenkins.plugins.metapluginci.logs;

import io.jenkins.plugins.metapluginci.ssh.SshException;
import io.jenkins.plugins.metapluginci.ssh.SshSession;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Runs scripts with {@code sh} on a log server. What the account prints at log-in is told from a script's own output by lines of
 * a random name around it. One thread at a time.
 */
final class RemoteShell {
    /** For scripts that touch a whole tree. */
    private static final Duration DEADLINE = Duration.ofMillis(Long.getLong("metaplugin-ci.logs.shell", 300_000));

    private static final int MAX_OUTPUT = 16 << 20;

    private final SshSession session;
    private final String root;

    /** @param root directory that scripts begin in, absolute or relative to the account's own */
    RemoteShell(SshSession session, String root) {
        this.session = session;
        this.root = root;
    }

    SshSession session() {
        return session;
    }

    /** A word of the shell that stands for exactly this text. */
    static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }

    /** A relative path that no command takes for an option. */
    static String path(String path) {
        return quoted(path.isEmpty() ? "." : "./" + path);
    }

    /** A command line for any log-in shell that runs a script with {@code sh} and leaves its standard input alone. */
    static String command(String script) {
        return "sh -c " + quoted(script);
    }

    /** A script that begins in the root. */
    String inRoot(String script) {
        return "LC_ALL=C; export LC_ALL; cd " + quoted(directory()) + " || exit 97; " + script;
    }

    private String directory() {
        return root.startsWith("/") ? root : "./" + root;
    }

    /** What a script printed, line by line. @param status 0 for success */
    record Output(int status, List<String> lines) {
        String text() {
            return PublishNotes.clean(String.join(" ", lines));
        }
    }

    /**
     * Runs a script in the root.
     *
     * @param stdin what it reads
     * @throws LogException when the server is gone or takes too long; a script that fails has its status
     */
    Output run(String script, byte[] stdin) throws LogException {
        String mark = "metaplugin-ci-" + UUID.randomUUID();
        String whole =
                "echo; echo " + mark + "; ( " + inRoot(script) + " ) 2>&1; status=$?; echo; echo " + mark + " $status";
        SshSession.ExecResult result;
        try {
            result = session.exec(command(whole), stdin, DEADLINE, MAX_OUTPUT);
        } catch (SshException e) {
            throw LogException.ofServer(e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
        return parse(result.stdout(), mark);
    }

    static LogException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new LogException(LogProblem.INTERNAL, "interrupted", e);
    }

    private static Output parse(String stdout, String mark) throws LogException {
        List<String> lines = new ArrayList<>();
        boolean inside = false;
        for (String line : stdout.split("\n")) {
            if (inside && line.startsWith(mark + " ")) {
                if (!lines.isEmpty() && lines.get(lines.size() - 1).isEmpty()) {
                    lines.remove(lines.size() - 1);
                }
                try {
                    return new Output(
                            Integer.parseInt(line.substring(mark.length() + 1).strip()), lines);
                } catch (NumberFormatException e) {
                    break;
                }
            }
            if (inside) {
                lines.add(line);
            }
            inside |= line.equals(mark);
        }
        throw new LogException(
                LogProblem.SERVER_REFUSED, "the log server's shell did not run a script to its end", null);
    }

    /** As {@link #run}; a script that fails is a {@link LogException} with what it said. @param what for that message */
    List<String> demand(String what, String script, byte[] stdin) throws LogException {
        Output output = run(script, stdin);
        if (output.status() != 0) {
            throw new LogException(
                    LogProblem.SERVER_REFUSED, "the log server did not " + what + ": " + output.text(), null);
        }
        return output.lines();
    }

    /** Standard output of a script byte for byte; the script prints its own end. @param max bytes */
    byte[] bytes(String script, int max) throws LogException {
        String mark = "metaplugin-ci-" + UUID.randomUUID();
        byte[] begin = ("\n" + mark + "\n").getBytes(StandardCharsets.US_ASCII);
        byte[] end = ("\n" + mark + " 0\n").getBytes(StandardCharsets.US_ASCII);
        String whole =
                "echo; echo " + mark + "; ( " + inRoot(script) + " ); status=$?; echo; echo " + mark + " $status";
        try (SshSession.RemoteStream stream = session.stream(command(whole));
                InputStream out = stream.stdout()) {
            ByteArrayOutputStream read = new ByteArrayOutputStream();
            byte[] buffer = new byte[32 * 1024];
            for (int n = out.read(buffer); n >= 0 && read.size() <= max + 256 * 1024; n = out.read(buffer)) {
                read.write(buffer, 0, n);
            }
            byte[] all = read.toByteArray();
            int from = indexOf(all, begin) + begin.length;
            int to = all.length - end.length;
            if (from < begin.length || to < from || indexOf(all, end, to) != to) {
                throw new LogException(
                        LogProblem.SERVER_REFUSED,
                        "a file cannot be read at the log server: " + PublishNotes.clean(stream.stderr()),
                        null);
            }
            return java.util.Arrays.copyOfRange(all, from, to);
        } catch (IOException e) {
            throw LogException.ofServer(e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static int indexOf(byte[] all, byte[] part) {
        return indexOf(all, part, 0);
    }

    private static int indexOf(byte[] all, byte[] part, int from) {
        for (int at = Math.max(from, 0); at + part.length <= all.length; at++) {
            if (java.util.Arrays.equals(all, at, at + part.length, part, 0, part.length)) {
                return at;
            }
        }
        return -1;
    }
}
