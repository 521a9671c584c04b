package io.jenkins.plugins.metapluginci.logs;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.metapluginci.ssh.SshTarget;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/**
 * The machine that keeps the logs: written over SFTP, read by people over HTTP. Immutable.
 *
 * @param target where to connect and as whom
 * @param root directory there, absolute or relative to the account's own; empty is the account's own
 * @param baseUrl the URL that a web server serves {@code root} at; null when there is none
 */
public record LogServer(
        SshTarget target, String root, @CheckForNull URI baseUrl) {
    /** The directory of a destination at the server. */
    public String path(LogDestination destination) {
        return below(destination.path());
    }

    /** The root as a path for SFTP. */
    String directory() {
        String directory = root.strip();
        while (directory.length() > 1 && directory.endsWith("/")) {
            directory = directory.substring(0, directory.length() - 1);
        }
        return directory.isEmpty() ? "." : directory;
    }

    /** A path below the root. @param relative a safe relative path */
    String below(String relative) {
        String directory = directory();
        return directory.endsWith("/") ? directory + relative : directory + "/" + relative;
    }

    /** The URL of a destination, ending in a slash, so that it opens the console page; null without a base URL. */
    @CheckForNull
    public String url(LogDestination destination) {
        return urlBelow(destination.path() + "/");
    }

    /** The URL of a path below the root; null without a base URL. */
    @CheckForNull
    String urlBelow(String relative) {
        if (baseUrl == null) {
            return null;
        }
        String base = baseUrl.toString();
        return (base.endsWith("/") ? base : base + "/") + percentEncoded(relative);
    }

    private static String percentEncoded(String path) {
        StringBuilder encoded = new StringBuilder();
        for (byte b : path.getBytes(StandardCharsets.UTF_8)) {
            boolean plain = b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9';
            if (plain || "-._~/+@=,".indexOf(b) >= 0) {
                encoded.append((char) b);
            } else {
                encoded.append(String.format("%%%02X", b & 0xff));
            }
        }
        return encoded.toString();
    }
}
