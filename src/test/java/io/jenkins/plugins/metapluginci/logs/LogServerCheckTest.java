package io.jenkins.plugins.metapluginci.logs;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.jenkins.plugins.metapluginci.ssh.SshException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class LogServerCheckTest {
    @Rule
    public TemporaryFolder temporary = new TemporaryFolder();

    private Path root;
    private Sessions sessions;
    private HttpServer web;
    private String webRoot = "srv/logs";

    @Before
    public void begin() throws IOException {
        root = temporary.getRoot().toPath();
        sessions = new Sessions(new DirectoryFiles(root));
        web = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        web.createContext("/", exchange -> {
            Path file =
                    root.resolve(webRoot + exchange.getRequestURI().getPath().substring("/ci".length()));
            boolean found = Files.isRegularFile(file);
            byte[] body = found ? Files.readAllBytes(file) : new byte[] {'?'};
            exchange.sendResponseHeaders(found ? 200 : 404, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        web.start();
    }

    @After
    public void end() {
        web.stop(0);
    }

    private String check(URI base) throws InterruptedException {
        return new LogServerCheck(sessions)
                .run(new LogServer(Sessions.TARGET, "srv/logs", base))
                .problem();
    }

    private URI base(String path) {
        return URI.create("http://127.0.0.1:" + web.getAddress().getPort() + path);
    }

    @Test
    public void allIsWellAndNothingStays() throws Exception {
        assertThat(check(base("/ci/"))).isNull();
        assertThat(check(null)).isNull();
        assertThat(DirectoryFiles.tree(root)).containsExactly("srv", "srv/logs");
        assertThat(sessions.opened).noneMatch(Sessions.Session::isOpen);
    }

    @Test
    public void whatIsWrongIsNamed() throws Exception {
        webRoot = "elsewhere";
        assertThat(check(base("/ci"))).contains("files can be written").contains("404");
        web.stop(0);
        assertThat(check(base("/ci"))).contains("files can be written, but not read at");
        sessions.files.failing = "write";
        assertThat(check(null)).contains("may not write in the root directory srv/logs: disk full");
        sessions.files.failing = "mkdir";
        assertThat(check(null)).contains("is not there and cannot be made: disk full");
        sessions.files.failing = null;
        sessions.files.room = 10;
        assertThat(check(null)).contains("can be made").contains("is the disk full");
        sessions.refusal = new SshException(SshException.Kind.HOST_KEY, "it shows SHA256:abc", null);
        assertThat(check(null)).isEqualTo("the log server's host key is not the configured one: it shows SHA256:abc");
        assertThat(DirectoryFiles.tree(root)).containsExactly("srv", "srv/logs");
    }
}
