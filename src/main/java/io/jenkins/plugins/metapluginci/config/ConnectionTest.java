package io.jenkins.plugins.metapluginci.config;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Util;
import hudson.util.FormValidation;
import io.jenkins.plugins.metapluginci.gerrit.GerritProbe;
import io.jenkins.plugins.metapluginci.gerrit.GerritSettings;
import io.jenkins.plugins.metapluginci.logs.LogRoom;
import io.jenkins.plugins.metapluginci.logs.LogServer;
import io.jenkins.plugins.metapluginci.logs.LogServerProbe;
import io.jenkins.plugins.metapluginci.ssh.SshException;
import io.jenkins.plugins.metapluginci.ssh.SshTarget;
import java.util.Map;

/**
 * What the two "Test connection" buttons do: the same login as in earnest, with what the form holds. Takes up to some tens
 * of seconds.
 */
final class ConnectionTest {
    private ConnectionTest() {}

    /** @param fields those of Gerrit, by name */
    static FormValidation gerrit(MetapluginCiSettings saved, Map<String, String> fields) throws InterruptedException {
        MetapluginCiForm form = new MetapluginCiForm(json(fields), saved);
        String problem = form.get("gerritHost").isEmpty() ? Messages.Test_host() : firstProblem(form, "gerrit");
        ConfigRoom.Engine engine = ConfigRoom.engine();
        if (problem == null && engine == null) {
            problem = Messages.Test_notStarted();
        }
        if (problem != null) {
            return FormValidation.error(problem);
        }
        SshTarget target = form.settings(saved).gerrit();
        try {
            GerritProbe probe = engine.testGerrit(new GerritSettings(target));
            String found = Messages.Test_gerrit(target, probe.version());
            return probe.mayStream()
                    ? connected(found, form.get("gerritKeyFile"))
                    : FormValidation.error(found + " " + Util.fixNull(probe.problem()));
        } catch (SshException e) {
            return FormValidation.error(e.getMessage());
        }
    }

    /**
     * An empty password stands for the saved one, but never goes to another host or account than it was saved for.
     *
     * @param fields those of a log server, by name
     */
    static FormValidation logServer(MetapluginCiSettings saved, Map<String, String> fields)
            throws InterruptedException {
        LogServerRow row =
                new LogServerRow(JsonParser.parseString(json(fields)).getAsJsonObject(), saved.allLogServers());
        Map<String, String> wrong = row.connectionProblems();
        // A server needs no name to be tried.
        wrong.remove("logServerName");
        String problem = row.get("logServerHost").isEmpty()
                ? Messages.Test_host()
                : wrong.values().stream().findFirst().orElse(null);
        if (wrong.containsKey("logServerKeyFile")
                && saved.allLogServers().stream().anyMatch(each -> each.password != null)) {
            problem = Messages.Test_passwordNotKept();
        }
        if (problem == null && ConfigRoom.engine() == null) {
            problem = Messages.Test_notStarted();
        }
        if (problem != null) {
            return FormValidation.error(problem);
        }
        LogServer server = row.server().server();
        LogServerProbe probe = LogRoom.publisher().testLogServer(server);
        return probe.problem() == null
                ? connected(
                        Messages.Test_logServer(server.target(), server.root(), probe.how()),
                        row.get("logServerKeyFile"))
                : FormValidation.error(probe.problem());
    }

    private static FormValidation connected(String found, String keyFile) {
        String open = Checks.keyFileOpen(keyFile);
        return open == null ? FormValidation.ok(found) : FormValidation.warning(found + " " + open);
    }

    private static String json(Map<String, String> fields) {
        JsonObject json = new JsonObject();
        fields.forEach((name, value) -> json.addProperty(name, value == null ? "" : value));
        return json.toString();
    }

    /** Of the fields of one side: the other's are not tested. */
    @CheckForNull
    private static String firstProblem(MetapluginCiForm form, String side) {
        return form.connectionProblems().stream()
                .filter(problem -> problem.getField().startsWith(side))
                .map(FormProblem::getText)
                .findFirst()
                .orElse(null);
    }
}
