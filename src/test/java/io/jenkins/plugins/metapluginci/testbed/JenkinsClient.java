package io.jenkins.plugins.metapluginci.testbed;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jsoup.nodes.Element;

/**
 * Drives a controller from outside, as a user or a script would: over HTTP, its JSON API and its HTML forms. The same
 * calls work on core 1.395 and on current Jenkins.
 */
public final class JenkinsClient extends HttpSession {

    private static final String BUILD_FIELDS = "number,result,building,builtOn,duration,timestamp,url,description";

    /** A session of {@code account}, null for anonymous. */
    public JenkinsClient(URI root, Account account) {
        super(root, account);
    }

    private JenkinsClient(URI root, Account account, boolean crumbs) {
        super(root, account, crumbs);
    }

    /** The same user in a session whose POSTs carry no crumb. */
    public JenkinsClient withoutCrumbs() {
        return new JenkinsClient(root(), account(), false);
    }

    /**
     * A build.
     *
     * @param job its job
     * @param number its number
     * @param building whether it still runs
     * @param result SUCCESS, FAILURE, ABORTED, …; empty while it runs
     * @param node name of the node it runs or ran on, empty for the controller itself
     * @param startMs when it started, ms since 1970
     * @param durationMs how long it took; 0 while it runs
     */
    public record Build(
            String job, int number, boolean building, String result, String node, long startMs, long durationMs) {}

    /**
     * A node as the controller sees it.
     *
     * @param name display name; "master" (1.395) or "Built-In Node" for the controller itself
     * @param offline nothing can run there, for whatever reason
     * @param temporarilyOffline taken offline by somebody
     * @param reason why it is offline, as its page says; empty when it is not
     * @param idle whether no build runs there
     */
    public record Computer(String name, boolean offline, boolean temporarilyOffline, String reason, boolean idle) {}

    /**
     * Something that waits to run.
     *
     * @param id of current Jenkins, -1 on 1.395
     * @param task name of its job
     * @param why what it waits for
     * @param buildable whether only an executor is missing
     */
    public record QueueItem(long id, String task, String why, boolean buildable) {}

    // ---- jobs

    /** The names of all jobs. */
    public List<String> jobs() {
        List<String> names = new ArrayList<>();
        json("api/json?tree=jobs[name]").getAsJsonArray("jobs").forEach(job -> names.add(text(job, "name")));
        return names;
    }

    /** Creates a job from its config.xml. */
    public void createJob(String name, String configXml) {
        postXml("createItem?name=" + segment(name), configXml).ok();
    }

    /**
     * Creates a job on the New Item page: picks the type by the label that the page shows.
     *
     * @param label the type's display name, say "Third-party CI job (devstack-gate)"
     */
    public void createJobFromNewItemPage(String name, String label) {
        String mode = itemType(label);
        JsonObject json = new JsonObject();
        json.addProperty("name", name);
        json.addProperty("mode", mode);
        post("view/" + allView() + "/createItem", Map.of("name", name, "mode", mode, "json", json.toString()))
                .ok();
    }

    /** The labels of the New Item page. */
    public List<String> itemTypes() {
        Page categories = get("view/" + allView() + "/itemCategories?depth=3");
        List<String> labels = new ArrayList<>();
        if (categories.status() == 200) {
            eachItemType(categories, item -> labels.add(text(item, "displayName")));
        } else {
            newItemRadios().forEach(radio -> labels.add(labelOf(radio)));
        }
        return labels;
    }

    /** Deletes a job with its builds. */
    public void deleteJob(String name) {
        post(job(name) + "doDelete").ok();
    }

    /** A job's config.xml. */
    public String configXml(String name) {
        return get(job(name) + "config.xml").ok().body();
    }

    /** Replaces a job's config.xml. */
    public void setConfigXml(String name, String configXml) {
        postXml(job(name) + "config.xml", configXml).ok();
    }

    /** The path of a job's page: {@code job/NAME/}. */
    public static String job(String name) {
        return "job/" + segment(name) + "/";
    }

    // ---- builds

    /** Puts a build of a job without parameters into the queue. */
    public void schedule(String job) {
        post(job(job) + "build?delay=0sec").ok();
    }

