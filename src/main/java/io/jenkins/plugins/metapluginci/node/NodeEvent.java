package io.jenkins.plugins.metapluginci.node;

import edu.umd.cs.findbugs.annotations.CheckForNull;

/** What happens to a node; {@link NodeTransitions} says what becomes of its record. */
sealed interface NodeEvent {
    /** A node that had no record was looked at. @param unclean why it cannot be taken for clean; null when it can */
    record Introduced(
            String node, String bootId, @CheckForNull String unclean) implements NodeEvent {}

    /** A build started on it. @param bootId null when it could not be read */
    record Started(
            String node,
            BuildRef build,
            @CheckForNull String bootId,
            @CheckForNull String command) implements NodeEvent {}

    /** The core's offline flag is now ours, or is not. */
    record Offline(boolean ours) implements NodeEvent {}

    /** A build is final (or, with a reason, is known to be gone). */
    record Finished(BuildRef build, @CheckForNull String lost) implements NodeEvent {}

    /** Other builds are still on it. */
    record Waiting(int others) implements NodeEvent {}

    /** Nothing else runs on it, or that was waited for long enough. @param others that still run */
    record Drained(int others) implements NodeEvent {}

    /** The boot id that must change, as it is before the first reboot command of a round. */
    record Baseline(String bootId) implements NodeEvent {}

    /** The reboot command is about to be sent. */
    record Sending() implements NodeEvent {}

    /** It was sent and the connection dropped. */
    record Sent() implements NodeEvent {}

    /** The node did not answer; nothing changes but what is shown. */
    record Silent(String why) implements NodeEvent {}

    /** The node answers again. */
    record Answered() implements NodeEvent {}

    /** It is connected with another boot id than before the command, and the flag that was ours is cleared. */
    record Returned(String bootId) implements NodeEvent {}

    /** It is connected and has no new boot id, long enough after the command or without one. */
    record Unchanged() implements NodeEvent {}

    /** It may not be rebooted at all. */
    record Refused(String why) implements NodeEvent {}

    /** The time for this round is over. */
    record TimedOut() implements NodeEvent {}

    /** The controller started and found the record. */
    record Loaded() implements NodeEvent {}

    /** A person wants it rebooted now. */
    record Wanted(String by) implements NodeEvent {}
}
