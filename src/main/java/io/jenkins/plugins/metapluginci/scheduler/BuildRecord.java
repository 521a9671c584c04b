package io.jenkins.plugins.metapluginci.scheduler;

import edu.umd.cs.findbugs.annotations.CheckForNull;

/**
 * Our own record of one build, kept in {@code builds/UUID.json}: written when it starts, when its run step ended, and when
 * it is final. Only this votes; Jenkins' result is for display (core-notes R1). Immutable.
 *
 * @param uuid of the {@link BuildRequest}, or one of its own for a build started by a person
 * @param job full name of the job
 * @param number Jenkins' build number
 * @param url of the build at the controller; null when the controller has no root URL
 * @param node the node it ran on
 * @param logPath directory below the log server's root, {@code LOG_PATH}
 * @param startedAt epoch milliseconds
 * @param endedAt of the run step, epoch milliseconds; 0 while it runs
 * @param outcome null until the run step has ended
 * @param exitStatus of devstack-gate; null when it has none
 * @param reason of a TIMED_OUT, ABORTED or INFRASTRUCTURE outcome, for people; null otherwise
 * @param logs what became of its logs
 * @param logsProblem why they are missing or late, for people and fit for a public comment; null unless they are
 * @param logsUrl where they can or will be read; null for what the log server of all makes of {@code logPath}
 */
public record BuildRecord(
        String uuid,
        String job,
        int number,
        @CheckForNull String url,
        String node,
        String logPath,
        long startedAt,
        long endedAt,
        @CheckForNull Outcome outcome,
        @CheckForNull Integer exitStatus,
        @CheckForNull String reason,
        Logs logs,
        @CheckForNull String logsProblem,
        @CheckForNull String logsUrl) {

    /** How the run step ended. */
    public enum Outcome {
        /** devstack-gate ended with 0. */
        SUCCESS,
        /** devstack-gate ended with anything else by its own doing. */
        FAILURE,
        /** A job that is not ours ended so: Jenkins' word for failed tests. */
        UNSTABLE,
        /** Its time limit passed: the change's own failure. */
        TIMED_OUT,
        /** A person stopped it. Never votes. */
        ABORTED,
        /** Node, disk, network or controller failed it. Run again, never votes. */
        INFRASTRUCTURE
    }

    /** What became of a build's logs. */
    public enum Logs {
        PENDING,
        PUBLISHED,
        MISSING,
        /** On their way: kept on the controller until they are at the log server. */
        LATE,
        /** The job is not ours and publishes none through us: its build's page stands in. */
        NONE
    }

    /** This record with an end of the run step. @param reason may be null */
    public BuildRecord ended(long at, Outcome how, @CheckForNull Integer status, @CheckForNull String reason) {
        return new BuildRecord(
                uuid, job, number, url, node, logPath, startedAt, at, how, status, reason, logs, logsProblem, logsUrl);
    }

    /** This record with the fate of its logs. @param problem null unless they are missing or late. @param at where they can or
     * will be read, may be null */
    public BuildRecord withLogs(Logs state, @CheckForNull String problem, @CheckForNull String at) {
        return new BuildRecord(
                uuid,
                job,
                number,
                url,
                node,
                logPath,
                startedAt,
                endedAt,
                outcome,
                exitStatus,
                reason,
                state,
                problem,
                at);
    }
}
