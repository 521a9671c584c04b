package io.jenkins.plugins.metapluginci.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.Test;

/** The table of a node's life: every event in every phase. {@link NodeModelTest} has what must hold whatever happens. */
public class NodeTransitionsTest {
    private static final BuildRef BUILD = new BuildRef("gate", 7, "aa");
    private static final BuildRef OTHER = new BuildRef("gate", 8, "bb");
    private static final long NOW = 5_000;
    private static final int LIMIT = 3;

    /** One row: an event, and the phase that it leads to from each phase in the order of {@link NodePhase}. */
    private record Row(NodeEvent event, int attempts, String phases) {}

    private static Row row(NodeEvent event, int attempts, String phases) {
        return new Row(event, attempts, phases);
    }

    /**
     * Columns: PROVISIONING PREPARING CHECKING READY RUNNING DRAINING REBOOTING RETURNING HELD FAILED; "." stays as it is. The
     * one that is HELD is held by a person, the one that is FAILED is not clean.
     */
    private static final List<Row> TABLE = List.of(
            row(new NodeEvent.Provisioned("n"), 1, ". . . . . . . . . ."),
            row(new NodeEvent.Introduced("new", null), 1, "CHECKING . . . . . . . . ."),
            row(new NodeEvent.Introduced("new", "why"), 1, "DRAINING . . . . . . . . ."),
            row(new NodeEvent.Started("n", OTHER, "new", "cmd"), 1, ". . . RUNNING . . . . . ."),
            row(new NodeEvent.Started("n", OTHER, null, null), 1, ". . . RUNNING . . . . . ."),
            row(new NodeEvent.Offline(true), 1, ". . . . . . . . . ."),
            row(new NodeEvent.Finished(BUILD, null), 1, ". . . . DRAINING . . . . ."),
            row(new NodeEvent.Finished(new BuildRef("gate", 7, null), "lost"), 1, ". . . . DRAINING . . . . ."),
            row(new NodeEvent.Finished(OTHER, null), 1, ". . . . . . . . . ."),
            row(new NodeEvent.Waiting(List.of("x"), 9), 1, ". . . . . . . . . ."),
            row(new NodeEvent.Overdue(List.of("x")), 1, ". . . . . . . . . ."),
            row(new NodeEvent.Drained(List.of()), 1, ". . . . . REBOOTING . . . ."),
            row(new NodeEvent.Drained(List.of("x")), 1, ". . . . . REBOOTING . . . ."),
            row(new NodeEvent.Baseline("new"), 0, ". . . . . . . . . ."),
            row(new NodeEvent.Sending(), 0, ". . . . . . . . . ."),
            row(new NodeEvent.Sending(), LIMIT, ". . . . . . FAILED . . ."),
            row(new NodeEvent.Sent(), 1, ". . . . . . RETURNING . . ."),
            row(new NodeEvent.Silent("why"), 1, ". . . . . . . . . ."),
            row(new NodeEvent.Answered(), 1, ". . . . . . . . . ."),
            row(new NodeEvent.Returned("new"), 1, ". . . . . . CHECKING CHECKING . CHECKING"),
            row(new NodeEvent.Returned("new"), 0, ". . . . . . . . . ."),
            row(new NodeEvent.Returned("old"), 1, ". . . . . . . . . ."),
            row(new NodeEvent.Unchanged(), 0, ". . . . . . . REBOOTING . REBOOTING"),
            row(new NodeEvent.Unchanged(), 1, ". . . . . . . REBOOTING . REBOOTING"),
            row(new NodeEvent.Unchanged(), LIMIT, ". . . . . . . FAILED . ."),
            row(new NodeEvent.Reached(), 0, ". . . . . . . . . ."),
            row(new NodeEvent.Refused("why"), 1, ". . . . . . FAILED . . ."),
            row(new NodeEvent.TimedOut(), 1, ". FAILED FAILED . . . FAILED FAILED . ."),
            row(new NodeEvent.Rescued(), 1, ". . . . . . . . . ."),
            row(new NodeEvent.Checked(null), 0, ". . READY . . . . . . ."),
            row(new NodeEvent.Checked("disk: full"), 0, ". . HELD . . . . . . ."),
            row(new NodeEvent.Progress("git"), 0, ". . . . . . . . . ."),
            row(new NodeEvent.Prepared(null), 0, ". DRAINING . . . . . . . ."),
            row(new NodeEvent.Prepared("why"), 0, ". HELD . . . . . . . ."),
            row(new NodeEvent.Loaded(), 0, ". . . . REBOOTING REBOOTING . REBOOTING . ."),
            row(new NodeEvent.Loaded(), 2, ". . . . REBOOTING REBOOTING RETURNING . . ."),
            row(new NodeEvent.Expired(), 0, ". . . . . . . . DRAINING ."),
            row(new NodeEvent.Added("n", "kim", false), 0, ". . . . . . . . . ."),
            row(new NodeEvent.Added("n", "kim", true), 0, ". . . PREPARING . . . . PREPARING PREPARING"),
            row(new NodeEvent.Held("kim", 9_000), 0, ". . HELD HELD . HELD HELD . . HELD"),
            row(new NodeEvent.Held("kim", 9_000), 1, ". . HELD HELD . HELD . . . HELD"),
            row(new NodeEvent.Released("kim"), 0, ". . . . . . . . DRAINING ."),
            row(new NodeEvent.Cleared("kim"), 1, ". . . . . CHECKING CHECKING CHECKING CHECKING CHECKING"),
            row(new NodeEvent.Wanted("kim"), 1, ". . DRAINING DRAINING . . . DRAINING DRAINING DRAINING"),
            row(new NodeEvent.Preparing("kim"), 0, ". . . PREPARING . . . . PREPARING PREPARING"),
            row(new NodeEvent.Rechecked("kim"), 0, ". . . CHECKING . . . . . ."));

