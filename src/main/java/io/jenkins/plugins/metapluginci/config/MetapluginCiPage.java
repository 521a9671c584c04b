package io.jenkins.plugins.metapluginci.config;

import com.google.gson.Gson;
import hudson.Extension;
import hudson.model.Hudson;
import hudson.model.ManagementLink;
import io.jenkins.plugins.metapluginci.job.LaunchableJobs;
import io.jenkins.plugins.metapluginci.layout.Layout;
import io.jenkins.plugins.metapluginci.layout.LayoutResult;
import io.jenkins.plugins.metapluginci.layout.Problem;
import io.jenkins.plugins.metapluginci.layout.ShippedLayouts;
import io.jenkins.plugins.metapluginci.logs.LogServer;
import io.jenkins.plugins.metapluginci.logs.LogServerSetup;
import java.io.IOException;
import java.util.List;
import javax.servlet.ServletException;
import org.kohsuke.stapler.HttpResponses;
import org.kohsuke.stapler.Stapler;
import org.kohsuke.stapler.StaplerProxy;
import org.kohsuke.stapler.StaplerRequest;
import org.kohsuke.stapler.StaplerResponse;

/**
 * Manage Jenkins » Metaplugin CI, at {@code /metaplugin-ci/configure/}: the state of the parts, and the form. For administrators only, whatever
 * is below it. A second instance, with what was typed and what is wrong with it, shows a refused form again.
 */
@Extension
public final class MetapluginCiPage extends ManagementLink implements StaplerProxy {
    /** Path of the page below Jenkins' root: the status page leads there. */
    public static final String URL = "metaplugin-ci/configure";

    private static final String SAVED = "saved";

    private final String name;
    private final MetapluginCiForm refused;
    private final List<FormProblem> problems;

    /** As Manage Jenkins lists it. */
    public MetapluginCiPage() {
        this(Messages.MetapluginCiPage_DisplayName(), null, List.of());
    }

    private MetapluginCiPage(String name, MetapluginCiForm refused, List<FormProblem> problems) {
        this.name = name;
        this.refused = refused;
        this.problems = problems;
    }

    /** As it is called below the status page, which has the plugin's name already. */
    public static MetapluginCiPage belowTheStatus() {
        return new MetapluginCiPage(Messages.MetapluginCiPage_Configuration(), null, List.of());
    }

    @Override
    public String getIconFileName() {
        return Hudson.getInstance().hasPermission(Hudson.ADMINISTER)
                ? "/plugin/metaplugin-ci/images/metaplugin-ci.svg"
                : null;
    }

    @Override
    public String getUrlName() {
        return URL;
    }

    @Override
    public String getDisplayName() {
        return name;
    }

    @Override
    public String getDescription() {
        return Messages.MetapluginCiPage_Description();
    }

    @Override
    public Object getTarget() {
        Hudson.getInstance().checkPermission(Hudson.ADMINISTER);
        return this;
    }

    /** What the form shows. */
    public MetapluginCiForm getForm() {
        return refused == null ? new MetapluginCiForm(getConfiguration().settings()) : refused;
    }

    /** The form's descriptor, for its checks and help. */
    public MetapluginCiConfiguration getConfiguration() {
        return MetapluginCiConfiguration.get();
    }

    /** What is wrong with the refused form; empty when none was refused. */
    public List<FormProblem> getProblems() {
        return List.copyOf(problems);
    }

    /** Whether the form was saved the moment before. */
    public boolean isSaved() {
        return Stapler.getCurrentRequest().getParameter(SAVED) != null;
    }

    /** Saves the form if all of it is right; else shows it again, as it was typed, with all that is wrong. */
    public void doConfigSubmit(StaplerRequest request, StaplerResponse response) throws IOException, ServletException {
        checkMayChange(request);
        MetapluginCiConfiguration configuration = getConfiguration();
        MetapluginCiSettings saved = configuration.settings();
        MetapluginCiForm form;
        try {
            form = new MetapluginCiForm(request.getParameter("json"), saved);
        } catch (IllegalArgumentException e) {
            response.setContentType("text/plain;charset=UTF-8");
            response.setStatus(400);
            response.getWriter().println(e.getMessage());
            return;
        }
        List<FormProblem> wrong = form.problems();
        if (wrong.isEmpty()) {
            configuration.replace(form.settings(saved));
            response.sendRedirect2(".?" + SAVED);
        } else {
            response.setStatus(400);
            request.getView(new MetapluginCiPage(name, form, wrong), "index.jelly")
                    .forward(request, response);
        }
    }

    /** The second layout that is shipped, to be copied. */
    public void doThirdPartyLayout(StaplerResponse response) throws IOException {
        Hudson.getInstance().checkPermission(Hudson.ADMINISTER);
        text(response, ShippedLayouts.thirdParty());
    }

    /** The script that makes a Debian machine the log server. */
    public void doSetupLogServer(StaplerResponse response) throws IOException {
        Hudson.getInstance().checkPermission(Hudson.ADMINISTER);
        text(response, LogServerSetup.script());
    }

    /** A site for Apache that shows the logs of the first log server. */
    public void doApacheSite(StaplerResponse response) throws IOException {
        Hudson.getInstance().checkPermission(Hudson.ADMINISTER);
        LogServer first = getConfiguration().settings().logServer();
        text(
                response,
                LogServerSetup.apacheSite(LogServerSetup.DIRECTORY + "/logs", first == null ? null : first.baseUrl()));
    }

    private static void text(StaplerResponse response, String text) throws IOException {
        response.setContentType("text/plain;charset=UTF-8");
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.getWriter().print(text);
    }

    /**
     * What is wrong with a layout that is being typed, as JSON for the page's script and for others. An empty one is what
     * saving makes of it: the layout that is shipped.
     */
    public void doCheckLayout(StaplerRequest request, StaplerResponse response) throws IOException {
        checkMayChange(request);
        String connection = request.getParameter("connection");
        LayoutResult result = LayoutSource.read(
                        FormFields.orDefault("layout", Checks.lines(request.getParameter("value"))),
                        "",
                        FormFields.orDefault("connectionName", Checks.text(connection)))
                .result();
        Layout layout = result.layout();
        List<String> missing = layout == null ? List.of() : LaunchableJobs.missing(layout);
        answer(response, new Gson().toJson(new Checked(result.errors(), result.warnings(), missing)));
    }

    private record Checked(List<Problem> errors, List<Problem> warnings, List<String> missingJobs) {}

    /** What goes on, for the page's script. */
    public void doStatus(StaplerRequest request, StaplerResponse response) throws IOException {
        Hudson.getInstance().checkPermission(Hudson.ADMINISTER);
        ConfigRoom.Engine engine = ConfigRoom.engine();
        answer(response, engine == null ? "{}" : engine.statusJson());
    }

    private static void answer(StaplerResponse response, String json) throws IOException {
        response.setContentType("application/json;charset=UTF-8");
        response.setHeader("Cache-Control", "no-store");
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.getWriter().print(json);
    }

    /** For every URL that changes something or connects somewhere: an administrator's POST, or an error. */
    static void checkMayChange(StaplerRequest request) {
        Hudson.getInstance().checkPermission(Hudson.ADMINISTER);
        if (!"POST".equals(request.getMethod())) {
            throw HttpResponses.status(405);
        }
    }
}
