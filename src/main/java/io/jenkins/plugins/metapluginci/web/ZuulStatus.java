package io.jenkins.plugins.metapluginci.web;

import com.google.gson.stream.JsonWriter;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.metapluginci.scheduler.Person;
import io.jenkins.plugins.metapluginci.scheduler.SchedulerView;
import io.jenkins.plugins.metapluginci.scheduler.SchedulerView.ItemView;
import io.jenkins.plugins.metapluginci.scheduler.SchedulerView.JobView;
import io.jenkins.plugins.metapluginci.scheduler.SchedulerView.OwedView;
import io.jenkins.plugins.metapluginci.scheduler.SchedulerView.PipelineView;
import java.io.IOException;
import java.io.Writer;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Writes status.json: the fields of Zuul 2.5 with its names, types and units (scheduler.py {@code formatStatusJSON}, model.py
 * {@code formatJSON}), for dashboards that read Zuul's, and a few of our own beside them that say what happens now, since when
 * and why. Times are epoch milliseconds but for a build's launch, start and end, which are seconds with a fraction; durations
 * are milliseconds but for an estimate, which is seconds with a fraction. Each inner list of {@code heads} is a queue: what is
 * ahead of a change, and the change. Holds nothing but what a reader may see.
 */
public final class ZuulStatus {
    private static final String PROGRAM = "metaplugin-ci";

    private final JsonWriter json;
    private final String version;

    private ZuulStatus(Writer out, String version) {
        this.json = new JsonWriter(out);
        json.setHtmlSafe(true);
        this.version = version;
    }

    /**
     * Writes the whole status; closes nothing.
     *
     * @param version of the plugin
     */
    public static void write(SchedulerView view, String version, Writer out) throws IOException {
        ZuulStatus status = new ZuulStatus(out, version);
        status.view(view);
        status.json.flush();
    }

    /**
     * Writes the items of one change as a flat list, those that only are ahead of others among them: what Zuul answers at
     * {@code /status/change/N,PS}.
     *
     * @param id {@code N,PS}
     * @return whether there are any; nothing is written otherwise
     */
    public static boolean writeChange(SchedulerView view, String id, String version, Writer out) throws IOException {
        List<ItemView> items = view.pipelines().stream()
                .flatMap(pipeline -> pipeline.items().stream())
                .flatMap(item -> Stream.concat(item.ahead().stream(), Stream.of(item)))
                .filter(item -> item.id().equals(id))
                .toList();
        if (items.isEmpty()) {
            return false;
        }
        ZuulStatus status = new ZuulStatus(out, version);
        status.json.beginArray();
        for (ItemView item : items) {
            status.item(item);
        }
        status.json.endArray();
        status.json.flush();
        return true;
    }

    private void view(SchedulerView view) throws IOException {
        json.beginObject();
        json.name("zuul_version").value(version);
        String message = message(view);
        if (message != null) {
            json.name("message").value(message);
        }
        queue("trigger_event_queue", view.triggerEvents());
        queue("result_event_queue", view.resultEvents());
        if (view.lastReconfigured() > 0) {
            json.name("last_reconfigured").value(view.lastReconfigured());
        }
        json.name("pipelines").beginArray();
        for (PipelineView pipeline : view.pipelines()) {
            pipeline(pipeline);
        }
        json.endArray();
        json.name("now").value(view.now());
        json.name("take_events").value(view.takeEvents());
        json.name("silent").value(view.silent());
        json.name("waiting_events").beginArray();
        for (SchedulerView.Waiting waiting : view.backlog()) {
            json.beginObject();
            json.name("what").value(waiting.what());
            json.name("project").value(waiting.project());
            json.name("since").value(waiting.since());
            json.name("attempts").value(waiting.attempts());
            json.name("reason").value(waiting.reason());
            json.endObject();
        }
        json.endArray();
        json.name("missed_events").beginArray();
        for (SchedulerView.Later missed : view.later()) {
            json.beginObject();
            json.name("key").value(missed.key());
            json.name("type").value(missed.type());
            json.name("project").value(missed.project());
            json.name("change").value(missed.number() + "," + missed.patchset());
            json.name("at").value(missed.at());
            json.endObject();
        }
        json.endArray();
        json.endObject();
    }

