package io.jenkins.plugins.metapluginci.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.jenkins.plugins.metapluginci.scheduler.SchedulerView;
import io.jenkins.plugins.metapluginci.scheduler.SchedulerView.PipelineView;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.Test;

/** The fields of Zuul 2.5, with its names, types and units (contract section 5). */
public class ZuulStatusTest {
    private static final long NOW = Views.NOW;

    private static JsonObject json(SchedulerView view) {
        StringWriter out = new StringWriter();
        try {
            ZuulStatus.write(view, "1.2", out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return JsonParser.parseString(out.toString()).getAsJsonObject();
    }

    private static JsonArray head(JsonObject status, int pipeline, int queue) {
        return status.getAsJsonArray("pipelines")
                .get(pipeline)
                .getAsJsonObject()
                .getAsJsonArray("change_queues")
                .get(queue)
                .getAsJsonObject()
                .getAsJsonArray("heads")
                .get(0)
                .getAsJsonArray();
    }

    /** What holds no fraction, as a client would read it. */
    private static void assertWhole(JsonObject of, String name, long value) {
        assertThat(of.get(name).toString()).as(name).isEqualTo(String.valueOf(value));
    }

    @Test
    public void theTopHasTheQueuesAndThePipelines() {
        JsonObject status = json(Views.full());
        assertThat(status.get("zuul_version").getAsString()).isEqualTo("1.2");
        assertThat(status.has("message")).isFalse();
        assertWhole(status.getAsJsonObject("trigger_event_queue"), "length", 3);
        assertWhole(status.getAsJsonObject("result_event_queue"), "length", 1);
        assertWhole(status, "last_reconfigured", NOW - 86_400_000);
        JsonArray pipelines = status.getAsJsonArray("pipelines");
        JsonObject check = pipelines.get(0).getAsJsonObject();
        assertThat(check.get("name").getAsString()).isEqualTo("check");
        assertThat(check.get("description").getAsString()).contains("<once>");
        assertThat(pipelines.get(1).getAsJsonObject().get("description").isJsonNull())
                .isTrue();
        JsonArray queues = check.getAsJsonArray("change_queues");
        assertThat(queues).hasSize(3);
        JsonObject queue = queues.get(0).getAsJsonObject();
        assertThat(queue.keySet()).containsExactly("name", "window", "heads");
        assertThat(queue.get("name").getAsString()).isEqualTo("openstack/neutron");
        assertWhole(queue, "window", 0);
        assertThat(queue.getAsJsonArray("heads")).hasSize(1);
    }

    @Test
    public void beforeTheFirstLayoutThereIsNoTimeOfIt() {
        SchedulerView full = Views.full();
        SchedulerView fresh = new SchedulerView(
                NOW,
                0,
                0,
                0,
                true,
                true,
                "no <layout>",
                null,
                List.of(),
                List.of(),
                List.of(),
                full.unvoted(),
                full.refused(),
                full.problems(),
                0);
        JsonObject status = json(fresh);
        assertThat(status.has("last_reconfigured")).isFalse();
        assertThat(status.get("message").getAsString())
                .as("dashboards put it into their page")
                .isEqualTo("no &lt;layout&gt;");
        assertThat(status.getAsJsonArray("pipelines")).isEmpty();
    }

    @Test
    public void whatIsForAdministratorsIsNotInIt() {
        String text = json(Views.full()).toString();
        assertThat(text).doesNotContain("root URL", "RETRY_LIMIT", "change is closed");
    }

    @Test
    public void anItemHasZuulsFields() {
        JsonArray head = head(json(Views.full()), 0, 0);
        assertThat(head).hasSize(2);
        JsonObject ahead = head.get(0).getAsJsonObject();
        JsonObject item = head.get(1).getAsJsonObject();
        assertThat(item.keySet())
                .containsSubsequence(
                        "id",
                        "url",
                        "project",
                        "owner",
                        "enqueue_time",
                        "remaining_time",
                        "active",
                        "live",
                        "zuul_ref",
                        "item_ahead",
                        "items_behind",
                        "failing_reasons",
                        "jobs");
        assertThat(item.get("id").getAsString()).isEqualTo("42,1");
        assertThat(item.get("url").getAsString()).isEqualTo("https://review.example.org/42");
        assertThat(item.get("project").getAsString()).isEqualTo("openstack/neutron");
        assertThat(item.getAsJsonObject("owner").keySet()).containsExactly("name", "email", "username");
        assertWhole(item, "enqueue_time", NOW - 600_000);
        assertWhole(item, "remaining_time", 2_100_000);
        assertThat(item.get("active").getAsBoolean()).isTrue();
        assertThat(item.get("live").getAsBoolean()).isTrue();
        assertThat(item.get("zuul_ref").getAsString()).startsWith("refs/zuul/master/Z");
        assertThat(item.get("item_ahead").getAsString()).isEqualTo("41,3");
        assertThat(item.getAsJsonArray("failing_reasons")).hasToString("[\"at least one job failed\"]");
        assertThat(ahead.get("live").getAsBoolean()).isFalse();
        assertThat(ahead.get("item_ahead").isJsonNull()).isTrue();
        assertThat(ahead.getAsJsonArray("items_behind")).hasToString("[\"42,1\"]");
        assertThat(ahead.get("remaining_time").isJsonNull()).isTrue();
        assertThat(ahead.getAsJsonArray("jobs")).isEmpty();
        JsonObject ref = head(json(Views.full()), 1, 0).get(0).getAsJsonObject();
        assertThat(ref.get("id").getAsString()).hasSize(40);
        assertThat(ref.get("url").isJsonNull()).isTrue();
        SchedulerView foreign = Views.of(
                NOW,
                List.of(new PipelineView(
                        "p",
                        null,
                        false,
                        0,
                        0,
                        List.of(Views.item("1,1", "", NOW).build()))));
        assertThat(head(json(foreign), 0, 0)
                        .get(0)
                        .getAsJsonObject()
                        .get("project")
                        .getAsString())
                .isEqualTo("Unknown Project");
    }

    @Test
    public void aJobHasZuulsFieldsAndUnits() {
        List<JsonObject> jobs = new ArrayList<>();
        for (JsonElement job :
                head(json(Views.full()), 0, 0).get(1).getAsJsonObject().getAsJsonArray("jobs")) {
            jobs.add(job.getAsJsonObject());
        }
        JsonObject ended = jobs.get(0);
        assertThat(ended.keySet())
                .containsSubsequence(
                        "name",
                        "url",
                        "report_url",
                        "result",
                        "voting",
                        "uuid",
                        "number",
                        "elapsed_time",
                        "remaining_time",
                        "estimated_time",
                        "launch_time",
                        "start_time",
                        "end_time",
                        "pipeline",
                        "canceled",
                        "retry",
                        "node_name",
                        "node_labels",
                        "worker");
        assertThat(ended.get("result").getAsString()).isEqualTo("SUCCESS");
        assertWhole(ended, "elapsed_time", 61_000);
        assertWhole(ended, "remaining_time", 0);
        assertWhole(ended, "number", 7);
        assertThat(ended.get("estimated_time").getAsDouble()).as("seconds").isEqualTo(3599.5);
        assertThat(ended.get("start_time").getAsDouble()).as("seconds").isEqualTo((NOW - 62_000) / 1000.0);
        assertThat(ended.get("end_time").getAsDouble()).isEqualTo((NOW - 1_000) / 1000.0);
        assertThat(ended.get("canceled").getAsBoolean()).isFalse();
        assertThat(ended.getAsJsonObject("worker").keySet())
                .containsExactly("name", "hostname", "ips", "fqdn", "program", "version", "extra");
        assertThat(jobs.get(1).get("voting").getAsBoolean()).isFalse();
        JsonObject running = jobs.get(2);
        assertThat(running.get("result").isJsonNull()).isTrue();
        assertThat(running.get("end_time").isJsonNull()).isTrue();
        assertThat(running.get("retry").getAsBoolean()).isTrue();
        assertThat(jobs.get(3).get("remaining_time").isJsonNull()).isTrue();
        JsonObject queued = jobs.get(4);
        for (String none : new String[] {
            "url",
            "result",
            "uuid",
            "number",
            "elapsed_time",
            "remaining_time",
            "estimated_time",
            "launch_time",
            "start_time",
            "end_time",
            "pipeline",
            "canceled",
            "retry",
            "node_name",
            "worker"
        }) {
            assertThat(queued.get(none).isJsonNull()).as(none).isTrue();
        }
        assertThat(queued.getAsJsonArray("node_labels")).isEmpty();
        assertThat(queued.get("reason").getAsString()).contains("no node has the label");
        JsonObject skipped = jobs.get(5);
        assertThat(skipped.get("result").getAsString()).isEqualTo("SKIPPED");
        assertThat(skipped.getAsJsonObject("worker").get("name").getAsString()).isEqualTo("Unknown");
    }

    @Test
    public void aChangeIsFoundWhereverItIs() throws IOException {
        StringWriter out = new StringWriter();
        assertThat(ZuulStatus.writeChange(Views.full(), "41,3", "1", out)).isTrue();
        JsonArray items = JsonParser.parseString(out.toString()).getAsJsonArray();
        assertThat(items).hasSize(1);
        assertThat(items.get(0).getAsJsonObject().get("live").getAsBoolean()).isFalse();
        StringWriter none = new StringWriter();
        assertThat(ZuulStatus.writeChange(Views.full(), "41,2", "1", none)).isFalse();
        assertThat(none.toString()).isEmpty();
    }

    @Test
    public void markupInStrangersTextsIsEscaped() throws IOException {
        StringWriter out = new StringWriter();
        ZuulStatus.write(Views.full(), "1", out);
        assertThat(out.toString()).doesNotContain("<").doesNotContain(">").contains("\\u003cb\\u003e");
    }

    @Test
    public void itIsWrittenOncePerSecondHoweverManyAsk() throws IOException {
        AtomicLong clock = new AtomicLong(NOW + 300);
        AtomicInteger made = new AtomicInteger();
        StatusSnapshot snapshots = new StatusSnapshot(clock::get);
        StatusSnapshot.Snapshot first = snapshots.get(() -> counted(made), "1");
        clock.addAndGet(999);
        assertThat(snapshots.get(() -> counted(made), "1")).isSameAs(first);
        clock.addAndGet(1);
        StatusSnapshot.Snapshot second = snapshots.get(() -> counted(made), "1");
        assertThat(second).isNotSameAs(first);
        assertThat(second.lastModified()).isGreaterThan(first.lastModified());
        assertThat(second.lastModified() % 1000).isZero();
        clock.addAndGet(-60_000);
        assertThat(snapshots.get(() -> counted(made), "1"))
                .as("a clock set back")
                .isNotSameAs(second);
        assertThat(made).hasValue(3);
        ByteArrayOutputStream plain = new ByteArrayOutputStream();
        first.writeTo(plain, false);
        StringWriter expected = new StringWriter();
        ZuulStatus.write(Views.full(), "1", expected);
        assertThat(plain.toString(StandardCharsets.UTF_8)).isEqualTo(expected.toString());
        ByteArrayOutputStream gzipped = new ByteArrayOutputStream();
        first.writeTo(gzipped, true);
        assertThat(gzipped.size()).isEqualTo(first.gzippedLength());
    }

    private static SchedulerView counted(AtomicInteger made) {
        made.incrementAndGet();
        return Views.full();
    }
}