    /** The builds that the controller still has of a job, newest first. */
    public List<Build> builds(String job) {
        List<Build> builds = new ArrayList<>();
        json(job(job) + "api/json?tree=builds[" + BUILD_FIELDS + "]")
                .getAsJsonArray("builds")
                .forEach(build -> builds.add(build(job, build.getAsJsonObject())));
        return builds;
    }

    /** A build; empty when there is none of that number. */
    public Optional<Build> build(String job, int number) {
        Page page = get(job(job) + number + "/api/json?tree=" + BUILD_FIELDS);
        return page.status() == 404
                ? Optional.empty()
                : Optional.of(build(job, page.ok().json()));
    }

    /** Everything that the JSON of a build says, its actions too. */
    public JsonObject buildJson(String job, int number) {
        return json(job(job) + number + "/api/json?depth=1");
    }

    /** Waits until a build is over. */
    public Build awaitBuild(String job, int number, Duration limit) {
        return Await.value(
                "build " + number + " of " + job + " is over",
                limit,
                () -> "\n" + get(job(job) + number + "/consoleText").body() + "\nqueue: " + queue() + "\ncomputers: "
                        + computers(),
                () -> build(job, number).filter(build -> !build.building()));
    }

    /** The console as plain text, so far. */
    public String console(String job, int number) {
        return get(job(job) + number + "/consoleText").ok().body();
    }

    /** Presses a build's stop button. */
    public void abort(String job, int number) {
        post(job(job) + number + "/stop").ok();
    }

    // ---- queue

    /** What waits. */
    public List<QueueItem> queue() {
        List<QueueItem> items = new ArrayList<>();
        for (JsonElement element : json("queue/api/json").getAsJsonArray("items")) {
            JsonObject item = element.getAsJsonObject();
            long id = item.has("id") ? item.get("id").getAsLong() : -1;
            String task = text(item.getAsJsonObject("task"), "name");
            items.add(new QueueItem(id, task, text(item, "why"), flag(item, "buildable")));
        }
        return items;
    }

    /** Takes one waiting build of a job out of the queue. */
    public void cancelQueued(String job) {
        QueueItem item = queue().stream()
                .filter(candidate -> candidate.task().equals(job))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no build of " + job + " waits: " + queue()));
        // 1.395 knows an item by its job alone.
        post(item.id() < 0 ? job(job) + "cancelQueue" : "queue/cancelItem?id=" + item.id())
                .ok();
    }

    // ---- nodes

    /** All nodes, the controller itself included. */
    public List<Computer> computers() {
        List<Computer> computers = new ArrayList<>();
        for (JsonElement element : json("computer/api/json").getAsJsonArray("computer")) {
            computers.add(computer(element.getAsJsonObject()));
        }
        return computers;
    }

    /** A node; empty when there is none of that name. */
    public Optional<Computer> findComputer(String name) {
        return computers().stream()
                .filter(computer -> computer.name().equals(name))
                .findFirst();
    }

    /** A node. */
    public Computer computer(String name) {
        return findComputer(name).orElseThrow(() -> new AssertionError("no node " + name + ": " + computers()));
    }

    /** Waits until builds can run on a node. */
    public void awaitOnline(String name, Duration limit) {
        Await.until(
                "node " + name + " is online",
                limit,
                () -> "\n" + nodeLog(name),
                () -> !computer(name).offline());
    }

    /** What the launch of a node's agent said. */
    public String nodeLog(String name) {
        return get("computer/" + segment(name) + "/log").text();
    }

    /**
     * Adds a node that the SSH Slaves plugin launches, always on.
     *
     * @param labels separated by spaces
     * @param home the agent's directory there
     * @param keyFile a private key, RSA in PEM; 0.14, the plugin of core 1.395, reads the file itself
     */
    public void createSshNode(
            String name, String labels, int executors, String home, String host, int port, String user, Path keyFile) {
        new NodeCreation(this, name, labels, home).executors(executors).ssh(host, port, user, keyFile);
    }

    /** What the form of SSH Slaves sends for a node, whichever version is installed. */
    public JsonObject sshLauncher(String host, int port, String user, Path keyFile) {
        return NodeCreation.sshLauncher(this, host, port, user, keyFile);
    }

    /** Adds a node whose agent connects to the controller, always on. */
    public void createInboundNode(String name, String labels, int executors, String home) {
        new NodeCreation(this, name, labels, home).executors(executors).inbound();
    }

