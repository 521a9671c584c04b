package io.jenkins.plugins.metapluginci.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.metapluginci.testbed.Await;
import io.jenkins.plugins.metapluginci.testbed.Browser;
import java.time.Duration;
import java.util.List;
import org.junit.AfterClass;
import org.junit.Before;
import org.junit.BeforeClass;
import org.junit.Test;

/** The status page's own files in a real browser, with a status that is made up, under a policy as current Jenkins has it. */
public class StatusPageIT {
    private static final Duration SOON = Duration.ofSeconds(20);

    private static StatusPreview page;
    private static Browser browser;

    @BeforeClass
    public static void open() throws Exception {
        page = new StatusPreview();
        browser = Browser.start(1200, 900);
    }

    @AfterClass
    public static void close() {
        browser.close();
        page.close();
    }

    @Before
    public void fresh() {
        page.view = Views.full();
        page.answer = 200;
        page.silent = false;
        page.posted.clear();
        browser.open(page.url());
        browser.run("window.localStorage.clear();");
        load();
        browser.complaints();
    }

    private static void load() {
        browser.open(page.url());
        Await.until("cards", SOON, () -> !browser.texts(".mci-item").isEmpty());
    }

    private static String text(String selector) {
        return String.join("|", browser.texts(selector));
    }

    @Test
    public void pipelinesItemsAndJobsAreShownAsTextWithoutComplaints() {
        assertThat(browser.texts(".mci-pipeline-name")).hasSize(2);
        assertThat(browser.texts(".mci-badge")).as("live items").containsExactly("3", "1");
        assertThat(text(".mci-off")).contains("disabled after 3 failures in a row");
        assertThat(text(".mci-description")).contains("+1 or 0 <once>");
        assertThat(text("#mci-lengths")).isEqualTo("Queue lengths: 3 events, 1 result.");
        assertThat(text(".mci-footer"))
                .isEqualTo("Metaplugin CI 1.0. Last reconfigured: 24 h 00 min ago (2023-11-13 22:13 UTC).");
        assertThat(browser.texts(".mci-labelled span")).containsExactly("Pipeline", "Project", "Change and patchset");
        assertThat(browser.texts(".mci-change")).containsExactly("41,3", "42,1", "50,2", "51,1", "0123456");
        assertThat(browser.run("return document.querySelectorAll('.mci-dot-conflict').length;")
                        .getAsInt())
                .isEqualTo(1);
        assertThat(browser.texts(".mci-job")).as("closed at first").isEmpty();
        browser.click(".mci-item:nth-child(2) .mci-toggle");
        assertThat(text(".mci-verdict")).isEqualTo("Failing because at least one job failed");
        assertThat(text(".mci-subject")).contains("<b>markup</b> & \"quotes\"");
        assertThat(browser.texts(".mci-word"))
                .containsExactly("success", "failure", "25 min, 35 min left", "1 min", "queued", "skipped");
        assertThat(text(".mci-note")).contains("(non-voting)");
        assertThat(text(".mci-why")).contains("attempt 1 lost its node", "no node has the label devstack_slave");
        assertThat(browser.run("return document.querySelector('.mci-job-name').href;")
                        .getAsString())
                .isEqualTo("https://logs.example.org/42/check-requirements");
        assertThat(browser.complaints().stream()
                        .filter(each -> !each.contains("favicon"))
                        .toList())
                .isEmpty();
    }

    @Test
    public void theFilterAndTheChoiceToExpandAreRemembered() {
        browser.type("#mci-filter", "42,1 Experimental");
        assertThat(browser.texts(".mci-pipeline-name")).as("words are or").hasSize(2);
        browser.type("#mci-filter", "nova");
        assertThat(browser.texts(".mci-change")).containsExactly("41,3");
        assertThat(browser.texts(".mci-pipeline-name")).hasSize(1);
        browser.click("#mci-expand");
        load();
        assertThat(browser.texts(".mci-change")).containsExactly("41,3");
        browser.type("#mci-filter", "");
        assertThat(browser.texts(".mci-change")).hasSize(5);
        assertThat(browser.texts(".mci-job")).hasSize(7);
        browser.click("#mci-expand");
        assertThat(browser.texts(".mci-job")).isEmpty();
    }

