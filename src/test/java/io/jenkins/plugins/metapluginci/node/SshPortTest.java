package io.jenkins.plugins.metapluginci.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.Test;

/** Looking whether an sshd answers. */
public class SshPortTest {
    private static final int LIMIT = 300;

    /** What a server that says this is taken for. @param says null: nothing, for ever */
    private static boolean answers(String says) throws IOException, InterruptedException {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread thread = new Thread(() -> {
                try (Socket client = server.accept()) {
                    if (says != null) {
                        client.getOutputStream().write(says.getBytes(StandardCharsets.US_ASCII));
                        client.shutdownOutput();
                    }
                    // Until the other side has gone.
                    while (client.getInputStream().read() >= 0) {
                        Thread.onSpinWait();
                    }
                } catch (IOException e) {
                    Thread.currentThread().interrupt();
                }
            });
            thread.start();
            boolean answer = SshPort.answers("127.0.0.1", server.getLocalPort(), LIMIT);
            thread.join();
            return answer;
        }
    }

    @Test
    public void anSshdSaysItsName() throws Exception {
        assertThat(answers("SSH-2.0-OpenSSH_9.2\r\n")).isTrue();
        assertThat(answers("welcome\r\nSSS\nSSH-1.99-x\n"))
                .as("after other lines")
                .isTrue();
    }

    @Test
    public void nothingElseIsOne() throws Exception {
        assertThat(answers("HTTP/1.1 400 SSH-2.0\r\n")).isFalse();
        assertThat(answers("")).isFalse();
        assertThat(answers("x".repeat(100_000))).isFalse();
        assertThat(answers(null)).as("accepts and is silent").isFalse();
    }

    @Test
    public void aClosedPortIsNone() throws Exception {
        int port;
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            port = server.getLocalPort();
        }
        assertThat(SshPort.answers("127.0.0.1", port, LIMIT)).isFalse();
        assertThat(SshPort.answers("no such host.invalid", 22, LIMIT)).isFalse();
    }
}
