package io.jenkins.plugins.metapluginci.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.metapluginci.testbed.Controller;
import io.jenkins.plugins.metapluginci.testbed.JenkinsClient;
import io.jenkins.plugins.metapluginci.testbed.Page;
import io.jenkins.plugins.metapluginci.testbed.Site;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.Before;
import org.junit.Test;

/** Every URL of ours that changes something, tried by those who may not, by GET, and without a crumb. */
public class UrlsIT {
    private Site site;
    private Controller controller;
    /** The URLs with fields that would change something. */
    private final Map<String, Map<String, String>> changing = new LinkedHashMap<>();

    @Before
    public void urls() {
        site = Site.get();
        controller = site.controller();
        String json = "{\"whole\": \"true\", \"gerritHost\": \"attacker.example.org\", \"takeEvents\": true}";
        changing.put(Site.PAGE + "/configSubmit", Map.of("json", json, "_.gerritHost", "attacker.example.org"));
        changing.put(Site.PAGE + "/checkLayout", Map.of("value", "pipelines: []"));
        String tests = "descriptorByName/io.jenkins.plugins.metapluginci.config.MetapluginCiConfiguration/";
        changing.put(tests + "testGerrit", Map.of("gerritHost", "127.0.0.1", "gerritPort", "1"));
        changing.put(tests + "testLogServer", Map.of("logServerHost", "127.0.0.1", "logServerPort", "1"));
        Map<String, String> change = Map.of("pipeline", "check", "project", Site.PROJECT, "change", "1,1");
        changing.put(Site.STATUS + "/reload", Map.of());
        changing.put(Site.STATUS + "/enqueue", change);
        changing.put(Site.STATUS + "/dequeue", change);
        changing.put(Site.STATUS + "/promote", Map.of("pipeline", "check", "changes", "1,1"));
        changing.put(Site.STATUS + "/forgetUnvoted", Map.of());
        changing.put(Site.STATUS + "/enqueueMissed", Map.of("all", "true"));
        changing.put(Site.STATUS + "/retryLogs", Map.of("id", "x"));
        changing.put(Site.STATUS + "/giveUpLogs", Map.of("id", "x"));
        String node = site.nodes().get(0).name();
        for (String action : List.of("hold", "release", "releaseWithoutReboot", "reboot", "recheck", "prepare")) {
            changing.put(Site.STATUS + "/nodes/" + node + "/" + action, Map.of());
        }
        changing.put("computer/" + node + "/metaplugin-ci/hold", Map.of("until", "1"));
        changing.put(JenkinsClient.job(Site.JOB) + "configSubmit", Map.of("json", "{}"));
    }

    @Test
    public void onlyAnAdministratorChangesAnything() {
        String before = site.admin().get(Site.PAGE + "/").ok().body();
        String job = site.admin().configXml(Site.JOB);
        changing.forEach((url, fields) -> {
            assertRefused("anonymous", url, controller.anonymous().post(url, fields));
            assertRefused("reader", url, controller.reader().post(url, fields));
            assertRefused(
                    "reader without crumb",
                    url,
                    controller.reader().withoutCrumbs().post(url, fields));
            assertRefused(
                    "administrator without crumb",
                    url,
                    controller.admin().withoutCrumbs().post(url, fields));
            assertRefused("administrator by GET", url, controller.admin().get(url + query(fields)));
        });
        assertThat(site.admin().configXml(Site.JOB)).isEqualTo(job);
        assertThat(site.admin().form(Site.PAGE + "/").value("gerritHost"))
                .isEqualTo(site.gerrit().host());
        assertThat(before).contains(site.gerrit().host());
    }

    @Test
    public void pagesAreForThoseWhoMaySeeThem() {
        for (String url : new String[] {Site.PAGE + "/", Site.PAGE + "/status"}) {
            assertRefused("anonymous", url, controller.anonymous().get(url));
            assertRefused("reader", url, controller.reader().get(url));
            assertThat(controller.admin().get(url).status()).isEqualTo(200);
        }
        changing.put(Site.STATUS + "/retryLogs", Map.of("id", "x"));
        changing.put(Site.STATUS + "/giveUpLogs", Map.of("id", "x"));
        String node = site.nodes().get(0).name();
        for (String url : new String[] {
            "/",
            "/status.json",
            "/status",
            "/status/change/1,1",
            "/nodes/",
            "/nodes.json",
            "/nodes.json?node=" + node,
            "/nodes/" + node + "/",
            "/nodes/" + node + "/node.json"
        }) {
            String status = Site.STATUS + url;
            assertRefused("anonymous", status, controller.anonymous().get(status));
            assertThat(controller.reader().get(status).status()).as(status).isIn(200, 404);
        }
        String job = JenkinsClient.job(Site.JOB);
        assertRefused("anonymous", job, controller.anonymous().get(job));
        assertThat(controller.reader().get(job).status()).isEqualTo(200);
        assertRefused("reader", job + "configure", controller.reader().get(job + "configure"));
    }

    @Test
    public void hooksAreCheckedForThoseWhoMaySaveThem() {
        String job = JenkinsClient.job(Site.JOB);
        String check = "descriptorByName/io.jenkins.plugins.metapluginci.job.GateSettings/checkGateText";
        Map<String, String> broken = Map.of("value", "if true");
        assertThat(controller.admin().post(job + check, broken).ok().body()).contains("gate_hook is not valid bash");
        assertThat(controller.reader().post(job + check, broken).body()).doesNotContain("bash");
        // 1.395 would put the text into the URL of a GET.
        String form = controller.admin().get(job + "configure").ok().body();
        assertThat(form.contains(check)).isEqualTo(!controller.isOldCore());
    }

    @Test
    public void aBranchThatCannotBeOneIsRefusedWithAReason() {
        JenkinsClient admin = controller.admin();
        int builds = admin.builds(Site.JOB).size();
        Page page = admin.post(
                JenkinsClient.job(Site.JOB) + "buildWithParameters?delay=0sec", Map.of("ZUUL_BRANCH", "a..b"));
        assertThat(page.status()).isEqualTo(400);
        assertThat(page.body()).contains("a..b", "is not the name of a branch");
        assertThat(admin.queue()).isEmpty();
        assertThat(admin.builds(Site.JOB)).hasSize(builds);
    }

    private static void assertRefused(String who, String url, Page page) {
        boolean toLogin = page.status() / 100 == 3 && page.location().contains("login");
        boolean asked = page.status() == 200 && page.body().contains("j_password");
        assertThat(toLogin || asked || page.status() >= 400 && page.status() < 500)
                .as(who + " at " + url + ": " + page.status() + " " + page.location())
                .isTrue();
    }

    private static String query(Map<String, String> fields) {
        StringBuilder query = new StringBuilder();
        fields.forEach((name, value) -> query.append(query.length() == 0 ? '?' : '&')
                .append(name)
                .append('=')
                .append(java.net.URLEncoder.encode(value, java.nio.charset.StandardCharsets.UTF_8)));
        return query.toString();
    }
}
