package io.jenkins.plugins.metapluginci.logs;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.metapluginci.ssh.SshException;
import io.jenkins.plugins.metapluginci.ssh.SshSession;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.UUID;

/**
 * Tries a log server's settings: writes a small file below its root the way logs go there, reads it back and, with a base URL,
 * reads it over HTTP, and removes it.
 */
final class LogServerCheck {
    private static final Duration HTTP_DEADLINE = Duration.ofSeconds(10);

    private final Connector connector;

    LogServerCheck(Connector connector) {
        this.connector = connector;
    }

    /** Tries it. Takes up to some tens of seconds. */
    LogServerProbe run(LogServer server) throws InterruptedException {
        ServerProbe.forget(server);
        SshSession session;
        try {
            session = connector.connect(server.target());
        } catch (SshException e) {
            return wrong(LogException.ofServer(e));
        }
        try (session;
                ServerFiles files = ServerFiles.open(server, session)) {
            return new LogServerProbe(over(files, server), files.how());
        } catch (LogException e) {
            return wrong(e);
        }
    }

    /** All of it: for a wrong host key, the message has the line that would make it right. */
    private static LogServerProbe wrong(LogException e) {
        return new LogServerProbe(e.problem().words() + ": " + e.getMessage(), null);
    }

    @CheckForNull
    private static String over(ServerFiles files, LogServer server) throws InterruptedException {
        // where nothing can be removed, one file is enough
        String name = "metaplugin-ci-probe" + (files.canAppend() ? "-" + UUID.randomUUID() : "") + ".txt";
        byte[] probe =
                ("Written to test the settings of the log server: " + name + "\n").getBytes(StandardCharsets.UTF_8);
        try {
            files.makeDirectories("");
        } catch (LogException e) {
            return "the root directory " + server.root() + " is not there and cannot be made: " + reason(e);
        }
        String problem = written(files, server, name, probe);
        if (problem == null && server.baseUrl() != null) {
            problem = overHttp(server.urlBelow(name), probe);
        }
        try {
            files.removeTree(name);
        } catch (LogException e) {
            if (problem == null && files.canAppend()) {
                problem = "the file that was written cannot be removed: " + reason(e);
            }
        }
        return problem;
    }

    @CheckForNull
    private static String written(ServerFiles files, LogServer server, String name, byte[] probe) {
        if (files.canAppend()) {
            try {
                files.append(name, 0, new byte[0]);
            } catch (LogException e) {
                return "the account " + server.target().user() + " may not write in the root directory " + server.root()
                        + ": " + reason(e);
            }
        }
        try {
            files.write(name, probe);
        } catch (LogException e) {
            return e.isConnectionLost()
                    ? e.detail()
                    : "a file can be made in the root directory " + server.root()
                            + " but not written: is the disk full, or a quota used up? " + reason(e);
        }
        try {
            return Arrays.equals(files.read(name, probe.length), probe)
                    ? null
                    : "a file that was written reads back differently: " + server.below(name);
        } catch (LogException e) {
            return "a file that was written cannot be read back: " + reason(e);
        }
    }

    private static String reason(LogException e) {
        return PublishNotes.clean(String.valueOf(e.getMessage()));
    }

    @CheckForNull
    private static String overHttp(String url, byte[] probe) throws InterruptedException {
        try {
            HttpClient client = HttpClient.newBuilder()
                    .connectTimeout(HTTP_DEADLINE)
                    .followRedirects(HttpClient.Redirect.NORMAL)
                    .build();
            HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                    .timeout(HTTP_DEADLINE)
                    .build();
            HttpResponse<InputStream> response = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream body = response.body()) {
                byte[] shown = body.readNBytes(probe.length + 1);
                return answer(response.statusCode(), url, Arrays.equals(shown, probe));
            }
        } catch (IOException | IllegalArgumentException e) {
            return "files can be written, but not read at " + url + ": " + reason(e);
        }
    }

    @CheckForNull
    private static String answer(int status, String url, boolean same) {
        if (status == 200) {
            return same
                    ? null
                    : "files can be written, but the web server shows something else at " + url
                            + ": the base URL is not the one of the root directory, or the server changes what it sends";
        }
        String hint = switch (status) {
            case 404 -> ": the base URL is not the one of the root directory";
            case 401 -> ": readers would need a login";
            case 403 -> ": the web server may not read what the account writes";
            default -> "";
        };
        return "files can be written, but the web server answers " + status + " at " + url + hint;
    }

    private static String reason(Exception e) {
        if (e instanceof UnknownHostException || e.getCause() instanceof java.nio.channels.UnresolvedAddressException) {
            return "the name does not resolve here";
        }
        if (e instanceof HttpTimeoutException) {
            return "no answer within " + HTTP_DEADLINE.toSeconds() + " s";
        }
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}
