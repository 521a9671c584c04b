package io.jenkins.plugins.metapluginci.merger;

/** A branch of a project. Immutable. @param project its name at Gerrit @param branch as in {@link MergeItem#branch} */
public record ProjectBranch(String project, String branch) {
    @Override
    public String toString() {
        return project + " " + branch;
    }
}
