package io.jenkins.plugins.metapluginci.gerrit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.metapluginci.gerrit.ModelGerrit.Change;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.Test;

public class MissedEventsTest {
    private static final Duration DAY = Duration.ofDays(1);
    private static final List<String> NEUTRON = List.of("openstack/neutron");

    private final ModelGerrit gerrit = new ModelGerrit();
    private final Instant now = Instant.ofEpochSecond(gerrit.now);
    private final MissedEvents missed =
            new MissedEvents(new GerritQuery(gerrit), Duration.ofMillis(1), Clock.fixed(now, ZoneOffset.UTC));

    private Change change(int number, long secondsAgo) {
        return gerrit.change(number).at(gerrit.now - secondsAgo).patchSet("%040x".formatted(number), "0");
    }

    private List<String> told(List<GerritEvent> events) {
        return events.stream()
                .map(event -> event.type() + " " + event.change().number() + ","
                        + event.patchSet().number())
                .toList();
    }

    private Missed since(long secondsAgo) throws Exception {
        return missed.since(now.minusSeconds(secondsAgo), NEUTRON, DAY, 100);
    }

    @Test
    public void newPatchsetsSinceThePositionInOrder() throws Exception {
        change(1, 50);
        change(2, 40);
        change(3, 60);
        change(4, 101);
        change(5, 100).at(gerrit.now - 30).patchSet("%040x".formatted(55), "0");
        change(6, 10).in("openstack/nova");
        change(7, 10).status("ABANDONED");
        Missed found = since(100);
        assertThat(told(found.events()))
                .containsExactly(
                        "patchset-created 3,1", "patchset-created 1,1", "patchset-created 2,1", "patchset-created 5,2");
        assertThat(found.later()).isEmpty();
        assertThat(found.whole()).isTrue();
        assertThat(found.events().get(0).account().username()).isEqualTo("dev");
        assertThat(found.events().get(0).createdOn()).isEqualTo(gerrit.now - 60);
    }

    @Test
    public void commentsOnTheCurrentPatchsetAreAsTheStreamTellsThem() throws Exception {
        change(1, 1000)
                .patchSet("%040x".formatted(12), "0")
                .approval("Workflow", 1, "ann", gerrit.now - 500)
                .approval("Code-Review", 2, "ann", gerrit.now - 20)
                .approval("Verified", 1, "bob", gerrit.now - 500)
                .comment("ann", gerrit.now - 200, "Patch Set 2:\n\nrecheck")
                .comment("ann", gerrit.now - 50, "Patch Set 1:\n\nrecheck")
                .comment("ann", gerrit.now - 40, "Patch Set 2: -Verified Code-Review-1\n\n(1 comment)\n\nrecheck")
                .comment("ann", gerrit.now - 30, "Patch Set 2: Verified+1 is wrong")
                .comment("dev", gerrit.now - 25, "Uploaded patch set 2.")
                .comment("dev", gerrit.now - 25, "Patch Set 2: Patch Set 1 was rebased")
                .comment("ann", gerrit.now - 20, "Patch Set 2: Code-Review+2");
        List<GerritEvent> events = since(100).events();
        assertThat(events).extracting(GerritEvent::type).containsOnly("comment-added");
        assertThat(events)
                .extracting(GerritEvent::comment)
                .containsExactly(
                        "Patch Set 2: -Verified Code-Review-1\n\n(1 comment)\n\nrecheck",
                        "Patch Set 2: Verified+1 is wrong",
                        "Patch Set 2: Code-Review+2");
        assertThat(events).extracting(event -> event.account().username()).containsOnly("ann");
        GerritApproval workflow = new GerritApproval("Workflow", "Workflow", 1, false);
        assertThat(events.get(0).approvals())
                .containsExactly(
                        new GerritApproval("Verified", "Verified", 0, true),
                        new GerritApproval("Code-Review", "Code-Review", -1, true),
                        workflow);
        assertThat(events.get(1).approvals())
                .as("what stood when it was written")
                .containsExactly(
                        new GerritApproval("Verified", "Verified", 0, false),
                        new GerritApproval("Code-Review", "Code-Review", -1, false),
                        workflow);
        assertThat(events.get(2).approvals())
                .containsExactly(
                        new GerritApproval("Code-Review", "Code-Review", 2, true),
                        new GerritApproval("Verified", "Verified", 0, false),
                        workflow);
    }

    @Test
    public void restoredChanges() throws Exception {
        change(1, 5000)
                .comment("ann", gerrit.now - 3000, "Restored")
                .comment("ann", gerrit.now - 60, "Abandoned")
                .comment("bob", gerrit.now - 50, "Restored\n\nneeded after all");
        List<GerritEvent> events = since(100).events();
        assertThat(told(events)).containsExactly("change-restored 1,1");
        assertThat(events.get(0).account().username()).isEqualTo("bob");
    }

