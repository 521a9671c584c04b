package io.jenkins.plugins.metapluginci.soak;

import io.jenkins.plugins.metapluginci.testbed.Gate;
import io.jenkins.plugins.metapluginci.testbed.GerritClient;
import io.jenkins.plugins.metapluginci.testbed.GerritClient.Change;
import io.jenkins.plugins.metapluginci.testbed.Node;
import io.jenkins.plugins.metapluginci.testbed.Site;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/** What the developer of a {@link QueueSoak} does at Gerrit, and remembers of it. One thread. */
final class Pushes {
    /** On a node's disk, which a reboot leaves as it is: a line for each run of a patchset's script. */
    private static final String RAN = "/opt/soak-runs";
    /** Of so many patchsets one fails. */
    private static final int ONE_FAILS = 4;

    private final Site site;
    private final GerritClient developer;
    private final Random random;
    private final List<Change> changes = new ArrayList<>();
    private final Map<String, Boolean> passes = new HashMap<>();
    /** Numbers of those that another is built on, or that are built on another: they get no new patchset. */
    private final Set<Integer> bound = new TreeSet<>();

    Pushes(Site site, Random random) {
        this.site = site;
        this.developer = site.developer();
        this.random = random;
    }

    /** A new change. */
    Change push() {
        boolean passing = passing();
        return remember(
                developer.pushChange(Site.PROJECT, Site.BRANCH, "Soak " + changes.size(), script(passing)), passing);
    }

    /** A new patchset of some change; of a new one if there is none that may get it. */
    Change pushPatchset() {
        List<Change> free = changes.stream()
                .filter(change -> !bound.contains(change.number()))
                .toList();
        Change old = free.isEmpty() ? push() : any(free);
        boolean passing = passing();
        changes.remove(old);
        // The same script again would be the same tree, which is not another patchset to test.
        String script = script(passing) + "# patchset " + (old.patchset() + 1) + "\n";
        return remember(developer.pushPatchset(old, script), passing);
    }

    /** A change built on the newest patchset of another. */
    Change pushOnAnother() {
        Change parent = any(changes);
        boolean passing = passing();
        Change child = developer.pushChangeOn(
                parent.revision(),
                Site.PROJECT,
                Site.BRANCH,
                "Soak " + changes.size() + ", needs " + parent.number(),
                "",
                Map.of(Gate.SCRIPT, script(passing) + "# on " + parent.number() + "\n"));
        bound.add(parent.number());
        bound.add(child.number());
        return remember(child, passing);
    }

    /** Asks for another test of some change. */
    Change recheck() {
        Change change = any(changes);
        developer.comment(change, Site.RECHECK);
        return change;
    }

    /** All changes as Gerrit has them now. */
    List<Change> read() {
        return changes.stream().map(developer::read).toList();
    }

    Change read(Change change) {
        return developer.read(change);
    }

    /** Whether each patchset passes, by {@code N,PS}. */
    Map<String, Boolean> passes() {
        return Map.copyOf(passes);
    }

    /** How often the script of each patchset ran, by {@code N,PS}, as the nodes' disks tell. */
    Map<String, Integer> runs() {
        Map<String, Integer> runs = new HashMap<>();
        for (Node node : site.nodes()) {
            node.exec("cat " + RAN + " 2>/dev/null || true")
                    .output()
                    .lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty())
                    .forEach(patchset -> runs.merge(patchset, 1, Integer::sum));
        }
        return runs;
    }

    static String id(Change change) {
        return change.number() + "," + change.patchset();
    }

    private Change remember(Change change, boolean passing) {
        changes.add(change);
        passes.put(id(change), passing);
        return change;
    }

    private boolean passing() {
        return random.nextInt(ONE_FAILS) > 0;
    }

    private Change any(List<Change> some) {
        return some.get(random.nextInt(some.size()));
    }

    private static String script(boolean passing) {
        return Gate.script(
                "echo $ZUUL_CHANGE,$ZUUL_PATCHSET | sudo -n tee -a " + RAN + " >/dev/null\nexit " + (passing ? 0 : 1));
    }
}
