package io.jenkins.plugins.metapluginci.node;

import static io.jenkins.plugins.metapluginci.node.NodePhase.CHECKING;
import static io.jenkins.plugins.metapluginci.node.NodePhase.DRAINING;
import static io.jenkins.plugins.metapluginci.node.NodePhase.FAILED;
import static io.jenkins.plugins.metapluginci.node.NodePhase.HELD;
import static io.jenkins.plugins.metapluginci.node.NodePhase.PREPARING;
import static io.jenkins.plugins.metapluginci.node.NodePhase.PROVISIONING;
import static io.jenkins.plugins.metapluginci.node.NodePhase.READY;
import static io.jenkins.plugins.metapluginci.node.NodePhase.REBOOTING;
import static io.jenkins.plugins.metapluginci.node.NodePhase.RETURNING;
import static io.jenkins.plugins.metapluginci.node.NodePhase.RUNNING;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.List;

/**
 * The table of a node's life, as a pure function: record and event in, record out. An event that means nothing in a phase
 * gives the same record back. READY is entered from CHECKING alone, and a node that a build touched comes to CHECKING by a
 * boot id that differs from the one seen just before the reboot command was sent, or by a person who takes it for clean. A
 * boot id that differs although no command was sent proves nothing: the build had the rights to put anything in its place.
 */
final class NodeTransitions {
    /** Who brought about what nobody asked for. */
    static final String PLUGIN = "metaplugin-ci";

