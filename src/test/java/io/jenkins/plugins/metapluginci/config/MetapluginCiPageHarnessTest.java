package io.jenkins.plugins.metapluginci.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.gargoylesoftware.htmlunit.html.HtmlElement;
import com.gargoylesoftware.htmlunit.html.HtmlForm;
import com.gargoylesoftware.htmlunit.html.HtmlPage;
import com.gargoylesoftware.htmlunit.html.HtmlTextArea;
import hudson.model.Hudson;
import hudson.model.Item;
import hudson.security.GlobalMatrixAuthorizationStrategy;
import hudson.security.HudsonPrivateSecurityRealm;
import hudson.util.Secret;
import io.jenkins.plugins.metapluginci.HarnessCase;
import io.jenkins.plugins.metapluginci.job.DevstackGateProject;
import io.jenkins.plugins.metapluginci.logs.LogServer;
import java.io.File;
import java.net.HttpURLConnection;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

public class MetapluginCiPageHarnessTest extends HarnessCase {
    private static final String SECRET = "canary s3cret <\"'&";
    private static final String KEY =
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIcUhVbAN6JtAQUh/yx+vA/3Woq4PGriKjScyCDoIfDS";

    private static final String LAYOUT = """
            pipelines:
              - name: check
                manager: IndependentPipelineManager
                source: review
                trigger:
                  review:
                    - event: patchset-created
                    - event: comment-added
                      comment: '[recheck] & <b>"quoted"</b>'
                success:
                  review:
                    verified: 1
            projects:
              - name: openstack/neutron
                check:
                  - check-dsvm
            """;

    private static final Map<String, String> FIELDS = new LinkedHashMap<>();

    static {
        FIELDS.put("gerritHost", "review.example.org");
        FIELDS.put("gerritPort", "29419");
        FIELDS.put("gerritUser", "metaplugin-ci");
        FIELDS.put("gerritKeyFile", "/var/lib/jenkins/gerrit_key");
        FIELDS.put("gerritHostKeys", "# ours\nreview.example.org " + KEY);
        FIELDS.put("logServerName", "main");
        FIELDS.put("logServerProtocol", "SFTP");
        FIELDS.put("logServerRetentionDays", "30");
        FIELDS.put("logServerRetentionGigabytes", "500");
        FIELDS.put("logVoteWait", "7");
        FIELDS.put("logDeadline", "11");
        FIELDS.put("logSpool", "2000");
        FIELDS.put("logFileCount", "1000");
        FIELDS.put("logFileSize", "20");
        FIELDS.put("logTotalSize", "400");
        FIELDS.put("logServerHost", "logs.example.org");
        FIELDS.put("logServerPort", "2222");
        FIELDS.put("logServerUser", "logs");
        FIELDS.put("logServerKeyFile", "/var/lib/jenkins/logs_key");
        FIELDS.put("logServerHostKeys", KEY);
        FIELDS.put("logServerRoot", "/srv/static/logs");
        FIELDS.put("logServerUrl", "http://logs.example.org/ci");
        FIELDS.put("controllerUrl", "http://10.0.0.10:8080/");
        FIELDS.put("gitUrl", "https://git.example.org/p");
        FIELDS.put("connectionName", "review");
        FIELDS.put("catchUpHours", "48");
        FIELDS.put("layoutFile", "");
        FIELDS.put("layout", LAYOUT);
        FIELDS.put("gitName", "Third-Party CI");
        FIELDS.put("gitEmail", "ci@example.org");
        FIELDS.put("gitAddress", "10.0.0.10");
        FIELDS.put("gitPort", "9419");
        FIELDS.put("urlPattern", "http://logs.example.org/{build.parameters[LOG_PATH]}");
        FIELDS.put("statusUrl", "http://ci.example.org/metaplugin-ci/");
        FIELDS.put("footer", "Contact: <https://wiki.example.org/ci> & more");
        FIELDS.put("nodeRebootCommand", "sudo -n /sbin/reboot");
        FIELDS.put("nodeRebootTime", "90 s");
        FIELDS.put("nodeAttempts", "2");
        FIELDS.put("nodeDrain", "5 min");
        FIELDS.put("nodeHold", "2 d");
        FIELDS.put("nodeCheckGate", "/opt/gate");
        FIELDS.put("nodeCheckDisk", "500 MB");
        FIELDS.put("nodeCheckMemory", "0");
        FIELDS.put("nodeCheckSkew", "2 s");
        FIELDS.put("nodePrepareTime", "45 min");
        FIELDS.put("nodeMirror", "http://mirror.example.org/ubuntu");
        FIELDS.put("nodePackages", "git sudo");
        FIELDS.put("nodeGateProject", "openstack/devstack-gate");
        FIELDS.put("nodeGateCommit", "0123456789abcdef0123456789abcdef01234567");
        FIELDS.put("nodeProjects", "openstack/nova\nopenstack/glance");
        FIELDS.put("nodeAuthorizedKey", KEY);
    }

