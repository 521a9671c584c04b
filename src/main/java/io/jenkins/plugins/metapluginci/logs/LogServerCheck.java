package io.jenkins.plugins.metapluginci.logs;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.metapluginci.ssh.SftpFiles;
import io.jenkins.plugins.metapluginci.ssh.SshException;
import io.jenkins.plugins.metapluginci.ssh.SshSession;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.UUID;

/**
 * Tries a log server's settings: writes a small file below its root, reads it back over SFTP and, with a base URL, over
 * HTTP, and removes it.
 */
final class LogServerCheck {
    private static final Duration HTTP_DEADLINE = Duration.ofSeconds(10);

    private final Connector connector;

    LogServerCheck(Connector connector) {
        this.connector = connector;
    }

    /**
     * Tries it.
     *
     * @return null when all is well, else what is wrong and what to look at; for administrators, without a secret
     */
    @CheckForNull
    String run(LogServer server) throws InterruptedException {
        String name = "metaplugin-ci-probe-" + UUID.randomUUID() + ".txt";
        byte[] probe =
                ("Written to test the settings of the log server: " + name + "\n").getBytes(StandardCharsets.UTF_8);
        String path = server.below(name);
        SshSession session;
        try {
            session = connector.connect(server.target());
        } catch (SshException e) {
            return LogProblem.ofServer(e).words() + ": " + e.getMessage();
        }
        try (session;
                SftpFiles files = session.sftp()) {
            try {
                String wrong = overSftp(files, server.directory(), path, probe);
                return wrong != null || server.baseUrl() == null ? wrong : overHttp(server.urlBelow(name), probe);
            } finally {
                files.removeTree(path);
            }
        } catch (SshException e) {
            return LogProblem.ofServer(e).words() + ": " + e.getMessage();
        } catch (IOException e) {
            return "the log server refused a request below the root directory: " + e.getMessage();
        }
    }

    @CheckForNull
    private static String overSftp(SftpFiles files, String root, String path, byte[] probe) throws IOException {
        files.makeDirectories(root);
        try (OutputStream out = files.create(path)) {
            out.write(probe);
        }
        return Arrays.equals(files.read(path, probe.length), probe)
                ? null
                : "a file that was written reads back differently: " + path;
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
                if (response.statusCode() != 200) {
                    return "files can be written, but the web server answers " + response.statusCode() + " at " + url
                            + ": is the base URL the one of the root directory?";
                }
                return Arrays.equals(body.readNBytes(probe.length + 1), probe)
                        ? null
                        : "files can be written, but the web server shows something else at " + url;
            }
        } catch (IOException | IllegalArgumentException e) {
            String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            return "files can be written, but not read at " + url + ": " + why;
        }
    }
}
