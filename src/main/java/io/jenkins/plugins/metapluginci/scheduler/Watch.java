package io.jenkins.plugins.metapluginci.scheduler;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Which changes are tested, and by which job. Immutable. */
public final class Watch {
    private final String project;
    private final Pattern branch;
    private final String job;

    /**
     * @param project the project's name at Gerrit, whole
     * @param branch a branch name or a regular expression that the whole branch name must match
     * @param job full name of the Jenkins job
     * @throws PatternSyntaxException when the branch is no regular expression
     */
    public Watch(String project, String branch, String job) {
        this.project = project;
        this.branch = Pattern.compile(branch);
        this.job = job;
    }

    /** Whether this is about a branch of a project. */
    boolean covers(String ofProject, String ofBranch) {
        return project.equals(ofProject) && branch.matcher(ofBranch).matches();
    }

    public String project() {
        return project;
    }

    public String branch() {
        return branch.pattern();
    }

    public String job() {
        return job;
    }

    @Override
    public String toString() {
        return project + " " + branch + " -> " + job;
    }
}