    /** Zuul's dashboards put it into the page as it is, so it is HTML. */
    @CheckForNull
    private static String message(SchedulerView view) {
        String holding = view.holding();
        if (holding != null) {
            return "Queue only mode: " + escape(holding);
        }
        String idle = view.idle();
        return idle == null ? null : escape(idle);
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    private void queue(String name, int length) throws IOException {
        json.name(name).beginObject().name("length").value(length).endObject();
    }

    private void pipeline(PipelineView pipeline) throws IOException {
        json.beginObject();
        json.name("name").value(pipeline.name());
        json.name("description").value(pipeline.description());
        json.name("change_queues").beginArray();
        for (ItemView item : pipeline.items()) {
            json.beginObject();
            json.name("name").value(item.project());
            json.name("window").value(0);
            json.name("heads").beginArray().beginArray();
            for (ItemView ahead : item.ahead()) {
                item(ahead);
            }
            item(item);
            json.endArray().endArray();
            json.endObject();
        }
        json.endArray();
        json.name("disabled").value(pipeline.disabled());
        json.name("failures_in_a_row").value(pipeline.failuresInARow());
        json.name("disable_after").value(pipeline.disableAfter());
        json.endObject();
    }

    private void item(ItemView item) throws IOException {
        json.beginObject();
        json.name("id").value(item.id());
        json.name("url").value(item.url());
        json.name("project").value(item.project().isEmpty() ? "Unknown Project" : item.project());
        json.name("owner");
        owner(item.owner());
        json.name("enqueue_time").value(item.enqueuedAt());
        json.name("remaining_time").value(item.remaining());
        json.name("active").value(item.active());
        json.name("live").value(item.live());
        json.name("zuul_ref").value(item.zuulRef());
        json.name("item_ahead").value(item.itemAhead());
        strings("items_behind", item.itemsBehind());
        strings("failing_reasons", item.failingReasons());
        json.name("jobs").beginArray();
        for (JobView job : item.jobs()) {
            job(job);
        }
        json.endArray();
        json.name("key").value(item.key());
        json.name("branch").value(item.branch());
        json.name("subject").value(item.subject());
        json.name("state").value(item.state());
        json.name("since").value(item.since());
        json.name("reason").value(item.reason());
        json.name("report");
        report(item.report());
        json.endObject();
    }

    private void owner(@CheckForNull Person owner) throws IOException {
        if (owner == null) {
            json.nullValue();
            return;
        }
        json.beginObject();
        json.name("name").value(owner.name());
        json.name("email").value(owner.email());
        json.name("username").value(owner.username());
        json.endObject();
    }

    private void strings(String name, List<String> values) throws IOException {
        json.name(name).beginArray();
        for (String value : values) {
            json.value(value);
        }
        json.endArray();
    }

    private void job(JobView job) throws IOException {
        // Zuul has a build from the launch on, and a result without one for a job that is skipped.
        boolean build = job.uuid() != null || job.result() != null;
        json.beginObject();
        json.name("name").value(job.name());
        json.name("url").value(job.url());
        json.name("report_url").value(job.reportUrl());
        json.name("result").value(job.result());
        json.name("voting").value(job.voting());
        json.name("uuid").value(job.uuid());
        json.name("number").value(job.number());
        json.name("elapsed_time").value(job.elapsed());
        json.name("remaining_time").value(job.remaining());
        Long estimated = job.estimated();
        json.name("estimated_time").value(estimated == null ? null : seconds(estimated));
        json.name("launch_time").value(seconds(job.launchedAt()));
        json.name("start_time").value(seconds(job.startedAt()));
        json.name("end_time").value(seconds(job.endedAt()));
        json.name("pipeline").value(build ? job.pipeline() : null);
        json.name("canceled").value(build ? (Boolean) job.canceled() : null);
        json.name("retry").value(build ? (Boolean) job.retry() : null);
        json.name("node_name").value(job.node());
        json.name("node_labels").beginArray().endArray();
        json.name("worker");
        worker(build, job.node());
        json.name("state").value(job.state());
        json.name("since").value(job.since());
        json.name("reason").value(job.reason());
        json.name("attempts").value(job.attempts());
        json.endObject();
    }

    private void worker(boolean build, @CheckForNull String node) throws IOException {
        if (!build) {
            json.nullValue();
            return;
        }
        json.beginObject();
        json.name("name").value(node == null ? "Unknown" : node);
        json.name("hostname").nullValue();
        json.name("ips").nullValue();
        json.name("fqdn").nullValue();
        json.name("program").value(PROGRAM);
        json.name("version").value(version);
        json.name("extra").beginObject().endObject();
        json.endObject();
    }

    private void report(@CheckForNull OwedView report) throws IOException {
        if (report == null) {
            json.nullValue();
            return;
        }
        json.beginObject();
        json.name("phase").value(report.phase());
        json.name("since").value(report.owedSince());
        json.name("attempts").value(report.attempts());
        json.name("problem").value(report.problem());
        json.name("labels").beginObject();
        for (Map.Entry<String, Integer> label : report.labels().entrySet()) {
            json.name(label.getKey()).value(label.getValue());
        }
        json.endObject();
        json.endObject();
    }

    @CheckForNull
    private static Double seconds(long millis) {
        return millis == 0 ? null : millis / 1000.0;
    }
}
