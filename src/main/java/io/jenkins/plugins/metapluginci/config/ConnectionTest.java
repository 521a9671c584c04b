package io.jenkins.plugins.metapluginci.config;

import com.google.gson.JsonObject;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Util;
import hudson.util.FormValidation;
import io.jenkins.plugins.metapluginci.gerrit.GerritProbe;
import io.jenkins.plugins.metapluginci.gerrit.GerritSettings;
import io.jenkins.plugins.metapluginci.logs.LogRoom;
import io.jenkins.plugins.metapluginci.logs.LogServer;
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
     * @param fields those of the log server, by name
     */
    static FormValidation logServer(MetapluginCiSettings saved, Map<String, String> fields)
            throws InterruptedException {
        MetapluginCiForm form = new MetapluginCiForm(json(fields), saved);
        boolean typed = !fields.getOrDefault("logServerPassword", "").isEmpty();
        boolean wantsPassword = form.get("logServerKeyFile").isEmpty() && !typed;
        String problem = form.get("logServerHost").isEmpty() ? Messages.Test_host() : firstProblem(form, "logServer");
        if (problem == null && wantsPassword && !form.isSameLogServer(saved)) {
            problem = Messages.Test_passwordNotKept();
        }
        if (problem == null && ConfigRoom.engine() == null) {
            problem = Messages.Test_notStarted();
        }
        if (problem != null) {
            return FormValidation.error(problem);
        }
        LogServer server = form.settings(saved).logServer();
        problem = LogRoom.publisher().testLogServer(server);
        return problem == null
                ? connected(Messages.Test_logServer(server.target(), server.root()), form.get("logServerKeyFile"))
                : FormValidation.error(problem);
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
