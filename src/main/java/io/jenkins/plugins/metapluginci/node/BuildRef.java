package io.jenkins.plugins.metapluginci.node;

import edu.umd.cs.findbugs.annotations.CheckForNull;

/**
 * Names one build of the controller. Immutable.
 *
 * @param job full name of the job
 * @param number Jenkins' build number
 * @param uuid of the scheduler's build; null for a build that it does not know
 */
public record BuildRef(String job, int number, @CheckForNull String uuid) {
    /** What tells this build from every other one of the controller: {@code JOB#NUMBER}. */
    public String key() {
        return job + "#" + number;
    }

    /** Whether both name the same build; one of them may not know the uuid. */
    boolean isSame(@CheckForNull BuildRef other) {
        return other != null && key().equals(other.key());
    }

    @Override
    public String toString() {
        return job + " #" + number;
    }
}