    private static final String FIRST_RELEASE = """
            <?xml version='1.0' encoding='UTF-8'?>
            <io.jenkins.plugins.metapluginci.config.MetapluginCiConfiguration>
              <settings>
                <takeEvents>true</takeEvents>
                <gerritHost>review.example.org</gerritHost>
                <gerritPort>29418</gerritPort>
                <gerritUser>metaplugin-ci</gerritUser>
                <gerritKeyFile>/var/lib/jenkins/gerrit_key</gerritKeyFile>
                <gerritHostKeys>%s</gerritHostKeys>
                <logServerHost></logServerHost>
                <logServerPort>22</logServerPort>
                <logServerUser></logServerUser>
                <logServerKeyFile></logServerKeyFile>
                <logServerHostKeys></logServerHostKeys>
                <logServerRoot></logServerRoot>
                <logServerUrl></logServerUrl>
                <controllerUrl>http://10.0.0.10:8080/</controllerUrl>
                <gitUrl></gitUrl>
                <footer></footer>
                <watches>
                  <io.jenkins.plugins.metapluginci.config.WatchedProject>
                    <project>openstack/neutron</project>
                    <branch>master|stable/.*</branch>
                    <job>check-dsvm</job>
                  </io.jenkins.plugins.metapluginci.config.WatchedProject>
                </watches>
              </settings>
            </io.jenkins.plugins.metapluginci.config.MetapluginCiConfiguration>
            """.formatted(KEY);

    private static final String BROKEN_LAYOUT = """
            pipelines:
              - name: check
                manager: IndependentPipelineManager
                trigger:
                  review:
                    - event: no-such-event
                nonsense: true
            projects:
              - name: openstack/neutron
                gate:
                  - check-dsvm
            """;

    private static final List<String> AREAS =
            List.of("gerritHostKeys", "logServerHostKeys", "footer", "layout", "nodeProjects");

    @Override
    protected void setUp() throws Exception {
        super.setUp();
        hudson.createProject(DevstackGateProject.class, "check-dsvm");
        createFreeStyleProject("freestyle");
    }

    private static MetapluginCiConfiguration configuration() {
        return MetapluginCiConfiguration.get();
    }

    /** Saves a whole configuration, the way a script does. */
    private void save(boolean take, String password) throws Exception {
        com.google.gson.JsonObject json = new com.google.gson.JsonObject();
        FIELDS.forEach(json::addProperty);
        json.addProperty("takeEvents", take);
        json.addProperty("silent", true);
        json.addProperty("jobNameInReport", false);
        json.addProperty("nodeCheckGit", false);
        json.addProperty("logServerPassword", password);
        MetapluginCiForm form =
                new MetapluginCiForm(json.toString(), configuration().settings());
        assertThat(form.problems()).isEmpty();
        configuration().replace(form.settings(configuration().settings()));
    }

    private static Map<String, String> shown() {
        MetapluginCiForm form = new MetapluginCiForm(configuration().settings());
        Map<String, String> values = new LinkedHashMap<>();
        FIELDS.keySet().forEach(name -> values.put(name, form.get(name).replace("\r", "")));
        return values;
    }

    private HtmlPage page() throws Exception {
        return (HtmlPage) client().goTo("metaplugin-ci/configure/");
    }

    public void testEveryFieldSurvivesTheFormAndTheFile() throws Exception {
        save(false, SECRET);
        HtmlPage before = page();
        assertThat(before.getTitleText()).startsWith("Metaplugin CI \u00bb Configuration");
        assertThat(before.getWebResponse().getContentAsString())
                .contains("name=\"viewport\"")
                .doesNotContain("metaplugin-ci-saved");
        HtmlPage saved = (HtmlPage) submit(before.getFormByName("config"));
        assertThat(saved.getWebResponse().getContentAsString()).contains("metaplugin-ci-saved", "Saved.");
        assertAllIsThere();
        MetapluginCiConfiguration read = new MetapluginCiConfiguration();
        assertThat(read.settings())
                .as("from the file")
                .isNotSameAs(configuration().settings());
        assertThat(new MetapluginCiForm(read.settings()).problems()).isEmpty();
        configuration().load();
        assertAllIsThere();
    }

