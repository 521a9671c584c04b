package io.jenkins.plugins.metapluginci.job;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.model.Build;
import io.jenkins.plugins.metapluginci.logs.LogsResult;
import java.io.File;
import java.io.IOException;

/** One build of a {@link DevstackGateProject}. Jenkins' result of it is for display; what votes is its record in our store. */
public class DevstackGateBuild extends Build<DevstackGateProject, DevstackGateBuild> {
    /** What became of the files of the run; null until they were published, and after a restart. */
    private transient volatile LogsResult tree;

    /** For Jenkins: a new build. */
    public DevstackGateBuild(DevstackGateProject project) throws IOException {
        super(project);
    }

    /** For Jenkins: a build from disk. */
    public DevstackGateBuild(DevstackGateProject project, File directory) throws IOException {
        super(project, directory);
    }

    /** Before the console is opened, whose first line needs to know where the logs will be. */
    @Override
    public void run() {
        if (getAction(GateParameters.class) == null) {
            JobRoom room = JobRoom.get();
            addAction(GateParameters.ofPerson(this, room == null ? null : room.tips()));
        }
        super.run();
    }

    /** Name of the log server of its job; empty for the first. */
    String logServer() {
        return getProject().getSettings().getLogServer();
    }

    @CheckForNull
    LogsResult tree() {
        return tree;
    }

    void setTree(LogsResult result) {
        tree = result;
    }
}
