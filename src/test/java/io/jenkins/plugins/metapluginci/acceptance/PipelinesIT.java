package io.jenkins.plugins.metapluginci.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.jenkins.plugins.metapluginci.testbed.Await;
import io.jenkins.plugins.metapluginci.testbed.Gate;
import io.jenkins.plugins.metapluginci.testbed.GerritClient;
import io.jenkins.plugins.metapluginci.testbed.GerritClient.Change;
import io.jenkins.plugins.metapluginci.testbed.Node;
import io.jenkins.plugins.metapluginci.testbed.Page;
import io.jenkins.plugins.metapluginci.testbed.Site;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;

/** What Zuul and its merger did, on real parts: changes that need others, conflicts, new patchsets, reloads, gaps, kills. */
public class PipelinesIT {
    private static final Duration ONE_BUILD = Duration.ofSeconds(120);
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String NOVA = "openstack/nova";

    private static final String MERGE_FAILURE = """
                merge-failure-message: This change does not go together with its branch.
                merge-failure:
                  gerrit:
                    verified: -1
            """;

    /** The site's, which answers a conflict in its own words. */
    private static final String LAYOUT =
            Site.LAYOUT.replaceFirst("(?m)^    success:\n", MERGE_FAILURE + "    success:\n");

    private Site site;
    private GerritClient developer;

    @Before
    public void quietSite() {
        site = Site.get();
        developer = site.developer();
        site.awaitQuiet();
        site.configure(form -> form.set("layout", LAYOUT));
        site.awaitGerrit("CONNECTED", SOON);
    }

    @After
    public void allIsAsItWas() {
        site.gerritRelay().refuse(false);
        site.gerritRelay().delay(0);
        site.configure(form -> {});
    }

    @Test
    public void changesAreTestedTogetherWithWhatTheyNeedAndAConflictIsTheChangesOwn() {
        String old = developer.tip(Site.PROJECT, Site.BRANCH);
        site.gerrit()
                .admin()
                .commit(
                        Site.PROJECT,
                        Site.BRANCH,
                        "Moves the branch on",
                        Map.of("tip.txt", "1\n", "both.txt", "branch\n"));

        Change parent = developer.pushChangeOn(
                old, Site.PROJECT, Site.BRANCH, "Is built on", "", Map.of(Gate.SCRIPT, script("true"), "a.txt", "a\n"));
        Change child = developer.pushChangeOn(
                parent.revision(),
                Site.PROJECT,
                Site.BRANCH,
                "Builds on another change",
                "",
                Map.of(
                        Gate.SCRIPT,
                        script("[ -e a.txt ] && [ -e b.txt ] && [ -e tip.txt ] && [ \"$ZUUL_CHANGE_IDS\" = \""
                                + id(parent) + " $ZUUL_CHANGE,$ZUUL_PATCHSET\" ]"),
                        "b.txt",
                        "b\n"));
        Change needed = developer.pushChange(NOVA, "master", "Is needed by another project", Map.of("n.txt", "n\n"));
        Change needing = developer.pushChangeOn(
                old,
                Site.PROJECT,
                Site.BRANCH,
                "Needs a change of another project",
                "Depends-On: " + needed.changeId() + "\n",
                Map.of(
                        Gate.SCRIPT,
                        script("[ -e ../nova/n.txt ] && [ -e tip.txt ] && [ \"$ZUUL_CHANGES\" = \"" + NOVA + ":master:"
                                + needed.ref()
                                + "^$ZUUL_PROJECT:$ZUUL_BRANCH:refs/changes/$(printf %02d $((ZUUL_CHANGE % 100)))"
                                + "/$ZUUL_CHANGE/$ZUUL_PATCHSET\" ]")));
        Change conflicting =
                developer.pushChangeOn(old, Site.PROJECT, Site.BRANCH, "Conflicts", "", Map.of("both.txt", "change\n"));

        conflicting = developer.awaitCiVote(conflicting, -1, SOON);
        assertThat(conflicting.ciMessages())
                .singleElement()
                .satisfies(message -> assertThat(message.text())
                        .matches("Patch Set 1: Verified-1\n\nThis change does not go together with its branch\\.\n?"));
        assertThat(Journal.starts(site, id(conflicting))).isEmpty();

        for (Change change : List.of(parent, child, needing)) {
            Change voted = developer.awaitCiVote(change, 1, ONE_BUILD);
            assertThat(voted.ciMessages()).hasSize(1);
            assertThat(Journal.starts(site, id(voted))).hasSize(1);
        }
        assertThat(developer.read(needed).ciMessages())
                .as("a project that is not tested")
                .isEmpty();
    }

    @Test
    public void aNewPatchsetSupersedesItsRunningBuildAndAReloadLeavesAnotherRunning() {
        Change kept = push("Runs while the layout is read again", "sleep 12\n");
        Change superseded = push("Gets a new patchset while it runs", "sleep 120\n");
        Node second = ranOn(superseded);
        ranOn(kept);

        site.configure(form -> form.set(
                "layout",
                LAYOUT.replace("description: Every new patchset", "description: Reloaded. Every new patchset")));
        Page reloaded = site.admin().post(Site.STATUS + "/reload");
        assertThat(reloaded.status()).as(reloaded.text()).isLessThan(400);

        Change next = developer.pushPatchset(superseded, Journal.script("exit 0\n"));
        assertThat(next.patchset()).isEqualTo(2);
        next = developer.awaitCiVote(next, 1, ONE_BUILD);
        assertThat(next.ciMessages(1))
                .as("nothing is reported of what was superseded")
                .isEmpty();
        assertThat(next.ciMessages(2)).hasSize(1);
        Journal.Line aborted = Journal.starts(site, id(superseded)).get(0);
        // Told to end, the script may still say so in its journal: long before it would have by itself.
        Journal.end(site, aborted)
                .ifPresent(end -> assertThat(end.at() - aborted.at())
                        .as("seconds of patchset 1 on " + second.name())
                        .isLessThan(60));

        kept = developer.awaitCiVote(kept, 1, ONE_BUILD);
        assertThat(kept.ciMessages()).hasSize(1);
        assertThat(Journal.starts(site, id(kept))).as("runs").hasSize(1);
    }

