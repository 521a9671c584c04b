package io.jenkins.plugins.metapluginci.config;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.util.Secret;
import io.jenkins.plugins.metapluginci.logs.LogField;
import io.jenkins.plugins.metapluginci.logs.LogServer;
import io.jenkins.plugins.metapluginci.logs.LogSettings;
import io.jenkins.plugins.metapluginci.node.NodeField;
import io.jenkins.plugins.metapluginci.node.NodeSettings;
import io.jenkins.plugins.metapluginci.ssh.HostKeys;
import io.jenkins.plugins.metapluginci.ssh.SshLogin;
import io.jenkins.plugins.metapluginci.ssh.SshTarget;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

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
    /** The port of the git protocol. */
    public static final int GIT_PORT = 9418;
    /** How far back Gerrit is asked for what was missed, hours. */
    public static final int CATCH_UP_HOURS = 24;

    static final String CONNECTION = "gerrit";
    static final String GIT_NAME = "Metaplugin CI";
    static final String GIT_EMAIL = "metaplugin-ci@localhost";

    boolean takeEvents = true;
    boolean silent;
    String gerritHost = "";
    int gerritPort = GERRIT_PORT;
    String gerritUser = "";
    String gerritKeyFile = "";
    String gerritHostKeys = "";
    String connectionName = CONNECTION;
    /** Null in a file of the first release. */
    @CheckForNull
    Integer catchUpHours = CATCH_UP_HOURS;

    String layout = LayoutSource.defaultText();
    String layoutFile = "";
    String gitName = GIT_NAME;
    String gitEmail = GIT_EMAIL;
    String gitAddress = "";
    int gitPort = GIT_PORT;
    String logServerHost = "";
    int logServerPort = SSH_PORT;
    String logServerUser = "";
    String logServerKeyFile = "";

    @CheckForNull
    Secret logServerPassword;

    String logServerHostKeys = "";
    String logServerRoot = "";
    String logServerUrl = "";
    String logServerName = LogServer.DEFAULT_NAME;
    String logServerProtocol = LogServer.Protocol.AUTO.name();
    int logServerRetentionDays;
    int logServerRetentionGigabytes;
    /** The log servers after the first. Null in a file of the second release. */
    @CheckForNull
    List<SavedLogServer> moreLogServers = new ArrayList<>();
    /** By {@code LogField.key}; what is missing has its default. Null in a file of the second release. */
    @CheckForNull
    Map<String, String> logs = new LinkedHashMap<>();

    String controllerUrl = "";
    String gitUrl = "";
    String urlPattern = "";
    /** Null in a file of the first release. */
    @CheckForNull
    Boolean jobNameInReport = true;
    /** Null in a file of the first release. */
    @CheckForNull
    Boolean reportTimes = true;

    String statusUrl = "";
    String footer = "";
    /** By {@code NodeField.key}; what is missing has its default. Null in a file of the second release. */
    @CheckForNull
    Map<String, String> nodes = new LinkedHashMap<>();

    /** What the first release had instead of a layout: only read, never written. */
    @CheckForNull
    private List<WatchedProject> watches;

    MetapluginCiSettings() {}

    /** XStream runs no constructor: what an older file does not name gets its default here. */
    private Object readResolve() {
        gerritHost = text(gerritHost);
        gerritPort = gerritPort == 0 ? GERRIT_PORT : gerritPort;
        gerritUser = text(gerritUser);
        gerritKeyFile = text(gerritKeyFile);
        gerritHostKeys = text(gerritHostKeys);
        connectionName = text(connectionName).isEmpty() ? CONNECTION : connectionName;
        catchUpHours = catchUpHours == null ? Integer.valueOf(CATCH_UP_HOURS) : catchUpHours;
        layoutFile = text(layoutFile);
        if (text(layout).isBlank()) {
            layout = watches == null || watches.isEmpty() ? LayoutSource.defaultText() : WatchesLayout.of(watches);
        }
        watches = null;
        gitName = text(gitName).isEmpty() ? GIT_NAME : gitName;
        gitEmail = text(gitEmail).isEmpty() ? GIT_EMAIL : gitEmail;
        gitAddress = text(gitAddress);
        gitPort = gitPort == 0 ? GIT_PORT : gitPort;
        logServerHost = text(logServerHost);
        logServerPort = logServerPort == 0 ? SSH_PORT : logServerPort;
        logServerUser = text(logServerUser);
        logServerKeyFile = text(logServerKeyFile);
        logServerHostKeys = text(logServerHostKeys);
        logServerRoot = text(logServerRoot);
        logServerUrl = text(logServerUrl);
        logServerName = text(logServerName).isEmpty() ? LogServer.DEFAULT_NAME : logServerName;
        logServerProtocol = text(logServerProtocol).isEmpty() ? LogServer.Protocol.AUTO.name() : logServerProtocol;
        moreLogServers = moreLogServers == null ? new ArrayList<>() : moreLogServers;
        logs = logs == null ? new LinkedHashMap<>() : logs;
        controllerUrl = text(controllerUrl);
        gitUrl = text(gitUrl);
        urlPattern = text(urlPattern);
        jobNameInReport = jobNameInReport == null ? Boolean.TRUE : jobNameInReport;
        reportTimes = reportTimes == null ? Boolean.TRUE : reportTimes;
        statusUrl = text(statusUrl);
        footer = text(footer);
        nodes = nodes == null ? new LinkedHashMap<>() : nodes;
        return this;
    }

    private static String text(@CheckForNull String value) {
        return value == null ? "" : value;
    }

    /** Whether events are taken. */
    public boolean takesEvents() {
        return takeEvents;
    }

    /** Whether everything is run and published, but nothing posted at Gerrit. */
    public boolean silent() {
        return silent;
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

    /** The name by which the layout calls Gerrit: zuul.conf's {@code [connection NAME]}. */
    public String connectionName() {
        return connectionName;
    }

    /** How far back Gerrit is asked for what was missed, hours; 0 for not at all. */
    public int catchUpHours() {
        return catchUpHours == null ? CATCH_UP_HOURS : catchUpHours;
    }

    /** The layout's text, never blank; not in force while there is a {@link #layoutFile}. */
    public String layout() {
        return layout;
    }

    /** Absolute path of a file on the controller that holds the layout; empty for {@link #layout}. */
    public String layoutFile() {
        return layoutFile;
    }

    /** Author and committer of merges. */
    public String gitName() {
        return gitName;
    }

    /** The address of {@link #gitName}. */
    public String gitEmail() {
        return gitEmail;
    }

    /** The address of this machine at which merges are served; empty for every one. */
    public String gitAddress() {
        return gitAddress;
    }

    /** The port at which merges are served. */
    public int gitPort() {
        return gitPort;
    }

    /** What holds for publishing logs: the first server is that of the fields above, if it has a host. */
    public LogSettings logs() {
        List<LogServer> servers = new ArrayList<>();
        LogServer first = logServer();
        if (first != null) {
            servers.add(first);
        }
        moreLogServers().stream()
                .map(SavedLogServer::server)
                .filter(Objects::nonNull)
                .forEach(servers::add);
        return LogSettings.of(servers, logs == null ? Map.of() : logs);
    }

    /** What the form shows of {@link #logs}. */
    String log(LogField field) {
        return (logs == null ? Map.<String, String>of() : logs).getOrDefault(field.key(), field.otherwise());
    }

    /** Only while the settings are being made. */
    void log(LogField field, String value) {
        if (logs == null) {
            logs = new LinkedHashMap<>();
        }
        logs.put(field.key(), value);
    }

    /** The first log server, or null while no host is configured for it. The key file goes before the password. */
    @CheckForNull
    LogServer logServer() {
        return firstLogServer().server();
    }

    /** The first log server as the others are kept. */
    private SavedLogServer firstLogServer() {
        SavedLogServer first = new SavedLogServer();
        first.name = logServerName;
        first.host = logServerHost;
        first.port = logServerPort;
        first.user = logServerUser;
        first.keyFile = logServerKeyFile;
        first.password = logServerPassword;
        first.hostKeys = logServerHostKeys;
        first.root = logServerRoot;
        first.url = logServerUrl;
        first.protocol = logServerProtocol;
        first.retentionDays = logServerRetentionDays;
        first.retentionGigabytes = logServerRetentionGigabytes;
        return first;
    }

    /** Every log server, the first one as well. */
    List<SavedLogServer> allLogServers() {
        List<SavedLogServer> all = new ArrayList<>(List.of(firstLogServer()));
        all.addAll(moreLogServers());
        return all;
    }

    /** The log servers after the first. */
    List<SavedLogServer> moreLogServers() {
        return moreLogServers == null ? List.of() : List.copyOf(moreLogServers);
    }

    /** The URL at which nodes reach this controller; empty for the one of Jenkins' own configuration. */
    public String controllerUrl() {
        return controllerUrl;
    }

    /** Where nodes fetch branches from. Empty only while no Gerrit is configured. */
    public String gitUrl() {
        return gitUrl.isEmpty() && !gerritHost.isEmpty() ? "https://" + gerritHost : gitUrl;
    }

    /** zuul.conf's {@code url_pattern}; empty for the log server's base URL and {@code LOG_PATH}. */
    public String urlPattern() {
        return urlPattern;
    }

    /** zuul.conf's {@code job_name_in_report}. */
    public boolean jobNameInReport() {
        return !Boolean.FALSE.equals(jobNameInReport);
    }

    /** zuul.conf's {@code report_times}. */
    public boolean reportTimes() {
        return !Boolean.FALSE.equals(reportTimes);
    }

    /** zuul.conf's {@code status_url}; may be empty. */
    public String statusUrl() {
        return statusUrl;
    }

    /** Last paragraph of each report; may be empty. */
    public String footer() {
        return footer;
    }

    /** What holds for the life of nodes. */
    public NodeSettings nodes() {
        return NodeSettings.of(nodeTexts());
    }

    /** What the form shows of {@link #nodes}. */
    String node(NodeField field) {
        return nodeTexts().getOrDefault(field.key(), field.otherwise());
    }

    /** Only while the settings are being made. */
    void node(NodeField field, String value) {
        if (nodes == null) {
            nodes = new LinkedHashMap<>();
        }
        nodes.put(field.key(), value);
    }

    private Map<String, String> nodeTexts() {
        return nodes == null ? Map.of() : nodes;
    }
}
