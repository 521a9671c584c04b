package io.jenkins.plugins.metapluginci.scheduler;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.metapluginci.scheduler.ItemBuild.Result;
import java.util.List;

/**
 * What an item came to, once all its builds have ended (_reportItem, scheduler.py of Zuul 2.5.2), and whether that is the
 * change's own doing. Two things differ from Zuul. A conflict is a conflict also where no job votes. And labels are for what
 * the test decided: with a voting job that the infrastructure or a person ended, the comment goes out alone.
 *
 * @param kind which reporters tell it
 * @param unvoted why no label may be sent, for people; null when labels may be
 */
record Verdict(Kind kind, @CheckForNull String unvoted) {
    /** Which reporters tell it. */
    enum Kind {
        SUCCESS,
        FAILURE,
        MERGE_FAILURE
    }

    static Verdict of(Item item, JobPlan plan) {
        Merge merge = item.merge();
        if (merge.state() == Merge.State.CONFLICT) {
            return new Verdict(Kind.MERGE_FAILURE, null);
        }
        if (merge.state() == Merge.State.UNMERGEABLE) {
            return new Verdict(Kind.MERGE_FAILURE, "It cannot be merged, by no fault of the change: " + merge.reason());
        }
        List<ItemBuild> voting =
                item.builds().stream().filter(build -> isVoting(build, plan)).toList();
        boolean passed = voting.stream().allMatch(build -> build.result() == Result.SUCCESS);
        String unvoted = voting.stream()
                .filter(build -> !isOwnDoing(build, item, plan))
                .findFirst()
                .map(Verdict::why)
                .orElse(null);
        return new Verdict(passed ? Kind.SUCCESS : Kind.FAILURE, unvoted);
    }

    static boolean isVoting(ItemBuild build, JobPlan plan) {
        JobPlan.Planned planned = plan.get(build.job());
        return planned == null || planned.job().voting();
    }

    /** A job that was skipped owes that to the job above it, and so on up to one that ran. */
    private static boolean isOwnDoing(ItemBuild build, Item item, JobPlan plan) {
        ItemBuild decisive = build;
        while (decisive != null && decisive.result() == Result.SKIPPED) {
            JobPlan.Planned planned = plan.get(decisive.job());
            String parent = planned == null ? null : planned.parent();
            decisive = parent == null ? null : item.build(parent);
        }
        return decisive == null
                || decisive.result() != null && decisive.result().isVerdict();
    }

    private static String why(ItemBuild build) {
        return build.job() + " ended " + build.result() + (build.reason() == null ? "" : ": " + build.reason());
    }
}
