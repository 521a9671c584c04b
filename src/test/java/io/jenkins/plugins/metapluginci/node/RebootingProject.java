package io.jenkins.plugins.metapluginci.node;

import hudson.model.Hudson;
import hudson.model.ItemGroup;
import hudson.model.Project;
import hudson.model.TopLevelItem;
import hudson.model.TopLevelItemDescriptor;

/** A job whose builds need their node to themselves, as the third-party job's do. */
public final class RebootingProject extends Project<RebootingProject, RebootingBuild>
        implements TopLevelItem, RebootsNode {
    static volatile String command = "true";

    public RebootingProject(ItemGroup<?> parent, String name) {
        super(parent, name);
    }

    @Override
    public String getRebootCommand() {
        return command;
    }

    @Override
    public boolean isConcurrentBuild() {
        return true;
    }

    @Override
    protected Class<RebootingBuild> getBuildClass() {
        return RebootingBuild.class;
    }

    @Override
    public TopLevelItemDescriptor getDescriptor() {
        return (TopLevelItemDescriptor) Hudson.getInstance().getDescriptor(hudson.model.FreeStyleProject.class);
    }

    /** Makes such jobs; nothing of the core finds it by itself. */
    static final class Maker extends TopLevelItemDescriptor {
        Maker() {
            super(RebootingProject.class);
        }

        @Override
        public String getDisplayName() {
            return "rebooting";
        }

        @Override
        @SuppressWarnings("rawtypes")
        public TopLevelItem newInstance(ItemGroup parent, String name) {
            return new RebootingProject(parent, name);
        }
    }
}
