package io.jenkins.plugins.metapluginci.job;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.model.Hudson;
import hudson.model.Item;
import hudson.model.Job;
import hudson.model.Queue;
import io.jenkins.plugins.metapluginci.layout.Layout;
import java.util.List;

/** The jobs of this controller that a layout may name: all that can be put into Jenkins' queue, of whatever type. */
public final class LaunchableJobs {
    private LaunchableJobs() {}

    /** The job of a full name; null when there is none that the caller may see and that can be queued. */
    @CheckForNull
    static Job<?, ?> find(String fullName) {
        Item item = Hudson.getInstance().getItemByFullName(fullName);
        return item instanceof Job<?, ?> job && item instanceof Queue.Task ? job : null;
    }

    /** Whether there is one, whatever the caller may see. */
    static boolean exists(String fullName) {
        return AsSystem.call(() -> find(fullName) != null);
    }

    /** The jobs that a layout names and this controller does not have, sorted. Any thread, with any rights. */
    public static List<String> missing(Layout layout) {
        return layout.jobNames().stream().filter(job -> !exists(job)).sorted().toList();
    }
}
