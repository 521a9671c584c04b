package io.jenkins.plugins.metapluginci.testbed;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

/**
 * A whole third-party CI as a vendor would set it up: the parts of the {@link TestBed}, two nodes joined, the job made on the
 * New Item page, the Manage page filled in. One per JVM; shared by the acceptance tests and the demo.
 */
public final class Site {
    public static final String PROJECT = "openstack/neutron";
    public static final String BRANCH = "master";
    public static final String JOB = "check-tempest-dsvm-metaplugin";
    public static final String JOB_TYPE = "Third-party CI job (devstack-gate)";
    public static final String LABEL = "devstack_slave";
    public static final String RECHECK = "metaplugin-recheck";
    /** Path of the configuration page below the controller's root. */
    public static final String PAGE = "metaplugin-ci/configure";
    /** Path of the status page below the controller's root. */
    public static final String STATUS = "metaplugin-ci";

    /** What the site tests: the specification's layout, for the branch master alone. */
    public static final String LAYOUT = """
            pipelines:
              - name: check
                description: Every new patchset, and again on request.
                failure-message: Build failed. Leave a comment with 'metaplugin-recheck' to rerun a check. ('recheck' will be ignored.)
                manager: IndependentPipelineManager
                trigger:
                  gerrit:
                    - event: patchset-created
                    - event: change-restored
                    - event: comment-added
                      comment: (?i)^(Patch Set [0-9]+:)?( [\\w\\\\+-]*)*(\\n\\n)?\\s*metaplugin-recheck\\s*$
                success:
                  gerrit:
                    verified: 1
                failure:
                  gerrit:
                    verified: 0

            jobs:
              - name: check-tempest-dsvm-metaplugin
                branch: ^master$

            projects:
              - name: openstack/neutron
                check:
                  - check-tempest-dsvm-metaplugin
            """;

    /** {@code -Dsite.nodes=N} for another number. */
    private static final int NODES = Integer.getInteger("site.nodes", 2);

    private static final Duration CONNECTED = Duration.ofSeconds(30);
    private static final Duration READY = Duration.ofSeconds(120);

    private static Site instance;

    private final TestBed bed = TestBed.get();
    private final List<Node> nodes = new ArrayList<>();
    private final int gitPort = Ports.free();
    /** Lies between the controller and Gerrit's SSH daemon; git and REST of people go past it. */
    private Relay gerritRelay;

    private Site() {
        CompletableFuture<?> gerrit = CompletableFuture.runAsync(bed::gerrit);
        CompletableFuture<?> logHost = CompletableFuture.runAsync(bed::logHost);
        CompletableFuture<?> machines = CompletableFuture.runAsync(this::powerOn);
        Controller controller = bed.controller();
        try {
            CompletableFuture.allOf(gerrit, logHost, machines).join();
        } catch (CompletionException e) {
            throw new IllegalStateException("the site cannot be built: " + e.getCause(), e.getCause());
        }
        controller.admin().createJobFromNewItemPage(JOB, JOB_TYPE);
        nodes.parallelStream().forEach(node -> node.join(controller, LABEL));
        configure(form -> {});
        awaitGerrit("CONNECTED", CONNECTED);
    }

    /** The site of this JVM, set up and connected. */
    public static synchronized Site get() {
        if (instance == null) {
            instance = new Site();
        }
        return instance;
    }

    private void powerOn() {
        for (int number = 1; number <= NODES; number++) {
            Node node = bed.node(number);
            Gate.install(node.root());
            nodes.add(node);
        }
    }

    public Controller controller() {
        return bed.controller();
    }

    /** A session of the administrator. */
    public JenkinsClient admin() {
        return bed.controller().admin();
    }

    public GerritServer gerrit() {
        return bed.gerrit();
    }

    /** What lies between the controller and Gerrit's SSH daemon. */
    public synchronized Relay gerritRelay() {
        if (gerritRelay == null) {
            gerritRelay = bed.add(new Relay("gerrit", gerrit().sshPort()));
        }
        return gerritRelay;
    }

    public GerritClient developer() {
        return bed.gerrit().developer();
    }

    public LogHost logHost() {
        return bed.logHost();
    }

    public List<Node> nodes() {
        return List.copyOf(nodes);
    }

    /** The node of that name. */
    public Node node(String name) {
        return nodes.stream()
                .filter(node -> node.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no node is called " + name));
    }

    /**
     * Fills in the Manage page as it must be for this site, then lets {@code change} alter fields, and saves.
     *
     * @throws AssertionError when the page did not take it
     */
    public void configure(Consumer<HtmlForm> change) {
        GerritServer gerrit = gerrit();
        LogHost logs = logHost();
        HtmlForm form = admin().form(PAGE + "/");
        form.check("takeEvents", true);
        form.set("gerritHost", gerrit.host())
                .set("gerritPort", String.valueOf(gerritRelay().port()));
        form.set("gerritUser", GerritServer.CI_USER)
                .set("gerritKeyFile", gerrit.ciKeyFile().toString());
        form.set("gerritHostKeys", gerrit.hostKey());
        form.set("logServerHost", logs.host()).set("logServerPort", String.valueOf(logs.sshPort()));
        form.set("logServerUser", LogHost.USER)
                .set("logServerKeyFile", logs.userKeyFile().toString());
        form.set("logServerHostKeys", logs.hostKey());
        form.set("logServerRoot", LogHost.ROOT)
                .set("logServerUrl", logs.baseUrl().toString());
        form.set("controllerUrl", controller().url().toString()).set("gitUrl", gerrit.gitUrl());
        form.set("gitAddress", "127.0.0.1").set("gitPort", String.valueOf(gitPort));
        form.set("layout", LAYOUT);
        change.accept(form);
        Page answer = form.submit();
        if (answer.status() != 302 && answer.status() != 303) {
            throw new AssertionError("the Manage page did not save: " + answer.text());
        }
    }

    /** What the plugin says of itself to an administrator. */
    public JsonObject status() {
        return admin().json(PAGE + "/status");
    }

    /** Waits for a phase of the connection to Gerrit, and returns the reason that goes with it, "" for none. */
    public String awaitGerrit(String phase, Duration limit) {
        Await.until("Gerrit is " + phase, limit, () -> String.valueOf(status()), () -> {
            return phase.equals(gerritState().get("phase").getAsString());
        });
        JsonElement reason = gerritState().get("reason");
        return reason == null || reason.isJsonNull() ? "" : reason.getAsString();
    }

    private JsonObject gerritState() {
        return status().getAsJsonObject("gerrit");
    }

    /** Waits until nothing is tested or owed, and every node is online and takes builds: a place to start a test from. */
    public void awaitQuiet() {
        Await.until("the site is quiet", READY, () -> status() + "\n" + admin().computers(), () -> {
            JsonObject status = status();
            boolean ready = true;
            for (JsonElement node : status.getAsJsonArray("nodes")) {
                ready &= "READY".equals(node.getAsJsonObject().get("phase").getAsString());
            }
            for (Node node : nodes) {
                ready &= !admin().computer(node.name()).offline();
            }
            return ready
                    && status.getAsJsonArray("items").isEmpty()
                    && admin().queue().isEmpty();
        });
    }
}
