package io.jenkins.plugins.metapluginci.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.metapluginci.testbed.Await;
import io.jenkins.plugins.metapluginci.testbed.GerritClient;
import io.jenkins.plugins.metapluginci.testbed.GerritClient.Change;
import io.jenkins.plugins.metapluginci.testbed.Node;
import io.jenkins.plugins.metapluginci.testbed.Page;
import io.jenkins.plugins.metapluginci.testbed.Site;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;

/** What operators ask for by POST, on real parts. */
public class OperatorActionsIT {
    private static final Duration ONE_BUILD = Duration.ofSeconds(120);
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String PIPELINE = "check";

    /** The site's, but no upload is tested by itself. */
    private static final String LAYOUT = Site.LAYOUT.replaceFirst("(?m)^ *- event: patchset-created\n", "");

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
        site.nodes().forEach(this::takesBuilds);
        site.configure(form -> {});
    }

    @Test
    public void changesAreEnqueuedPromotedAndDequeuedByHand() {
        Change stopped = push("Is taken out while it runs", "sleep 120\n");
        done("enqueue", Map.of("pipeline", PIPELINE, "project", Site.PROJECT, "change", Journal.id(stopped)));
        Node node = Journal.ranOn(site, stopped, ONE_BUILD);

        // The others have one node, which is taken: they wait in the order in which they came.
        Node other = site.nodes().stream()
                .filter(each -> !each.name().equals(node.name()))
                .findFirst()
                .orElseThrow();
        site.admin().toggleOffline(other.name(), "so that builds wait");
        Change second = push("Came first, is tested second", "exit 0\n");
        Change first = push("Came second, is tested first", "exit 0\n");
        for (Change change : List.of(second, first)) {
            done("enqueue", Map.of("pipeline", PIPELINE, "project", Site.PROJECT, "change", Journal.id(change)));
        }
        Await.until("both wait", SOON, () -> site.admin().queue().size() == 2);

        refused(
                "promote",
                Map.of("pipeline", PIPELINE, "changes", "99999,1"),
                "Unable to find shared change queue for");
        done("promote", Map.of("pipeline", PIPELINE, "changes", Journal.id(first)));
        done("dequeue", Map.of("pipeline", PIPELINE, "change", Journal.id(stopped)));
        refused("dequeue", Map.of("pipeline", PIPELINE, "change", Journal.id(stopped)), "Unable to find");

        assertThat(Journal.ranOn(site, first, ONE_BUILD).name()).isEqualTo(node.name());
        assertThat(Journal.starts(site, Journal.id(second))).as("behind it").isEmpty();
        takesBuilds(other);
        for (Change change : List.of(first, second)) {
            Change voted = developer.awaitCiVote(change, 1, ONE_BUILD);
            assertThat(voted.ciMessages()).hasSize(1);
            assertThat(Journal.starts(site, Journal.id(voted))).hasSize(1);
        }
        assertThat(developer.read(stopped).ciMessages())
                .as("nothing is reported")
                .isEmpty();
        Journal.Line start = Journal.starts(site, Journal.id(stopped)).get(0);
        Journal.end(site, start)
                .ifPresent(
                        end -> assertThat(end.at() - start.at()).as("seconds").isLessThan(100));
    }

    @Test
    public void whatCannotBeDoneIsRefusedWithTheReason() {
        Change change = push("Is enqueued nowhere", "exit 0\n");
        String id = Journal.id(change);
        refused(
                "enqueue",
                Map.of("pipeline", PIPELINE, "project", "openstack/nova", "change", id),
                "Invalid project: openstack/nova (the layout has no such project");
        refused(
                "enqueue",
                Map.of("pipeline", PIPELINE, "project", Site.PROJECT, "change", change.number() + ",7"),
                "Invalid change: " + change.number() + ",7 (Gerrit has no such patchset");
        refused("enqueueMissed", Map.of("key", "none"), "Not listed as missed: none");
        assertThat(site.admin()
                        .post(Site.STATUS + "/enqueue", Map.of("pipeline", PIPELINE))
                        .status())
                .isEqualTo(400);
        assertThat(developer.read(change).ciMessages()).isEmpty();
    }

    private void takesBuilds(Node node) {
        if (site.admin().computer(node.name()).temporarilyOffline()) {
            site.admin().toggleOffline(node.name(), "");
        }
    }

    private void done(String what, Map<String, String> fields) {
        Page answer = site.admin().post(Site.STATUS + "/" + what, fields);
        assertThat(answer.status()).as(what + ": " + answer.text()).isIn(200, 302);
    }

    private void refused(String what, Map<String, String> fields, String why) {
        Page answer = site.admin().post(Site.STATUS + "/" + what, fields);
        assertThat(answer.status()).as(what + ": " + answer.text()).isEqualTo(409);
        assertThat(answer.body()).startsWith(why);
    }

    private Change push(String subject, String body) {
        return developer.pushChange(Site.PROJECT, Site.BRANCH, subject, Journal.script(body));
    }
}
