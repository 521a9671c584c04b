package io.jenkins.plugins.metapluginci.logs;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the pages beside a run's logs say of the run. Any text may be a stranger's; no text is null unless marked. Immutable, and
 * of a form that Gson writes and reads.
 *
 * @param title name of the build, for people
 * @param job full name
 * @param node that it ran on; empty when there was none
 * @param tested what it tests
 * @param result how it ended; null while it runs
 * @param startedMs epoch milliseconds
 * @param endedMs epoch milliseconds; 0 while it runs
 * @param cause why it ran; may be empty
 * @param environment variables that say what was tested, published as {@code environment.txt}: without a secret
 */
public record RunFacts(
        String title,
        String job,
        String node,
        Tested tested,
        @CheckForNull String result,
        long startedMs,
        long endedMs,
        String cause,
        Map<String, String> environment) {
    public RunFacts {
        environment = new LinkedHashMap<>(environment);
    }

    /**
     * What is tested; each empty where it is not known.
     *
     * @param change number of the change, as text
     * @param patchset number, as text
     * @param url of the change at Gerrit
     */
    public record Tested(String project, String branch, String change, String patchset, String url, String pipeline) {
        /** Nothing is known. */
        public static final Tested NOTHING = new Tested("", "", "", "", "", "");
    }

    @Override
    public Map<String, String> environment() {
        return new LinkedHashMap<>(environment);
    }

    /** The same at the end of the run. */
    public RunFacts ended(String how, long atMs) {
        return new RunFacts(title, job, node, tested, how, startedMs, atMs, cause, environment);
    }

    /** The same on a node. */
    public RunFacts on(String name) {
        return new RunFacts(title, job, name, tested, result, startedMs, endedMs, cause, environment);
    }

    /** What runs of the same job for the same change have in common; null when no change is tested. */
    @CheckForNull
    String chain() {
        return tested.change().isEmpty() ? null : tested.project() + " " + tested.change() + " " + job;
    }

    /** {@code openstack/neutron 42,1}; empty without a change. */
    String change() {
        return tested.change().isEmpty()
                ? ""
                : (tested.project() + " " + tested.change() + "," + tested.patchset()).strip();
    }
}
