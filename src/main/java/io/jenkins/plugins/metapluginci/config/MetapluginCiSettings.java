package io.jenkins.plugins.metapluginci.config;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.util.Secret;
import io.jenkins.plugins.metapluginci.logs.LogServer;
import io.jenkins.plugins.metapluginci.ssh.HostKeys;
import io.jenkins.plugins.metapluginci.ssh.SshLogin;
import io.jenkins.plugins.metapluginci.ssh.SshTarget;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What the operator saved, as it is in {@code metaplugin-ci.xml}: the names of this class and of its fields are the format
 * of that file. Filled by {@link MetapluginCiForm} or read from the file, never changed afterwards, so any thread may read
 * it. No text is null.
 */
public final class MetapluginCiSettings {
    /** Where Gerrit's SSH daemon listens unless told otherwise. */
    public static final int GERRIT_PORT = 29418;
    /** Where OpenSSH listens unless told otherwise. */
    public static final int SSH_PORT = 22;

    boolean takeEvents = true;
    String gerritHost = "";
    int gerritPort = GERRIT_PORT;
    String gerritUser = "";
    String gerritKeyFile = "";
    String gerritHostKeys = "";
    String logServerHost = "";
    int logServerPort = SSH_PORT;
    String logServerUser = "";
    String logServerKeyFile = "";

    @CheckForNull
    Secret logServerPassword;

    String logServerHostKeys = "";
    String logServerRoot = "";
    String logServerUrl = "";
    String controllerUrl = "";
    String gitUrl = "";
    String footer = "";
    List<WatchedProject> watches = new ArrayList<>();

    MetapluginCiSettings() {}

    /** XStream runs no constructor: what an older file does not name gets its default here. */
    private Object readResolve() {
        gerritHost = text(gerritHost);
        gerritPort = gerritPort == 0 ? GERRIT_PORT : gerritPort;
        gerritUser = text(gerritUser);
        gerritKeyFile = text(gerritKeyFile);
        gerritHostKeys = text(gerritHostKeys);
        logServerHost = text(logServerHost);
        logServerPort = logServerPort == 0 ? SSH_PORT : logServerPort;
        logServerUser = text(logServerUser);
        logServerKeyFile = text(logServerKeyFile);
        logServerHostKeys = text(logServerHostKeys);
        logServerRoot = text(logServerRoot);
        logServerUrl = text(logServerUrl);
        controllerUrl = text(controllerUrl);
        gitUrl = text(gitUrl);
        footer = text(footer);
        watches = watches == null ? new ArrayList<>() : watches;
        return this;
    }

    private static String text(@CheckForNull String value) {
        return value == null ? "" : value;
    }

    /** Whether events are taken. */
    public boolean takesEvents() {
        return takeEvents;
    }

    /** Gerrit as the account that listens and votes, or null while no host is configured. */
    @CheckForNull
    public SshTarget gerrit() {
        if (gerritHost.isEmpty()) {
            return null;
        }
        SshLogin login = new SshLogin.KeyFile(Path.of(gerritKeyFile), null);
        return new SshTarget(gerritHost, gerritPort, gerritUser, login, new HostKeys(gerritHostKeys));
    }

    public String gerritHost() {
        return gerritHost;
    }

    public int gerritPort() {
        return gerritPort;
    }

    /** The log server, or null while no host is configured. The key file goes before the password. */
    @CheckForNull
    public LogServer logServer() {
        if (logServerHost.isEmpty()) {
            return null;
        }
        SshLogin login = logServerKeyFile.isEmpty()
                ? new SshLogin.Password(Secret.toString(logServerPassword))
                : new SshLogin.KeyFile(Path.of(logServerKeyFile), null);
        SshTarget target =
                new SshTarget(logServerHost, logServerPort, logServerUser, login, new HostKeys(logServerHostKeys));
        return new LogServer(target, logServerRoot, logServerUrl.isEmpty() ? null : URI.create(logServerUrl));
    }

    /** The URL at which nodes reach this controller; empty for the one of Jenkins' own configuration. */
    public String controllerUrl() {
        return controllerUrl;
    }

    /** {@code ZUUL_URL}: where nodes fetch changes from. Empty only while no Gerrit is configured. */
    public String gitUrl() {
        return gitUrl.isEmpty() && !gerritHost.isEmpty() ? "https://" + gerritHost : gitUrl;
    }

    /** Last paragraph of each report; may be empty. */
    public String footer() {
        return footer;
    }

    /** What is tested. */
    public List<WatchedProject> watches() {
        return Collections.unmodifiableList(watches);
    }
}
