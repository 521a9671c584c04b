package io.jenkins.plugins.metapluginci.config;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.model.Hudson;
import hudson.util.FormValidation;
import io.jenkins.plugins.metapluginci.logs.LogField;
import io.jenkins.plugins.metapluginci.logs.LogServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.StaplerRequest;

/**
 * Answers the checks of the form's part about log servers, in every row: the core finds a field's check by the field's name.
 * Public because the core calls its methods by reflection.
 */
public abstract class LogFieldChecks extends NodeFieldChecks {
    LogFieldChecks() {}

    private static FormValidation check(LogField field, @CheckForNull String value) {
        String text = Checks.text(value);
        return Checks.asValidation(field.problem(text.isEmpty() ? field.otherwise() : text));
    }

    public FormValidation doCheckLogServerHost(@QueryParameter String value) {
        return Checks.asValidation(Checks.host(Checks.text(value)));
    }

    public FormValidation doCheckLogServerPort(@QueryParameter String value) {
        return Checks.asValidation(Checks.port(Checks.text(value)));
    }

    public FormValidation doCheckLogServerUser(@QueryParameter String value) {
        return Checks.asValidation(Checks.user(Checks.text(value)));
    }

    public FormValidation doCheckLogServerKeyFile(@QueryParameter String value) {
        return keyFile(Checks.text(value));
    }

    public FormValidation doCheckLogServerHostKeys(@QueryParameter String value) {
        return hostKeys(Checks.text(value));
    }

    public FormValidation doCheckLogServerRoot(@QueryParameter String value) {
        return Checks.asValidation(Checks.directory(Checks.text(value)));
    }

    public FormValidation doCheckLogServerUrl(@QueryParameter String value) {
        return Checks.asValidation(Checks.webUrl(Checks.text(value)));
    }

    static FormValidation keyFile(String value) {
        String problem = Checks.keyFile(value);
        boolean look =
                problem == null && !value.isEmpty() && Hudson.getInstance().hasPermission(Hudson.ADMINISTER);
        if (!look) {
            return Checks.asValidation(problem);
        }
        if (!Files.isReadable(Path.of(value))) {
            return FormValidation.warning(Messages.Checks_keyFileUnreadable());
        }
        String open = Checks.keyFileOpen(value);
        return open == null ? FormValidation.ok() : FormValidation.warning(open);
    }

    static FormValidation hostKeys(String value) {
        return value.isEmpty()
                ? FormValidation.warning(Messages.Checks_hostKeysMissing())
                : Checks.asValidation(Checks.hostKeys(value));
    }

    public FormValidation doCheckLogServerName(@QueryParameter String value) {
        return Checks.asValidation(LogServer.nameProblem(FormFields.orDefault("logServerName", Checks.text(value))));
    }

    public FormValidation doCheckLogServerProtocol(@QueryParameter String value) {
        return Checks.asValidation(Checks.protocol(FormFields.orDefault("logServerProtocol", Checks.text(value))));
    }

    public FormValidation doCheckLogServerRetentionDays(@QueryParameter String value) {
        return Checks.asValidation(
                Checks.retention(FormFields.orDefault("logServerRetentionDays", Checks.text(value))));
    }

    public FormValidation doCheckLogServerRetentionGigabytes(@QueryParameter String value) {
        return Checks.asValidation(
                Checks.retention(FormFields.orDefault("logServerRetentionGigabytes", Checks.text(value))));
    }

    public FormValidation doCheckLogVoteWait(@QueryParameter String value) {
        return check(LogField.VOTE_WAIT_MINUTES, value);
    }

    public FormValidation doCheckLogDeadline(@QueryParameter String value) {
        return check(LogField.DEADLINE_MINUTES, value);
    }

    public FormValidation doCheckLogSpool(@QueryParameter String value) {
        return check(LogField.SPOOL_MEGABYTES, value);
    }

    public FormValidation doCheckLogFileCount(@QueryParameter String value) {
        return check(LogField.FILES, value);
    }

    public FormValidation doCheckLogFileSize(@QueryParameter String value) {
        return check(LogField.FILE_MEGABYTES, value);
    }

    public FormValidation doCheckLogTotalSize(@QueryParameter String value) {
        return check(LogField.TOTAL_MEGABYTES, value);
    }

    /** Connects to the log server with what the form holds, saved or not, writes a small file there and reads it. */
    public FormValidation doTestLogServer(
            StaplerRequest request,
            @QueryParameter String logServerHost,
            @QueryParameter String logServerPort,
            @QueryParameter String logServerUser,
            @QueryParameter String logServerKeyFile,
            @QueryParameter String logServerPassword,
            @QueryParameter String logServerHostKeys,
            @QueryParameter String logServerRoot,
            @QueryParameter String logServerUrl,
            @QueryParameter String logServerProtocol)
            throws InterruptedException {
        MetapluginCiPage.checkMayChange(request);
        Map<String, String> fields = new HashMap<>();
        fields.put("logServerHost", logServerHost);
        fields.put("logServerPort", logServerPort);
        fields.put("logServerUser", logServerUser);
        fields.put("logServerKeyFile", logServerKeyFile);
        fields.put("logServerPassword", logServerPassword);
        fields.put("logServerHostKeys", logServerHostKeys);
        fields.put("logServerRoot", logServerRoot);
        fields.put("logServerUrl", logServerUrl);
        fields.put("logServerProtocol", logServerProtocol);
        return ConnectionTest.logServer(MetapluginCiConfiguration.get().settings(), fields);
    }
}
