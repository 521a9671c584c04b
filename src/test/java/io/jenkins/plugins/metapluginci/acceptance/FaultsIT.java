package io.jenkins.plugins.metapluginci.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.metapluginci.testbed.Await;
import io.jenkins.plugins.metapluginci.testbed.GerritClient;
import io.jenkins.plugins.metapluginci.testbed.GerritClient.Change;
import io.jenkins.plugins.metapluginci.testbed.HtmlForm;
import io.jenkins.plugins.metapluginci.testbed.JenkinsClient;
import io.jenkins.plugins.metapluginci.testbed.LogHost;
import io.jenkins.plugins.metapluginci.testbed.Node;
import io.jenkins.plugins.metapluginci.testbed.Site;
import java.time.Duration;
import java.util.List;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;

/** What a CI meets in years of running unattended: its controller killed, its connections frozen, its neighbours away or changed. */
public class FaultsIT {
    private static final Duration ONE_BUILD = Duration.ofSeconds(150);
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final String DEFAULT_REBOOT = "sudo -n /sbin/shutdown -r now";
    private static final Duration BACK = Duration.ofSeconds(60);
    /** On a node's disk, which a reboot leaves as it is. */
    private static final String HOLD = "/opt/hold";

    private Site site;
    private GerritClient developer;

    @Before
    public void quietSite() {
        site = Site.get();
        developer = site.developer();
        site.awaitQuiet();
    }

    @After
    public void allIsAsItWas() {
        site.nodes().forEach(node -> node.setBootDelay(Duration.ZERO));
        release();
    }

    @Test
    public void controllerKilledWhileTheNodeRebootsStillGetsItBack() {
        site.nodes().forEach(node -> node.setBootDelay(Duration.ofSeconds(8)));
        Change change = push("Its node reboots while the controller dies", "exit 0\n");
        Node node = ranOn(change);
        int before = node.reboots();
        Await.until(node.name() + " is down", ONE_BUILD, () -> node.reboots() > before);
        site.controller().kill9();
        site.controller().start();
        site.awaitQuiet();
        assertThat(node.reboots()).isEqualTo(before + 1);
        assertThat(developer.awaitCiVote(change, 1, ONE_BUILD).ciMessages()).hasSize(1);
    }

    @Test
    public void controllerKilledInMidBuildTestsTheChangeAgainOnARebootedNodeAndVotesOnce() {
        Change change = pushHeld("Its controller dies under it");
        Node node = ranOn(change);
        Journal.Line first = Journal.starts(site, id(change)).get(0);
        site.controller().kill9();
        site.controller().start();
        release();

        change = developer.awaitCiVote(change, 1, ONE_BUILD);
        site.awaitQuiet();
        List<Journal.Line> runs = Journal.starts(site, id(change));
        assertThat(runs).hasSize(2);
        assertThat(runs.get(1).uuid()).isNotEqualTo(first.uuid());
        assertThat(runs.get(1).leftovers()).isEmpty();
        assertThat(Journal.read(site))
                .filteredOn(line ->
                        line.event().equals("start") && line.bootId().equals(first.bootId()) && line.at() > first.at())
                .as("ran on " + node.name() + " before it was rebooted")
                .isEmpty();
        assertThat(developer.read(change).ciMessages()).hasSize(1);
    }

    @Test
    public void connectionThatFreezesInsteadOfClosingDoesNotKeepTheNodeAway() {
        // The pause gives the test time to freeze the connection before the machine goes down.
        rebootCommand("sleep 8; " + DEFAULT_REBOOT);
        Change change = push("Its node's connection freezes before the reboot", "sleep 1\n");
        Node node = ranOn(change);
        int before = node.reboots();
        Journal.Line start = Journal.starts(site, id(change)).get(0);
        developer.awaitCiVote(change, 1, ONE_BUILD);
        // By now the plugin may have hung up, and not yet called again.
        Await.until("a connection is frozen", SOON, () -> node.relay().strand() > 0);
        assertThat(node.reboots()).as("reboots when the connection froze").isEqualTo(before);
        rebootCommand(DEFAULT_REBOOT);

        site.awaitQuiet();
        assertThat(node.reboots()).isGreaterThan(before);
        assertThat(node.bootId()).isNotEqualTo(start.bootId());
        // The old connection's end comes late: it must not be taken for the new one's.
        node.relay().cutStranded();
        Change next = push("Is tested after the frozen connection's end", "exit 0\n");
        developer.awaitCiVote(next, 1, ONE_BUILD);
        site.awaitQuiet();
        assertThat(Journal.starts(site, id(next))).hasSize(1);
    }