    private static NodeRecord in(NodePhase phase, int attempts) {
        NodeRecord record = new NodeRecord("n", phase, 1_000, "reason", "by", "old", BUILD, false, attempts, "command");
        return switch (phase) {
            case CHECKING -> record.withClean(true);
            case HELD -> record.withHold(new NodeHold(NodeHold.Kind.PERSON, "kim", 2_000));
            default -> record;
        };
    }

    private static NodeRecord next(NodeRecord record, NodeEvent event) {
        return NodeTransitions.next(record, event, NOW, LIMIT);
    }

    @Test
    public void everyEventInEveryPhase() {
        for (Row row : TABLE) {
            Map<NodePhase, NodePhase> expected = new EnumMap<>(NodePhase.class);
            Map<NodePhase, NodePhase> found = new EnumMap<>(NodePhase.class);
            String[] cells = row.phases.split(" ");
            for (NodePhase phase : NodePhase.values()) {
                String cell = cells[phase.ordinal()];
                expected.put(phase, cell.equals(".") ? phase : NodePhase.valueOf(cell));
                found.put(phase, next(in(phase, row.attempts), row.event).phase());
            }
            assertThat(found).as(row.toString()).isEqualTo(expected);
        }
    }

    @Test
    public void theTableHasEveryEvent() {
        List<Class<?>> tried = new ArrayList<>();
        TABLE.forEach(row -> tried.add(row.event.getClass()));
        assertThat(tried).containsAll(NodeEvents.kinds());
    }

    @Test
    public void aNodeWithoutRecordIsTakenUpByNothingElse() {
        for (Row row : TABLE) {
            NodeRecord record = next(null, row.event);
            if (row.event instanceof NodeEvent.Provisioned || row.event instanceof NodeEvent.Added) {
                assertThat(record.phase()).isEqualTo(NodePhase.PROVISIONING);
            } else if (row.event instanceof NodeEvent.Started) {
                assertThat(record.phase()).isEqualTo(NodePhase.RUNNING);
                assertThat(record.build()).isEqualTo(OTHER);
            } else {
                assertThat(record).as(row.toString()).isNull();
            }
        }
    }

    @Test
    public void aStartRemembersBuildBootIdAndCommand() {
        NodeRecord running = next(in(NodePhase.READY, 2), new NodeEvent.Started("n", OTHER, "now", "poweroff"));
        assertThat(running.build()).isEqualTo(OTHER);
        assertThat(running.bootId()).isEqualTo("now");
        assertThat(running.command()).isEqualTo("poweroff");
        assertThat(running.attempts()).isZero();
        assertThat(running.rescue()).isTrue();
        assertThat(next(in(NodePhase.READY, 2), new NodeEvent.Started("n", OTHER, null, null))
                        .bootId())
                .as("unread: the one that it came back with")
                .isEqualTo("old");
    }

    @Test
    public void aReturnTakesTheNewBootIdAndTheChecksGiveTheFlagBack() {
        NodeRecord checking = next(in(NodePhase.RETURNING, 1).withOffline(true), new NodeEvent.Returned("new"));
        assertThat(checking.bootId()).isEqualTo("new");
        assertThat(checking.attempts()).isZero();
        assertThat(checking.offlineByUs()).isTrue();
        assertThat(next(checking, new NodeEvent.Checked(null)).offlineByUs()).isFalse();
    }

    @Test
    public void aNodeThatIsToBePreparedIsPreparedFirst() {
        NodeRecord added = next(null, new NodeEvent.Added("n", "kim", true));
        NodeRecord preparing = next(added, new NodeEvent.Introduced("b", null));
        assertThat(preparing.phase()).isEqualTo(NodePhase.PREPARING);
        NodeRecord checking = next(preparing, new NodeEvent.Prepared(null));
        assertThat(checking.phase()).isEqualTo(NodePhase.CHECKING);
        assertThat(checking.prepare()).isFalse();
    }

