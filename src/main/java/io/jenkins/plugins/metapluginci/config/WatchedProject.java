package io.jenkins.plugins.metapluginci.config;

import hudson.Extension;
import hudson.model.Describable;
import hudson.model.Descriptor;
import hudson.model.Hudson;
import hudson.util.FormValidation;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.QueryParameter;

/** A project, the branches of it, and the job that tests their changes. Immutable; part of {@code metaplugin-ci.xml}. */
public final class WatchedProject implements Describable<WatchedProject> {
    static final String DEFAULT_BRANCH = "master";

    private final String project;
    private final String branch;
    private final String job;

    @DataBoundConstructor
    public WatchedProject(String project, String branch, String job) {
        this.project = project == null ? "" : project.trim();
        this.branch = branch == null || branch.trim().isEmpty() ? DEFAULT_BRANCH : branch.trim();
        this.job = job == null ? "" : job.trim();
    }

    public String getProject() {
        return project;
    }

    public String getBranch() {
        return branch;
    }

    public String getJob() {
        return job;
    }

    @Override
    public DescriptorImpl getDescriptor() {
        return (DescriptorImpl) Hudson.getInstance().getDescriptor(WatchedProject.class);
    }

    /** The row of the form. Its checks show nothing that a reader of Jenkins may not see. */
    @Extension
    public static final class DescriptorImpl extends Descriptor<WatchedProject> {
        public DescriptorImpl() {
            super(WatchedProject.class);
        }

        @Override
        public String getDisplayName() {
            return Messages.WatchedProject_DisplayName();
        }

        public FormValidation doCheckProject(@QueryParameter String value) {
            return Checks.asValidation(Checks.project(Checks.text(value)));
        }

        public FormValidation doCheckBranch(@QueryParameter String value) {
            return Checks.asValidation(Checks.branch(Checks.text(value)));
        }

        public FormValidation doCheckJob(@QueryParameter String value) {
            return Checks.asValidation(Checks.job(Checks.text(value)));
        }
    }
}
