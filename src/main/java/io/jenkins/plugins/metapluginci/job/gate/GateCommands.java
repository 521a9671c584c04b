package io.jenkins.plugins.metapluginci.job.gate;

import java.util.List;

/**
 * The commands that are started on a node, as argument lists; none carries text of a job but the workspace's path. All but
 * {@link #run} answer on their standard error, which ends with the line {@value #LAST_LINE}: what a command prints may reach
 * the controller after its exit status does.
 */
public final class GateCommands {
    /** The last line of an answer. */
    public static final String LAST_LINE = "end";

    /** Seconds between the polite and the forced end of a run that passed its limit. */
    public static final int GRACE_SECONDS = 30;
    /** Seconds after which {@link #prepare} and {@link #end} must have ended. */
    public static final int SHORT_COMMAND_SECONDS = 120;

    private final String control;

    /** @param workspace absolute path on the node */
    public GateCommands(String workspace) {
        this.control = workspace + "/" + GateScripts.CONTROL;
    }

    /** Makes an empty control directory, whatever the last run left in its place. */
    public List<String> prepare() {
        return List.of(
                "bash",
                "-c",
                "exec 3>&2; sudo -n timeout -k 5 60 rm -rf --one-file-system -- \"$1\" 3>&-"
                        + " && mkdir -p -- \"$1/hooks\" \"$1/files\"; status=$?; echo end >&3; exit $status",
                "prepare",
                control);
    }

    public List<String> cleanup() {
        return List.of("bash", control + "/cleanup.sh");
    }

    /** @param limitSeconds after which the run is stopped */
    public List<String> run(long limitSeconds) {
        return List.of(
                "bash", control + "/run.sh", control, Long.toString(limitSeconds), Integer.toString(GRACE_SECONDS));
    }

    /** Ends what the run left and prints how it ended, for {@link RunStatus#parse}. */
    public List<String> end() {
        return List.of("bash", control + "/end.sh", control);
    }
}