    @Test
    public void connectionCutInMidBuildIsInfrastructureAndTheChangeIsTestedAgain() {
        Change change = pushHeld("Its node's connection is cut in the middle");
        Node node = ranOn(change);
        int before = node.reboots();
        node.relay().cut();
        Await.until(node.name() + " is down", ONE_BUILD, () -> node.reboots() > before);
        release();
        change = developer.awaitCiVote(change, 1, ONE_BUILD);
        site.awaitQuiet();
        assertThat(developer.read(change).ciMessages()).hasSize(1);
        assertThat(Journal.starts(site, id(change))).hasSize(2);
        assertThat(node.reboots()).isGreaterThan(before);
    }

    @Test
    public void gerritRestartedIsHeardAgain() {
        site.gerrit().stop();
        assertThat(site.awaitGerrit("WAITING", SOON)).isNotBlank();
        site.gerrit().start();
        site.awaitGerrit("CONNECTED", BACK);
        developer.awaitCiVote(push("After Gerrit's restart", "exit 0\n"), 1, ONE_BUILD);
    }

    @Test
    public void logServerAwayOrWithWrongKeysDelaysTheLogsNotTheVote() {
        LogHost logs = site.logHost();
        logs.stopSshd();
        Change change = push("The log server is away", "exit 0\n");
        assertVoteBeforeLogs(change, "cannot be reached");
        logs.startSshd();

        site.configure(form -> form.set("logServerKeyFile", logs.wrongKeyFile().toString()));
        assertVoteBeforeLogs(push("Our key is not the log server's", "exit 0\n"), "login");

        site.configure(form -> form.set("logServerHostKeys", logs.wrongHostKey()));
        assertVoteBeforeLogs(push("The log server shows another key", "exit 0\n"), "host key");
        site.configure(form -> {});
    }

    private void assertVoteBeforeLogs(Change change, String why) {
        Change voted = developer.awaitCiVote(change, 1, ONE_BUILD);
        String text = voted.ciMessages().get(0).text();
        assertThat(text)
                .contains("- " + Site.JOB)
                .contains(" : SUCCESS")
                .contains("logs of " + Site.JOB + " will be there later")
                .contains(why)
                .contains(site.logHost().baseUrl().toString());
    }

    @Test
    public void gerritWithAWrongKeyIsNamedAndMended() {
        try {
            site.configure(form ->
                    form.set("gerritKeyFile", site.gerrit().wrongKeyFile().toString()));
            assertThat(site.awaitGerrit("REFUSED", SOON)).containsIgnoringCase("refused");

            site.configure(form -> form.set("gerritHostKeys", site.gerrit().wrongHostKey()));
            assertThat(site.awaitGerrit("REFUSED", SOON)).contains("host key").contains("SHA256:");
        } finally {
            site.configure(form -> {});
        }
        site.awaitGerrit("CONNECTED", SOON);
        developer.awaitCiVote(push("After Gerrit's key was mended", "exit 0\n"), 1, ONE_BUILD);
    }

    private void rebootCommand(String command) {
        HtmlForm form = site.admin().form(JenkinsClient.job(Site.JOB) + "configure");
        form.set("rebootCommand", command).submit().ok();
    }

    private Change push(String subject, String body) {
        return developer.pushChange(Site.PROJECT, Site.BRANCH, subject, Journal.script(body));
    }

    /** A change whose test runs until {@link #release}, on whichever node. */
    private Change pushHeld(String subject) {
        site.nodes().forEach(node -> node.exec("touch " + HOLD).ok());
        return push(subject, "while [ -e " + HOLD + " ]; do sleep 0.1; done\n");
    }

    private void release() {
        site.nodes()
                .forEach(node -> Await.until(
                        node.name() + " lets go",
                        BACK,
                        () -> node.exec("rm -f " + HOLD).exit() == 0));
    }

    private Node ranOn(Change change) {
        return Journal.ranOn(site, change, ONE_BUILD);
    }

    private static String id(Change change) {
        return Journal.id(change);
    }
}
