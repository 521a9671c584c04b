package io.jenkins.plugins.metapluginci.web;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.model.Computer;
import hudson.model.Hudson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import javax.servlet.http.HttpServletResponse;
import org.kohsuke.stapler.HttpResponses;
import org.kohsuke.stapler.StaplerProxy;
import org.kohsuke.stapler.StaplerRequest;
import org.kohsuke.stapler.StaplerResponse;

/**
 * {@code /metaplugin-ci/nodes/}: all nodes and what may be done with them, for everybody who may read this Jenkins. Below it
 * {@code NAME/}, with what {@link NodePage} has.
 */
public final class NodesPage implements StaplerProxy {
    /** How long an answer is given to everybody who asks, milliseconds. */
    private static final long EXPIRY_MS = 1_000;

    /** The last answer, and when it was made; guarded by {@code this}. Null before the first. */
    private byte[] last;

    private long lastAt;

    NodesPage() {}

    /** Guards everything below the page, whatever its URL. */
    @Override
    public Object getTarget() {
        Hudson.getInstance().checkPermission(Hudson.READ);
        return this;
    }

    /** Whether the page shows what only administrators may do. */
    public boolean isAdministrator() {
        return Hudson.getInstance().hasPermission(Hudson.ADMINISTER);
    }

    /** The form that adds a node, which checks for administrators itself. */
    public AddNodePage getAdd() {
        return new AddNodePage();
    }

    /** The page of a node; null when there is no such node. */
    @CheckForNull
    public Object getDynamic(String name, StaplerRequest request, StaplerResponse response) {
        Computer computer = computer(name);
        return computer == null ? null : new NodePage(name);
    }

    @CheckForNull
    private static Computer computer(String name) {
        Computer computer = name.isEmpty() ? null : Hudson.getInstance().getComputer(name);
        return computer instanceof Hudson.MasterComputer ? null : computer;
    }

    /** Writes all nodes, or the one of the parameter {@code node}. */
    void answer(StaplerRequest request, StaplerResponse response) throws IOException {
        String node = request.getParameter("node");
        if (node != null) {
            answerOne(node, request, response);
            return;
        }
        byte[] json = all();
        StatusPage.headers(response);
        response.getOutputStream().write(json);
    }

    /** However many look, the nodes are asked once a second. */
    private synchronized byte[] all() {
        long now = System.currentTimeMillis();
        WebRoom.Engine engine = WebRoom.engine();
        NodeDesk desk = engine == null ? null : engine.nodes();
        if (desk == null) {
            last = null;
            String why = engine == null ? Messages.StatusPage_NotUp() : Messages.NodePage_NoRecords();
            return NodesJson.without(why, now).getBytes(StandardCharsets.UTF_8);
        }
        if (last == null || now < lastAt || now - lastAt >= EXPIRY_MS) {
            last = NodesJson.of(desk.view()).getBytes(StandardCharsets.UTF_8);
            lastAt = now;
        }
        return last;
    }

    /** With {@code history=N}, as many entries of the history; with {@code log=N}, the log of the preparation from there on. */
    static void answerOne(String node, StaplerRequest request, StaplerResponse response) throws IOException {
        WebRoom.Engine engine = WebRoom.engine();
        NodeDesk desk = engine == null ? null : engine.nodes();
        if (desk == null) {
            response.setStatus(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
            response.setContentType("text/plain;charset=UTF-8");
            response.getWriter().println(engine == null ? Messages.StatusPage_NotUp() : Messages.NodePage_NoRecords());
            return;
        }
        NodesView.Detail detail = desk.detail(
                node, (int) number(request.getParameter("history"), 50), number(request.getParameter("log"), 0));
        if (detail == null) {
            throw HttpResponses.status(HttpServletResponse.SC_NOT_FOUND);
        }
        StatusPage.headers(response);
        response.getOutputStream().write(NodesJson.of(detail).getBytes(StandardCharsets.UTF_8));
    }

    private static long number(@CheckForNull String text, long otherwise) {
        return text != null && text.matches("[0-9]{1,9}") ? Long.parseLong(text) : otherwise;
    }
}
