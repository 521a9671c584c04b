package io.jenkins.plugins.metapluginci.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.Test;

/**
 * What must hold whatever happens to a node: every event with every value that matters, in every phase with every record
 * that can be in it. What can be is found by walking from a node without a record, so that nothing is left out and nothing
 * is tried that cannot happen.
 */
public class NodeModelTest {
    private static final long NOW = NodeEvents.NOW;
    private static final int LIMIT = 2;
    private static final List<NodeEvent> EVENTS = NodeEvents.samples();

    /** One step of a life. */
    private record Step(NodeRecord before, NodeEvent event, NodeRecord after) {
        boolean moved() {
            return before == null || before.phase() != after.phase();
        }

        boolean from(NodePhase phase) {
            return before != null && before.phase() == phase;
        }

        boolean to(NodePhase phase) {
            return after.phase() == phase;
        }

        boolean is(Class<?>... kinds) {
            return Arrays.stream(kinds).anyMatch(kind -> kind.isInstance(event));
        }
    }

    private static NodeRecord next(NodeRecord record, NodeEvent event) {
        return NodeTransitions.next(record, event, NOW, LIMIT);
    }

    /** What decides about what comes: not since when, why and by whom. */
    private static NodeRecord essence(NodeRecord record) {
        return new NodeRecord(
                record.node(),
                record.phase(),
                1_000,
                "reason",
                "by",
                record.bootId(),
                record.build(),
                record.offlineByUs(),
                record.attempts(),
                record.command(),
                record.hold(),
                record.clean(),
                record.rescue(),
                record.prepare());
    }

    private static final Map<NodeRecord, Set<NodeRecord>> GRAPH = new HashMap<>();
    private static final List<Step> STEPS = new ArrayList<>();

    static {
        Deque<NodeRecord> todo = new ArrayDeque<>();
        for (NodeEvent event : EVENTS) {
            NodeRecord first = next(null, event);
            if (first != null) {
                STEPS.add(new Step(null, event, first));
                todo.add(essence(first));
            }
        }
        while (!todo.isEmpty()) {
            NodeRecord record = todo.remove();
            if (GRAPH.containsKey(record)) {
                continue;
            }
            Set<NodeRecord> to = new HashSet<>();
            GRAPH.put(record, to);
            for (NodeEvent event : EVENTS) {
                NodeRecord after = next(record, event);
                STEPS.add(new Step(record, event, after));
                to.add(essence(after));
                todo.add(essence(after));
            }
        }
    }

    private static void hold(String rule, Predicate<Step> applies, Predicate<Step> holds) {
        int tried = 0;
        for (Step step : STEPS) {
            if (applies.test(step)) {
                tried++;
                if (!holds.test(step)) {
                    throw new AssertionError(rule + ": " + step);
                }
            }
        }
        assertThat(tried).as("steps to which this applies: " + rule).isPositive();
    }

    @Test
    public void everyPhaseIsSeenWithEveryKindOfEvent() {
        Set<String> seen = new HashSet<>();
        STEPS.stream()
                .filter(step -> step.before != null)
                .forEach(step -> seen.add(step.before.phase() + " " + step.event.getClass()));
        assertThat(seen).hasSize(NodePhase.values().length * NodeEvents.kinds().size());
        assertThat(GRAPH).as("records that differ").hasSizeGreaterThan(300);
    }

    @Test
    public void onlyAPassedCheckLeadsToReady() {
        hold(
                "READY",
                step -> step.moved() && step.to(NodePhase.READY),
                step -> step.from(NodePhase.CHECKING)
                        && step.event.equals(new NodeEvent.Checked(null))
                        && !step.before.rescue());
    }

    @Test
    public void whatTakesBuildsOrIsCheckedIsClean() {
        hold("clean", step -> step.to(NodePhase.READY) || step.to(NodePhase.CHECKING), step -> step.after.clean());
    }

    @Test
    public void onlyAVerifiedRebootOrAPersonsWordMakesANodeClean() {
        hold(
                "from dirty to clean",
                step -> step.before != null && !step.before.clean() && step.after.clean(),
                step -> step.event instanceof NodeEvent.Returned returned
                                && !returned.bootId().equals(step.before.bootId())
                                && step.before.attempts() > 0
                        || step.is(NodeEvent.Cleared.class)
                        || step.from(NodePhase.PROVISIONING)
                                && step.event instanceof NodeEvent.Introduced seen
                                && seen.unclean() == null);
    }

