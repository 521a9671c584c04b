package io.jenkins.plugins.metapluginci.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.gargoylesoftware.htmlunit.html.HtmlPage;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import hudson.model.Hudson;
import hudson.security.GlobalMatrixAuthorizationStrategy;
import hudson.security.HudsonPrivateSecurityRealm;
import hudson.slaves.DumbSlave;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import javax.servlet.ServletRequest;
import org.jvnet.hudson.test.HudsonTestCase;

/** Who sees the nodes and acts on them, at which URLs, with which answers. */
public class NodesPageHarnessTest extends HudsonTestCase {
    private static final String[] ACTIONS = {"hold", "release", "releaseWithoutReboot", "reboot", "recheck", "prepare"};

    private final FakeEngine engine = new FakeEngine();
    private String node;

    @Override
    protected void setUp() throws Exception {
        super.setUp();
        WebRoom.install(engine);
        DumbSlave slave = createSlave();
        node = slave.getNodeName();
        engine.desk.nodes.put(node, FakeDesk.node(node, "HELD", 2));
    }

    @Override
    protected void tearDown() throws Exception {
        WebRoom.install(null);
        super.tearDown();
    }

    public void testTheNodesAreThereAsPagesAndJson() throws Exception {
        JsonObject all = json(get(null, "metaplugin-ci/nodes.json"));
        assertThat(all.getAsJsonArray("nodes")).hasSize(12);
        assertThat(all.getAsJsonObject("pool").get("nodes").getAsInt()).isEqualTo(12);
        for (String path : new String[] {"nodes/" + node + "/node.json", "nodes.json?node=" + node}) {
            Answer answer = get(null, "metaplugin-ci/" + path + (path.contains("?") ? "&" : "?") + "history=3");
            assertThat(answer.type).as(path).isEqualTo("application/json;charset=UTF-8");
            JsonObject one = json(answer);
            assertThat(one.getAsJsonObject("node").get("node").getAsString()).isEqualTo(node);
            assertThat(one.getAsJsonArray("history")).hasSize(3);
        }
        for (String path : new String[] {
            "nodes/none/node.json", "nodes.json?node=none", "nodes/none/", "nodes/" + node + ".json", "nodes/(master)/"
        }) {
            assertThat(get(null, "metaplugin-ci/" + path).status).as(path).isEqualTo(404);
        }
        assertThat(get(null, "metaplugin-ci/nodes/").text).contains("js/nodes.js", "data-operate=\"true\"");
        for (String path : new String[] {"metaplugin-ci/nodes/" + node + "/", "computer/" + node + "/metaplugin-ci/"}) {
            assertThat(get(null, path).text)
                    .as(path)
                    .contains("js/node.js", "data-hold=\"24\"", "/metaplugin-ci/nodes.json?node=" + node);
        }
        assertThat(get(null, "metaplugin-ci/").text).contains("id=\"mci-pool\"");
    }

    public void testTheNodesOwnPageLeadsThere() throws Exception {
        assertThat(get(null, "computer/" + node + "/").text)
                .contains("data-path=\"computer/" + node + "/metaplugin-ci/\"", "js/node-link.js");
        assertThat(get(null, "computer/(master)/").text).doesNotContain("node-link.js");
        assertThat(get(null, "computer/").text).doesNotContain("node-link.js");
        DumbSlave other = createSlave();
        assertThat(get(null, "computer/" + other.getNodeName() + "/metaplugin-ci/").status)
                .as("a node that was added later")
                .isEqualTo(200);
    }

    public void testOperatorsAskByPost() throws Exception {
        Answer answer = post(null, "hold", "until=1.5");
        assertThat(answer.text).isEqualTo("Done.\n");
        for (String action : ACTIONS) {
            assertThat(post(null, action, "").status).as(action).isEqualTo(200);
        }
        assertThat(engine.desk.asked)
                .containsExactly(
                        "hold " + node + " anonymous 90",
                        "hold " + node + " anonymous 1440",
                        "release " + node + " anonymous",
                        "releaseWithoutReboot " + node + " anonymous",
                        "reboot " + node + " anonymous",
                        "recheck " + node + " anonymous",
                        "prepare " + node + " anonymous");
        engine.desk.refusal = "The node is <RUNNING>";
        Answer refused = post(null, "reboot", "");
        assertThat(refused.status).isEqualTo(409);
        assertThat(refused.text).isEqualTo("The node is <RUNNING>\n");
        assertThat(refused.type).startsWith("text/plain");
        assertThat(postTo(null, "computer/" + node + "/metaplugin-ci/release", "").status)
                .isEqualTo(409);
    }