    private static void assertAllIsThere() {
        assertThat(shown()).isEqualTo(FIELDS);
        MetapluginCiSettings settings = configuration().settings();
        assertThat(settings.takesEvents()).isFalse();
        assertThat(settings.logServerPassword.getPlainText()).isEqualTo(SECRET);
        assertThat(settings.silent()).isTrue();
        assertThat(settings.jobNameInReport()).isFalse();
        assertThat(settings.reportTimes()).isTrue();
        assertThat(settings.catchUpHours()).isEqualTo(48);
        assertThat(settings.gitPort()).isEqualTo(9419);
        assertThat(settings.nodes().drainMs()).isEqualTo(300_000);
        assertThat(settings.nodes().checks().git()).isFalse();
        assertThat(settings.nodes().prepare().projects()).containsExactly("openstack/nova", "openstack/glance");
        assertThat(settings.layout()).isEqualTo(LAYOUT);
    }

    public void testTypedIntoThePage() throws Exception {
        HtmlForm form = page().getFormByName("config");
        for (Map.Entry<String, String> field : FIELDS.entrySet()) {
            if (AREAS.contains(field.getKey())) {
                HtmlTextArea area = form.getTextAreaByName("_." + field.getKey());
                area.setText(field.getValue());
            } else if (field.getKey().equals("logServerProtocol")) {
                form.getSelectByName("_." + field.getKey()).setSelectedAttribute(field.getValue(), true);
            } else {
                form.getInputByName("_." + field.getKey()).setValueAttribute(field.getValue());
            }
        }
        form.getInputByName("_.logServerPassword").setValueAttribute(SECRET);
        form.getInputByName("_.takeEvents").setChecked(false);
        submit(form);
        assertThat(shown()).isEqualTo(FIELDS);
        assertThat(configuration().settings().takesEvents()).isFalse();
        assertThat(configuration().settings().logServerPassword.getPlainText()).isEqualTo(SECRET);
    }

    private String passwordState() throws Exception {
        HtmlElement first = (HtmlElement) page().getByXPath("//span[@class='metaplugin-ci-password-state']")
                .get(0);
        return first.getTextContent();
    }

    private static String row(String name, String host, String password) {
        return "{\"logServerName\":\"" + name + "\",\"logServerHost\":\"" + host
                + "\",\"logServerUser\":\"u\",\"logServerRoot\":\"/srv\",\"logServerPassword\":\"" + password
                + "\",\"logServerHostKeys\":\"" + KEY + "\",\"logServerRetentionDays\":\"9\"}";
    }

    private static MetapluginCiForm rows(String... rows) {
        String several = rows.length == 1 ? rows[0] : "[" + String.join(",", rows) + "]";
        return new MetapluginCiForm(
                "{\"logServerRows\":\"true\"" + (rows.length == 0 ? "" : ",\"moreLogServers\":" + several) + "}",
                configuration().settings());
    }

    private static void saveRows(MetapluginCiForm form) throws Exception {
        assertThat(form.problems()).isEmpty();
        configuration().replace(form.settings(configuration().settings()));
    }

    public void testFurtherLogServersAreRowsThatSurviveTheFormAndTheFile() throws Exception {
        save(false, SECRET);
        saveRows(rows(row("second", "two.example.org", "p2"), row("third", "three.example.org", "p3")));
        submit(page().getFormByName("config"));
        configuration().load();
        List<LogServer> servers = configuration().settings().logs().servers();
        assertThat(servers).extracting(LogServer::name).containsExactly("main", "second", "third");
        assertThat(servers.get(1).target().host()).isEqualTo("two.example.org");
        assertThat(servers.get(1).retentionDays()).isEqualTo(9);
        assertThat(configuration().settings().moreLogServers().get(1).password.getPlainText())
                .isEqualTo("p3");
        assertThat(configuration().settings().logs().gzip()).isTrue();
        assertThat(page().getWebResponse().getContentAsString())
                .doesNotContain("p3\"")
                .doesNotContain(Secret.fromString("p3").getEncryptedValue());
        saveRows(rows(row("third", "three.example.org", "")));
        assertThat(configuration().settings().moreLogServers())
                .singleElement()
                .satisfies(only -> assertThat(only.password.getPlainText()).isEqualTo("p3"));
        saveRows(rows());
        assertThat(configuration().settings().moreLogServers()).isEmpty();
    }

