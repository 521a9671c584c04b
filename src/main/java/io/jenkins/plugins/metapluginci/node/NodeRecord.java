package io.jenkins.plugins.metapluginci.node;

import edu.umd.cs.findbugs.annotations.CheckForNull;

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
        @CheckForNull String command) {

    /** Whether the node takes builds. */
    public boolean isReady() {
        return phase == NodePhase.READY;
    }

    NodeRecord in(NodePhase next, long now, String why, String who) {
        return new NodeRecord(node, next, now, why, who, bootId, build, offlineByUs, attempts, command);
    }

    NodeRecord because(String why) {
        return new NodeRecord(node, phase, since, why, by, bootId, build, offlineByUs, attempts, command);
    }

    NodeRecord withBootId(@CheckForNull String id) {
        return new NodeRecord(node, phase, since, reason, by, id, build, offlineByUs, attempts, command);
    }

    NodeRecord withOffline(boolean ours) {
        return new NodeRecord(node, phase, since, reason, by, bootId, build, ours, attempts, command);
    }

    NodeRecord withAttempts(int sent) {
        return new NodeRecord(node, phase, since, reason, by, bootId, build, offlineByUs, sent, command);
    }

    NodeRecord withBuild(BuildRef taker, @CheckForNull String rebootCommand) {
        return new NodeRecord(node, phase, since, reason, by, bootId, taker, offlineByUs, attempts, rebootCommand);
    }
}
