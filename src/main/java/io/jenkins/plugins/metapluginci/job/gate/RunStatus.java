package io.jenkins.plugins.metapluginci.job.gate;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a run ended, as the node recorded it.
 *
 * @param kind what happened
 * @param exitStatus of the wrap script for {@link Kind#EXITED}, of our own script for {@link Kind#NOT_STARTED}; else null
 * @param left ids of processes that could not be ended; empty when there are none
 * @param logsLinked whether the workspace's {@code logs} is a link to where devstack-gate collected them
 */
public record RunStatus(Kind kind, @CheckForNull Integer exitStatus, String left, boolean logsLinked) {
    /** Nothing is known. */
    public static final RunStatus NOTHING = new RunStatus(Kind.UNKNOWN, null, "", false);

    /** What happened. */
    public enum Kind {
        /** devstack-gate ended by itself. */
        EXITED,
        /** The limit passed on the node. */
        TIMED_OUT,
        /** The wrap script was never started. */
        NOT_STARTED,
        /** The node has no record. */
        UNKNOWN
    }

    private static final Pattern STATUS =
            Pattern.compile("^status (?:(exited|not-started) (\\d{1,3})|(timed-out))$", Pattern.MULTILINE);
    private static final Pattern LINKED = Pattern.compile("^logs linked$", Pattern.MULTILINE);
    private static final Pattern LEFT = Pattern.compile("^left ([0-9 ]{1,1000})$", Pattern.MULTILINE);

    /** @param output of {@link GateCommands#end()} */
    public static RunStatus parse(String output) {
        Matcher left = LEFT.matcher(output);
        String pids = left.find() ? left.group(1).trim() : "";
        boolean linked = LINKED.matcher(output).find();
        Matcher status = STATUS.matcher(output);
        if (!status.find()) {
            return new RunStatus(Kind.UNKNOWN, null, pids, linked);
        }
        if (status.group(3) != null) {
            return new RunStatus(Kind.TIMED_OUT, null, pids, linked);
        }
        Kind kind = status.group(1).equals("exited") ? Kind.EXITED : Kind.NOT_STARTED;
        return new RunStatus(kind, Integer.valueOf(status.group(2)), pids, linked);
    }
}
