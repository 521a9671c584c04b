package io.jenkins.plugins.metapluginci.scheduler;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * What the operator chose. Immutable.
 *
 * @param takeEvents false: events are let go by; what is under way goes on
 * @param watches what is tested
 * @param gerritHost for {@code GERRIT_HOST} and {@code GERRIT_NAME}
 * @param gerritPort for {@code GERRIT_PORT}
 * @param zuulUrl where nodes fetch changes from, {@code ZUUL_URL}
 * @param footer last paragraph of each report; may be empty
 * @param logUrl the public URL of a {@code LOG_PATH}; gives null when there is none
 */
public record SchedulerSettings(
        boolean takeEvents,
        List<Watch> watches,
        String gerritHost,
        int gerritPort,
        String zuulUrl,
        String footer,
        UnaryOperator<String> logUrl) {

    public SchedulerSettings {
        watches = List.copyOf(watches);
    }

    /** Nothing configured: no event is taken. */
    public static SchedulerSettings none() {
        return new SchedulerSettings(false, List.of(), "", 29418, "", "", path -> null);
    }

    /** The jobs that test a branch of a project, each once, in the configured order. */
    List<String> jobsFor(String project, String branch) {
        return watches.stream()
                .filter(watch -> watch.covers(project, branch))
                .map(Watch::job)
                .distinct()
                .toList();
    }

    @CheckForNull
    String logUrlOf(String logPath) {
        return logUrl.apply(logPath);
    }
}
