package io.jenkins.plugins.metapluginci.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.gargoylesoftware.htmlunit.html.HtmlPage;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import hudson.model.Hudson;
import hudson.security.GlobalMatrixAuthorizationStrategy;
import hudson.security.HudsonPrivateSecurityRealm;
import io.jenkins.plugins.metapluginci.scheduler.SchedulerView;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.zip.GZIPInputStream;
import javax.servlet.ServletRequest;
import org.awaitility.Awaitility;
import org.jvnet.hudson.test.HudsonTestCase;

/** Who sees the status, at which URLs, with which headers. */
public class StatusPageHarnessTest extends HudsonTestCase {
    private final FakeEngine engine = new FakeEngine();

    @Override
    protected void setUp() throws Exception {
        super.setUp();
        WebRoom.install(engine);
    }

    @Override
    protected void tearDown() throws Exception {
        WebRoom.install(null);
        super.tearDown();
    }

    public void testTheStatusIsThereAtZuulsUrls() throws Exception {
        for (String path : new String[] {"status.json", "status", "status/"}) {
            Answer answer = get(null, path);
            assertThat(answer.status).as(path).isEqualTo(200);
            JsonObject status = JsonParser.parseString(answer.text()).getAsJsonObject();
            assertThat(status.getAsJsonArray("pipelines")).hasSize(2);
            assertThat(status.get("zuul_version").getAsString()).isEqualTo(StatusPage.version());
        }
        Answer change = get(null, "status/change/42,1");
        JsonArray items = JsonParser.parseString(change.text()).getAsJsonArray();
        assertThat(items)
                .isNotEmpty()
                .allSatisfy(item -> assertThat(item.getAsJsonObject().get("id").getAsString())
                        .isEqualTo("42,1"));
        for (String path : new String[] {"status/change/42,9", "status/change/x", "status/other", "status/change/"}) {
            Answer none = get(null, path);
            assertThat(none.status).as(path).isEqualTo(404);
            assertThat(none.header("Content-Type")).isEqualTo("application/json;charset=UTF-8");
            assertThat(JsonParser.parseString(none.text())
                            .getAsJsonObject()
                            .get("message")
                            .getAsString())
                    .as(path)
                    .matches("No item of 42,9 is in any pipeline\\.|Not a change: \".*\"\\. Expected .* such as .*");
        }
    }

    public void testDashboardsElsewhereMayReadAndCacheIt() throws Exception {
        Answer answer = get(null, "status.json");
        assertThat(answer.header("Access-Control-Allow-Origin")).isEqualTo("*");
        assertThat(answer.header("Cache-Control")).isEqualTo("public, max-age=1");
        assertThat(answer.header("Content-Type")).isEqualTo("application/json;charset=UTF-8");
        assertThat(answer.header("Expires")).isNotNull();
        assertThat(answer.header("Content-Encoding")).isNull();
        Answer gzipped = get(null, "status.json", "Accept-Encoding", "gzip");
        assertThat(gzipped.header("Content-Encoding")).isEqualTo("gzip");
        InputStream plain = new GZIPInputStream(new ByteArrayInputStream(gzipped.body));
        assertThat(JsonParser.parseString(new String(plain.readAllBytes(), StandardCharsets.UTF_8))
                        .getAsJsonObject()
                        .has("pipelines"))
                .isTrue();
        // Whatever was served is not newer than a moment in the future.
        String later = "Fri, 01 Jan 2999 00:00:00 GMT";
        Answer unchanged = get(null, "status.json", "If-Modified-Since", later);
        assertThat(unchanged.status).isEqualTo(304);
        assertThat(unchanged.body).isEmpty();
        Answer old = get(null, "status.json", "If-Modified-Since", "Thu, 01 Jan 1970 00:00:10 GMT");
        assertThat(old.status).isEqualTo(200);
        assertThat(get(null, "status.json", "If-Modified-Since", "nonsense").status)
                .isEqualTo(200);
    }

    public void testWhoMayReadJenkinsMayReadTheStatus() throws Exception {
        secure();
        for (String path : new String[] {"", "status.json", "status", "status/change/42,1", "configure/"}) {
            assertThat(get(null, path).status).as("anonymous at " + path).isIn(302, 403);
            assertThat(get("stranger", path).status).as("stranger at " + path).isEqualTo(403);
            assertThat(get("reader", path).status)
                    .as("reader at " + path)
                    .isEqualTo(path.equals("configure/") ? 403 : 200);
            assertThat(get("admin", path).status).as("administrator at " + path).isEqualTo(200);
        }
        assertThat(get("reader", "status.json").header("Cache-Control")).isEqualTo("private, max-age=1");
        String reader = get("reader", "").text();
        assertThat(reader).contains("/metaplugin-ci/status.json").doesNotContain("configure/status");
        assertThat(get("admin", "").text()).contains("configure/status");
        assertThat(new WebClient()
                        .login("reader", "reader")
                        .goTo("")
                        .getWebResponse()
                        .getContentAsString())
                .contains("/metaplugin-ci");
    }