    public void testEveryProblemOfEveryRowIsNamed() throws Exception {
        save(false, SECRET);
        MetapluginCiForm wrong =
                rows(row("main", "bad host", "x"), row("b", "b.example.org", ""), "{\"logServerRetentionDays\":\"x\"}");
        assertThat(wrong.problems())
                .extracting(FormProblem::toString)
                .contains(
                        "Log server 2: Host: " + Messages.Checks_host(),
                        "Log server 2: Name: " + Messages.MetapluginCiForm_nameTaken("main"),
                        "Log server 3: Key file: " + Messages.MetapluginCiForm_loginNeeded(),
                        "Log server 4: Keep days: " + Messages.Checks_retention(),
                        "Log server 4: Host: " + Messages.MetapluginCiForm_hostNeeded());
        assertThat(wrong.getMoreLogServers()).hasSize(3);
        assertThat(wrong.getMoreLogServers().get(0)).containsEntry("logServerHost", "bad host");
    }

    public void testAPasswordStaysWhenTheFieldIsEmptyAndGoesWhenTheBoxIsChecked() throws Exception {
        save(true, SECRET);
        submit(page().getFormByName("config"));
        assertThat(configuration().settings().logServerPassword.getPlainText()).isEqualTo(SECRET);
        assertThat(passwordState()).contains("A password is set");
        HtmlForm form = page().getFormByName("config");
        form.getInputByName("clearLogServerPassword").setChecked(true);
        submit(form);
        assertThat(configuration().settings().logServerPassword).isNull();
        assertThat(passwordState()).contains("No password");
    }

    private static MetapluginCiForm changed(String... namesAndValues) {
        com.google.gson.JsonObject json = new com.google.gson.JsonObject();
        for (int n = 0; n < namesAndValues.length; n += 2) {
            json.addProperty(namesAndValues[n], namesAndValues[n + 1]);
        }
        return new MetapluginCiForm(json.toString(), configuration().settings());
    }

    private static List<String> wrongFields(MetapluginCiForm form) {
        return form.problems().stream().map(FormProblem::getField).toList();
    }

    public void testASavedPasswordGoesToNoOtherLogServer() throws Exception {
        save(true, SECRET);
        MetapluginCiSettings saved = configuration().settings();
        for (String[] change : new String[][] {
            {"logServerHost", "evil.example.org"}, {"logServerPort", "2223"}, {"logServerUser", "other"}
        }) {
            MetapluginCiForm withKey = changed(change);
            assertThat(withKey.problems()).as(change[0]).isEmpty();
            assertThat(withKey.settings(saved).logServerPassword).as(change[0]).isNull();

            String[] keyless = {change[0], change[1], "logServerKeyFile", ""};
            assertThat(wrongFields(changed(keyless))).as(change[0]).containsExactly("logServerPassword");
            MetapluginCiForm typed = changed(change[0], change[1], "logServerKeyFile", "", "logServerPassword", "new");
            assertThat(typed.problems()).isEmpty();
            assertThat(typed.settings(saved).logServerPassword.getPlainText()).isEqualTo("new");
            assertThat(wrongFields(
                            changed(change[0], change[1], "logServerKeyFile", "", "clearLogServerPassword", "true")))
                    .containsExactly("logServerKeyFile");
        }
        MetapluginCiForm same = changed("logServerKeyFile", "", "logServerRoot", "/srv/elsewhere");
        assertThat(same.problems()).isEmpty();
        assertThat(same.settings(saved).logServerPassword.getPlainText()).isEqualTo(SECRET);
    }

    public void testWhatCannotConnectIsNotSaved() throws Exception {
        save(true, "");
        assertThat(changed("gerritHost", "", "takeEvents", "true").problems())
                .singleElement()
                .hasToString("Gerrit: Host: " + Messages.MetapluginCiForm_hostNeeded());
        assertThat(changed("gerritHost", "", "takeEvents", "false").problems()).isEmpty();
        MetapluginCiForm noKeys = changed("gerritHostKeys", "", "logServerHostKeys", "");
        assertThat(wrongFields(noKeys)).containsExactly("gerritHostKeys", "logServerHostKeys");
        assertThat(noKeys.problems().get(0).getText()).contains("Test connection");
        assertThat(noKeys.connectionProblems())
                .as("the test is how to get the key")
                .isEmpty();
    }

