package io.jenkins.plugins.metapluginci.scheduler;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.metapluginci.layout.Layout;
import java.util.function.UnaryOperator;

/**
 * What the operator chose. Immutable.
 *
 * @param takeEvents false: events are let go by; what is under way goes on
 * @param layout the pipelines; null when none could be read yet: then no event is taken, nothing is launched, nothing dropped
 * @param layoutVersion of the layout's text: another one is a reconfiguration
 * @param defaultLayout whether it is one that was shipped: then a job that does not exist keeps the whole idle, since nobody
 *     asked for that job
 * @param gerrit where changes come from
 * @param reporting how results are told
 */
public record SchedulerSettings(
        boolean takeEvents,
        @CheckForNull Layout layout,
        String layoutVersion,
        boolean defaultLayout,
        GerritSite gerrit,
        Reporting reporting) {

    /**
     * Gerrit, as builds and layouts name it.
     *
     * @param connection the name by which reporters of a layout mean it: {@code gerrit}
     * @param account our own user name there; empty when unknown. Comments of our own start nothing, unless a filter names it
     * @param host for {@code GERRIT_HOST} and {@code GERRIT_NAME}
     * @param port for {@code GERRIT_PORT}
     * @param zuulUrl where nodes fetch from, {@code ZUUL_URL}
     */
    public record GerritSite(String connection, String account, String host, int port, String zuulUrl) {}

    /**
     * How results are told.
     *
     * @param silent run and publish, but post nothing
     * @param urlPattern Zuul's {@code url_pattern}; empty for the published logs
     * @param jobName Zuul's {@code job_name_in_report}
     * @param times Zuul's {@code report_times}
     * @param statusUrl Zuul's {@code status_url}, named when tests start; may be empty
     * @param footer last paragraph of a report whose pipeline has no footer of its own; may be empty
     * @param logUrl the public URL of a {@code LOG_PATH}; gives null when there is none
     */
    public record Reporting(
            boolean silent,
            String urlPattern,
            boolean jobName,
            boolean times,
            String statusUrl,
            String footer,
            UnaryOperator<String> logUrl) {
        @CheckForNull
        String logUrlOf(String logPath) {
            return logUrl.apply(logPath);
        }
    }

    /** Nothing configured: no event is taken. */
    public static SchedulerSettings none() {
        return new SchedulerSettings(
                false,
                null,
                "",
                false,
                new GerritSite("gerrit", "", "", 29418, ""),
                new Reporting(false, "", true, true, "", "", path -> null));
    }
}