    /** The harness' browser is of 2010 and knows no {@code querySelector}; what scripts make of a page is StatusPageIT's to see. */
    private WebClient lenient() {
        WebClient client = new WebClient();
        client.setThrowExceptionOnScriptError(false);
        return client;
    }

    public void testG12BeforeTheEngineIsUpThePageSaysSo() throws Exception {
        WebRoom.install(null);
        HtmlPage page = (HtmlPage) lenient().goTo("metaplugin-ci/");
        assertThat(page.getTitleText()).contains("Metaplugin CI");
        JsonObject status =
                JsonParser.parseString(get(null, "status.json").text()).getAsJsonObject();
        assertThat(status.get("message").getAsString()).contains("has not finished starting");
        assertThat(status.getAsJsonArray("pipelines")).isEmpty();
    }

    public void testOperatorsAskByPost() throws Exception {
        assertThat(post(null, "reload", "").text()).isEqualTo("Done.\n");
        String change = "pipeline=check&project=openstack/neutron&change=42,1";
        assertThat(post(null, "enqueue", change).status).isEqualTo(200);
        assertThat(post(null, "dequeue", "pipeline=check&change=42,1").status).isEqualTo(200);
        assertThat(post(null, "promote", "pipeline=check&changes=42,1+50,2&changes=51,1").status)
                .isEqualTo(200);
        assertThat(post(null, "enqueueMissed", "key=k1&key=k2").status).isEqualTo(200);
        assertThat(post(null, "enqueueMissed", "all=true").status).isEqualTo(200);
        assertThat(post(null, "forgetUnvoted", "").status).isEqualTo(200);
        assertThat(post(null, "dequeue", "pipeline=check&change=" + "a".repeat(40)).status)
                .isEqualTo(200);
        Answer form = post(null, "reload", "", "Accept", "text/html,*/*");
        assertThat(form.status).isEqualTo(302);
        assertThat(form.header("Location")).endsWith("/metaplugin-ci/");
        assertThat(engine.asked)
                .containsExactly(
                        "reload",
                        "enqueue check openstack/neutron 42,1",
                        "dequeue check 42,1",
                        "promote check [42,1, 50,2, 51,1]",
                        "missed [k1, k2]",
                        "missed [k1]",
                        "forget",
                        "dequeue check " + "a".repeat(40),
                        "reload");
        engine.asked.clear();
        engine.refusal = "Invalid project: <openstack/none>";
        Answer refused = post(null, "enqueue", change);
        assertThat(refused.status).isEqualTo(409);
        assertThat(refused.text()).isEqualTo("Invalid project: <openstack/none>\n");
        assertThat(refused.header("Content-Type")).startsWith("text/plain");
        Answer json = post(null, "enqueue", change, "Accept", "application/json");
        assertThat(JsonParser.parseString(json.text()).toString())
                .isEqualTo("{\"done\":false,\"message\":\"Invalid project: <openstack/none>\"}");
        WebRoom.install(null);
        assertThat(post(null, "reload", "").status).isEqualTo(503);
    }

    public void testWhatCannotBeUnderstoodIsSaidInZuulsWords() throws Exception {
        String pipelines = "expected a pipeline of the layout: check, experimental)";
        String change = "expected a change and its patchset as NUMBER,PATCHSET in figures, such as 42,1";
        String[][] wrong = {
            {"enqueue", "pipeline=gate&project=p&change=1,1", "Invalid pipeline: gate (" + pipelines},
            {"enqueue", "pipeline=check&change=1,1", "Invalid project: (the field \"project\" is missing or empty;"},
            {"enqueue", "pipeline=check&project=p&change=42", "Invalid change: 42 (" + change + ")"},
            {"enqueue", "pipeline=check&project=p&change=99999999999,1", "Invalid change: 99999999999,1 (" + change},
            {"enqueue", "pipeline=check&project=p%0Aq&change=1,1", "Invalid project: p q (control characters in it;"},
            {
                "enqueue",
                "pipeline=check&project=" + "p".repeat(301) + "&change=1,1",
                "Invalid project: (longer than 300 characters;"
            },
            {
                "enqueue",
                "pipeline=check&project=p",
                "Invalid change: (the field \"change\" is missing or empty; " + change
            },
            {"dequeue", "change=1,1", "Invalid pipeline: (the field \"pipeline\" is missing or empty; " + pipelines},
            {"dequeue", "pipeline=check&change=x", "Invalid change: x (" + change + ", or the 40 figures"},
            {"promote", "pipeline=check", "Invalid changes: (the field \"changes\" is missing or empty; expected one"},
            {"promote", "pipeline=check&changes=", "Invalid changes: (the field \"changes\" is missing or empty;"},
            {"promote", "pipeline=check&changes=1,1+x", "Invalid change: x (" + change},
            {"enqueueMissed", "", "Invalid key: (the field \"key\" is missing or empty; expected a key of"}
        };
        for (String[] each : wrong) {
            Answer answer = post(null, each[0], each[1]);
            assertThat(answer.status).as(each[1]).isEqualTo(400);
            assertThat(answer.text()).as(each[1]).startsWith(each[2]).endsWith(")\n");
        }
        assertThat(engine.asked).isEmpty();
    }