    public void testAKeyFileThatOthersMayReadIsWarnedOfToAdministratorsOnly() throws Exception {
        File key = new File(hudson.getRootDir(), "open_key");
        Files.writeString(key.toPath(), "key");
        Files.setPosixFilePermissions(key.toPath(), PosixFilePermissions.fromString("rw-r--r--"));
        String base = "descriptorByName/" + MetapluginCiForm.class.getName() + "/check";
        for (String field : new String[] {"GerritKeyFile", "LogServerKeyFile"}) {
            assertThat(text(base + field + "?value=" + key)).contains("warning").contains("0600");
        }
        Files.setPosixFilePermissions(key.toPath(), PosixFilePermissions.fromString("rw-------"));
        assertThat(text(base + "GerritKeyFile?value=" + key)).isEqualTo("<div/>");
        Files.setPosixFilePermissions(key.toPath(), PosixFilePermissions.fromString("rw-r--r--"));
        secure();
        String asReader = client().login("reader")
                .goTo(base + "GerritKeyFile?value=" + key, "text/html")
                .getWebResponse()
                .getContentAsString();
        assertThat(asReader.trim()).isEqualTo("<div/>");
    }

    public void testAPasswordNeverReachesTheBrowserOrTheDiskInTheClear() throws Exception {
        save(true, SECRET);
        String encrypted = Secret.fromString(SECRET).getEncryptedValue();
        String html = page().getWebResponse().getContentAsString();
        assertThat(html).doesNotContain("s3cret").doesNotContain(encrypted);
        String xml = Files.readString(new File(hudson.getRootDir(), "metaplugin-ci.xml").toPath());
        assertThat(xml).doesNotContain("s3cret").contains("logServerPassword");
        String status = client().goTo("metaplugin-ci/configure/status", "application/json")
                .getWebResponse()
                .getContentAsString();
        assertThat(status).doesNotContain("s3cret").doesNotContain(encrypted);
    }

    public void testARefusedFormLosesNothingAndSavesNothing() throws Exception {
        save(true, SECRET);
        HtmlForm form = page().getFormByName("config");
        form.getInputByName("_.gerritPort").setValueAttribute("99999");
        form.getInputByName("_.gerritUser").setValueAttribute("two words");
        form.getInputByName("_.logServerUrl").setValueAttribute("ftp://logs/<b>");
        form.getTextAreaByName("_.gerritHostKeys").setText("not a key");
        form.getInputByName("_.logServerHost").setValueAttribute("typed.example.org");
        form.getInputByName("_.logServerPassword").setValueAttribute("typed canary");
        form.getTextAreaByName("_.layout").setText(BROKEN_LAYOUT);
        form.getInputByName("_.gitPort").setValueAttribute("git");
        WebClient client = client();
        client.setThrowExceptionOnFailingStatusCode(false);
        form.getPage().getWebClient().setThrowExceptionOnFailingStatusCode(false);
        HtmlPage answer = (HtmlPage) submit(form);
        assertThat(answer.getWebResponse().getStatusCode()).isEqualTo(400);
        String problems = answer.getElementById("metaplugin-ci-problems").getTextContent();
        assertThat(answer.getWebResponse().getContentAsString()).contains("data-field=\"gerritPort\"");
        assertThat(problems)
                .contains("Gerrit: SSH port", "Gerrit: User", "Gerrit: Host keys")
                .contains("Log server: Base URL", "Log server: Password")
                .contains("Merges: Port to serve at")
                .contains("Layout: line ")
                .doesNotContain("Layout: Layout")
                .doesNotContain("gerritPort")
                .doesNotContain("typed canary");
        assertThat(answer.getWebResponse().getContentAsString())
                .doesNotContain("typed canary")
                .doesNotContain("<b>\"");
        HtmlForm again = answer.getFormByName("config");
        assertThat(again.getInputByName("_.gerritPort").getValueAttribute()).isEqualTo("99999");
        assertThat(again.getInputByName("_.gerritUser").getValueAttribute()).isEqualTo("two words");
        assertThat(again.getInputByName("_.logServerUrl").getValueAttribute()).isEqualTo("ftp://logs/<b>");
        assertThat(again.getTextAreaByName("_.gerritHostKeys").getText()).isEqualTo("not a key");
        assertThat(again.getInputByName("_.logServerHost").getValueAttribute()).isEqualTo("typed.example.org");
        assertThat(again.getTextAreaByName("_.layout").getText().replace("\r", ""))
                .isEqualTo(BROKEN_LAYOUT);
        assertThat(answer.getByXPath("//li[@data-field='layout']"))
                .as("every error at once")
                .hasSizeGreaterThan(1);
        assertThat(shown()).isEqualTo(FIELDS);
        assertThat(configuration().settings().logServerPassword.getPlainText()).isEqualTo(SECRET);
    }

