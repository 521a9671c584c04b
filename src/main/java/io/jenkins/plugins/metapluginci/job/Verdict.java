package io.jenkins.plugins.metapluginci.job;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.metapluginci.scheduler.BuildRecord;
import io.jenkins.plugins.metapluginci.scheduler.BuildRecord.Outcome;

/** Words for what a build's record says. */
final class Verdict {
    private Verdict() {}

    /** @param open whether the build may still say something */
    static String of(BuildRecord record, boolean open) {
        Outcome outcome = record.outcome();
        if (outcome == null) {
            return open ? Messages.Verdict_Running() : Messages.Verdict_Lost();
        }
        String why = why(record);
        String says = why == null ? outcome.toString() : outcome + ": " + why;
        return outcome == Outcome.INFRASTRUCTURE ? Messages.Verdict_None(says) : Messages.Verdict_Of(says);
    }

    @CheckForNull
    private static String why(BuildRecord record) {
        Integer status = record.exitStatus();
        return record.reason() == null && status != null ? Messages.GateRun_Exited(status) : record.reason();
    }
}
