package io.jenkins.plugins.metapluginci.soak;

import io.jenkins.plugins.metapluginci.acceptance.Journal;
import io.jenkins.plugins.metapluginci.soak.NodesJudge.Asked;
import io.jenkins.plugins.metapluginci.soak.NodesJudge.Evidence;
import io.jenkins.plugins.metapluginci.soak.NodesJudge.Hit;
import io.jenkins.plugins.metapluginci.soak.NodesJudge.Offline;
import io.jenkins.plugins.metapluginci.testbed.Await;
import io.jenkins.plugins.metapluginci.testbed.GerritClient.Change;
import io.jenkins.plugins.metapluginci.testbed.GerritClient.Message;
import io.jenkins.plugins.metapluginci.testbed.Node;
import io.jenkins.plugins.metapluginci.testbed.Site;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** The builds that a {@link NodesSoak} asks for, and what is left of them on the nodes' disks. One thread. */
final class NodeTests {
    private static final String OTHER = "others";
    private static final int ONE_FAILS = 4;
    /** On a node's disk: the last round goes on. */
    private static final String GO = "/opt/soak-go";

    private static final Duration ALL_START = Duration.ofSeconds(120);

    private final Site site;
    private final Random random;
    /** Whether each change passes, in the order of their pushes. */
    private final Map<Change, Boolean> changes = new LinkedHashMap<>();

    private final Set<String> lastRound = new HashSet<>();

    NodeTests(Site site, Random random) {
        this.site = site;
        this.random = random;
    }

    /** A job of somebody else on the same nodes; and a test may lose its node as often as this may happen here. */
    void setUp() {
        site.admin().createJob(OTHER, """
                <?xml version='1.0' encoding='UTF-8'?>
                <project>
                  <scm class="hudson.scm.NullSCM"/>
                  <assignedNode>LABEL</assignedNode>
                  <canRoam>false</canRoam>
                  <triggers class="vector"/>
                  <builders><hudson.tasks.Shell><command>STEP</command></hudson.tasks.Shell></builders>
                  <publishers/>
                  <buildWrappers/>
                </project>
                """.replace("LABEL", Site.LABEL).replace(
                "STEP", Journal.freestyleStep(OTHER).replace("&", "&amp;").replace(">", "&gt;")).trim());
        String often = Site.LAYOUT.replace("branch: ^master$", "branch: ^master$\n    attempts: 50");
        site.configure(form -> form.set("layout", often));
    }

    /** A new change, whose test takes a few seconds. @return its number and patchset */
    String push() {
        boolean passes = random.nextInt(ONE_FAILS) > 0;
        return push("sleep " + (2 + random.nextInt(7)), passes);
    }

    /** A build for each node: none of them ends before all have begun. */
    void pushLastRound() {
        site.nodes().forEach(node -> node.exec("rm -f " + GO).ok());
        for (int n = 0; n < site.nodes().size(); n++) {
            lastRound.add(push("for second in $(seq 120); do [ -e " + GO + " ] && break; sleep 1; done", true));
        }
        Await.until(
                "a build runs on each node",
                ALL_START,
                () -> String.valueOf(site.status()),
                () -> site.nodes().stream()
                        .allMatch(
                                node -> Journal.read(node).stream().anyMatch(line -> lastRound.contains(line.what()))));
        site.nodes().forEach(node -> node.exec("touch " + GO).ok());
    }

    /** One build of the other job; none is added to one that waits. */
    void scheduleOther() {
        site.admin().schedule(OTHER);
    }

    int asked() {
        return changes.size();
    }

    /** How many changes have no report yet, as the CI sees it. */
    int underTest() {
        return site.status().getAsJsonArray("items").size();
    }

    /** All changes as Gerrit has them now. */
    List<Change> read() {
        return changes.keySet().stream().map(site.developer()::read).toList();
    }

    /** What there is to judge from. */
    Evidence evidence(List<Hit> hits, List<Offline> offlines) {
        List<Asked> asked = new ArrayList<>();
        changes.forEach((change, passes) -> asked.add(new Asked(
                id(change),
                passes,
                site.developer().read(change).ciMessages().stream()
                        .map(Message::text)
                        .toList())));
        Map<String, List<Node.Boot>> boots = new HashMap<>();
        site.nodes().forEach(node -> boots.put(node.name(), node.boots()));
        return new Evidence(asked, Journal.read(site), boots, hits, offlines, lastRound);
    }

    private String push(String body, boolean passes) {
        String script = Journal.script(body + "\nnote done\nexit " + (passes ? 0 : 1) + "\n");
        Change change = site.developer().pushChange(Site.PROJECT, Site.BRANCH, "Soak " + changes.size(), script);
        changes.put(change, passes);
        return id(change);
    }

    private static String id(Change change) {
        return change.number() + "," + change.patchset();
    }
}