    @Test
    public void whatHappenedWhileGerritWasAwayIsTestedAndNothingElse() {
        Change tested = push("Tested before, and left alone", "exit 0\n");
        Change asked = push("Tested before, and asked for again", "exit 0\n");
        developer.awaitCiReports(tested, 1, ONE_BUILD);
        developer.awaitCiReports(asked, 1, ONE_BUILD);

        site.gerritRelay().refuse(true);
        site.gerritRelay().cut();
        site.awaitGerrit("WAITING", SOON);
        Change pushed = push("Pushed while Gerrit could not be heard", "exit 0\n");
        developer.comment(asked, Site.RECHECK);
        developer.comment(tested, "A comment that asks for nothing");
        site.gerritRelay().refuse(false);

        developer.awaitCiReports(pushed, 1, ONE_BUILD);
        developer.awaitCiReports(asked, 2, ONE_BUILD);
        site.awaitQuiet();
        assertThat(Journal.starts(site, id(pushed))).hasSize(1);
        assertThat(Journal.starts(site, id(asked))).hasSize(2);
        assertThat(Journal.starts(site, id(tested))).hasSize(1);

        // The stream stays open and says nothing any more.
        site.gerritRelay().strand();
        Change unheard = push("Pushed while the stream was silent", "exit 0\n");
        Change voted = developer.awaitCiVote(unheard, 1, ONE_BUILD);
        assertThat(voted.ciMessages()).hasSize(1);
        assertThat(developer.read(pushed).ciMessages()).hasSize(1);
        site.gerritRelay().cut();
    }

    @Test
    public void killedWhileItMergesWaitsOrReportsItVotesOnce() {
        Change merging = killedWhile("it merges", () -> {
            site.gerritRelay().delay(250);
            Change change = push("Its controller dies while it merges", "exit 0\n");
            awaitMerging(change);
            return change;
        });

        for (Node node : site.nodes()) {
            site.admin().toggleOffline(node.name(), "so that a build waits");
        }
        Change waiting = killedWhile("its build waits", () -> {
            Change change = push("Its controller dies while its build waits", "exit 0\n");
            Await.until(
                    "the build of " + id(change) + " waits",
                    SOON,
                    () -> !site.admin().queue().isEmpty());
            return change;
        });
        for (Node node : site.nodes()) {
            if (site.admin().computer(node.name()).temporarilyOffline()) {
                site.admin().toggleOffline(node.name(), "");
            }
        }

        // The delay keeps Gerrit's answer on its way for longer than it takes to see the comment.
        Change reporting = killedWhile("its report is not acknowledged", () -> {
            Change change = push("Its controller dies after Gerrit took its report", "sleep 3\n");
            ranOn(change);
            site.gerritRelay().delay(700);
            developer.await(
                    change, "the report", ONE_BUILD, c -> !c.ciMessages().isEmpty());
            return change;
        });

        site.awaitQuiet();
        for (Change change : List.of(merging, waiting, reporting)) {
            Change voted = developer.read(change);
            assertThat(voted.ciVote()).as(GerritClient.describe(voted)).isEqualTo(1);
            assertThat(voted.ciMessages()).as(GerritClient.describe(voted)).hasSize(1);
        }
        assertThat(Journal.starts(site, id(reporting))).as("runs").hasSize(1);
    }

    private interface Phase {
        Change reached() throws Exception;
    }

    /** Kills the controller at the phase, starts it again, and waits for the vote. */
    private Change killedWhile(String what, Phase phase) {
        Change change;
        try {
            change = phase.reached();
        } catch (Exception e) {
            throw new AssertionError("not reached: " + what, e);
        }
        site.controller().kill9();
        site.gerritRelay().delay(0);
        site.controller().start();
        return developer.awaitCiVote(change, 1, ONE_BUILD);
    }

    /** Waits for the moment between the item's making and the end of its merge. */
    private void awaitMerging(Change change) {
        Await.until(
                id(change) + " is merged",
                SOON,
                () -> String.valueOf(pipelines()),
                () -> item(change)
                        .map(item ->
                                !item.has("zuul_ref") || item.get("zuul_ref").isJsonNull())
                        .orElse(false));
    }

    /** The live item of a change, as Zuul's status.json has it. */
    private Optional<JsonObject> item(Change change) {
        for (JsonElement pipeline : pipelines().getAsJsonArray("pipelines")) {
            for (JsonElement queue : pipeline.getAsJsonObject().getAsJsonArray("change_queues")) {
                for (JsonElement head : queue.getAsJsonObject().getAsJsonArray("heads")) {
                    for (JsonElement item : head.getAsJsonArray()) {
                        if (id(change).equals(item.getAsJsonObject().get("id").getAsString())) {
                            return Optional.of(item.getAsJsonObject());
                        }
                    }
                }
            }
        }
        return Optional.empty();
    }

    private JsonObject pipelines() {
        return site.admin().json(Site.STATUS + "/status.json");
    }

    private Change push(String subject, String body) {
        return developer.pushChange(Site.PROJECT, Site.BRANCH, subject, Journal.script(body));
    }

    private static String script(String condition) {
        return Journal.script(condition + "\n");
    }

    private Node ranOn(Change change) {
        return Journal.ranOn(site, change, ONE_BUILD);
    }

    private static String id(Change change) {
        return Journal.id(change);
    }
}