    /** The secret with which the inbound agent of a node says who it is. */
    public String inboundSecret(String name) {
        Page jnlp = get("computer/" + segment(name) + "/jenkins-agent.jnlp").ok();
        Element secret = jnlp.html().selectFirst("application-desc argument");
        if (secret == null) {
            throw new AssertionError("no secret in " + jnlp.body());
        }
        return secret.text();
    }

    /** Presses "Mark this node temporarily offline", or back online. */
    public void toggleOffline(String name, String message) {
        post("computer/" + segment(name) + "/toggleOffline", Map.of("offlineMessage", message))
                .ok();
    }

    /** Takes a node out of the configuration. */
    public void deleteNode(String name) {
        post("computer/" + segment(name) + "/doDelete").ok();
    }

    // ---- forms and plugins

    /** The form of a page that has one field of structured submission, ready to be changed and submitted. */
    public HtmlForm form(String path) {
        return HtmlForm.on(this, get(path).ok());
    }

    /** The active plugins: short name to version. */
    public Map<String, String> plugins() {
        Map<String, String> plugins = new java.util.TreeMap<>();
        Page list = get("pluginManager/api/json?depth=1");
        if (list.status() == 200) {
            for (JsonElement plugin : list.json().getAsJsonArray("plugins")) {
                if (flag(plugin.getAsJsonObject(), "active")) {
                    plugins.put(text(plugin, "shortName"), text(plugin, "version"));
                }
            }
            return plugins;
        }
        // 1.395 has no JSON of them, but a table.
        for (Element box : get("pluginManager/installed").ok().html().select("input[type=checkbox][url^=plugin/]")) {
            if (box.attr("original").equals("true")) {
                Element row = box.closest("tr");
                plugins.put(
                        box.attr("url").substring("plugin/".length()),
                        row.select("td").get(2).text());
            }
        }
        return plugins;
    }

    // ---- helpers

    private String allView() {
        return text(json("api/json?tree=primaryView[name]").getAsJsonObject("primaryView"), "name");
    }

    private String itemType(String label) {
        Page categories = get("view/" + allView() + "/itemCategories?depth=3");
        List<String> found = new ArrayList<>();
        if (categories.status() == 200) {
            eachItemType(categories, item -> {
                if (text(item, "displayName").equals(label)) {
                    found.add(text(item, "class"));
                }
            });
        } else {
            newItemRadios().stream()
                    .filter(radio -> labelOf(radio).equals(label))
                    .forEach(radio -> found.add(radio.attr("value")));
        }
        if (found.isEmpty()) {
            throw new AssertionError("the New Item page has no \"" + label + "\" but " + itemTypes());
        }
        return found.get(0);
    }

    private static void eachItemType(Page categories, java.util.function.Consumer<JsonObject> action) {
        JsonArray all = categories.json().getAsJsonArray("categories");
        all.forEach(category -> category.getAsJsonObject()
                .getAsJsonArray("items")
                .forEach(item -> action.accept(item.getAsJsonObject())));
    }

    private List<Element> newItemRadios() {
        return get("view/" + allView() + "/newJob").ok().html().select("input[type=radio][name=mode]");
    }

    private static String labelOf(Element radio) {
        Element label = radio.nextElementSibling();
        return label == null ? "" : label.text();
    }

    private static Build build(String job, JsonObject json) {
        return new Build(
                job,
                json.get("number").getAsInt(),
                flag(json, "building"),
                text(json, "result"),
                text(json, "builtOn"),
                json.get("timestamp").getAsLong(),
                json.get("duration").getAsLong());
    }

    private static Computer computer(JsonObject json) {
        JsonElement cause = json.get("offlineCause");
        String reason = text(json, "offlineCauseReason");
        if (reason.isEmpty() && cause != null && cause.isJsonObject()) {
            reason = cause.toString();
        }
        return new Computer(
                text(json, "displayName"),
                flag(json, "offline"),
                flag(json, "temporarilyOffline"),
                reason,
                flag(json, "idle"));
    }

    private static boolean flag(JsonObject json, String name) {
        JsonElement value = json.get(name);
        return value != null && !value.isJsonNull() && value.getAsBoolean();
    }

    private static String text(JsonElement object, String name) {
        JsonElement value = object.getAsJsonObject().get(name);
        return value == null || value instanceof JsonNull ? "" : value.getAsString();
    }
}
