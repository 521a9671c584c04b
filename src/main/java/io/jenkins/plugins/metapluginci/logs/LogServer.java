package io.jenkins.plugins.metapluginci.logs;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.metapluginci.ssh.SshTarget;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/**
 * A machine that keeps logs: written over SSH, read by people over HTTP. Immutable.
 *
 * @param name what jobs call it
 * @param target where to connect and as whom
 * @param root directory there, absolute or relative to the account's own; empty is the account's own
 * @param baseUrl the URL that a web server serves {@code root} at; null when there is none
 * @param protocol how files get there
 * @param retentionDays runs that ended longer ago are removed, days; 0 for never
 * @param retentionBytes what all runs may take there before the oldest are removed; 0 for any
 */
public record LogServer(
        String name,
        SshTarget target,
        String root,
        @CheckForNull URI baseUrl,
        Protocol protocol,
        int retentionDays,
        long retentionBytes) {
    /** What the only server is called unless told otherwise. */
    public static final String DEFAULT_NAME = "logs";

    /** How files get to the server. */
    public enum Protocol {
        /** What a look at the server shows to be the best. */
        AUTO,
        SFTP,
        /** For servers that have no SFTP. */
        SCP
    }

    /** A server named {@value #DEFAULT_NAME} that keeps everything. */
    public LogServer(SshTarget target, String root, @CheckForNull URI baseUrl) {
        this(DEFAULT_NAME, target, root, baseUrl, Protocol.AUTO, 0, 0);
    }

    /** What is wrong with a name for a server, for people; null when nothing is. */
    @CheckForNull
    public static String nameProblem(String name) {
        return name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
                ? null
                : "At most 64 letters, digits, \".\", \"_\" and \"-\", beginning with a letter or digit";
    }

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