    public void testOnlyAdministratorsAreShownHowToSetUpALogServer() throws Exception {
        secure();
        for (String url :
                new String[] {"metaplugin-ci/configure/setupLogServer", "metaplugin-ci/configure/apacheSite"}) {
            assertThat(status("reader", url, "GET")).as(url).isEqualTo(403);
            assertThat(status("admin", url, "GET")).as(url).isEqualTo(200);
        }
    }

    public void testOnlyAnAdministratorsPostChangesAnything() throws Exception {
        secure();
        String before = shown().toString();
        for (String url : new String[] {
            "metaplugin-ci/configure/configSubmit",
            "metaplugin-ci/configure/checkLayout",
            "descriptorByName/" + MetapluginCiForm.class.getName() + "/testGerrit",
            "descriptorByName/" + MetapluginCiForm.class.getName() + "/testLogServer",
        }) {
            for (String user : new String[] {null, "reader"}) {
                assertThat(status(user, url, "POST")).as(url + " as " + user).isIn(401, 403);
                assertThat(status(user, url, "GET")).as(url + " as " + user).isIn(401, 403);
            }
            assertThat(status("admin", url, "GET")).as("GET " + url).isEqualTo(405);
        }
        for (String url : new String[] {
            "metaplugin-ci/configure/", "metaplugin-ci/configure/status", "metaplugin-ci/configure/thirdPartyLayout"
        }) {
            assertThat(status(null, url, "GET")).as(url).isIn(401, 403);
            assertThat(status("reader", url, "GET")).as(url).isEqualTo(403);
            assertThat(status("admin", url, "GET")).as(url).isEqualTo(200);
        }
        assertThat(shown().toString()).isEqualTo(before);
        assertThat(status("admin", "metaplugin-ci/configure/configSubmit", "POST"))
                .as("no crumb")
                .isEqualTo(403);
    }

    private void secure() throws Exception {
        HudsonPrivateSecurityRealm realm = new HudsonPrivateSecurityRealm(false);
        realm.createAccount("admin", "admin");
        realm.createAccount("reader", "reader");
        GlobalMatrixAuthorizationStrategy rights = new GlobalMatrixAuthorizationStrategy();
        rights.add(Hudson.ADMINISTER, "admin");
        rights.add(Hudson.READ, "reader");
        rights.add(Item.READ, "reader");
        rights.add(Item.BUILD, "reader");
        hudson.setSecurityRealm(realm);
        hudson.setAuthorizationStrategy(rights);
        hudson.setCrumbIssuer(new org.jvnet.hudson.test.TestCrumbIssuer());
    }

    private int status(String user, String path, String method) throws Exception {
        HttpURLConnection connection = (HttpURLConnection) new URL(getURL(), path).openConnection();
        connection.setInstanceFollowRedirects(false);
        connection.setRequestMethod(method);
        if (user != null) {
            String basic = Base64.getEncoder().encodeToString((user + ":" + user).getBytes(StandardCharsets.UTF_8));
            connection.setRequestProperty("Authorization", "Basic " + basic);
        }
        if ("POST".equals(method)) {
            connection.setDoOutput(true);
            connection
                    .getOutputStream()
                    .write("json=%7B%22gerritHost%22%3A%22evil%22%7D".getBytes(StandardCharsets.UTF_8));
        }
        return connection.getResponseCode();
    }

