package io.jenkins.plugins.metapluginci.web;

import com.google.gson.JsonObject;
import hudson.Extension;
import hudson.PluginWrapper;
import hudson.model.Hudson;
import hudson.model.RootAction;
import io.jenkins.plugins.metapluginci.config.MetapluginCiPage;
import io.jenkins.plugins.metapluginci.scheduler.SchedulerView;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import javax.servlet.http.HttpServletResponse;
import org.kohsuke.stapler.StaplerProxy;
import org.kohsuke.stapler.StaplerRequest;
import org.kohsuke.stapler.StaplerResponse;
import org.kohsuke.stapler.WebMethod;

/**
 * {@code /metaplugin-ci/}: what goes on in the pipelines, for everybody who may read this Jenkins, as a page and as Zuul's
 * JSON. What operators ask for is posted below it; the configuration page is at {@code configure/}.
 */
@Extension
public final class StatusPage implements RootAction, StaplerProxy {
    /** Path of the page below Jenkins' root. */
    public static final String URL = "metaplugin-ci";

    /** So much of a URL that is not understood is repeated, characters. */
    private static final int MAX_ECHO = 100;

    private static final Pattern CHANGE = Pattern.compile("/change/([0-9]{1,9},[0-9]{1,6}|[0-9a-f]{40})");

    private static final String ID_OF_LOGS = "the id of logs that wait, as the status has it";

    private final StatusSnapshot snapshot = new StatusSnapshot(System::currentTimeMillis);
    private final NodesPage nodes = new NodesPage();

    @Override
    public String getIconFileName() {
        return Hudson.getInstance().hasPermission(Hudson.READ)
                ? "/plugin/metaplugin-ci/images/metaplugin-ci.svg"
                : null;
    }

    @Override
    public String getDisplayName() {
        return Messages.StatusPage_DisplayName();
    }

    @Override
    public String getUrlName() {
        return URL;
    }

    /** Guards everything below the page, whatever its URL. */
    @Override
    public Object getTarget() {
        Hudson.getInstance().checkPermission(Hudson.READ);
        return this;
    }

    /** The configuration page, which checks for administrators itself. */
    public MetapluginCiPage getConfigure() {
        return MetapluginCiPage.belowTheStatus();
    }

    /** The page of all nodes, and what is below it. */
    public NodesPage getNodes() {
        return nodes;
    }

    /** The nodes, in JSON; with {@code ?node=NAME} one of them, with its history. */
    @WebMethod(name = "nodes.json")
    public void doNodesJson(StaplerRequest request, StaplerResponse response) throws IOException {
        nodes.answer(request, response);
    }

    /** Whether the page shows what only administrators may see and do. */
    public boolean isAdministrator() {
        return Hudson.getInstance().hasPermission(Hudson.ADMINISTER);
    }

    /** Zuul's status, in JSON. */
    @WebMethod(name = "status.json")
    public void doStatusJson(StaplerRequest request, StaplerResponse response) throws IOException {
        StatusSnapshot.Snapshot status = snapshot.get(StatusPage::view, version());
        headers(response);
        response.setDateHeader("Last-Modified", status.lastModified());
        response.setDateHeader("Expires", status.expires());
        long known = since(request);
        if (known >= status.lastModified()) {
            response.setStatus(HttpServletResponse.SC_NOT_MODIFIED);
            return;
        }
        boolean gzip = String.valueOf(request.getHeader("Accept-Encoding")).contains("gzip");
        if (gzip) {
            response.setHeader("Content-Encoding", "gzip");
            response.setContentLength(status.gzippedLength());
        }
        status.writeTo(response.getOutputStream(), gzip);
    }