    @Test
    public void aHoldThatWasAskedForTakesEffectWhenTheBuildEnds() {
        NodeRecord wished = next(in(NodePhase.READY, 0), new NodeEvent.Started("n", OTHER, "b", null));
        wished = next(wished, new NodeEvent.Held("kim", 9_000));
        assertThat(wished.phase()).isEqualTo(NodePhase.RUNNING);
        assertThat(wished.reason()).isEqualTo("gate #8 runs on it; then held for kim");
        NodeRecord held = next(wished, new NodeEvent.Finished(OTHER, null));
        assertThat(held.phase()).isEqualTo(NodePhase.HELD);
        assertThat(held.hold()).isEqualTo(new NodeHold(NodeHold.Kind.PERSON, "kim", 9_000));
        assertThat(held.reason()).contains("kim", "gate #8 ended on it");
        assertThat(next(wished, new NodeEvent.Loaded()).phase())
                .as("killed meanwhile")
                .isEqualTo(NodePhase.HELD);
        NodeRecord changedHisMind = next(wished, new NodeEvent.Released("kim"));
        assertThat(next(changedHisMind, new NodeEvent.Finished(OTHER, null)).phase())
                .isEqualTo(NodePhase.DRAINING);
    }

    @Test
    public void othersThatAreWaitedForAreNamed() {
        NodeRecord draining = next(in(NodePhase.RUNNING, 0), new NodeEvent.Finished(BUILD, null));
        NodeRecord waiting = next(draining, new NodeEvent.Waiting(List.of("a #1", "b #2"), 120_000));
        waiting = next(waiting, new NodeEvent.Waiting(List.of("b #2"), 60_000));
        assertThat(waiting.reason())
                .isEqualTo("gate #7 ended on it; waiting for b #2 to end there too, for 1 more min");
        NodeRecord overdue = next(waiting, new NodeEvent.Overdue(List.of("b #2")));
        assertThat(overdue.reason()).isEqualTo("gate #7 ended on it; aborted, since it did not end in time: b #2");
        assertThat(next(overdue, new NodeEvent.Drained(List.of())).reason()).isEqualTo(overdue.reason());
        List<String> many = List.of("1", "2", "3", "4", "5", "6", "7");
        assertThat(next(draining, new NodeEvent.Waiting(many, 1)).reason()).contains("1, 2, 3, 4, 5 and 2 more");
    }

    @Test
    public void theBootIdThatMustChangeIsFixedByTheFirstCommand() {
        assertThat(next(in(NodePhase.REBOOTING, 0), new NodeEvent.Baseline("now"))
                        .bootId())
                .isEqualTo("now");
        assertThat(next(in(NodePhase.REBOOTING, 1), new NodeEvent.Baseline("now"))
                        .bootId())
                .isEqualTo("old");
    }

    @Test
    public void theFlagIsRememberedWhileTheNodeIsNotReady() {
        for (NodePhase phase : NodePhase.values()) {
            assertThat(next(in(phase, 0), new NodeEvent.Offline(true)).offlineByUs())
                    .isEqualTo(phase != NodePhase.READY);
        }
    }

    @Test
    public void aFailureSaysWhatToDo() {
        assertThat(next(in(NodePhase.RETURNING, LIMIT), new NodeEvent.Unchanged())
                        .reason())
                .contains("boot id is still old", "3 times", "without a password");
        assertThat(next(in(NodePhase.RETURNING, 1), new NodeEvent.TimedOut()).reason())
                .contains("did not come back", "reason");
        assertThat(next(in(NodePhase.CHECKING, 0), new NodeEvent.TimedOut()).reason())
                .contains("came back and was lost again");
        assertThat(next(in(NodePhase.CHECKING, 0), new NodeEvent.Checked("free disk: 2 GB"))
                        .reason())
                .isEqualTo("Check failed: free disk: 2 GB");
    }

    @Test
    public void aRefusalSaysWhy() {
        assertThat(NodeWishes.refusal(in(NodePhase.RETURNING, 1), new NodeEvent.Held("kim", 0)))
                .isEqualTo("n is RETURNING (reason): it can be held once it is back");
        assertThat(NodeWishes.refusal(in(NodePhase.RUNNING, 0), new NodeEvent.Cleared("kim")))
                .contains("n is RUNNING", "nothing is to be released");
        assertThat(NodeWishes.refusal(in(NodePhase.HELD, 0), new NodeEvent.Rechecked("kim")))
                .contains("to be rebooted first: release it");
        assertThat(NodeWishes.refusal(null, new NodeEvent.Wanted("kim"))).contains("no build");
    }

    @Test
    public void aRecordOfTheFirstReleasesIsAsDirtyAsItsPhase() {
        for (NodePhase phase : NodePhase.values()) {
            NodeRecord old = new NodeRecord("n", phase, 1, "why", "by", "old", BUILD, true, 0, null);
            assertThat(old.clean()).as(phase.toString()).isEqualTo(phase == NodePhase.READY);
        }
    }
}
