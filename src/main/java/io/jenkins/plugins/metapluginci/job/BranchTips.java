package io.jenkins.plugins.metapluginci.job;

import edu.umd.cs.findbugs.annotations.CheckForNull;

/** Where the code is that a build tests which a person started. Asked at the start of each such build; any thread. */
public interface BranchTips {
    /** {@code ZUUL_URL}: where nodes fetch from; null or empty while that is not configured. */
    @CheckForNull
    String gitUrl();

    /**
     * {@code ZUUL_PROJECT}: the project whose changes a job tests.
     *
     * @param job its full name
     * @return of several the first that is configured; null when no changes are tested by it
     */
    @CheckForNull
    String project(String job);
}
