package io.jenkins.plugins.metapluginci.logs;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.model.InvisibleAction;

/**
 * What became of a build's logs, on the build's page and in its build.xml. Small, since core 1.395 loads every build at
 * start. Its monitor guards what changes.
 */
public final class LogsAction extends InvisibleAction {
    @CheckForNull
    private final String url;

    @CheckForNull
    private String problem;

    /** Set between the publisher's end and the end of the build; lost with the controller, as the build is then. */
    private transient Owed owed;

    /** The console that a build of a {@link LogPublisher} owes. */
    record Owed(String destination, @CheckForNull String server, LogsResult tree) {}

    /** @param url where the logs can be read; null without a base URL */
    LogsAction(@CheckForNull String url, LogsResult result) {
        this.url = url;
        this.problem = result.problem();
    }

    /** Where the logs can be read; null without a base URL, or when they are missing. */
    @CheckForNull
    public synchronized String getUrl() {
        boolean isWeb = url != null && (url.startsWith("http://") || url.startsWith("https://"));
        return problem == null && isWeb ? url : null;
    }

    /** Why they are missing; null when they are not. */
    @CheckForNull
    public synchronized String getProblem() {
        return problem;
    }

    /** @return whether that was news */
    synchronized boolean update(LogsResult result) {
        boolean news = result.problem() != null && problem == null;
        if (news) {
            problem = result.problem();
        }
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
