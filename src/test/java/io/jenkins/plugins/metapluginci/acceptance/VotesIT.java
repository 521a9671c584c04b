package io.jenkins.plugins.metapluginci.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.metapluginci.testbed.Await;
import io.jenkins.plugins.metapluginci.testbed.GerritClient;
import io.jenkins.plugins.metapluginci.testbed.GerritClient.Change;
import io.jenkins.plugins.metapluginci.testbed.GerritClient.Message;
import io.jenkins.plugins.metapluginci.testbed.JenkinsClient;
import io.jenkins.plugins.metapluginci.testbed.Node;
import io.jenkins.plugins.metapluginci.testbed.Site;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.Before;
import org.junit.Test;

/** Changes pushed to a real Gerrit, what is said about them there, and what is left of each run on the nodes' disks. */
public class VotesIT {
    private static final Duration ONE_BUILD = Duration.ofSeconds(120);
    private static final Duration MANY_BUILDS = Duration.ofSeconds(240);
    private static final Pattern LINK = Pattern.compile("- " + Site.JOB + " (http://\\S+) : ");

    private Site site;
    private GerritClient developer;

    @Before
    public void quietSite() {
        site = Site.get();
        developer = site.developer();
        site.awaitQuiet();
    }

    @Test
    public void aChangeIsVotedOnAndTheRecheckCommentRunsItAgain() throws Exception {
        // The change's own script decides: it fails where the node says so, so that one patchset can do both.
        Change change = developer.pushChange(
                Site.PROJECT,
                Site.BRANCH,
                "Passes, then fails",
                Journal.script("echo the test of this change has run\n[ ! -e /opt/fail-now ]\n"));
        change = developer.awaitCiVote(change, 1, ONE_BUILD);

        Message success = only(change.ciMessages(1));
        assertThat(success.text())
                .matches("(?s)Patch Set 1: Verified\\+1\n\nBuild succeeded\\.\n\n- " + Site.JOB
                        + " http://\\S+ : SUCCESS in \\d+s\n?");
        String link = link(success);
        assertThat(link).startsWith(site.logHost().baseUrl().toString()).contains(logPath(change));
        assertThat(fetch(link)).contains("SUCCESS").contains("console.html");
        assertThat(fetch(link + "console.html")).contains("the test of this change has run");
        assertThat(fetch(link + "logs/")).contains("devstack");

        for (Node node : site.nodes()) {
            node.exec("touch /opt/fail-now").ok();
        }
        String id = change.number() + ",1";
        List<String> ignored = commentsThatDoNothing(change, success);
        site.awaitQuiet();
        assertThat(Journal.starts(site, id)).as("after " + ignored).hasSize(1);

        developer.comment(change, Site.RECHECK);
        change = developer.awaitCiReports(change, 2, ONE_BUILD);
        for (Node node : site.nodes()) {
            node.exec("rm /opt/fail-now").ok();
        }
        Message failure = change.ciMessages(1).get(1);
        assertThat(failure.text())
                .contains("Build failed. Leave a comment with 'metaplugin-recheck' to rerun a check."
                        + " ('recheck' will be ignored.)\n\n- " + Site.JOB + " http://")
                .containsPattern(" : FAILURE in \\d+s");
        assertThat(link(failure)).isNotEqualTo(link);
        assertThat(change.ciVote()).as("the +1 of the first run").isZero();
        assertThat(Journal.starts(site, id)).hasSize(2);

        // Our own report names the keyword; it must not start anything either.
        site.awaitQuiet();
        assertThat(Journal.starts(site, id)).hasSize(2);
        assertThat(developer.read(change).ciMessages()).hasSize(2);
    }

