package io.jenkins.plugins.metapluginci.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.gargoylesoftware.htmlunit.html.HtmlPage;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import hudson.model.Hudson;
import hudson.security.GlobalMatrixAuthorizationStrategy;
import hudson.security.HudsonPrivateSecurityRealm;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.zip.GZIPInputStream;
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
            assertThat(get(null, path).status).as(path).isEqualTo(404);
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

    public void testBeforeTheEngineIsUpThePageSaysSo() throws Exception {
        WebRoom.install(null);
        HtmlPage page = (HtmlPage) new WebClient().goTo("metaplugin-ci/");
        assertThat(page.getTitleText()).contains("Metaplugin CI");
        JsonObject status =
                JsonParser.parseString(get(null, "status.json").text()).getAsJsonObject();
        assertThat(status.get("message").getAsString()).contains("has not finished starting");
        assertThat(status.getAsJsonArray("pipelines")).isEmpty();
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
}