    /** Zuul's other URLs: {@code status} is the whole, {@code status/change/N,PS} the items of one change. */
    public void doStatus(StaplerRequest request, StaplerResponse response) throws IOException {
        String rest = request.getRestOfPath();
        if (rest.isEmpty() || rest.equals("/")) {
            doStatusJson(request, response);
            return;
        }
        var change = CHANGE.matcher(rest);
        StringWriter json = new StringWriter();
        headers(response);
        if (!change.matches()) {
            json.append(problem(Messages.StatusPage_NotAChange(rest.substring(0, Math.min(rest.length(), MAX_ECHO)))));
            response.setStatus(HttpServletResponse.SC_NOT_FOUND);
        } else if (!ZuulStatus.writeChange(view(), change.group(1), version(), json)) {
            json.append(problem(Messages.StatusPage_NoSuchChange(change.group(1))));
            response.setStatus(HttpServletResponse.SC_NOT_FOUND);
        }
        response.getOutputStream().write(json.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static String problem(String message) {
        JsonObject problem = new JsonObject();
        problem.addProperty("message", message);
        return problem.toString();
    }

    /** POST: reads the layout again and takes it if it is valid. */
    public void doReload(StaplerRequest request, StaplerResponse response) throws IOException {
        Operation.perform(request, response, "reload", (engine, with) -> engine.reload());
    }

    /** POST of {@code pipeline}, {@code project} and {@code change}: as {@code zuul enqueue}. */
    public void doEnqueue(StaplerRequest request, StaplerResponse response) throws IOException {
        Operation.perform(request, response, "enqueue", (engine, with) -> {
            String pipeline = with.pipeline(engine);
            String project = with.project();
            Operation.Patchset change = with.change();
            return engine.enqueue(pipeline, project, change.number(), change.patchset());
        });
    }

    /** POST of {@code pipeline} and {@code change}. */
    public void doDequeue(StaplerRequest request, StaplerResponse response) throws IOException {
        Operation.perform(request, response, "dequeue", (engine, with) -> {
            String pipeline = with.pipeline(engine);
            return engine.dequeue(pipeline, with.item());
        });
    }

    /** POST of {@code pipeline} and {@code changes}: as {@code zuul promote}. */
    public void doPromote(StaplerRequest request, StaplerResponse response) throws IOException {
        Operation.perform(
                request, response, "promote", (engine, with) -> engine.promote(with.pipeline(engine), with.changes()));
    }

    /** POST of one {@code key} or several, or of {@code all=true}: takes up missed events that were beyond the limit. */
    public void doEnqueueMissed(StaplerRequest request, StaplerResponse response) throws IOException {
        Operation.perform(
                request, response, "enqueueMissed", (engine, with) -> engine.enqueueMissed(with.missed(engine)));
    }

    /** POST: the reports that went out without their vote were seen. */
    public void doForgetUnvoted(StaplerRequest request, StaplerResponse response) throws IOException {
        Operation.perform(request, response, "forgetUnvoted", (engine, with) -> engine.forgetUnvoted());
    }

    /** POST of {@code id}: sends now what waits for its log server. */
    public void doRetryLogs(StaplerRequest request, StaplerResponse response) throws IOException {
        Operation.perform(
                request, response, "retryLogs", (engine, with) -> engine.retryLogs(with.text("id", ID_OF_LOGS)));
    }

    /** POST of {@code id}: gives up what is not at its log server yet. */
    public void doGiveUpLogs(StaplerRequest request, StaplerResponse response) throws IOException {
        Operation.perform(
                request, response, "giveUpLogs", (engine, with) -> engine.giveUpLogs(with.text("id", ID_OF_LOGS)));
    }

    private static SchedulerView view() {
        WebRoom.Engine engine = WebRoom.engine();
        if (engine != null) {
            return engine.view();
        }
        return new SchedulerView(
                System.currentTimeMillis(),
                0,
                0,
                0,
                false,
                false,
                Messages.StatusPage_NotUp(),
                null,
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                0);
    }

    /** As Zuul's, so that dashboards elsewhere may read it; but no shared cache keeps what a login was needed for. */
    static void headers(StaplerResponse response) {
        boolean open = Hudson.getInstance().getACL().hasPermission(Hudson.ANONYMOUS, Hudson.READ);
        response.setContentType("application/json;charset=UTF-8");
        response.setHeader("Access-Control-Allow-Origin", "*");
        response.setHeader("Cache-Control", (open ? "public" : "private") + ", max-age=1");
        response.setHeader("Vary", "Accept-Encoding");
        response.setHeader("X-Content-Type-Options", "nosniff");
    }

    private static long since(StaplerRequest request) {
        try {
            return request.getDateHeader("If-Modified-Since");
        } catch (IllegalArgumentException e) {
            return -1;
        }
    }

    /** Of the plugin; shown, and Zuul's {@code zuul_version}. */
    public static String version() {
        PluginWrapper plugin = Hudson.getInstance().getPluginManager().getPlugin("metaplugin-ci");
        return plugin == null ? "" : plugin.getVersion();
    }
}