    @Test
    public void aBuildMakesItsNodeDirtyAtOnce() {
        hold(
                "started",
                step -> step.moved() && step.to(NodePhase.RUNNING),
                step -> !step.after.clean() && step.after.rescue());
    }

    @Test
    public void aNodeThatABuildHasIsLeftByNothingButItsEnd() {
        hold(
                "RUNNING is left",
                step -> step.from(NodePhase.RUNNING) && step.moved(),
                step -> step.is(NodeEvent.Loaded.class)
                        || step.event instanceof NodeEvent.Finished finished
                                && finished.build().isSame(step.before.build()));
    }

    @Test
    public void whatAPersonHoldsIsLeftAloneUntilAPersonOrTheClockEndsIt() {
        hold(
                "HELD by a person is left",
                step -> step.before != null && step.before.isHeld(NodeHold.Kind.PERSON) && step.moved(),
                step -> step.event instanceof NodeEvent.Wish
                        || step.is(NodeEvent.Expired.class)
                                && step.before.hold().until() <= NOW);
    }

    @Test
    public void aHoldIsWhereItBelongs() {
        hold("hold", step -> true, step -> {
            NodeHold hold = step.after.hold();
            return switch (step.after.phase()) {
                case HELD -> hold != null;
                case RUNNING, PREPARING -> hold == null || hold.kind() == NodeHold.Kind.PERSON;
                default -> hold == null;
            };
        });
    }

    @Test
    public void theCommandIsSentNoMoreOftenThanAllowed() {
        hold("attempts", step -> true, step -> step.after.attempts() >= 0 && step.after.attempts() <= LIMIT);
        hold(
                "one more attempt",
                step -> step.before != null && step.after.attempts() > step.before.attempts(),
                step -> step.from(NodePhase.REBOOTING) && step.is(NodeEvent.Sending.class, NodeEvent.Refused.class));
    }

    @Test
    public void theBootIdThatMustChangeStaysOnceTheCommandWasSent() {
        hold(
                "another boot id",
                step -> step.before != null
                        && step.before.attempts() > 0
                        && (step.from(NodePhase.REBOOTING) || step.from(NodePhase.RETURNING))
                        && step.before.phase() == step.after.phase(),
                step -> Objects.equals(step.before.bootId(), step.after.bootId()));
    }

    @Test
    public void aRefusedWishChangesNothingAndAGrantedOneIsSeen() {
        hold(
                "refused",
                step -> step.before != null
                        && step.event instanceof NodeEvent.Wish wish
                        && NodeWishes.refusal(step.before, wish) != null,
                step -> step.before.equals(step.after));
        hold(
                "granted",
                step -> step.before != null
                        && step.event instanceof NodeEvent.Wish wish
                        && !step.is(NodeEvent.Added.class, NodeEvent.Held.class)
                        && NodeWishes.refusal(step.before, wish) == null,
                step -> !step.before.equals(step.after));
    }

    @Test
    public void whatANodeHadLastIsNeverForgotten() {
        hold(
                "another build",
                step -> step.before != null && !Objects.equals(step.before.build(), step.after.build()),
                step -> step.is(NodeEvent.Started.class) && step.from(NodePhase.READY));
        hold(
                "logs are looked for",
                step -> step.before != null && step.before.rescue() && !step.after.rescue(),
                step -> step.from(NodePhase.CHECKING) && step.is(NodeEvent.Rescued.class));
    }

    @Test
    public void aNewPhaseHasANewSinceAndAReasonAndSomebody() {
        hold("since", step -> step.before != null, step -> {
            boolean again = step.is(NodeEvent.Loaded.class)
                            && (step.from(NodePhase.REBOOTING) || step.from(NodePhase.RETURNING))
                    || step.from(NodePhase.HELD)
                            && step.after.hold() != null
                            && step.before.hold().kind() != step.after.hold().kind();
            return step.after.since() == (step.moved() || again ? NOW : step.before.since());
        });
        hold(
                "reason",
                step -> true,
                step -> !step.after.reason().isBlank()
                        && !step.after.by().isBlank()
                        && step.after.node().equals("n"));
    }

    @Test
    public void ourFlagIsForgottenOnlyWhenItIsSaidToBeGoneOrWithItsReason() {
        hold(
                "flag",
                step -> step.before != null && step.before.offlineByUs() && !step.after.offlineByUs(),
                step -> step.is(NodeEvent.Offline.class) || step.moved() && step.to(NodePhase.READY));
    }

