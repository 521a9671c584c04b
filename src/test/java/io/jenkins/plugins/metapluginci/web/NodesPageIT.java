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

/** The nodes' pages' own files in a real browser, with nodes that are made up, under a policy as current Jenkins has it. */
public class NodesPageIT {
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
        page.answer = 200;
        page.posted.clear();
        FakeDesk made = new FakeDesk();
        page.desk.nodes.clear();
        page.desk.nodes.putAll(made.nodes);
        browser.open(page.url() + "preview-nodes");
        browser.run("window.localStorage.clear();");
        browser.complaints();
    }

    private static void load(String what, String selector) {
        browser.open(page.url() + "preview-" + what);
        Await.until(what, SOON, () -> !browser.texts(selector).isEmpty());
    }

    private static void nodes() {
        load("nodes", ".mci-node");
    }

    private static String text(String selector) {
        return String.join("|", browser.texts(selector));
    }

    private static void assertNoComplaints() {
        assertThat(browser.complaints().stream()
                        .filter(each -> !each.contains("favicon"))
                        .toList())
                .isEmpty();
    }

    private static int width() {
        return browser.run("return document.documentElement.scrollWidth;").getAsInt();
    }

    @Test
    public void everyNodeIsListedAsTextWithoutComplaints() {
        nodes();
        assertThat(browser.texts(".mci-node")).hasSize(11);
        assertThat(browser.texts(".mci-cell-phase"))
                .containsExactly(
                        "READY",
                        "RUNNING",
                        "HELD",
                        "FAILED",
                        "REBOOTING",
                        "PREPARING",
                        "CHECKING",
                        "RETURNING",
                        "DRAINING",
                        "PROVISIONING",
                        "NOT USED YET");
        assertThat(text(".mci-cell-reason")).contains("3.1 GB free of 40 GB", "<script>alert(1)</script>");
        assertThat(text(".mci-cell-build")).contains("dsvm-tempest <b>&</b> #42");
        assertThat(text(".mci-cell-lost")).contains("0 %|0.6 %|1.1 %");
        assertThat(text(".mci-counts")).contains("11 nodes", "FAILED 1");
        assertThat(text(".mci-numbers"))
                .isEqualTo("Counted: 181 runs, 1 lost to infrastructure (0.6 %), 179 reboots, 1 failed.");
        assertThat(browser.texts(".mci-legend")).hasSize(2);
        assertThat(text(".mci-legend")).contains("READY 57 % (12 h 00 min)");
        assertNoComplaints();
    }

    @Test
    public void rowsAreSortedAndFilteredAndThatIsRemembered() {
        nodes();
        browser.click("#mci-nodes-table th:nth-child(6) button");
        assertThat(browser.texts(".mci-cell-runs").get(0)).isEqualTo("0");
        browser.click("#mci-nodes-table th:nth-child(6) button");
        assertThat(browser.texts(".mci-cell-runs").get(0)).isEqualTo("189");
        browser.click("#mci-nodes-table th:nth-child(1) button");
        assertThat(browser.texts(".mci-node-name"))
                .as("numbers in names are numbers")
                .startsWith("slave-1", "slave-2", "slave-3")
                .contains("slave-10");
        browser.type("#mci-nodes-filter", "admin held");
        assertThat(browser.texts(".mci-node-name")).containsExactly("slave-3");
        nodes();
        assertThat(browser.texts(".mci-node-name")).containsExactly("slave-3");
        browser.type("#mci-nodes-filter", "");
        browser.click(".mci-count:nth-child(2)");
        assertThat(browser.texts(".mci-cell-phase")).containsExactly("READY");
    }

    @Test
    public void theListFollowsWithoutAReload() {
        nodes();
        browser.run("window.mark = document.querySelector('.mci-node');");
        page.answer = 503;
        Await.until(
                "the failure is shown", SOON, () -> text("#mci-nodes-message").contains("HTTP 503"));
        assertThat(browser.texts(".mci-node")).as("what was known stays").hasSize(11);
        page.desk.nodes.put("slave-1", FakeDesk.node("slave-1", "FAILED", 0));
        page.desk.nodes.remove("unused");
        page.answer = 200;
        Await.until(
                "it goes on",
                SOON,
                () -> browser.texts(".mci-cell-phase").get(0).equals("FAILED"));
        assertThat(browser.texts(".mci-node")).hasSize(10);
        assertThat(text("#mci-nodes-message")).isEmpty();
        assertThat(browser.run("return window.mark === document.querySelector('.mci-node');")
                        .getAsBoolean())
                .as("the same row")
                .isTrue();
        browser.click(".mci-node:nth-child(2) .mci-button");
        Await.until("the hold is asked for", SOON, () -> page.posted.size() == 1);
        assertThat(page.posted).containsExactly("computer/slave-2/metaplugin-ci/hold ");
        Await.until("the answer", SOON, () -> text("#mci-answer").equals("slave-2: Hold: Done."));
    }

    @Test
    public void oneNodeShowsAllThatIsKnownOfItAsText() {
        load("slave-3", ".mci-facts");
        assertThat(text(".mci-state-why")).contains("3.1 GB free", "<script>alert(1)</script>");
        assertThat(text(".mci-facts")).contains("UTC (for 21 min)", "admin", "7f3c0c1e", "dsvm-tempest <b>&</b> #42");
        assertThat(text("#mci-checks li"))
                .isEqualTo("\u2713 passedsudo without passwordworks"
                        + "|\u2717 failedfree disk3.1 GB free, 10 GB are needed: delete something");
        assertThat(browser.texts("#mci-node-numbers .mci-strip")).hasSize(2);
        assertThat(browser.texts("#mci-history-table tbody tr")).hasSize(50);
        assertThat(browser.texts("#mci-history-table tbody tr").get(0)).contains("7 min ago", "READY", "reason 0 <i>");
        browser.click("#mci-history-more");
        Await.until(
                "all of it",
                SOON,
                () -> browser.texts("#mci-history-table tbody tr").size() == 120);
        assertThat(browser.texts("#mci-prepare")).isEmpty();
        load("slave-6", ".mci-facts");
        Await.until("the log", SOON, () -> text("#mci-prepare .mci-log").equals("+ apt-get update <x>\n"));
        page.desk.prepareLog += "+ git clone\n";
        Await.until("its next lines", SOON, () -> text("#mci-prepare .mci-log").endsWith("<x>\n+ git clone\n"));
        page.desk.prepareLog = "+ again\n";
        Await.until("another log", SOON, () -> text("#mci-prepare .mci-log").equals("+ again\n"));
        load("unused", ".mci-facts");
        assertThat(text(".mci-state-line")).contains("NOT USED YET");
        assertNoComplaints();
    }

    @Test
    public void aNodeIsHeldAndReleasedByItsButtons() {
        load("slave-1", "#mci-do-hold");
        browser.type("#mci-hold-hours", "6.5");
        browser.click("#mci-do-hold");
        Await.until("the hold", SOON, () -> page.posted.size() == 1);
        assertThat(page.posted).containsExactly("computer/slave-1/metaplugin-ci/hold until=6.5");
        Await.until("the answer", SOON, () -> text("#mci-answer").equals("Hold: Done."));
        page.desk.nodes.put("slave-1", FakeDesk.node("slave-1", "HELD", 0));
        Await.until(
                "other buttons", SOON, () -> !browser.texts("#mci-do-release").isEmpty());
        assertThat(browser.texts("#mci-do-hold")).isEmpty();
        browser.run("window.asked = []; window.confirm = function (q) { window.asked.push(q); return false; };");
        browser.click("#mci-do-releaseWithoutReboot");
        assertThat(browser.run("return window.asked.join();").getAsString()).contains("WITHOUT a reboot");
        browser.click("#mci-do-release");
        Await.until("the release", SOON, () -> page.posted.size() == 2);
        assertThat(page.posted)
                .as("not what was not confirmed")
                .last()
                .isEqualTo("computer/slave-1/metaplugin-ci/release ");
        browser.run("window.confirm = function () { return true; };");
        browser.click("#mci-do-releaseWithoutReboot");
        Await.until("three posts", SOON, () -> page.posted.size() == 3);
        assertThat(page.posted).last().isEqualTo("computer/slave-1/metaplugin-ci/releaseWithoutReboot ");
    }

    @Test
    public void bothPagesFitAPhoneAndTheDark() {
        browser.phone(360, 740);
        browser.prefer("dark");
        for (List<String> each : List.of(List.of("nodes", ".mci-node"), List.of("slave-3", ".mci-facts"))) {
            load(each.get(0), each.get(1));
            assertThat(width()).as(each.get(0)).isLessThanOrEqualTo(360);
            assertThat(browser.run("return document.getElementById('mci').className;")
                            .getAsString())
                    .isEqualTo("mci-dark");
            assertThat(browser.run("return getComputedStyle(document.body).backgroundColor;")
                            .getAsString())
                    .isEqualTo("rgb(13, 17, 23)");
        }
        browser.prefer("light");
        nodes();
        assertThat(browser.run("return document.getElementById('mci').className;")
                        .getAsString())
                .isEqualTo("mci-light");
    }
}
