package io.jenkins.plugins.metapluginci.web;

import hudson.model.Descriptor;
import hudson.model.Hudson;
import hudson.slaves.ComputerLauncher;
import io.jenkins.plugins.metapluginci.config.MetapluginCiConfiguration;
import io.jenkins.plugins.metapluginci.node.NodeLifecycle;
import io.jenkins.plugins.metapluginci.node.Nodes;
import io.jenkins.plugins.metapluginci.node.PreparationScript;
import java.io.IOException;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.servlet.ServletException;
import javax.servlet.http.HttpServletResponse;
import org.kohsuke.stapler.StaplerProxy;
import org.kohsuke.stapler.StaplerRequest;
import org.kohsuke.stapler.StaplerResponse;

/**
 * {@code /metaplugin-ci/nodes/add/}: one form instead of the specification's "build a slave" and "register a slave". For
 * administrators, whatever is below it. A second instance, with what was typed and what is wrong with it, shows a refused
 * form again.
 */
public final class AddNodePage implements StaplerProxy {
    private static final Logger LOGGER = Logger.getLogger(AddNodePage.class.getName());

    private final AddNodeForm form;
    private final List<String> problems;

    AddNodePage() {
        this(new AddNodeForm(), List.of());
    }

    private AddNodePage(AddNodeForm form, List<String> problems) {
        this.form = form;
        this.problems = List.copyOf(problems);
    }

    @Override
    public Object getTarget() {
        Hudson.getInstance().checkPermission(Hudson.ADMINISTER);
        return this;
    }

    public AddNodeForm getForm() {
        return form;
    }

    /** What is wrong with the refused form; empty when none was refused. */
    public List<String> getProblems() {
        return List.copyOf(problems);
    }

    /** The installed ways to connect a node, by SSH first. */
    public List<Descriptor<ComputerLauncher>> getLaunchers() {
        return AddNodeForm.launchers();
    }

    /** What preparing runs on the machine, with the settings of now. */
    public String getMachineScript() {
        return PreparationScript.machine(
                MetapluginCiConfiguration.get().settings().nodes(), form.getRoot());
    }

    /** What preparing runs for each git repository. */
    public String getGitScript() {
        return PreparationScript.git();
    }

    /** Makes the node if all of the form is right; else shows it again, as it was typed, with all that is wrong. */
    public void doSubmit(StaplerRequest request, StaplerResponse response) throws IOException, ServletException {
        Hudson.getInstance().checkPermission(Hudson.ADMINISTER);
        if (!"POST".equals(request.getMethod())) {
            response.setHeader("Allow", "POST");
            refuse(response, HttpServletResponse.SC_METHOD_NOT_ALLOWED, Messages.Operation_PostOnly());
            return;
        }
        AddNodeForm typed = AddNodeForm.of(request, request.getParameter("json"));
        if (typed == null) {
            refuse(response, HttpServletResponse.SC_BAD_REQUEST, Messages.AddNodePage_noForm());
            return;
        }
        List<String> wrong = typed.problems();
        if (wrong.isEmpty()) {
            wrong = make(typed);
        }
        if (wrong.isEmpty()) {
            response.sendRedirect2("../" + typed.getName() + "/");
        } else {
            response.setStatus(HttpServletResponse.SC_BAD_REQUEST);
            request.getView(new AddNodePage(typed, wrong), "index.jelly").forward(request, response);
        }
    }

    /** @return why it could not be made; empty when it was */
    private static List<String> make(AddNodeForm typed) {
        NodeLifecycle lifecycle = Nodes.lifecycle();
        if (lifecycle == null) {
            return List.of(Messages.StatusPage_NotUp());
        }
        String by = Hudson.getAuthentication().getName();
        try {
            Hudson.getInstance().addNode(typed.node(Messages.AddNodePage_Description(by)));
        } catch (Exception e) {
            LOGGER.log(Level.WARNING, "The node " + typed.getName() + " could not be added", e);
            return List.of(String.valueOf(e.getMessage()));
        }
        String refusal = lifecycle.provision(typed.getName(), by, typed.isPrepare());
        LOGGER.log(Level.INFO, "{0} added the node {1}, to be prepared: {2}{3}", new Object[] {
            by, typed.getName(), typed.isPrepare(), refusal == null ? "" : "; but " + refusal
        });
        return List.of();
    }

    private static void refuse(StaplerResponse response, int status, String message) throws IOException {
        response.setStatus(status);
        response.setContentType("text/plain;charset=UTF-8");
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.getWriter().println(message);
    }
}