    @Test
    public void itFollowsWithoutAReloadAndKeepsWhatIsOpen() {
        browser.click(".mci-item:nth-child(2) .mci-toggle");
        browser.run("window.mark = document.querySelector('.mci-item:nth-child(2)');");
        page.answer = 503;
        Await.until("the failure is shown", SOON, () -> text("#mci-message").contains("HTTP 503"));
        assertThat(browser.texts(".mci-item")).as("what was known stays").hasSize(5);
        page.answer = 200;
        page.view =
                Views.of(Views.NOW + 60_000, List.of(Views.full().pipelines().get(0)));
        Await.until(
                "it goes on", SOON, () -> browser.texts(".mci-pipeline-name").size() == 1);
        assertThat(text("#mci-message")).isEmpty();
        assertThat(browser.texts(".mci-word")).hasSize(6);
        assertThat(browser.run("return window.mark === document.querySelector('.mci-item:nth-child(2)');")
                        .getAsBoolean())
                .as("the same card")
                .isTrue();
    }

    @Test
    public void aControllerThatHangsIsSaidAndAskedAgain() {
        browser.run("MetapluginCi.timeout = 1000;");
        page.silent = true;
        Await.until("the silence is shown", SOON, () -> text("#mci-message").contains("no answer within 1 s"));
        assertThat(browser.texts(".mci-item")).as("what was known stays").hasSize(5);
        page.silent = false;
        Await.until("it goes on", SOON, () -> text("#mci-message").isEmpty());
    }

    @Test
    public void operatorsHaveButtons() {
        browser.run("window.confirm = function () { return true; };");
        browser.click(".mci-item:nth-child(2) .mci-toggle");
        browser.click(".mci-item:nth-child(2) .mci-buttons button");
        browser.click("#mci-reload");
        browser.type("#mci-project", "openstack/neutron & co");
        browser.type("#mci-change", "7,1");
        browser.click("#mci-enqueue");
        browser.click("#mci-missed li button");
        Await.until("four posts", SOON, () -> page.posted.size() == 4);
        assertThat(page.posted)
                .containsExactlyInAnyOrder(
                        "dequeue pipeline=check&change=42%2C1",
                        "reload ",
                        "enqueue pipeline=check&project=openstack%2Fneutron%20%26%20co&change=7%2C1",
                        "enqueueMissed key=k1");
        Await.until("the answer", SOON, () -> text("#mci-answer").endsWith(": Done."));
    }

    @Test
    public void theNodesAreBelowThePipelinesThoseThatNeedAPersonFirst() {
        Await.until("the nodes", SOON, () -> browser.texts(".mci-node-line").size() == 10);
        assertThat(text(".mci-node-line .mci-phase")).startsWith("FAILED|HELD|").endsWith("|READY");
        assertThat(text(".mci-node-line")).contains("<script>alert(1)</script>", "for 28 min");
        assertThat(text("#mci-pool .mci-numbers")).contains("181 runs, 1 lost to infrastructure (0.6 %)");
        assertThat(browser.texts("#mci-pool .mci-strip")).hasSize(2);
        assertThat(browser.run("return document.querySelector('.mci-node-line a').href;")
                        .getAsString())
                .endsWith("/ci/computer/slave-4/metaplugin-ci/");
    }

    @Test
    public void itFitsAPhoneAndTheDark() {
        browser.phone(360, 740);
        browser.prefer("dark");
        load();
        assertThat(browser.run("return document.documentElement.scrollWidth;").getAsInt())
                .isLessThanOrEqualTo(360);
        assertThat(browser.run("return document.getElementById('mci').className;")
                        .getAsString())
                .isEqualTo("mci-dark");
        assertThat(browser.run("return getComputedStyle(document.body).backgroundColor;")
                        .getAsString())
                .isEqualTo("rgb(13, 17, 23)");
        browser.prefer("light");
        load();
        assertThat(browser.run("return document.getElementById('mci').className;")
                        .getAsString())
                .isEqualTo("mci-light");
    }

    @Test
    public void thousandsOfChangesDoNotStopTheBrowser() {
        page.view = Views.many(2_000, 4, Views.NOW);
        browser.open(page.url());
        Await.until(
                "every card",
                SOON,
                () -> browser.run("return document.querySelectorAll('.mci-item').length;")
                                .getAsInt()
                        == 2_000);
        assertThat(text(".mci-badge")).isEqualTo("500|500|500|500");
        browser.type("#mci-filter", "project-7");
        assertThat(browser.texts(".mci-item")).hasSize(50);
    }
}