    @Test
    public void whileAPlainBuildMayComeNoBuildOfOursEverRanThere() {
        hold("plain", step -> step.after.takesPlain(), step -> step.to(NodePhase.READY) || step.after.build() == null);
    }

    @Test
    public void aRecordOutlivesTheControllerInOneStepOnly() {
        hold(
                "loaded twice",
                step -> step.is(NodeEvent.Loaded.class) && step.before != null,
                step -> essence(next(step.after, step.event)).equals(essence(step.after)));
    }

    /** The records from which one that matches can be reached. */
    private static Set<NodeRecord> reaching(Map<NodeRecord, Set<NodeRecord>> graph, Predicate<NodeRecord> target) {
        Map<NodeRecord, List<NodeRecord>> back = new HashMap<>();
        graph.forEach((from, all) -> all.forEach(
                to -> back.computeIfAbsent(to, key -> new ArrayList<>()).add(from)));
        Set<NodeRecord> reached = new HashSet<>();
        Deque<NodeRecord> todo = new ArrayDeque<>();
        graph.keySet().stream().filter(target).forEach(todo::add);
        while (!todo.isEmpty()) {
            NodeRecord record = todo.remove();
            if (reached.add(record)) {
                todo.addAll(back.getOrDefault(record, List.of()));
            }
        }
        return reached;
    }

    @Test
    public void everyRecordCanComeBackToReady() {
        Set<NodeRecord> good = reaching(GRAPH, NodeRecord::isReady);
        Collection<NodeRecord> lost = new HashSet<>(GRAPH.keySet());
        lost.removeAll(good);
        assertThat(lost).isEmpty();
    }

    @Test
    public void withoutAnybodysHelpToo() {
        Map<NodeRecord, Set<NodeRecord>> alone = new HashMap<>();
        for (NodeRecord record : GRAPH.keySet()) {
            Set<NodeRecord> to = new HashSet<>();
            for (NodeEvent event : EVENTS) {
                if (!(event instanceof NodeEvent.Wish)) {
                    to.add(essence(next(record, event)));
                }
            }
            alone.put(record, to);
        }
        Set<NodeRecord> good = reaching(alone, NodeRecord::isReady);
        Predicate<NodeRecord> needsSomebody = record -> record.isHeld(NodeHold.Kind.PREPARATION)
                || record.hold() != null && record.hold().until() > NOW;
        for (NodeRecord record : GRAPH.keySet()) {
            assertThat(good.contains(record) || needsSomebody.test(record))
                    .as(record.toString())
                    .isTrue();
        }
    }

    @Test
    public void randomHistoriesWithAKillAtEveryStep() {
        for (int seed = 0; seed < 300; seed++) {
            List<NodeEvent> history = history(new Random(seed), 40);
            for (int kill = 0; kill <= history.size(); kill++) {
                live(history, kill);
            }
        }
    }

    private static List<NodeEvent> history(Random random, int length) {
        List<NodeEvent> history = new ArrayList<>();
        NodeRecord record = null;
        while (history.size() < length) {
            NodeEvent event = EVENTS.get(random.nextInt(EVENTS.size()));
            NodeRecord after = next(record, event);
            // Most events mean nothing most of the time: one in ten of those is kept.
            if (after != null && (!after.equals(record) || random.nextInt(10) == 0)) {
                history.add(event);
                record = after;
            }
        }
        return history;
    }

    /** What the machine itself knows of it: whether a build ran since its last reboot that was seen. */
    private static void live(List<NodeEvent> history, int kill) {
        NodeRecord record = null;
        boolean dirty = false;
        for (int i = 0; i <= history.size(); i++) {
            if (i == kill && record != null) {
                record = next(record, new NodeEvent.Loaded());
                assertThat(record.phase()).isNotEqualTo(NodePhase.RUNNING);
            }
            if (i == history.size()) {
                break;
            }
            NodeEvent event = history.get(i);
            NodeRecord before = record;
            record = next(record, event);
            if (record == null) {
                continue;
            }
            boolean began = record.phase() == NodePhase.RUNNING && (before == null || before.isReady());
            boolean ended =
                    event instanceof NodeEvent.Returned && before.phase() != record.phase() && before.attempts() > 0;
            boolean cleared = event instanceof NodeEvent.Cleared && before != null && before.phase() != record.phase();
            dirty = began || dirty && !ended && !cleared;
            if (dirty && (record.isReady() || record.phase() == NodePhase.CHECKING)) {
                throw new AssertionError(history.subList(0, i + 1) + ", killed at " + kill);
            }
        }
    }
}
