package io.jenkins.plugins.metapluginci.node;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.function.Consumer;

/**
 * Where one node is in its life; kept in {@code nodes/NAME.json}. Immutable.
 *
 * @param node name of the node
 * @param phase where it is
 * @param since when it came into that phase, epoch milliseconds
 * @param reason why it is there, for people
 * @param by who or what brought it there: a build, a person, or this plugin
 * @param bootId while READY the boot id that it came back with, then the one at the build's start, then the one just before
 *     the reboot command, which must change; null when it could not be read yet
 * @param build that took the node last; null when none ever did
 * @param offlineByUs whether the core's offline flag on the node is ours to clear
 * @param attempts how often the reboot command was sent in this round
 * @param command that reboots it; null: the default one
 * @param hold what keeps it while HELD; while RUNNING or PREPARING what a person asked for, to take effect at the end; else null
 * @param clean whether nothing of ours ran on it since its last verified reboot, or a person said that it may be taken for that
 * @param rescue whether the last build's logs are to be looked for on it once it is back
 * @param prepare whether it is to be set up as soon as it is connected
 */
public record NodeRecord(
        String node,
        NodePhase phase,
        long since,
        String reason,
        String by,
        @CheckForNull String bootId,
        @CheckForNull BuildRef build,
        boolean offlineByUs,
        int attempts,
        @CheckForNull String command,
        @CheckForNull NodeHold hold,
        boolean clean,
        boolean rescue,
        boolean prepare) {

    /** In a file of the first releases the last four are missing: only READY was clean there. */
    public NodeRecord {
        clean = phase == NodePhase.READY
                || clean
                        && phase != NodePhase.RUNNING
                        && phase != NodePhase.DRAINING
                        && phase != NodePhase.REBOOTING
                        && phase != NodePhase.RETURNING;
    }

    /** A node with nothing out of the ordinary. */
    public NodeRecord(
            String node,
            NodePhase phase,
            long since,
            String reason,
            String by,
            @CheckForNull String bootId,
            @CheckForNull BuildRef build,
            boolean offlineByUs,
            int attempts,
            @CheckForNull String command) {
        this(node, phase, since, reason, by, bootId, build, offlineByUs, attempts, command, null, false, false, false);
    }

    /** Whether the node takes builds. */
    public boolean isReady() {
        return phase == NodePhase.READY;
    }

    /** Whether it takes builds that leave it as it is: also while it is looked at, before any build of ours touched it. */
    public boolean takesPlain() {
        return switch (phase) {
            case READY -> true;
            case PROVISIONING, CHECKING -> build == null;
            case HELD -> build == null && hold != null && hold.kind() == NodeHold.Kind.CHECK;
            default -> false;
        };
    }

    /** Whether it is held, and for this. */
    public boolean isHeld(NodeHold.Kind kind) {
        return phase == NodePhase.HELD && hold != null && hold.kind() == kind;
    }

    /** In another phase, where no hold is left. */
    NodeRecord in(NodePhase next, long now, String why, String who) {
        return new NodeRecord(
                node, next, now, why, who, bootId, build, offlineByUs, attempts, command, null, clean, rescue, prepare);
    }

    NodeRecord because(String why) {
        return with(draft -> draft.reason = why);
    }

    NodeRecord withBootId(@CheckForNull String id) {
        return with(draft -> draft.bootId = id);
    }

    NodeRecord withOffline(boolean ours) {
        return with(draft -> draft.offlineByUs = ours);
    }

    NodeRecord withAttempts(int sent) {
        return with(draft -> draft.attempts = sent);
    }

    /** Taken by a build, which may leave logs behind. */
    NodeRecord withBuild(BuildRef taker, @CheckForNull String rebootCommand) {
        return with(draft -> {
            draft.build = taker;
            draft.command = rebootCommand;
            draft.rescue = true;
        });
    }

    NodeRecord withHold(@CheckForNull NodeHold keeper) {
        return with(draft -> draft.hold = keeper);
    }

    NodeRecord withClean(boolean isClean) {
        return with(draft -> draft.clean = isClean);
    }

    NodeRecord withRescue(boolean due) {
        return with(draft -> draft.rescue = due);
    }

    NodeRecord withPrepare(boolean due) {
        return with(draft -> draft.prepare = due);
    }

    private NodeRecord with(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return new NodeRecord(
                node,
                phase,
                since,
                draft.reason,
                by,
                draft.bootId,
                draft.build,
                draft.offlineByUs,
                draft.attempts,
                draft.command,
                draft.hold,
                draft.clean,
                draft.rescue,
                draft.prepare);
    }

    /** What of a record changes within a phase; lives within one call. */
    private static final class Draft {
        private String reason;
        private String bootId;
        private BuildRef build;
        private boolean offlineByUs;
        private int attempts;
        private String command;
        private NodeHold hold;
        private boolean clean;
        private boolean rescue;
        private boolean prepare;

        Draft(NodeRecord record) {
            reason = record.reason;
            bootId = record.bootId;
            build = record.build;
            offlineByUs = record.offlineByUs;
            attempts = record.attempts;
            command = record.command;
            hold = record.hold;
            clean = record.clean;
            rescue = record.rescue;
            prepare = record.prepare;
        }
    }
}
