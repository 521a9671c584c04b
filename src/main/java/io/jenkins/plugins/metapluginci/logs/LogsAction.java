package io.jenkins.plugins.metapluginci.logs;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.model.InvisibleAction;
import hudson.model.Run;
import java.io.IOException;
import java.util.Objects;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * What became of a build's logs, on the build's page and in its build.xml. Small, since core 1.395 loads every build at
 * start. Its monitor guards what changes.
 */
public final class LogsAction extends InvisibleAction {
    private static final Logger LOGGER = Logger.getLogger(LogsAction.class.getName());

    @CheckForNull
    private final String url;

    @CheckForNull
    private String problem;

    /** Whether they will be there. Missing in a build.xml of the second release, for false. */
    private boolean late;

    /** Set between the publisher's end and the end of the build; lost with the controller, as the build is then. */
    private transient Owed owed;

    /** The console that a build of a {@link LogPublisher} owes. */
    record Owed(String destination, @CheckForNull String server, LogsResult tree) {}

    /** @param url where the logs can be read; null without a base URL */
    LogsAction(@CheckForNull String url, LogsResult result) {
        this.url = url;
        this.problem = result.problem();
        this.late = result.late();
    }

    /** Keeps the last word on a build's logs with the build. May wait for the disk. @param url null when it is not known */
    static void tell(Run<?, ?> run, @CheckForNull String url, LogsResult result) {
        LogsAction shown = run.getAction(LogsAction.class);
        boolean news = shown == null || shown.update(result);
        if (shown == null) {
            run.addAction(new LogsAction(url, result));
        }
        if (news) {
            try {
                run.save();
            } catch (IOException | RuntimeException e) {
                LOGGER.log(Level.WARNING, "Cannot save " + run, e);
            }
        }
    }

    /** Where the logs can be read; null without a base URL, or when they are missing. */
    @CheckForNull
    public synchronized String getUrl() {
        boolean isWeb = url != null && (url.startsWith("http://") || url.startsWith("https://"));
        return (problem == null || late) && isWeb ? url : null;
    }

    /** Why they are missing; null when they are not. */
    @CheckForNull
    public synchronized String getProblem() {
        return problem;
    }

    /** Whether they are not there yet, but will be. */
    public synchronized boolean isLate() {
        return late;
    }

    /** @return whether that was news */
    synchronized boolean update(LogsResult result) {
        boolean news = !Objects.equals(result.problem(), problem) || late != result.late();
        problem = result.problem();
        late = result.late();
        return news;
    }

    synchronized void owe(String destination, @CheckForNull String server, LogsResult tree) {
        owed = new Owed(destination, server, tree);
    }

    /** What is owed, once. */
    @CheckForNull
    synchronized Owed settle() {
        Owed now = owed;
        owed = null;
        return now;
    }
}
