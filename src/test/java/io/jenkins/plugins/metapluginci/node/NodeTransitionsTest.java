package io.jenkins.plugins.metapluginci.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.Test;

/** The table of a node's life: every event in every phase, and what must hold whatever happens. */
public class NodeTransitionsTest {
    private static final BuildRef BUILD = new BuildRef("gate", 7, "aa");
    private static final BuildRef OTHER = new BuildRef("gate", 8, "bb");
    private static final long NOW = 5_000;
    private static final int LIMIT = 3;

    private static final List<NodePhase> PHASES = List.of(
            NodePhase.READY,
            NodePhase.RUNNING,
            NodePhase.DRAINING,
            NodePhase.REBOOTING,
            NodePhase.RETURNING,
            NodePhase.FAILED);

    /** One row: an event, and the phase that it leads to from each phase in the order of {@link NodePhase}. */
    private record Row(NodeEvent event, int attempts, String phases) {}

    /** Columns: READY RUNNING DRAINING REBOOTING RETURNING FAILED; "." stays as it is. */
    private static final List<Row> TABLE = List.of(
            new Row(new NodeEvent.Introduced("n", "new", null), 1, ". . . . . ."),
            new Row(new NodeEvent.Introduced("n", "new", "why"), 1, ". . . . . ."),
            new Row(new NodeEvent.Started("n", OTHER, "new", "cmd"), 1, "RUNNING . . . . ."),
            new Row(new NodeEvent.Started("n", OTHER, null, null), 1, "RUNNING . . . . ."),
            new Row(new NodeEvent.Offline(true), 1, ". . . . . ."),
            new Row(new NodeEvent.Finished(BUILD, null), 1, ". DRAINING . . . ."),
            new Row(new NodeEvent.Finished(new BuildRef("gate", 7, null), "lost"), 1, ". DRAINING . . . ."),
            new Row(new NodeEvent.Finished(OTHER, null), 1, ". . . . . ."),
            new Row(new NodeEvent.Waiting(2), 1, ". . . . . ."),
            new Row(new NodeEvent.Drained(0), 1, ". . REBOOTING . . ."),
            new Row(new NodeEvent.Drained(2), 1, ". . REBOOTING . . ."),
            new Row(new NodeEvent.Baseline("new"), 0, ". . . . . ."),
            new Row(new NodeEvent.Sending(), 0, ". . . . . ."),
            new Row(new NodeEvent.Sending(), LIMIT, ". . . FAILED . ."),
            new Row(new NodeEvent.Sent(), 1, ". . . RETURNING . ."),
            new Row(new NodeEvent.Silent("why"), 1, ". . . . . ."),
            new Row(new NodeEvent.Answered(), 1, ". . . . . ."),
            new Row(new NodeEvent.Returned("new"), 1, ". . . READY READY READY"),
            new Row(new NodeEvent.Returned("new"), 0, ". . . . . ."),
            new Row(new NodeEvent.Returned("old"), 1, ". . . . . ."),
            new Row(new NodeEvent.Unchanged(), 0, ". . . . REBOOTING REBOOTING"),
            new Row(new NodeEvent.Unchanged(), 1, ". . . . REBOOTING REBOOTING"),
            new Row(new NodeEvent.Unchanged(), LIMIT, ". . . . FAILED ."),
            new Row(new NodeEvent.Refused("why"), 1, ". . . FAILED . ."),
            new Row(new NodeEvent.TimedOut(), 1, ". . . FAILED FAILED ."),
            new Row(new NodeEvent.Loaded(), 0, ". REBOOTING REBOOTING . REBOOTING ."),
            new Row(new NodeEvent.Loaded(), 2, ". REBOOTING REBOOTING RETURNING . ."),
            new Row(new NodeEvent.Wanted("kim"), 2, "REBOOTING . . . REBOOTING REBOOTING"));

    private static NodeRecord in(NodePhase phase, int attempts) {
        return new NodeRecord("n", phase, 1_000, "reason", "by", "old", BUILD, false, attempts, "cmd");
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
            for (NodePhase phase : PHASES) {
                String cell = cells[PHASES.indexOf(phase)];
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
        assertThat(tried).contains(NodeEvent.class.getPermittedSubclasses());
    }

    @Test
    public void aNodeWithoutRecordIsTakenUpByNothingElse() {
        for (Row row : TABLE) {
            NodeRecord record = next(null, row.event);
            if (row.event instanceof NodeEvent.Introduced introduced) {
                assertThat(record.phase())
                        .isEqualTo(introduced.unclean() == null ? NodePhase.READY : NodePhase.REBOOTING);
                assertThat(record.bootId()).isEqualTo("new");
            } else if (row.event instanceof NodeEvent.Started) {
                assertThat(record.phase()).isEqualTo(NodePhase.RUNNING);
                assertThat(record.build()).isEqualTo(OTHER);
            } else {
                assertThat(record).as(row.toString()).isNull();
            }
        }
    }

    @Test
    public void aNewPhaseHasANewSinceAndAReason() {
        for (Row row : TABLE) {
            for (NodePhase phase : PHASES) {
                NodeRecord before = in(phase, row.attempts);
                NodeRecord after = next(before, row.event);
                boolean again = row.event instanceof NodeEvent.Loaded
                        && (phase == NodePhase.REBOOTING || phase == NodePhase.RETURNING);
                boolean anew = before.phase() != after.phase() || again;
                assertThat(after.since()).as(row + " in " + phase).isEqualTo(anew ? NOW : 1_000);
                assertThat(after.reason()).isNotBlank();
                assertThat(after.by()).isNotBlank();
                assertThat(after.node()).isEqualTo("n");
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
        assertThat(next(in(NodePhase.READY, 2), new NodeEvent.Started("n", OTHER, null, null))
                        .bootId())
                .as("unread: the one that it came back with")
                .isEqualTo("old");
    }

    @Test
    public void aReturnTakesTheNewBootIdAndGivesTheFlagBack() {
        NodeRecord ready = next(in(NodePhase.RETURNING, 1).withOffline(true), new NodeEvent.Returned("new"));
        assertThat(ready.bootId()).isEqualTo("new");
        assertThat(ready.offlineByUs()).isFalse();
        assertThat(ready.attempts()).isZero();
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
        for (NodePhase phase : PHASES) {
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
    }
}