    public void testWhatMakesNoSenseIsRefusedWithAReason() throws Exception {
        engine.desk.asked.clear();
        for (String until : List.of("0", "-1", "x", "1e3", "99999", "9000", "1h")) {
            Answer answer = post(null, "hold", "until=" + until);
            assertThat(answer.status).as(until).isEqualTo(400);
            assertThat(answer.text).as(until).startsWith("Invalid until: " + until);
        }
        assertThat(postTo(null, "metaplugin-ci/nodes/none/hold", "").status).isEqualTo(404);
        assertThat(postTo(null, "metaplugin-ci/nodes/" + node + "/format", "").status)
                .isEqualTo(404);
        assertThat(engine.desk.asked).isEmpty();
        engine.desk = null;
        Answer answer = post(null, "hold", "");
        assertThat(answer.status).isEqualTo(409);
        assertThat(answer.text).contains("records of the nodes cannot be read");
        assertThat(json(get(null, "metaplugin-ci/nodes.json")).get("message").getAsString())
                .contains("records of the nodes cannot be read");
        WebRoom.install(null);
        assertThat(post(null, "hold", "").status).isEqualTo(503);
        assertThat(get(null, "metaplugin-ci/nodes/" + node + "/node.json").status)
                .isEqualTo(503);
        assertThat(get(null, "metaplugin-ci/nodes/" + node + "/").status).isEqualTo(200);
    }

    public void testReadersSeeAllAndChangeNothing() throws Exception {
        secure();
        for (String path : new String[] {
            "nodes.json", "nodes/", "nodes/" + node + "/", "nodes/" + node + "/node.json", "nodes.json?node=" + node
        }) {
            assertThat(get(null, "metaplugin-ci/" + path).status).as(path).isIn(302, 403);
            assertThat(get("stranger", "metaplugin-ci/" + path).status).as(path).isEqualTo(403);
            assertThat(get("reader", "metaplugin-ci/" + path).status).as(path).isEqualTo(200);
        }
        assertThat(get("stranger", "computer/" + node + "/metaplugin-ci/").status)
                .isEqualTo(403);
        assertThat(get("reader", "computer/" + node + "/metaplugin-ci/").text).contains("data-operate=\"false\"");
        assertThat(get("reader", "metaplugin-ci/nodes/").text).contains("data-operate=\"false\"");
        for (String action : ACTIONS) {
            assertThat(post("reader", action, "").status).as(action).isEqualTo(403);
            assertThat(post(null, action, "").status).as(action).isIn(302, 401, 403);
            assertThat(get("admin", "metaplugin-ci/nodes/" + node + "/" + action).status)
                    .as(action)
                    .isEqualTo(405);
        }
        assertThat(engine.desk.asked).isEmpty();
        assertThat(post("admin", "release", "").status).isEqualTo(200);
        assertThat(engine.desk.asked).containsExactly("release " + node + " admin");
    }

    public void testNodesThatNeedSomebodyAreOnTheManagePage() throws Exception {
        HtmlPage manage = (HtmlPage) new WebClient().goTo("manage");
        assertThat(manage.asText())
                .contains("has nodes that need somebody", "Node slave-4 is FAILED: because of FAILED")
                .contains("Node slave-3 is HELD: Check failed: free disk", "<script>alert(1)</script>");
        assertThat(manage.getAnchorByText("Node slave-4 is FAILED: because of FAILED")
                        .getHrefAttribute())
                .endsWith("/computer/slave-4/metaplugin-ci/");
    }

    private void secure() throws Exception {
        HudsonPrivateSecurityRealm realm = new HudsonPrivateSecurityRealm(false);
        for (String name : new String[] {"admin", "reader", "stranger"}) {
            realm.createAccount(name, name);
        }
        GlobalMatrixAuthorizationStrategy rights = new GlobalMatrixAuthorizationStrategy();
        rights.add(Hudson.ADMINISTER, "admin");
        rights.add(Hudson.READ, "reader");
        hudson.setSecurityRealm(realm);
        hudson.setAuthorizationStrategy(rights);
    }

    private record Answer(int status, String type, String text) {}

    private static JsonObject json(Answer answer) {
        assertThat(answer.status).as(answer.text).isEqualTo(200);
        return JsonParser.parseString(answer.text).getAsJsonObject();
    }

    private Answer get(String user, String path) throws IOException {
        return answer(open(user, path));
    }

    private Answer post(String user, String action, String fields) throws IOException {
        return postTo(user, "metaplugin-ci/nodes/" + node + "/" + action, fields);
    }

    private Answer postTo(String user, String path, String fields) throws IOException {
        HttpURLConnection connection = open(user, path);
        connection.setRequestProperty("Accept", "*/*"); // as scripts do; Java's own asks for a page
        connection.setRequestProperty(
                hudson.getCrumbIssuer().getDescriptor().getCrumbRequestField(),
                hudson.getCrumbIssuer().getCrumb((ServletRequest) null));
        connection.setDoOutput(true);
        connection.getOutputStream().write(fields.getBytes(StandardCharsets.UTF_8));
        return answer(connection);
    }

    private HttpURLConnection open(String user, String path) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) new URL(getURL(), path).openConnection();
        connection.setInstanceFollowRedirects(false);
        if (user != null) {
            String basic = Base64.getEncoder().encodeToString((user + ":" + user).getBytes(StandardCharsets.UTF_8));
            connection.setRequestProperty("Authorization", "Basic " + basic);
        }
        return connection;
    }

    private static Answer answer(HttpURLConnection connection) throws IOException {
        int status = connection.getResponseCode();
        try (InputStream in = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
            String text = in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return new Answer(status, String.valueOf(connection.getContentType()), text);
        }
    }
}
