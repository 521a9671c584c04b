package io.jenkins.plugins.metapluginci.node;

import static io.jenkins.plugins.metapluginci.node.NodePhase.DRAINING;
import static io.jenkins.plugins.metapluginci.node.NodePhase.FAILED;
import static io.jenkins.plugins.metapluginci.node.NodePhase.READY;
import static io.jenkins.plugins.metapluginci.node.NodePhase.REBOOTING;
import static io.jenkins.plugins.metapluginci.node.NodePhase.RETURNING;
import static io.jenkins.plugins.metapluginci.node.NodePhase.RUNNING;

import edu.umd.cs.findbugs.annotations.CheckForNull;

/**
 * The table of a node's life, as a pure function: record and event in, record out. An event that means nothing in a phase
 * gives the same record back. The one way to READY is a boot id that differs from the one seen just before the reboot
 * command was sent, and for a node that was never seen its introduction. A boot id that differs although no command was
 * sent proves nothing: the build had the rights to put anything in its place.
 */
final class NodeTransitions {
    private static final String PLUGIN = "metaplugin-ci";

    private NodeTransitions() {}

    /**
     * @param record null when the node has none
     * @param now epoch milliseconds
     * @param limit how often the reboot command may be sent
     * @return null when the node has no record after it either
     */
    @CheckForNull
    static NodeRecord next(@CheckForNull NodeRecord record, NodeEvent event, long now, int limit) {
        if (record == null) {
            return first(event, now);
        }
        if (event instanceof NodeEvent.Offline offline) {
            return record.isReady() ? record : record.withOffline(offline.ours());
        }
        if (event instanceof NodeEvent.Loaded) {
            return loaded(record, now);
        }
        return switch (record.phase()) {
            case PROVISIONING, PREPARING, CHECKING, HELD -> record;
            case READY -> ready(record, event, now);
            case RUNNING -> running(record, event, now);
            case DRAINING -> draining(record, event, now);
            case REBOOTING -> rebooting(record, event, now, limit);
            case RETURNING -> returning(record, event, now, limit);
            case FAILED -> failed(record, event, now, limit);
        };
    }

    @CheckForNull
    private static NodeRecord first(NodeEvent event, long now) {
        if (event instanceof NodeEvent.Introduced seen) {
            NodeRecord ready = new NodeRecord(
                    seen.node(), READY, now, "Seen for the first time", PLUGIN, seen.bootId(), null, false, 0, null);
            String unclean = seen.unclean();
            return unclean == null ? ready : ready.in(REBOOTING, now, unclean, PLUGIN);
        }
        if (event instanceof NodeEvent.Started started) {
            NodeRecord blank =
                    new NodeRecord(started.node(), READY, now, "", PLUGIN, started.bootId(), null, false, 0, null);
            return ready(blank, event, now);
        }
        return null;
    }

    private static NodeRecord ready(NodeRecord record, NodeEvent event, long now) {
        if (event instanceof NodeEvent.Started started) {
            String bootId = started.bootId() != null ? started.bootId() : record.bootId();
            return record.in(
                            RUNNING,
                            now,
                            started.build() + " runs on it",
                            started.build().toString())
                    .withBootId(bootId)
                    .withBuild(started.build(), started.command())
                    .withAttempts(0);
        }
        // It may have rebooted by itself since: its boot id of this moment is what must change.
        return event instanceof NodeEvent.Wanted ? wanted(record.withBootId(null), event, now) : record;
    }

    private static NodeRecord running(NodeRecord record, NodeEvent event, long now) {
        if (event instanceof NodeEvent.Finished finished && finished.build().isSame(record.build())) {
            String lost = finished.lost();
            return record.in(DRAINING, now, lost == null ? finished.build() + " ended on it" : lost, record.by());
        }
        if (event instanceof NodeEvent.Silent silent) {
            return record.because(record.build() + " runs on it, but " + silent.why());
        }
        return event instanceof NodeEvent.Answered ? record.because(record.build() + " runs on it") : record;
    }

    private static NodeRecord draining(NodeRecord record, NodeEvent event, long now) {
        if (event instanceof NodeEvent.Waiting waiting) {
            return record.because(
                    record.build() + " ended on it; waiting for " + builds(waiting.others()) + " to end there too");
        }
        if (event instanceof NodeEvent.Drained drained) {
            String why = "To be rebooted after " + record.build();
            return record.in(
                    REBOOTING,
                    now,
                    drained.others() == 0 ? why : why + ", though " + builds(drained.others()) + " did not end in time",
                    record.by());
        }
        return record;
    }