    /** Posts what looks like a recheck and is none; the later recheck proves that each was seen and let pass. */
    private List<String> commentsThatDoNothing(Change change, Message ownReport) {
        List<String> comments = List.of(
                "recheck",
                "recheck no bug",
                "metaplugin-recheck please",
                "please run metaplugin-recheck (1)",
                "metaplugin-rechecked",
                "Leave a comment with 'metaplugin-recheck' to rerun a check.",
                "x".repeat(60_000) + "!",
                ("ab ".repeat(5_000) + "!").trim(),
                "Build failed.\n\nmetaplugin-recheck\n\nthanks");
        comments.forEach(text -> developer.comment(change, text));
        developer.commentInline(change, "metaplugin-recheck", "metaplugin-test.sh", 1, "why?");
        Change elsewhere =
                developer.pushChange("openstack/nova", "master", "Another project", Journal.script("exit 0\n"));
        developer.comment(elsewhere, Site.RECHECK);
        Change stable = developer.pushChange(Site.PROJECT, "stable/juno", "Another branch", Journal.script("exit 0\n"));
        developer.comment(stable, Site.RECHECK);
        // Nothing tells that nothing will happen, but events come in order: this change is behind all of them.
        Change last = developer.pushChange(
                Site.PROJECT, Site.BRANCH, "After the comments", Journal.script("echo fine\nexit 0\n"));
        developer.awaitCiReports(last, 1, ONE_BUILD);
        assertThat(developer.read(elsewhere).ciMessages()).isEmpty();
        assertThat(developer.read(stable).ciMessages()).isEmpty();
        assertThat(ownReport.text()).doesNotContain(Site.RECHECK);
        return comments;
    }

    @Test
    public void manyAtOnceShareTheNodesAndEachRunHasACleanOne() throws Exception {
        JenkinsClient admin = site.admin();
        admin.createJob("plain", freestyle(Journal.freestyleStep("plain")));
        List<Integer> rebootsBefore = site.nodes().stream().map(Node::reboots).toList();
        int startsBefore = ourStarts().size();
        OfflineWatch watch = new OfflineWatch(site);

        List<CompletableFuture<Change>> pushes = new ArrayList<>();
        for (int n = 1; n <= 4; n++) {
            String subject = "One of four: " + n;
            pushes.add(CompletableFuture.supplyAsync(
                    () -> developer.pushChange(Site.PROJECT, Site.BRANCH, subject, Journal.script("sleep 4\n"))));
        }
        List<Change> four = pushes.stream().map(CompletableFuture::join).toList();
        Await.until("two builds run", ONE_BUILD, () -> ourStarts().size() >= startsBefore + 2);
        admin.schedule("plain");
        Change aborted = developer.pushChange(Site.PROJECT, Site.BRANCH, "Is aborted", Journal.script("sleep 600\n"));
        String abortedId = aborted.number() + ",1";
        Await.until(
                "the build to abort runs",
                MANY_BUILDS,
                () -> !Journal.starts(site, abortedId).isEmpty());
        abort(Journal.starts(site, abortedId).get(0));

        for (Change change : four) {
            developer.awaitCiVote(change, 1, MANY_BUILDS);
        }
        aborted = developer.awaitCiReports(aborted, 1, ONE_BUILD);
        assertThat(only(aborted.ciMessages()).text()).contains(" : ABORTED").doesNotContain("Verified");
        site.awaitQuiet();
        watch.stop();

        assertEachRunHadACleanNode();
        assertThat(Journal.starts(site, "plain")).hasSize(1);
        int builds = ourStarts().size() - startsBefore;
        assertThat(builds).isEqualTo(5);
        int reboots = 0;
        for (int n = 0; n < site.nodes().size(); n++) {
            Node node = site.nodes().get(n);
            int here = node.reboots() - rebootsBefore.get(n);
            assertThat(watch.offlines(node.name()))
                    .as("times " + node.name() + " was offline")
                    .isEqualTo(here);
            reboots += here;
        }
        assertThat(reboots).as("reboots").isEqualTo(builds);
        assertThat(overlap(four)).as("two builds ran at the same time").isTrue();
    }