    public void testChecksOfAField() throws Exception {
        String base = "descriptorByName/" + MetapluginCiForm.class.getName() + "/check";
        assertThat(text(base + "GerritPort?value=29418")).isEqualTo("<div/>");
        assertThat(text(base + "GerritPort?value=70000")).contains("error").contains("65535");
        assertThat(text(base + "GerritHost?value=a+b")).contains("error");
        assertThat(text(base + "GitUrl?value=https://u:p@host/"))
                .contains("error")
                .contains("password");
        assertThat(text(base + "GerritHostKeys?value=")).contains("warning");
        assertThat(text(base + "CatchUpHours?value=-1")).contains("error");
        assertThat(text(base + "CatchUpHours?value=")).as("the default").isEqualTo("<div/>");
        assertThat(text(base + "UrlPattern?value=%7B%7D")).contains("error");
        assertThat(text(base + "UrlPattern?value=http%3A%2F%2Flogs%2F%7Bchange.number%7D"))
                .isEqualTo("<div/>");
        assertThat(text(base + "GitName?value=a%3Cb")).contains("error");
        assertThat(text(base + "LayoutFile?value=/nonexistent/layout.yaml"))
                .contains("Unable to read layout config file at /nonexistent/layout.yaml");
    }

    public void testAControllerWithoutAUrlIsAnError() throws Exception {
        assertThat(hudson.getRootUrl()).as("of the harness").isNull();
        String base = "descriptorByName/" + MetapluginCiForm.class.getName() + "/check";
        assertThat(text(base + "ControllerUrl?value=")).contains("error").contains("no URL");
        assertThat(text(base + "ControllerUrl?value=http://10.0.0.10:8080/")).isEqualTo("<div/>");
        save(true, "");
        assertThat(wrongFields(changed("controllerUrl", ""))).containsExactly("controllerUrl");
        assertThat(wrongFields(changed("controllerUrl", "", "takeEvents", "false")))
                .isEmpty();
    }

    public void testALayoutIsCheckedWhileItIsTyped() throws Exception {
        save(true, "");
        com.google.gson.JsonObject fine = checkLayout(LAYOUT, "review");
        assertThat(fine.getAsJsonArray("errors")).isEmpty();
        assertThat(fine.getAsJsonArray("missingJobs")).isEmpty();

        com.google.gson.JsonObject wrong = checkLayout(BROKEN_LAYOUT, "review");
        assertThat(wrong.getAsJsonArray("errors").size()).isGreaterThan(1);
        com.google.gson.JsonObject first = wrong.getAsJsonArray("errors").get(0).getAsJsonObject();
        assertThat(first.get("line").getAsInt()).isPositive();
        assertThat(first.get("column").getAsInt()).isPositive();
        assertThat(checkLayout(LAYOUT, "other").getAsJsonArray("errors"))
                .as("another name of the connection")
                .isNotEmpty();
        assertThat(checkLayout(LAYOUT.replace("- check-dsvm", "- no-such-job"), "review")
                        .getAsJsonArray("missingJobs")
                        .toString())
                .isEqualTo("[\"no-such-job\"]");
        assertThat(checkLayout(" ", "gerrit").getAsJsonArray("errors"))
                .as("emptied, it is the layout that is shipped")
                .isEmpty();
        assertThat(page().getWebResponse().getContentAsString()).contains("/js/layout.js");
    }

