package io.jenkins.plugins.metapluginci.web;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Util;
import hudson.model.Action;
import hudson.model.Computer;
import hudson.model.Hudson;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.kohsuke.stapler.StaplerProxy;
import org.kohsuke.stapler.StaplerRequest;
import org.kohsuke.stapler.StaplerResponse;
import org.kohsuke.stapler.WebMethod;

/**
 * {@code /computer/NAME/metaplugin-ci/}, also at {@code /metaplugin-ci/nodes/NAME/}: one node's life, for everybody who may read
 * this Jenkins, and by POST what administrators ask for.
 */
public final class NodePage implements Action, StaplerProxy {
    private static final long HOUR_MS = 3_600_000;
    /** A year. */
    private static final double MAX_HOURS = 8784;

    private final String node;

    NodePage(String node) {
        this.node = node;
    }

    /** Below Jenkins' root. */
    static String path(String node) {
        return "computer/" + Util.rawEncode(node) + "/" + StatusPage.URL + "/";
    }

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
        return StatusPage.URL;
    }

    /** Guards everything below the page, whatever its URL. */
    @Override
    public Object getTarget() {
        Hudson.getInstance().checkPermission(Hudson.READ);
        return this;
    }

    /** The node's own object of the core, for the panel at the side; null when it is gone. */
    @CheckForNull
    public Computer getComputer() {
        return Hudson.getInstance().getComputer(node);
    }

    /** The node's name. */
    public String getNode() {
        return node;
    }

    /** The page's path below Jenkins' root. */
    public String getPath() {
        return path(node);
    }

    /** Where the page's script reads, below {@code /metaplugin-ci/}. */
    public String getQuery() {
        return "nodes.json?node=" + Util.rawEncode(node);
    }

    /** Whether the core's own panel at the side can be shown on this page: the links of 1.395's are relative to another. */
    public boolean isCorePanel() {
        return NodeLinks.coreShowsActions();
    }

    /** Whether the page shows what only administrators may do. */
    public boolean isAdministrator() {
        return Hudson.getInstance().hasPermission(Hudson.ADMINISTER);
    }

    /** For how many hours a node is held for which nobody says. */
    public String getHoldHours() {
        WebRoom.Engine engine = WebRoom.engine();
        NodeDesk desk = engine == null ? null : engine.nodes();
        long ms = desk == null ? 24 * HOUR_MS : desk.holdMs();
        return ms % HOUR_MS == 0 ? String.valueOf(ms / HOUR_MS) : String.valueOf((double) ms / HOUR_MS);
    }

    /** The node in JSON, as at {@code /metaplugin-ci/nodes.json?node=NAME}. */
    @WebMethod(name = "node.json")
    public void doNodeJson(StaplerRequest request, StaplerResponse response) throws IOException {
        NodesPage.answerOne(getNode(), request, response);
    }

    /** POST of {@code until}, in hours from now: keeps the node as it is. */
    public void doHold(StaplerRequest request, StaplerResponse response) throws IOException {
        ask(request, response, "hold", (desk, by, with) -> {
            long ms = with.has("until") ? hours(with.text("until", Messages.NodePage_ExpectedUntil())) : desk.holdMs();
            return desk.hold(getNode(), by, System.currentTimeMillis() + ms);
        });
    }

    /** POST: ends a hold, with a reboot. */
    public void doRelease(StaplerRequest request, StaplerResponse response) throws IOException {
        ask(request, response, "release", (desk, by, with) -> desk.release(getNode(), by));
    }

    /** POST: lets the node take builds again without a reboot. */
    public void doReleaseWithoutReboot(StaplerRequest request, StaplerResponse response) throws IOException {
        ask(request, response, "releaseWithoutReboot", (desk, by, with) -> desk.releaseWithoutReboot(getNode(), by));
    }

    /** POST: reboots the node now. */
    public void doReboot(StaplerRequest request, StaplerResponse response) throws IOException {
        ask(request, response, "reboot", (desk, by, with) -> desk.reboot(getNode(), by));
    }

    /** POST: checks the node now. */
    public void doRecheck(StaplerRequest request, StaplerResponse response) throws IOException {
        ask(request, response, "recheck", (desk, by, with) -> desk.recheck(getNode(), by));
    }

    /** POST: prepares the node again. */
    public void doPrepare(StaplerRequest request, StaplerResponse response) throws IOException {
        ask(request, response, "prepare", (desk, by, with) -> desk.prepare(getNode(), by));
    }

    /** Something asked of the nodes' lifecycle. Gives null when it will be done, else why not. */
    private interface Wish {
        @CheckForNull
        String ask(NodeDesk desk, String by, Operation with) throws Operation.InvalidException;
    }

    private void ask(StaplerRequest request, StaplerResponse response, String what, Wish wish) throws IOException {
        Operation.perform(request, response, what + " of node " + getNode(), (engine, with) -> {
            NodeDesk desk = engine.nodes();
            String by = Hudson.getAuthentication().getName();
            return CompletableFuture.completedFuture(
                    desk == null ? Messages.NodePage_NoRecords() : wish.ask(desk, by, with));
        });
    }

    private static long hours(String text) throws Operation.InvalidException {
        double hours = text.matches("[0-9]{1,5}([.][0-9]{1,4})?") ? Double.parseDouble(text) : 0;
        if (hours <= 0 || hours > MAX_HOURS) {
            throw new Operation.InvalidException(
                    "until", text, Messages.Operation_Expected(Messages.NodePage_ExpectedUntil()));
        }
        return Math.round(hours * HOUR_MS);
    }
}