    @Test
    public void buildNowTestsTheTipOfTheBranchAndTellsGerritNothing() throws Exception {
        Change open = developer.pushChange(
                Site.PROJECT, Site.BRANCH, "Open while Build Now runs", Journal.script("echo fine\n"));
        open = developer.awaitCiReports(open, 1, ONE_BUILD);
        site.awaitQuiet();
        JenkinsClient admin = site.admin();
        int last = admin.builds(Site.JOB).get(0).number();
        admin.post(JenkinsClient.job(Site.JOB) + "buildWithParameters?delay=0sec", Map.of("ZUUL_BRANCH", Site.BRANCH));
        Await.until(
                "Build Now starts",
                ONE_BUILD,
                () -> admin.build(Site.JOB, last + 1).isPresent());
        JenkinsClient.Build build = admin.awaitBuild(Site.JOB, last + 1, ONE_BUILD);

        String console = admin.console(Site.JOB, build.number());
        assertThat(build.result()).as(console).isEqualTo("SUCCESS");
        assertThat(console)
                .contains("No change: the tip of the branch master of " + Site.PROJECT + " is tested")
                .contains("Testing " + Site.PROJECT + " on master (tip of the branch)")
                .contains("Fetching refs/heads/master of ")
                .contains("The branch as it is passes.");
        Matcher logs = Pattern.compile("Logs: (\\S+)").matcher(console);
        assertThat(logs.find()).as(console).isTrue();
        String base = site.logHost().baseUrl() + "manual/" + Site.JOB + "/";
        assertThat(logs.group(1)).startsWith(base);
        String uuid7 = logs.group(1).substring(base.length()).replace("/", "");
        assertThat(uuid7).matches("[0-9a-f]{7}");
        site.awaitQuiet();
        assertThat(site.logHost().docroot().resolve("manual").resolve(Site.JOB).resolve(uuid7))
                .isDirectoryContaining("glob:**/index.html");
        assertThat(fetch(logs.group(1))).contains("SUCCESS");
        assertThat(fetch(logs.group(1) + "console.html")).contains("The branch as it is passes.");
        assertThat(developer.read(open).ciMessages()).hasSize(1);
    }

    /** No run of ours shares a boot of its node with an earlier run, and none found what another left. */
    private void assertEachRunHadACleanNode() {
        List<Journal.Line> lines = Journal.read(site);
        for (Journal.Line ours : lines) {
            if (!ours.event().equals("start") || ours.uuid().equals("-")) {
                continue;
            }
            assertThat(ours.leftovers()).as("found by " + ours).isEmpty();
            assertThat(lines)
                    .filteredOn(line -> line.event().equals("start")
                            && line.bootId().equals(ours.bootId())
                            && line.at() > ours.at())
                    .as("ran on " + ours.node() + " after " + ours + " and before its reboot")
                    .isEmpty();
        }
    }

    private boolean overlap(List<Change> changes) {
        List<Journal.Line> starts = changes.stream()
                .map(change -> only(Journal.starts(site, change.number() + ",1")))
                .sorted(Comparator.comparingDouble(Journal.Line::at))
                .toList();
        return starts.get(1).at()
                < Journal.end(site, starts.get(0)).orElseThrow().at();
    }

    private List<Journal.Line> ourStarts() {
        return Journal.read(site).stream()
                .filter(line -> line.event().equals("start") && !line.uuid().equals("-"))
                .toList();
    }

    private void abort(Journal.Line start) {
        JenkinsClient.Build build = site.admin().builds(Site.JOB).stream()
                .filter(b -> b.building() && b.node().equals(start.node()))
                .findFirst()
                .orElseThrow();
        site.admin().abort(Site.JOB, build.number());
    }

    private static String logPath(Change change) {
        String number = String.valueOf(change.number());
        String last = number.length() < 2 ? number : number.substring(number.length() - 2);
        return "/" + last + "/" + number + "/" + change.patchset() + "/check/" + Site.JOB + "/";
    }

    private static String link(Message message) {
        Matcher link = LINK.matcher(message.text());
        assertThat(link.find()).as("a link in: " + message.text()).isTrue();
        return link.group(1).endsWith("/") ? link.group(1) : link.group(1) + "/";
    }

    private String fetch(String url) {
        return site.logHost().fetch(url);
    }

    private static <T> T only(List<T> list) {
        assertThat(list).hasSize(1);
        return list.get(0);
    }

    private static String freestyle(String shell) {
        return """
                <?xml version='1.0' encoding='UTF-8'?>
                <project>
                  <description></description>
                  <keepDependencies>false</keepDependencies>
                  <properties/>
                  <scm class="hudson.scm.NullSCM"/>
                  <assignedNode>LABEL</assignedNode>
                  <canRoam>false</canRoam>
                  <disabled>false</disabled>
                  <blockBuildWhenDownstreamBuilding>false</blockBuildWhenDownstreamBuilding>
                  <blockBuildWhenUpstreamBuilding>false</blockBuildWhenUpstreamBuilding>
                  <triggers class="vector"/>
                  <concurrentBuild>false</concurrentBuild>
                  <builders><hudson.tasks.Shell><command>SHELL</command></hudson.tasks.Shell></builders>
                  <publishers/>
                  <buildWrappers/>
                </project>
                """.replace("LABEL", Site.LABEL).replace(
                "SHELL", shell.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")).trim();
    }
}