    private com.google.gson.JsonObject checkLayout(String layout, String connection) throws Exception {
        HttpURLConnection http =
                (HttpURLConnection) new URL(getURL(), "metaplugin-ci/configure/checkLayout").openConnection();
        http.setRequestMethod("POST");
        http.setDoOutput(true);
        http.setRequestProperty(hudson.getCrumbIssuer().getCrumbRequestField(), "test");
        http.getOutputStream()
                .write(("connection=" + connection + "&value="
                                + java.net.URLEncoder.encode(layout.replace("\n", "\r\n"), StandardCharsets.UTF_8))
                        .getBytes(StandardCharsets.UTF_8));
        String json = new String(http.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return com.google.gson.JsonParser.parseString(json).getAsJsonObject();
    }

    public void testALayoutInAFileGoesFirstAndEachOfItsErrorsIsTold() throws Exception {
        save(true, "");
        File file = new File(hudson.getRootDir(), "layout.yaml");
        Files.writeString(file.toPath(), BROKEN_LAYOUT);
        MetapluginCiForm broken = changed("layoutFile", file.getPath());
        assertThat(wrongFields(broken)).hasSizeGreaterThan(1).containsOnly("layoutFile");
        Files.writeString(file.toPath(), LAYOUT.replace("openstack/neutron", "openstack/nova"));
        MetapluginCiForm fine = changed("layoutFile", file.getPath(), "layout", BROKEN_LAYOUT);
        assertThat(fine.problems()).as("its text is not in force").isEmpty();
        configuration().replace(fine.settings(configuration().settings()));
        assertThat(LayoutSource.read(configuration().settings())
                        .result()
                        .layout()
                        .projectNames())
                .containsExactly("openstack/nova");
    }

    public void testTheSecondShippedLayoutIsThereToBeCopied() throws Exception {
        String text = new WebClient()
                .goTo("metaplugin-ci/configure/thirdPartyLayout", "text/plain")
                .getWebResponse()
                .getContentAsString();
        assertThat(LayoutSource.read(text, "", "gerrit").result().errors()).isEmpty();
        assertThat(page().getWebResponse().getContentAsString()).contains("configure/thirdPartyLayout");
    }

    public void testAnEmptiedLayoutIsTheShippedOne() throws Exception {
        assertThat(configuration().settings().layout()).as("a new installation").isEqualTo(LayoutSource.defaultText());
        save(true, "");
        MetapluginCiForm emptied = changed("layout", " \n", "connectionName", "", "catchUpHours", "");
        assertThat(emptied.problems()).isEmpty();
        MetapluginCiSettings settings = emptied.settings(configuration().settings());
        assertThat(settings.layout()).isEqualTo(LayoutSource.defaultText());
        assertThat(settings.connectionName()).isEqualTo("gerrit");
        assertThat(settings.catchUpHours()).isEqualTo(24);
    }

    public void testAFileOfTheFirstReleaseGoesOnAsItWas() throws Exception {
        Files.writeString(new File(hudson.getRootDir(), "metaplugin-ci.xml").toPath(), FIRST_RELEASE);
        configuration().load();
        assertThat(configuration().unreadable()).isNull();
        MetapluginCiSettings settings = configuration().settings();
        assertThat(settings.gerritHost()).isEqualTo("review.example.org");
        assertThat(settings.connectionName()).isEqualTo("gerrit");
        assertThat(settings.catchUpHours()).isEqualTo(24);
        assertThat(settings.gitPort()).isEqualTo(9418);
        assertThat(settings.jobNameInReport()).isTrue();
        assertThat(settings.reportTimes()).isTrue();
        assertThat(settings.silent()).isFalse();
        LayoutSource.Read layout = LayoutSource.read(settings);
        assertThat(layout.result().errors()).isEmpty();
        assertThat(layout.result().layout().projectNames()).containsExactly("openstack/neutron");
        assertThat(layout.result().layout().jobNames()).containsExactly("check-dsvm");
        assertThat(new MetapluginCiForm(settings).problems()).isEmpty();

        submit(page().getFormByName("config"));
        String written = Files.readString(new File(hudson.getRootDir(), "metaplugin-ci.xml").toPath());
        assertThat(written).doesNotContain("<watches>").contains("<layout>");
        assertThat(configuration().settings().layout()).isEqualTo(settings.layout());
    }

    private String text(String path) throws Exception {
        return text(client(), path);
    }

    private static String text(WebClient client, String path) throws Exception {
        return client.goTo(path, "text/html")
                .getWebResponse()
                .getContentAsString()
                .trim();
    }

    public void testHelpOfEveryField() throws Exception {
        List<String> fields = new java.util.ArrayList<>(FIELDS.keySet());
        fields.add("logServerPassword");
        fields.addAll(List.of("takeEvents", "silent", "jobNameInReport", "reportTimes"));
        fields.addAll(List.of("nodeCheckSudo", "nodeCheckGit", "nodeCheckJava", "nodeCheckLeftovers"));
        // One client for all: each keeps a connection, and with it one of the harness' 25 threads.
        WebClient client = client();
        for (String field : fields) {
            String path = "descriptor/" + MetapluginCiForm.class.getName() + "/help/" + field;
            assertThat(text(client, path)).as(field).startsWith("<div>");
        }
    }

    public void testAFileThatCannotBeReadIsKeptAndShown() throws Exception {
        File file = new File(hudson.getRootDir(), "metaplugin-ci.xml");
        Files.writeString(file.toPath(), "<broken");
        configuration().load();
        assertThat(configuration().unreadable()).isNotNull();
        save(true, "");
        assertThat(configuration().unreadable()).isNull();
        assertThat(Files.readString(new File(hudson.getRootDir(), "metaplugin-ci.xml.unreadable").toPath()))
                .isEqualTo("<broken");
        configuration().load();
        assertThat(shown()).isEqualTo(FIELDS);
    }
}
