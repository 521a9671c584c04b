package io.jenkins.plugins.metapluginci.logs;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.metapluginci.ssh.SshException;
import io.jenkins.plugins.metapluginci.ssh.SshSession;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * Finds out what a log server lets us do. What was seen of a shell is remembered for {@value #REMEMBERED_MINUTES} minutes, so that
 * not every publication looks again.
 *
 * <p>A command is taken for run only when it answers with what it had to reckon: an account locked to {@code internal-sftp} or to a
 * forced command gives no such answer whatever is asked, and a shell that prints at log-in gives it among other lines. The command's
 * standard input is at its end, so that an SFTP server in its place ends at once.
 */
final class ServerProbe {
    private static final long REMEMBERED_MINUTES = 10;
    private static final int MAX_REMEMBERED = 100;
    private static final Duration DEADLINE = Duration.ofMillis(Long.getLong("metaplugin-ci.logs.probe", 10_000));
    private static final int MAX_OUTPUT = 64 * 1024;

    private record Seen(ServerTools tools, long nanos) {}

    /** Guarded by itself. */
    private static final Map<String, Seen> REMEMBERED = new LinkedHashMap<>();

    private ServerProbe() {}

    static ServerFiles open(LogServer server, SshSession session) throws LogException, InterruptedException {
        try {
            return switch (server.protocol()) {
                case SFTP -> sftp(server, session, "as configured");
                case SCP -> scp(server, session, tools(server, session));
                case AUTO -> best(server, session);
            };
        } catch (SshException e) {
            throw LogException.ofServer(e);
        }
    }

    private static SftpServer sftp(LogServer server, SshSession session, String why)
            throws SshException, InterruptedException {
        return new SftpServer(session, server.directory(), "SFTP, many files at once (" + why + ")");
    }

    private static ServerFiles best(LogServer server, SshSession session)
            throws SshException, LogException, InterruptedException {
        ServerTools tools = tools(server, session);
        if (tools.noisy() && !tools.tar()) {
            throw new LogException(
                    LogProblem.SERVER_REFUSED,
                    "the account prints something at log-in, which spoils SFTP and scp, and there is no tar. Make its shell"
                            + " silent when it is not interactive (.bashrc, .profile)",
                    null);
        }
        if (!tools.shell() || !tools.tar()) {
            try {
                return sftp(server, session, tools.why());
            } catch (SshException e) {
                if (!session.isOpen() || !tools.shell() && !tools.scp()) {
                    throw e;
                }
                return scp(server, session, tools);
            }
        }
        RemoteShell shell = new RemoteShell(session, server.directory());
        // A relative root may be another directory for SFTP than for the shell.
        SftpServer files = server.directory().startsWith("/") && !tools.noisy() ? sftpOrNull(server, session) : null;
        String digest = tools.digest() ? ", compared by sha256sum" : ", compared by length: there is no sha256sum";
        return new ShellServer(
                shell,
                files,
                tools,
                "an archive to tar" + digest
                        + (files == null ? "; single files by the shell" : "; single files over SFTP") + " ("
                        + tools.why() + ")");
    }

    @CheckForNull
    private static SftpServer sftpOrNull(LogServer server, SshSession session)
            throws SshException, InterruptedException {
        try {
            return sftp(server, session, "");
        } catch (SshException e) {
            if (!session.isOpen()) {
                throw e;
            }
            return null;
        }
    }

    private static ServerFiles scp(LogServer server, SshSession session, ServerTools tools) {
        if (tools.shell()) {
            ServerTools without = new ServerTools(true, false, tools.digest(), true, false, tools.why());
            return new ShellServer(
                    new RemoteShell(session, server.directory()),
                    null,
                    without,
                    "scp, and single files by the shell (" + tools.why() + ")");
        }
        return new ScpServer(
                session,
                server.directory(),
                "scp alone (" + tools.why() + "): files are written in their place, readers may see half of them, and "
                        + "what an earlier run left stays");
    }

    private static ServerTools tools(LogServer server, SshSession session) throws SshException, InterruptedException {
        String key = server.target() + " " + server.root();
        synchronized (REMEMBERED) {
            Seen seen = REMEMBERED.get(key);
            if (seen != null && System.nanoTime() - seen.nanos() < TimeUnit.MINUTES.toNanos(REMEMBERED_MINUTES)) {
                return seen.tools();
            }
        }
        ServerTools tools = look(server, session);
        synchronized (REMEMBERED) {
            REMEMBERED.remove(key);
            REMEMBERED.put(key, new Seen(tools, System.nanoTime()));
            if (REMEMBERED.size() > MAX_REMEMBERED) {
                Iterator<String> oldest = REMEMBERED.keySet().iterator();
                oldest.next();
                oldest.remove();
            }
        }
        return tools;
    }

    /** What was seen is looked at anew: for a test of the settings, and after a failure. */
    static void forget(LogServer server) {
        synchronized (REMEMBERED) {
            REMEMBERED.remove(server.target() + " " + server.root());
        }
    }

    private static ServerTools look(LogServer server, SshSession session) throws SshException, InterruptedException {
        String mark = "mci-" + UUID.randomUUID();
        String script = "echo; echo " + mark + "-$((6 * 7)); for each in tar sha256sum scp; do"
                + " if command -v $each >/dev/null 2>&1; then echo " + mark + " $each; fi; done";
        SshSession.ExecResult result;
        try {
            result = session.exec(RemoteShell.command(script), new byte[0], DEADLINE, MAX_OUTPUT);
        } catch (SshException e) {
            if (!session.isOpen()) {
                throw e;
            }
            return new ServerTools(false, false, false, false, false, "the account answers no command");
        }
        String said = result.stdout();
        if (!said.contains("\n" + mark + "-42\n")) {
            return withoutShell(server, session, "the account runs no commands of ours");
        }
        boolean tar = said.contains("\n" + mark + " tar\n");
        boolean noisy = !said.startsWith("\n" + mark);
        String why = tar ? "the account has a shell with tar" : "the account has a shell, but there is no tar";
        return new ServerTools(
                true,
                tar,
                said.contains("\n" + mark + " sha256sum\n"),
                said.contains("\n" + mark + " scp\n"),
                noisy,
                noisy ? why + ", and prints something at log-in, which spoils SFTP" : why);
    }

    /** An scp that is ready says so with a zero byte, and ends with its input. */
    private static ServerTools withoutShell(LogServer server, SshSession session, String why)
            throws SshException, InterruptedException {
        boolean scp = false;
        try {
            scp = session.exec("scp -r -t " + RemoteShell.quoted(server.directory()), new byte[0], DEADLINE, MAX_OUTPUT)
                    .stdout()
                    .startsWith("\0");
        } catch (SshException e) {
            if (!session.isOpen()) {
                throw e;
            }
        }
        return new ServerTools(false, false, false, scp, false, why);
    }
}
