package io.jenkins.plugins.metapluginci.config;

/**
 * What the first release had a table of instead of a layout: a project, the branches of it, and the job that tests their
 * changes. Its name and its fields' are still read from {@code metaplugin-ci.xml} (see {@link WatchesLayout}). Immutable.
 */
final class WatchedProject {
    private final String project;
    /** A regular expression of Java's that the whole name of the branch had to match. */
    private final String branch;

    private final String job;

    WatchedProject(String project, String branch, String job) {
        this.project = project;
        this.branch = branch;
        this.job = job;
    }

    String project() {
        return project == null ? "" : project;
    }

    String branch() {
        return branch == null || branch.isEmpty() ? "master" : branch;
    }

    String job() {
        return job == null ? "" : job;
    }
}
