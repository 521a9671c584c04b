package io.jenkins.plugins.metapluginci.node;

import hudson.model.Build;
import java.io.File;
import java.io.IOException;

/** A build of a {@link RebootingProject}. */
public final class RebootingBuild extends Build<RebootingProject, RebootingBuild> {
    public RebootingBuild(RebootingProject project) throws IOException {
        super(project);
    }

    public RebootingBuild(RebootingProject project, File directory) throws IOException {
        super(project, directory);
    }
}