    private static NodeRecord rebooting(NodeRecord record, NodeEvent event, long now, int limit) {
        if (event instanceof NodeEvent.Baseline seen) {
            return record.attempts() == 0 ? record.withBootId(seen.bootId()) : record;
        }
        if (event instanceof NodeEvent.Silent silent) {
            return record.because("To be rebooted, but it cannot be reached: " + silent.why());
        }
        if (event instanceof NodeEvent.Sending) {
            if (record.attempts() >= limit) {
                return exhausted(record, now);
            }
            int attempt = record.attempts() + 1;
            return record.withAttempts(attempt).because("Sending the reboot command" + (attempt > 1 ? " again" : ""));
        }
        if (event instanceof NodeEvent.Sent) {
            return record.in(RETURNING, now, "The reboot command was sent; waiting for its return", record.by());
        }
        if (event instanceof NodeEvent.Returned returned) {
            return back(record, returned, now);
        }
        if (event instanceof NodeEvent.Refused refused) {
            return record.in(FAILED, now, refused.why(), PLUGIN).withAttempts(limit);
        }
        if (event instanceof NodeEvent.TimedOut) {
            return record.in(FAILED, now, "It could not be told to reboot. " + record.reason(), record.by());
        }
        return record;
    }

    private static NodeRecord returning(NodeRecord record, NodeEvent event, long now, int limit) {
        if (event instanceof NodeEvent.Silent silent) {
            return record.because("Waiting for its return from the reboot: " + silent.why());
        }
        if (event instanceof NodeEvent.Returned returned) {
            return back(record, returned, now);
        }
        if (event instanceof NodeEvent.Unchanged) {
            return record.attempts() >= limit
                    ? exhausted(record, now)
                    : record.in(
                            REBOOTING, now, "It did not reboot: its boot id is still " + record.bootId(), record.by());
        }
        if (event instanceof NodeEvent.TimedOut) {
            return record.in(FAILED, now, "It did not come back from the reboot. " + record.reason(), record.by());
        }
        return wanted(record, event, now);
    }

    private static NodeRecord failed(NodeRecord record, NodeEvent event, long now, int limit) {
        if (event instanceof NodeEvent.Returned returned) {
            return back(record, returned, now);
        }
        if (event instanceof NodeEvent.Unchanged) {
            return record.attempts() >= limit ? record : again(record, now);
        }
        return wanted(record, event, now);
    }

    private static NodeRecord again(NodeRecord record, long now) {
        String why = record.attempts() == 0
                ? "It can be reached again, and is to be rebooted"
                : "It did not reboot: its boot id is still " + record.bootId();
        return record.in(REBOOTING, now, why, record.by());
    }

    private static NodeRecord wanted(NodeRecord record, NodeEvent event, long now) {
        return event instanceof NodeEvent.Wanted wanted
                ? record.in(REBOOTING, now, "To be rebooted: asked for by " + wanted.by(), wanted.by())
                        .withAttempts(0)
                : record;
    }

    /**
     * A build does not survive the controller, and its node is as dirty as before. Where a reboot command was sent it may
     * have done its work: the count starts anew behind it.
     */
    private static NodeRecord loaded(NodeRecord record, long now) {
        String again = "The controller started again while it was " + record.phase();
        return switch (record.phase()) {
            case PROVISIONING, PREPARING, CHECKING, HELD, READY, FAILED -> record;
            case RUNNING ->
                record.in(REBOOTING, now, "The controller ended while " + record.build() + " ran on it", PLUGIN)
                        .withAttempts(0);
            case DRAINING -> record.in(REBOOTING, now, again, PLUGIN).withAttempts(0);
            case REBOOTING, RETURNING ->
                record.attempts() == 0
                        ? record.in(REBOOTING, now, again, PLUGIN)
                        : record.in(RETURNING, now, again + "; its boot id is to be seen", PLUGIN)
                                .withAttempts(1);
        };
    }

    private static NodeRecord back(NodeRecord record, NodeEvent.Returned returned, long now) {
        if (record.attempts() == 0 || returned.bootId().equals(record.bootId())) {
            return record;
        }
        String why = record.build() == null ? "Rebooted" : "Rebooted after " + record.build();
        return record.in(READY, now, why, PLUGIN)
                .withBootId(returned.bootId())
                .withOffline(false)
                .withAttempts(0);
    }

    private static NodeRecord exhausted(NodeRecord record, long now) {
        return record.in(
                FAILED,
                now,
                "It did not reboot: its boot id is still " + record.bootId() + " after the reboot command was sent "
                        + record.attempts() + " times. Does the command work on it without a password?",
                record.by());
    }

    private static String builds(int count) {
        return count == 1 ? "1 other build" : count + " other builds";
    }
}