    private static final String WAITING = "; waiting for ";

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
        if (event instanceof NodeEvent.Wish wish) {
            return NodeWishes.granted(record, wish, now);
        }
        return switch (record.phase()) {
            case PROVISIONING -> provisioning(record, event, now);
            case PREPARING -> preparing(record, event, now);
            case CHECKING -> checking(record, event, now);
            case READY -> ready(record, event, now);
            case RUNNING -> running(record, event, now);
            case DRAINING -> draining(record, event, now);
            case REBOOTING -> rebooting(record, event, now, limit);
            case RETURNING -> returning(record, event, now, limit);
            case HELD -> held(record, event, now);
            case FAILED -> failed(record, event, now, limit);
        };
    }

    @CheckForNull
    private static NodeRecord first(NodeEvent event, long now) {
        if (event instanceof NodeEvent.Provisioned wanted) {
            return blank(wanted.node(), PROVISIONING, now, "A build wants it; its connection is awaited", PLUGIN);
        }
        if (event instanceof NodeEvent.Added added) {
            return blank(added.node(), PROVISIONING, now, "It was added; its connection is awaited", added.by())
                    .withPrepare(added.prepare());
        }
        return event instanceof NodeEvent.Started started
                ? ready(blank(started.node(), READY, now, "", PLUGIN), event, now)
                : null;
    }

    private static NodeRecord blank(String node, NodePhase phase, long now, String why, String by) {
        return new NodeRecord(node, phase, now, why, by, null, null, false, 0, null);
    }

    private static NodeRecord provisioning(NodeRecord record, NodeEvent event, long now) {
        if (event instanceof NodeEvent.Introduced seen) {
            NodeRecord known = record.withBootId(seen.bootId());
            return seen.unclean() == null
                    ? arrived(known, now, "It is connected for the first time", record.by())
                    : known.in(DRAINING, now, seen.unclean(), PLUGIN);
        }
        return event instanceof NodeEvent.Silent silent
                ? record.because("Its connection is awaited: " + silent.why())
                : record;
    }

    /** What comes next for a node that is clean and connected. */
    private static NodeRecord arrived(NodeRecord record, long now, String why, String by) {
        return record.withClean(true)
                .in(record.prepare() ? PREPARING : CHECKING, now, why, by)
                .withClean(true);
    }

    private static NodeRecord preparing(NodeRecord record, NodeEvent event, long now) {
        if (event instanceof NodeEvent.Progress progress) {
            return record.because(progress.what());
        }
        if (event instanceof NodeEvent.Silent silent) {
            return record.because("To be prepared, but it cannot be reached: " + silent.why());
        }
        if (event instanceof NodeEvent.TimedOut) {
            return record.in(FAILED, now, "It could not be prepared. " + record.reason(), record.by())
                    .withPrepare(false);
        }
        if (!(event instanceof NodeEvent.Prepared prepared)) {
            return record;
        }
        NodeRecord done = record.withPrepare(false);
        String problem = prepared.problem();
        String came = problem == null ? "It was prepared" : "It could not be prepared: " + problem;
        NodeHold wish = record.hold();
        if (wish != null) {
            return NodeWishes.kept(done, wish, came, now);
        }
        if (problem != null) {
            return done.in(HELD, now, came, record.by()).withHold(new NodeHold(NodeHold.Kind.PREPARATION, PLUGIN, 0));
        }
        return record.clean()
                ? done.in(CHECKING, now, came, record.by())
                : NodeWishes.toReboot(done, now, came + "; to be rebooted, since a build was on it", record.by());
    }

    private static NodeRecord checking(NodeRecord record, NodeEvent event, long now) {
        if (event instanceof NodeEvent.Rescued) {
            return record.withRescue(false);
        }
        if (event instanceof NodeEvent.Silent silent) {
            return record.because("It is back but cannot be checked: " + silent.why());
        }
        if (event instanceof NodeEvent.TimedOut) {
            return record.in(FAILED, now, "It came back and was lost again. " + record.reason(), record.by());
        }
        // What the last build left there is looked for before anything else may run on it.
        if (!(event instanceof NodeEvent.Checked checked) || record.rescue()) {
            return record;
        }
        String failure = checked.failure();
        if (failure != null) {
            return record.in(HELD, now, "Check failed: " + failure, PLUGIN)
                    .withHold(new NodeHold(NodeHold.Kind.CHECK, PLUGIN, 0));
        }
        String why = record.build() == null ? "Checked" : "Checked after " + record.build();
        return record.in(READY, now, why, record.by()).withOffline(false).withAttempts(0);
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
        return record;
    }

    private static NodeRecord running(NodeRecord record, NodeEvent event, long now) {
        if (event instanceof NodeEvent.Finished finished && finished.build().isSame(record.build())) {
            String lost = finished.lost();
            String why = lost == null ? finished.build() + " ended on it" : lost;
            NodeHold wish = record.hold();
            return wish == null ? record.in(DRAINING, now, why, record.by()) : NodeWishes.kept(record, wish, why, now);
        }
        String runs = NodeWishes.runs(record);
        if (event instanceof NodeEvent.Silent silent) {
            return record.because(runs + ", but " + silent.why());
        }
        return event instanceof NodeEvent.Answered ? record.because(runs) : record;
    }

    private static NodeRecord draining(NodeRecord record, NodeEvent event, long now) {
        if (event instanceof NodeEvent.Waiting waiting) {
            return record.because(cause(record) + WAITING + names(waiting.others()) + " to end there too, for "
                    + Math.max(1, waiting.left() / 60_000) + " more min");
        }
        if (event instanceof NodeEvent.Overdue overdue) {
            return record.because(
                    cause(record) + "; aborted, since it did not end in time: " + names(overdue.others()));
        }
        if (event instanceof NodeEvent.Drained drained) {
            List<String> others = drained.others();
            return record.in(
                            REBOOTING,
                            now,
                            others.isEmpty() ? cause(record) : cause(record) + ", though " + names(others) + " runs on",
                            record.by())
                    .withAttempts(0);
        }
        return record;
    }

    /** Why a node is on its way to a reboot, without what is waited for. */
    private static String cause(NodeRecord record) {
        return record.reason().split(WAITING, 2)[0];
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
        return record;
    }

    private static NodeRecord held(NodeRecord record, NodeEvent event, long now) {
        NodeHold hold = record.hold();
        if (event instanceof NodeEvent.Checked checked && record.isHeld(NodeHold.Kind.CHECK)) {
            return checked.failure() == null
                    ? record.in(CHECKING, now, "The check that failed passes now", PLUGIN)
                    : record.because("Check failed: " + checked.failure());
        }
        boolean over = event instanceof NodeEvent.Expired
                && record.isHeld(NodeHold.Kind.PERSON)
                && hold.until() > 0
                && hold.until() <= now;
        return over
                ? NodeWishes.toReboot(record, now, "The time is over for which " + hold.by() + " held it", PLUGIN)
                : record;
    }

    private static NodeRecord failed(NodeRecord record, NodeEvent event, long now, int limit) {
        if (event instanceof NodeEvent.Reached) {
            return record.clean() ? record.in(CHECKING, now, "It can be reached again", PLUGIN) : record;
        }
        if (record.clean()) {
            return record;
        }
        if (event instanceof NodeEvent.Returned returned) {
            return back(record, returned, now);
        }
        if (event instanceof NodeEvent.Unchanged && record.attempts() < limit) {
            String why = record.attempts() == 0
                    ? "It can be reached again, and is to be rebooted"
                    : "It did not reboot: its boot id is still " + record.bootId();
            return record.in(REBOOTING, now, why, record.by());
        }
        return record;
    }

    /**
     * A build does not survive the controller, and its node is as dirty as before. Where a reboot command was sent it may
     * have done its work: the count starts anew behind it.
     */
    private static NodeRecord loaded(NodeRecord record, long now) {
        String again = "The controller started again while it was " + record.phase();
        return switch (record.phase()) {
            case PROVISIONING, PREPARING, CHECKING, READY, HELD, FAILED -> record;
            case RUNNING -> {
                String why = "The controller ended while " + record.build() + " ran on it";
                NodeHold wish = record.hold();
                yield wish == null
                        ? record.in(REBOOTING, now, why, PLUGIN).withAttempts(0)
                        : NodeWishes.kept(record, wish, why, now);
            }
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
        return arrived(record.withBootId(returned.bootId()).withAttempts(0), now, why, PLUGIN);
    }

    private static NodeRecord exhausted(NodeRecord record, long now) {
        return record.in(
                FAILED,
                now,
                "It did not reboot: its boot id is still " + record.bootId() + " after the reboot command was sent "
                        + record.attempts() + " times. Does the command work on it without a password?",
                record.by());
    }

    private static String names(List<String> others) {
        int shown = Math.min(5, others.size());
        String more = others.size() > shown ? " and " + (others.size() - shown) + " more" : "";
        return String.join(", ", others.subList(0, shown)) + more;
    }
}
