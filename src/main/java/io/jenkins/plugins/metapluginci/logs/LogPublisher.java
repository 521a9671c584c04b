package io.jenkins.plugins.metapluginci.logs;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.EnvVars;
import hudson.Extension;
import hudson.FilePath;
import hudson.Launcher;
import hudson.Util;
import hudson.model.AbstractBuild;
import hudson.model.AbstractProject;
import hudson.model.BuildListener;
import hudson.tasks.BuildStepDescriptor;
import hudson.tasks.BuildStepMonitor;
import hudson.tasks.Publisher;
import hudson.tasks.Recorder;
import hudson.util.FormValidation;
import java.io.IOException;
import java.util.List;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.QueryParameter;

/**
 * Post-build action of any job: publishes files of the workspace and the console to the log server, whatever the build's
 * result. The console follows when the build is final.
 */
public class LogPublisher extends Recorder {
    /** What is published unless the job says otherwise. */
    public static final String DEFAULT_FILES = "logs/**";

    private final String files;
    private final String destination;
    private final FailurePolicy failurePolicy;

    /** Name of the log server; null for the first. */
    @CheckForNull
    private final String server;

    /**
     * @param files Ant patterns relative to the workspace, separated by commas; null or empty for {@value #DEFAULT_FILES}
     * @param destination directory below the log server's root, may hold variables of the build; null or empty for
     *     {@code $LOG_PATH}, or the job's name and the build's number where that is not set
     * @param failurePolicy null for {@link FailurePolicy#UNSTABLE}
     * @param server name of the log server; null or empty for the first
     */
    @DataBoundConstructor
    public LogPublisher(String files, String destination, FailurePolicy failurePolicy, @CheckForNull String server) {
        this.server = Util.fixEmptyAndTrim(server);
        String named = Util.fixEmptyAndTrim(files);
        this.files = named == null ? DEFAULT_FILES : named;
        this.destination = Util.fixEmptyAndTrim(destination);
        this.failurePolicy = failurePolicy;
    }

    /** Publishes to the first log server. */
    public LogPublisher(String files, String destination, FailurePolicy failurePolicy) {
        this(files, destination, failurePolicy, null);
    }

    public String getFiles() {
        return files;
    }

    /** Null when the job names none. */
    public String getDestination() {
        return destination;
    }

    /** Name of the log server; null for the first. */
    @CheckForNull
    public String getServer() {
        return server;
    }

    public FailurePolicy getFailurePolicy() {
        return failurePolicy == null ? FailurePolicy.UNSTABLE : failurePolicy;
    }

    @Override
    public BuildStepMonitor getRequiredMonitorService() {
        return BuildStepMonitor.NONE;
    }

    @Override
    public boolean perform(AbstractBuild<?, ?> build, Launcher launcher, BuildListener listener)
            throws InterruptedException, IOException {
        String place = place(build.getEnvironment(listener), build);
        FilePath workspace = build.getWorkspace();
        LogRoom.publisher().begun(build, place, server);
        if (workspace == null) {
            listener.getLogger().println(Messages.LogPublisher_noWorkspace());
            LogRoom.publisher().missing(build, place, server, LogProblem.NODE_GONE.words());
            fail(build);
            return true;
        }
        List<LogSource> sources = List.of(new LogSource(workspace.getRemote(), files, ""));
        LogsResult result = LogRoom.publisher().publishTree(build, launcher, listener, sources, place, server);
        LogsAction action = build.getAction(LogsAction.class);
        if (action != null) {
            action.owe(place, server, result);
        }
        String url = LogRoom.publisher().url(place, server);
        String where = url == null ? place : url;
        if (result.published()) {
            listener.getLogger().println(Messages.LogPublisher_published(result.files(), result.bytes(), where));
        } else if (result.late()) {
            listener.getLogger().println(Messages.LogPublisher_late(where, result.problem()));
        } else {
            listener.getLogger().println(Messages.LogPublisher_missing(result.problem()));
            fail(build);
        }
        return true;
    }

    /** A build has begun. What its destination is may be known already, and else is when the publisher runs. */
    static void begun(AbstractBuild<?, ?> build) {
        LogPublisher publisher = build.getProject().getPublishersList().get(LogPublisher.class);
        if (publisher != null) {
            String place = publisher.place(RunConsole.variables(build), build);
            if (place.indexOf('$') < 0) {
                LogRoom.publisher().begun(build, place, publisher.server);
            }
        }
    }

    private void fail(AbstractBuild<?, ?> build) {
        if (getFailurePolicy().result() != null) {
            build.setResult(getFailurePolicy().result());
        }
    }

    /** The destination with the build's variables in their places. */
    private String place(EnvVars environment, AbstractBuild<?, ?> build) {
        boolean byLogPath = destination == null || destination.equals("$LOG_PATH") || destination.equals("${LOG_PATH}");
        if (!byLogPath) {
            return environment.expand(destination);
        }
        String logPath = Util.fixEmptyAndTrim(environment.get("LOG_PATH"));
        return logPath == null ? build.getProject().getFullName() + "/" + build.getNumber() : logPath;
    }

    /** Names the action and checks its fields. */
    @Extension
    public static final class DescriptorImpl extends BuildStepDescriptor<Publisher> {
        public DescriptorImpl() {
            super(LogPublisher.class);
        }

        @Override
        @SuppressWarnings("rawtypes") // as the core declares it
        public boolean isApplicable(Class<? extends AbstractProject> type) {
            return true;
        }

        @Override
        public String getDisplayName() {
            return Messages.LogPublisher_displayName();
        }

        /** Whether the text is a list of patterns. */
        public FormValidation doCheckFiles(@QueryParameter String value) {
            String patterns = Util.fixEmptyAndTrim(value);
            if (patterns == null) {
                return FormValidation.ok();
            }
            try {
                NodeScript.check(patterns);
                return FormValidation.ok();
            } catch (IllegalArgumentException e) {
                return FormValidation.error(e.getMessage());
            }
        }

        /** Whether a log server of that name is configured. */
        public FormValidation doCheckServer(@QueryParameter String value) {
            String name = Util.fixEmptyAndTrim(value);
            return name == null || LogRoom.publisher().knows(name)
                    ? FormValidation.ok()
                    : FormValidation.warning(Messages.LogPublisher_unknownServer());
        }

        /** Whether the text can be a directory below the root. */
        public FormValidation doCheckDestination(@QueryParameter String value) {
            String text = Util.fixEmptyAndTrim(value);
            if (text == null) {
                return FormValidation.ok();
            }
            try {
                LogDestination.of(text);
                return FormValidation.ok();
            } catch (IllegalArgumentException e) {
                return FormValidation.error(e.getMessage());
            }
        }
    }
}
