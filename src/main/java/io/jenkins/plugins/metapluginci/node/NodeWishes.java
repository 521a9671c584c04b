package io.jenkins.plugins.metapluginci.node;

import static io.jenkins.plugins.metapluginci.node.NodePhase.CHECKING;
import static io.jenkins.plugins.metapluginci.node.NodePhase.DRAINING;
import static io.jenkins.plugins.metapluginci.node.NodePhase.HELD;
import static io.jenkins.plugins.metapluginci.node.NodePhase.PREPARING;

import edu.umd.cs.findbugs.annotations.CheckForNull;

/**
 * What people may have done to a node, as pure functions: what is refused and why, and what becomes of the record. Nothing
 * here ends a build of ours, and nothing but {@link NodeEvent.Cleared} takes a node for clean.
 */
final class NodeWishes {
    private NodeWishes() {}

    /** Why a wish cannot be granted, for people; null when it can. @param record null when the node has none */
    @CheckForNull
    static String refusal(@CheckForNull NodeRecord record, NodeEvent.Wish wish) {
        if (wish instanceof NodeEvent.Added) {
            return null;
        }
        if (record == null) {
            return "This node is none of Metaplugin CI's: no build of its jobs wanted it yet";
        }
        String why = refusalIn(record, wish);
        return why == null ? null : record.node() + " is " + record.phase() + " (" + record.reason() + "): " + why;
    }

    @CheckForNull
    private static String refusalIn(NodeRecord record, NodeEvent.Wish wish) {
        boolean possible = true;
        String why = "";
        if (wish instanceof NodeEvent.Held) {
            why = "it can be held once it is back";
            possible = switch (record.phase()) {
                case PREPARING, CHECKING, READY, RUNNING, DRAINING, HELD, FAILED -> true;
                case REBOOTING -> record.attempts() == 0;
                case PROVISIONING, RETURNING -> false;
            };
        } else if (wish instanceof NodeEvent.Released) {
            why = "it is not held";
            possible = record.hold() != null;
        } else if (wish instanceof NodeEvent.Cleared) {
            why = "nothing is to be released";
            possible = switch (record.phase()) {
                case DRAINING, REBOOTING, RETURNING, HELD, FAILED -> true;
                default -> false;
            };
        } else if (wish instanceof NodeEvent.Wanted) {
            why = "it cannot be rebooted now";
            possible = switch (record.phase()) {
                case CHECKING, READY, HELD, RETURNING, FAILED -> true;
                default -> false;
            };
        } else if (wish instanceof NodeEvent.Preparing) {
            why = "it cannot be prepared now";
            possible = switch (record.phase()) {
                case PROVISIONING, READY, HELD, FAILED -> true;
                default -> false;
            };
        } else if (wish instanceof NodeEvent.Rechecked) {
            boolean held = record.phase() == HELD;
            why = held ? "it is to be rebooted first: release it" : "it cannot be checked now";
            possible = record.isReady() || held && record.clean();
        }
        return possible ? null : why;
    }

    /** What becomes of a record; the same one where the wish is refused. */
    static NodeRecord granted(NodeRecord record, NodeEvent.Wish wish, long now) {
        if (refusal(record, wish) != null) {
            return record;
        }
        String by = wish.by();
        if (wish instanceof NodeEvent.Added added) {
            NodeEvent.Preparing again = new NodeEvent.Preparing(by);
            return added.prepare() ? granted(record, again, now) : record;
        }
        if (wish instanceof NodeEvent.Held held) {
            return hold(record, new NodeHold(NodeHold.Kind.PERSON, by, held.until()), now);
        }
        if (wish instanceof NodeEvent.Released) {
            return record.phase() == HELD
                    ? toReboot(record, now, "Released by " + by + ", to be rebooted", by)
                    : withoutWish(record);
        }
        if (wish instanceof NodeEvent.Cleared) {
            return record.in(CHECKING, now, "Released without a reboot by " + by, by)
                    .withClean(true)
                    .withAttempts(0);
        }
        if (wish instanceof NodeEvent.Wanted) {
            return toReboot(record, now, "To be rebooted: asked for by " + by, by);
        }
        if (wish instanceof NodeEvent.Preparing) {
            return record.phase() == NodePhase.PROVISIONING
                    ? record.withPrepare(true).because("To be prepared for " + by + " once it is connected")
                    : record.in(PREPARING, now, "To be prepared: asked for by " + by, by);
        }
        return record.in(CHECKING, now, "To be checked: asked for by " + by, by);
    }

    private static NodeRecord hold(NodeRecord record, NodeHold hold, long now) {
        return switch (record.phase()) {
            case RUNNING -> {
                NodeRecord wished = record.withHold(hold);
                yield wished.because(runs(wished));
            }
            case PREPARING -> record.withHold(hold);
            case HELD ->
                record.isHeld(NodeHold.Kind.PERSON)
                        ? record.withHold(hold).because("Held by " + hold.by())
                        : kept(record, hold, record.reason(), now);
            default -> kept(record, hold, record.reason(), now);
        };
    }

    private static NodeRecord withoutWish(NodeRecord record) {
        NodeRecord free = record.withHold(null);
        return record.phase() == NodePhase.RUNNING ? free.because(runs(free)) : free;
    }

    /** Held by a person, who may do anything to it. @param found what was to be said of it before */
    static NodeRecord kept(NodeRecord record, NodeHold hold, String found, long now) {
        return record.in(HELD, now, "Held by " + hold.by() + ", as it was: " + found, hold.by())
                .withHold(hold)
                .withClean(false)
                .withAttempts(0);
    }

    /**
     * On its way to a reboot, behind whatever else runs on it. Its boot id of the moment of the command is what must change:
     * it may have rebooted by itself since it was last seen.
     */
    static NodeRecord toReboot(NodeRecord record, long now, String why, String by) {
        return record.in(DRAINING, now, why, by).withBootId(null).withAttempts(0);
    }

    /** What is shown of a node that a build has. */
    static String runs(NodeRecord record) {
        NodeHold wish = record.hold();
        return record.build() + " runs on it" + (wish == null ? "" : "; then held for " + wish.by());
    }
}
