package io.jenkins.plugins.metapluginci.node;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Whether an sshd answers at an address: it says its name before anything else (RFC 4253, 4.2), and that is all that is read. */
final class SshPort {
    private static final Logger LOGGER = Logger.getLogger(SshPort.class.getName());
    private static final byte[] NAME = "SSH-".getBytes(StandardCharsets.US_ASCII);
    /** Bytes that a server may say before its name. */
    private static final int MOST = 4096;

    private SshPort() {}

    /** @param limit of the connecting and of each wait for an answer, milliseconds */
    static boolean answers(String host, int port, int limit) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), limit);
            socket.setSoTimeout(limit);
            return says(socket.getInputStream());
        } catch (IOException e) {
            LOGGER.log(Level.FINEST, "Nothing answers at " + host + ":" + port, e);
            return false;
        }
    }

    /** Whether a line begins with the name. */
    private static boolean says(InputStream in) throws IOException {
        int matched = 0;
        boolean hopeless = false;
        for (int read = 0; read < MOST; read++) {
            int b = in.read();
            if (b < 0) {
                return false;
            }
            if (b == '\n') {
                matched = 0;
                hopeless = false;
            } else if (!hopeless && b == NAME[matched]) {
                matched++;
                if (matched == NAME.length) {
                    return true;
                }
            } else {
                hopeless = true;
            }
        }
        return false;
    }
}
