package io.jenkins.plugins.metapluginci.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.jenkins.plugins.metapluginci.testbed.Await;
import io.jenkins.plugins.metapluginci.testbed.HtmlForm;
import io.jenkins.plugins.metapluginci.testbed.JenkinsClient;
import io.jenkins.plugins.metapluginci.testbed.Node;
import io.jenkins.plugins.metapluginci.testbed.Page;
import io.jenkins.plugins.metapluginci.testbed.Site;
import io.jenkins.plugins.metapluginci.testbed.TestBed;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A machine as its installer leaves it: sshd that lets root in with a key, sudo, git and Java, but no user {@code jenkins}, no
 * sudo rules, no devstack-gate and no clones. Added to the {@link Site}'s controller by the plugin's own form, as root. One per
 * JVM, for the tests of what prepares and checks nodes.
 */
final class BareNode {
    static final Duration LIMIT = Duration.ofSeconds(90);
    static final String GATE = "openstack-infra/devstack-gate";

    private static final String NODES = "metaplugin-ci/nodes/";

    private static BareNode instance;

    private final Site site = Site.get();
    private final Node node = TestBed.get().node(31);

    private BareNode() {
        node.exec("userdel jenkins; rm -rf /home/jenkins /etc/sudoers.d/jenkins /opt/devstack-gate /opt/git; set -e;"
                        + " mkdir -p /root/.ssh; cp /etc/testbed/authorized_keys /root/.ssh/; chmod -R go= /root/.ssh;"
                        + " sed -i 's/^PermitRootLogin.*/PermitRootLogin prohibit-password/' /etc/testbed/sshd_config;"
                        + " kill -HUP $(cat /run/sshd.pid)")
                .ok();
        site.configure(form -> form.set("nodePackages", "git sudo python3 openjdk-17-jre-headless"));
        node.awaitUp();
    }

    /** The machine, known to the controller and ready. */
    static synchronized BareNode ready() {
        if (instance == null) {
            instance = new BareNode();
            instance.add();
        }
        return instance;
    }

    private void add() {
        JenkinsClient admin = site.admin();
        JsonObject launcher = admin.sshLauncher(
                "127.0.0.1", node.relay().port(), "root", node.key().file());
        JsonObject form = new JsonObject();
        form.addProperty("name", node.name());
        form.addProperty("labels", node.name());
        form.addProperty("prepare", true);
        form.add("launcher", launcher);
        Page answer = admin.post(NODES + "add/submit", Map.of("json", form.toString()));
        assertThat(answer.status()).as(answer.text()).isEqualTo(302);
        assertThat(answer.location()).endsWith("/" + NODES + node.name() + "/");
        awaitPhase("READY");
    }

    Node node() {
        return node;
    }

    Site site() {
        return site;
    }

    /** What the controller says of it, with all of the preparation's log. */
    JsonObject json() {
        return site.admin().json("metaplugin-ci/nodes.json?node=" + node.name() + "&history=50&log=0");
    }

    String phase() {
        JsonElement phase = json().getAsJsonObject("node").get("phase");
        return phase == null || phase.isJsonNull() ? "" : phase.getAsString();
    }

    String reason() {
        return json().getAsJsonObject("node").get("reason").getAsString();
    }

    String prepareLog() {
        return json().getAsJsonObject("prepareLog").get("text").getAsString();
    }

    JsonArray history() {
        return json().getAsJsonArray("history");
    }

    /** Waits for a phase. @return the reason that goes with it */
    String awaitPhase(String phase) {
        Await.until(node.name() + " is " + phase, LIMIT, () -> String.valueOf(json()), () -> phase.equals(phase()));
        return reason();
    }

    /** POST of what an operator may ask for. */
    void ask(String what) {
        Page answer = site.admin().post(NODES + node.name() + "/" + what);
        assertThat(answer.status()).as(what + ": " + answer.text()).isIn(200, 302);
    }

    void configure(Consumer<HtmlForm> change) {
        site.configure(form -> {
            form.set("nodePackages", "git sudo python3 openjdk-17-jre-headless");
            change.accept(form);
        });
    }
}
