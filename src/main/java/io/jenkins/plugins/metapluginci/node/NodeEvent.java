package io.jenkins.plugins.metapluginci.node;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.List;

/** What happens to a node; {@link NodeTransitions} says what becomes of its record. */
sealed interface NodeEvent {
    /** A build wants a node that has no record. */
    record Provisioned(String node) implements NodeEvent {}

    /** A provisioned node was looked at. @param unclean why it cannot be taken for clean; null when it can */
    record Introduced(String bootId, @CheckForNull String unclean) implements NodeEvent {}

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

    /** Others are still on it. @param left milliseconds until they are aborted */
    record Waiting(List<String> others, long left) implements NodeEvent {
        public Waiting {
            others = List.copyOf(others);
        }
    }

    /** That was waited for long enough, and they are being aborted. */
    record Overdue(List<String> others) implements NodeEvent {
        public Overdue {
            others = List.copyOf(others);
        }
    }

    /** Nothing else runs on it, or nothing that heeds being aborted. @param others that still run */
    record Drained(List<String> others) implements NodeEvent {
        public Drained {
            others = List.copyOf(others);
        }
    }

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

    /** It is connected with another boot id than before the command. */
    record Returned(String bootId) implements NodeEvent {}

    /** It is connected and has no new boot id, long enough after the command or without one. */
    record Unchanged() implements NodeEvent {}

    /** A clean node that could not be reached is connected again. */
    record Reached() implements NodeEvent {}

    /** It may not be rebooted at all. */
    record Refused(String why) implements NodeEvent {}

    /** The time for this round is over. */
    record TimedOut() implements NodeEvent {}

    /** The last build's logs were looked for on it. */
    record Rescued() implements NodeEvent {}

    /** It was checked. @param failure the first check that was not passed; null when all were */
    record Checked(@CheckForNull String failure) implements NodeEvent {}

    /** What its preparation does now. */
    record Progress(String what) implements NodeEvent {}

    /** It was prepared. @param problem why that failed; null when it did not */
    record Prepared(@CheckForNull String problem) implements NodeEvent {}

    /** The controller started and found the record. */
    record Loaded() implements NodeEvent {}

    /** A person's hold is over by the clock, if it is. */
    record Expired() implements NodeEvent {}

    /** What a person asks for; {@link NodeWishes} says when it is refused. */
    sealed interface Wish extends NodeEvent {
        String by();
    }

    /** It was added. @param prepare whether it is to be set up */
    record Added(String node, String by, boolean prepare) implements Wish {}

    /** To be left as it is, for a person to look at. @param until epoch milliseconds */
    record Held(String by, long until) implements Wish {}

    /** That is over. */
    record Released(String by) implements Wish {}

    /** To be taken for clean as it is. */
    record Cleared(String by) implements Wish {}

    /** To be rebooted now. */
    record Wanted(String by) implements Wish {}

    /** To be set up. */
    record Preparing(String by) implements Wish {}

    /** To be checked now. */
    record Rechecked(String by) implements Wish {}
}
