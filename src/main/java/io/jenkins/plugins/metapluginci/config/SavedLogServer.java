package io.jenkins.plugins.metapluginci.config;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.util.Secret;
import io.jenkins.plugins.metapluginci.logs.LogServer;
import io.jenkins.plugins.metapluginci.ssh.HostKeys;
import io.jenkins.plugins.metapluginci.ssh.SshLogin;
import io.jenkins.plugins.metapluginci.ssh.SshTarget;
import java.net.URI;
import java.nio.file.Path;

/**
 * A log server after the first, as it is in {@code metaplugin-ci.xml}: the names of this class and of its fields are the format
 * of that file. Never changed after it was filled. No text is null.
 */
public final class SavedLogServer {
    String name = "";
    String host = "";
    int port = MetapluginCiSettings.SSH_PORT;
    String user = "";
    String keyFile = "";

    @CheckForNull
    Secret password;

    String hostKeys = "";
    String root = "";
    String url = "";
    String protocol = LogServer.Protocol.AUTO.name();
    /** 0 for never. */
    int retentionDays;
    /** 10^9 bytes; 0 for any size. */
    int retentionGigabytes;

    SavedLogServer() {}

    /** XStream runs no constructor: what a file does not name gets its default here. */
    private Object readResolve() {
        name = text(name);
        host = text(host);
        port = port == 0 ? MetapluginCiSettings.SSH_PORT : port;
        user = text(user);
        keyFile = text(keyFile);
        hostKeys = text(hostKeys);
        root = text(root);
        url = text(url);
        protocol = text(protocol).isEmpty() ? LogServer.Protocol.AUTO.name() : protocol;
        return this;
    }

    private static String text(@CheckForNull String value) {
        return value == null ? "" : value;
    }

    /** The server, or null without a host. The key file goes before the password. */
    @CheckForNull
    LogServer server() {
        if (host.isEmpty()) {
            return null;
        }
        SshLogin login = keyFile.isEmpty()
                ? new SshLogin.Password(Secret.toString(password))
                : new SshLogin.KeyFile(Path.of(keyFile), null);
        return new LogServer(
                name,
                new SshTarget(host, port, user, login, new HostKeys(hostKeys)),
                root,
                url.isEmpty() ? null : URI.create(url),
                known(protocol),
                Math.max(0, retentionDays),
                Math.max(0, retentionGigabytes) * 1_000_000_000L);
    }

    private static LogServer.Protocol known(String protocol) {
        for (LogServer.Protocol each : LogServer.Protocol.values()) {
            if (each.name().equals(protocol)) {
                return each;
            }
        }
        return LogServer.Protocol.AUTO;
    }
}