    @Test
    public void bothTellingsHaveOneKey() throws Exception {
        Change change = change(1, 50).comment("ann", gerrit.now - 40, "Patch Set 1:\n\nrecheck  now");
        List<GerritEvent> events = since(100).events();
        assertThat(events.get(0).key().same(change.created().key())).isTrue();
        EventKey key = events.get(1).key();
        assertThat(key.same(comment("ann", "recheck now\\n", gerrit.now - 38).key()))
                .isTrue();
        assertThat(key.same(comment("ann", "recheck now", 0).key())).isTrue();
        assertThat(key.same(comment("ann", "recheck now", gerrit.now + 600).key()))
                .isFalse();
        assertThat(key.same(comment("bob", "recheck now", gerrit.now - 38).key()))
                .isFalse();
        assertThat(key.same(comment("ann", "recheck later", gerrit.now - 38).key()))
                .isFalse();
        assertThat(key.same(events.get(0).key())).isFalse();
    }

    private static GerritEvent comment(String by, String text, long at) throws Exception {
        return EventParser.parse(
                "{\"type\":\"comment-added\",\"change\":{\"number\":\"1\"},\"patchSet\":{\"number\":\"1\"},"
                        + "\"author\":{\"username\":\"" + by + "\"},\"comment\":\"Patch Set 1:\\n\\n" + text
                        + "\",\"eventCreatedOn\":" + at + "}");
    }

    @Test
    public void theOldAndTheTooManyAreListedOnly() throws Exception {
        change(1, DAY.toSeconds() + 10);
        change(2, DAY.toSeconds() - 10);
        change(3, 30);
        change(4, 20);
        Missed found = missed.since(now.minusSeconds(3 * DAY.toSeconds()), NEUTRON, DAY, 100);
        assertThat(told(found.later())).containsExactly("patchset-created 1,1");
        assertThat(found.events()).hasSize(3);
        found = missed.since(now.minusSeconds(3 * DAY.toSeconds()), NEUTRON, DAY, 2);
        assertThat(told(found.later())).containsExactly("patchset-created 1,1", "patchset-created 2,1");
        assertThat(told(found.events())).containsExactly("patchset-created 3,1", "patchset-created 4,1");
        assertThat(missed.since(now.minusSeconds(30 * DAY.toSeconds()), NEUTRON, DAY, 2)
                        .whole())
                .isFalse();
    }

    @Test
    public void manyChangesComePageByPage() throws Exception {
        for (boolean old : new boolean[] {false, true}) {
            gerrit.sortKeys = old;
            gerrit.questions.clear();
            for (int n = 1; n <= 120; n++) {
                change(n, n);
            }
            Missed found = missed.since(now.minusSeconds(1000), NEUTRON, DAY, 1000);
            assertThat(found.events()).hasSize(120);
            assertThat(found.whole()).isTrue();
            assertThat(gerrit.questions).hasSizeGreaterThanOrEqualTo(3).allMatch(q -> q.endsWith("limit:50"));
        }
    }

    @Test
    public void whatMovesBetweenPagesIsNotLost() throws Exception {
        for (int n = 1; n <= 60; n++) {
            change(n, n);
        }
        gerrit.before = () -> {
            if (gerrit.questions.size() == 1) {
                // It was to come on the second page; now it is on the first, which was read.
                gerrit.changes.get(60).comment("ann", gerrit.now, "Patch Set 1:\n\nlook");
            }
        };
        assertThat(told(since(1000).events())).contains("patchset-created 60,1", "comment-added 60,1");
    }

    @Test
    public void anAnswerThatIsTooLongIsAskedForInSmallerParts() throws Exception {
        gerrit.keptBytes = 15_000;
        for (int n = 1; n <= 4; n++) {
            change(n, n).comment("ann", gerrit.now - 5, "Patch Set 1:\n\n" + "x".repeat(10_000));
        }
        assertThat(since(1000).events()).hasSize(8);
    }

    @Test
    public void thousandsOfProjectsAreAskedForInShortCommands() throws Exception {
        List<String> projects = new ArrayList<>(IntStream.range(0, 2_000)
                .mapToObj(n -> "openstack/project-" + n)
                .toList());
        projects.add("openstack/neutron");
        projects.addAll(List.of("^open.*", "a\" OR project:b", "", "a\\b"));
        change(1, 10);
        assertThat(missed.since(now.minusSeconds(100), projects, DAY, 10).events())
                .hasSize(1);
        assertThat(gerrit.questions).hasSizeBetween(30, 60).allMatch(question -> question.length() < 4_000);
        assertThat(String.join("", gerrit.questions)).doesNotContain("^").doesNotContain("project:b");
        gerrit.questions.clear();
        assertThat(missed.since(now, List.of(), DAY, 10).events()).isEmpty();
        assertThat(gerrit.questions).isEmpty();
    }

    @Test
    public void anErrorIsNotTakenForNothing() {
        gerrit.before = () -> {
            throw new IllegalStateException("the model is gone");
        };
        assertThatThrownBy(() -> since(100)).isInstanceOf(IllegalStateException.class);
        MissedEvents refused = new MissedEvents(
                new GerritQuery(
                        new OneAnswer(0, "{\"type\":\"error\",\"message\":\"Unsupported operator -age\"}\n", "")),
                Duration.ZERO,
                Clock.systemUTC());
        assertThatThrownBy(() -> refused.since(now, NEUTRON, DAY, 1))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Unsupported operator");
    }
}