    public void testOnlyAdministratorsAskAndOnlyByPost() throws Exception {
        secure();
        String all = "pipeline=check&project=openstack/neutron&change=42,1&changes=42,1&all=true";
        for (String path : new String[] {"reload", "enqueue", "dequeue", "promote", "enqueueMissed", "forgetUnvoted"}) {
            assertThat(post("reader", path, all).status).as(path).isEqualTo(403);
            assertThat(post(null, path, all).status).as(path).isIn(302, 401, 403);
            Answer byGet = get("admin", path + "?" + all);
            assertThat(byGet.status).as(path).isEqualTo(405);
            assertThat(byGet.header("Allow")).isEqualTo("POST");
        }
        assertThat(engine.asked).isEmpty();
        assertThat(post("admin", "reload", all).status).isEqualTo(200);
        assertThat(engine.asked).containsExactly("reload");
    }

    public void testProblemsAreOnTheManagePage() throws Exception {
        String manage = new WebClient().goTo("manage").asText();
        assertThat(manage)
                .contains("Metaplugin CI", "The root URL of this Jenkins is not set")
                .contains("openstack/neutron 40,2", "without a vote", "gate: RETRY_LIMIT")
                .contains("openstack/neutron 39,1", "change is closed");
        WebClient person = lenient();
        person.addRequestHeader("Accept", "text/html");
        HtmlPage page = (HtmlPage) person.goTo("manage");
        submit(page.getFormByName("forgetUnvoted"));
        assertThat(engine.asked).containsExactly("forget");
        SchedulerView calm = new SchedulerView(
                1, 0, 0, 0, true, false, null, null, List.of(), List.of(), List.of(), List.of(), List.of(), List.of(),
                0);
        engine.view = calm;
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> !new WebClient().goTo("manage").asText().contains("without a vote"));
        List<String> many = ProblemsMonitor.problems(Collections.nCopies(30, "p"), calm);
        assertThat(many).hasSize(20).endsWith("11 more");
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

    /** What the controller answered. */
    private static final class Answer {
        final int status;
        final byte[] body;
        private final HttpURLConnection connection;

        Answer(HttpURLConnection connection) throws IOException {
            this.connection = connection;
            this.status = connection.getResponseCode();
            try (InputStream in = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
                this.body = in == null ? new byte[0] : in.readAllBytes();
            }
        }

        String header(String name) {
            return connection.getHeaderField(name);
        }

        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    private Answer get(String user, String path, String... header) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) new URL(getURL(), "metaplugin-ci/" + path).openConnection();
        connection.setInstanceFollowRedirects(false);
        for (int n = 0; n < header.length; n += 2) {
            connection.setRequestProperty(header[n], header[n + 1]);
        }
        if (user != null) {
            String basic = Base64.getEncoder().encodeToString((user + ":" + user).getBytes(StandardCharsets.UTF_8));
            connection.setRequestProperty("Authorization", "Basic " + basic);
        }
        return new Answer(connection);
    }

    private Answer post(String user, String path, String fields, String... header) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) new URL(getURL(), "metaplugin-ci/" + path).openConnection();
        connection.setInstanceFollowRedirects(false);
        connection.setRequestProperty("Accept", "*/*"); // as scripts do; Java's own asks for a page
        for (int n = 0; n < header.length; n += 2) {
            connection.setRequestProperty(header[n], header[n + 1]);
        }
        if (user != null) {
            String basic = Base64.getEncoder().encodeToString((user + ":" + user).getBytes(StandardCharsets.UTF_8));
            connection.setRequestProperty("Authorization", "Basic " + basic);
        }
        connection.setRequestProperty(
                hudson.getCrumbIssuer().getDescriptor().getCrumbRequestField(),
                hudson.getCrumbIssuer().getCrumb((ServletRequest) null));
        connection.setDoOutput(true);
        connection.getOutputStream().write(fields.getBytes(StandardCharsets.UTF_8));
        return new Answer(connection);
    }
}
