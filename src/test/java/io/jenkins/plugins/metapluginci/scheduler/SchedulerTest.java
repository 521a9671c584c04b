package io.jenkins.plugins.metapluginci.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.metapluginci.gerrit.GerritAccount;
import io.jenkins.plugins.metapluginci.gerrit.GerritChange;
import io.jenkins.plugins.metapluginci.gerrit.GerritEvent;
import io.jenkins.plugins.metapluginci.gerrit.GerritPatchSet;
import io.jenkins.plugins.metapluginci.layout.ChangeState;
import io.jenkins.plugins.metapluginci.scheduler.BuildRecord.Logs;
import io.jenkins.plugins.metapluginci.scheduler.BuildRecord.Outcome;
import io.jenkins.plugins.metapluginci.scheduler.ReviewSink.Answer;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** The scheduler with its thread and its files; what it decides is {@link PipelinesTest}'s. */
public class SchedulerTest {
    private static final GerritAccount DEV = new GerritAccount("Dev", "dev@example.org", "dev");

    /** Jenkins, as far as the scheduler sees it. */
    private static final class Jenkins implements BuildLauncher {
        final List<BuildRequest> launched = Collections.synchronizedList(new ArrayList<>());
        final Set<String> alive = Collections.synchronizedSet(new HashSet<>());
        final Map<String, BuildRecord> records = Collections.synchronizedMap(new HashMap<>());
        final List<String> calls = Collections.synchronizedList(new ArrayList<>());

        @Override
        public void launch(BuildRequest request) {
            calls.add("launch");
            launched.add(request);
            alive.add(request.uuid());
        }

        @Override
        public void cancelQueued() {
            calls.add("cancelQueued");
        }

        @Override
        public Collection<String> alive() {
            return new ArrayList<>(alive);
        }

        @Override
        public void cancel(String uuid) {
            calls.add("cancel " + uuid);
        }

        @Override
        public boolean exists(String job) {
            return true;
        }

        @Override
        public String holding() {
            return null;
        }
    }

    /** Gerrit, as far as the scheduler sees it. */
    private static final class Gerrit implements ReviewSink, ChangeSource {
        final List<Review> posted = Collections.synchronizedList(new ArrayList<>());
        final Queue<ReviewSink.Answer> answers = new ConcurrentLinkedQueue<>();
        final List<String> calls = Collections.synchronizedList(new ArrayList<>());
        volatile boolean arrived;

        @Override
        public ReviewSink.Answer post(Review review) {
            calls.add("post");
            ReviewSink.Answer answer = answers.isEmpty() ? ReviewSink.Answer.posted() : answers.remove();
            if (answer.kind() == ReviewSink.Answer.Kind.POSTED) {
                posted.add(review);
            }
            return answer;
        }

        @Override
        public ReviewSink.Answer lookUp(Review review) {
            calls.add("lookUp");
            return arrived
                    ? ReviewSink.Answer.posted()
                    : ReviewSink.Answer.of(ReviewSink.Answer.Kind.NOT_SENT, "not there");
        }

        @Override
        public void look(int number, int patchset, Consumer<ChangeSource.Answer> answer) {
            ChangeState state = EngineBed.state(
                    number,
                    patchset,
                    EngineBed.PROJECT,
                    "master",
                    true,
                    true,
                    "NEW",
                    List.of(),
                    List.of("/COMMIT_MSG"));
            Change change = EngineBed.of(number, patchset, EngineBed.PROJECT, "master");
            answer.accept(
                    number > 90
                            ? new ChangeSource.Missing()
                            : new ChangeSource.Found(change, state, List.of(), null, ChangeDetails.NONE));
        }
    }

    /** Merges nothing. */
    private static final class Merger implements MergeService {
        @Override
        public void merge(Request request, Consumer<Result> result) {
            result.accept(new Merged("refs/zuul/master/Z" + request.uuid(), "c0ffee"));
        }

        @Override
        public void update(Change ref, Consumer<Result> result) {
            result.accept(new Merged(ref.ref(), ref.revision()));
        }

        @Override
        public void forget(String uuid) {}

        @Override
        public void keepOnly(Map<String, Set<String>> kept) {}
    }

    @Rule
    public TemporaryFolder folder = new TemporaryFolder();

    private final Jenkins jenkins = new Jenkins();
    private final Gerrit gerrit = new Gerrit();
    /** What the clock is ahead by, ms. */
    private final AtomicLong ahead = new AtomicLong();

    private final Queue<Scheduler> started = new ArrayDeque<>();
    private final SchedulerSettings settings = EngineBed.settings(PipelinesTest.ONE_JOB);
    private Scheduler scheduler;

    @Before
    public void start() {
        scheduler = another();
        scheduler.start();
    }

    @After
    public void stop() {
        started.forEach(Scheduler::stop);
    }

    private Scheduler another() {
        Scheduler made = new Scheduler(
                folder.getRoot().toPath(),
                new Scheduler.Neighbours(jenkins, jenkins.records::get, gerrit, new Merger(), gerrit),
                this::now);
        made.configure(settings);
        started.add(made);
        return made;
    }

    private long now() {
        return System.currentTimeMillis() + ahead.get();
    }

    /** As after a kill: the old one writes nothing any more. */
    private void restart() {
        scheduler.stop();
        scheduler = another();
        scheduler.start();
    }

    private GerritEvent pushed(int number, int patchset) {
        return new GerritEvent(
                "patchset-created",
                new GerritChange(
                        EngineBed.PROJECT, "master", "", "I1", number, "s", "http://g/1", DEV, "NEW", false, false, ""),
                new GerritPatchSet(patchset, "c0ffee", "refs/changes/x", DEV, List.of(), now() / 1000),
                DEV,
                "",
                List.of(),
                null,
                now() / 1000);
    }

    private BuildRequest launched(int index) {
        await().until(() -> jenkins.launched.size() > index);
        return jenkins.launched.get(index);
    }

    private BuildRecord runs(BuildRequest request) {
        BuildRecord record = new BuildRecord(
                request.uuid(),
                request.job(),
                1,
                null,
                "node1",
                request.environment().get("LOG_PATH"),
                1_000,
                0,
                null,
                null,
                null,
                Logs.PENDING,
                null,
                null);
        jenkins.records.put(request.uuid(), record);
        scheduler.buildStarted(record);
        return record;
    }

    private void ends(BuildRequest request, Outcome outcome) {
        BuildRecord record = runs(request).ended(10_000, outcome, null, null).withLogs(Logs.PUBLISHED, null, null);
        jenkins.records.put(request.uuid(), record);
        jenkins.alive.remove(request.uuid());
        scheduler.buildFinished(record);
    }

    private ReviewSink.Review posted(int index) {
        await().until(() -> gerrit.posted.size() > index);
        return gerrit.posted.get(index);
    }

    private void settled() {
        await().untilAsserted(() -> assertThat(scheduler.items()).isEmpty());
        assertThat(new File(folder.getRoot(), "items").listFiles()).isNullOrEmpty();
    }

    @Test
    public void aPushedChangeIsTestedAndVotedOn() {
        scheduler.event(pushed(1, 1));
        BuildRequest request = launched(0);
        assertThat(request.job()).isEqualTo("test");
        assertThat(request.uuid()).matches("[0-9a-f]{32}");
        assertThat(request.description()).isEqualTo("org/project 1,1");
        assertThat(request.environment())
                .containsEntry("ZUUL_UUID", request.uuid())
                .containsEntry("GERRIT_EVENT_TYPE", "patchset-created");
        ends(request, Outcome.SUCCESS);
        assertThat(posted(0).labels()).isEqualTo(Map.of("Verified", 1));
        settled();
        assertThat(scheduler.view().pipelines()).hasSize(1);
    }

    @Test
    public void afterAKillWhatHadNotEndedIsTestedAgainOnce() {
        scheduler.event(pushed(1, 1));
        scheduler.event(pushed(2, 1));
        scheduler.event(pushed(3, 1));
        BuildRequest running = launched(0);
        BuildRequest queued = launched(1);
        BuildRequest survivor = launched(2);
        runs(running);
        await().until(() -> scheduler.items().get(0).builds().get(0).state() == ItemBuild.State.RUNNING);
        jenkins.alive.remove(running.uuid());
        jenkins.alive.remove(queued.uuid());
        jenkins.calls.clear();
        restart();
        await().until(() ->
                scheduler.items().stream().anyMatch(item -> item.builds().get(0).attempts() == 1));
        ahead.addAndGet(20_000);
        scheduler.configure(settings);
        launched(4);
        assertThat(jenkins.calls.get(0)).as("our own queue is emptied first").isEqualTo("cancelQueued");
        assertThat(jenkins.launched)
                .extracting(BuildRequest::uuid)
                .doesNotHaveDuplicates()
                .hasSize(5);
        ends(running, Outcome.SUCCESS); // an attempt of the past
        ends(survivor, Outcome.SUCCESS);
        ends(jenkins.launched.get(3), Outcome.FAILURE);
        ends(jenkins.launched.get(4), Outcome.FAILURE);
        posted(2);
        settled();
        assertThat(gerrit.posted)
                .hasSize(3)
                .filteredOn(review -> review.labels().equals(Map.of("Verified", 1)))
                .extracting(review -> review.change().number())
                .containsExactly(3);
    }

    @Test
    public void g9_aReportThatMayHaveArrivedIsLookedUpFirst() {
        gerrit.answers.add(Answer.of(Answer.Kind.UNKNOWN, "cut"));
        scheduler.event(pushed(1, 1));
        ends(launched(0), Outcome.SUCCESS);
        await().until(() -> !scheduler.items().isEmpty()
                && scheduler.items().get(0).report() != null
                && scheduler.items().get(0).report().problem() != null);
        gerrit.arrived = true;
        restart();
        scheduler.connected();
        settled();
        assertThat(gerrit.calls).containsExactly("post", "lookUp");
    }

    @Test
    public void nothingIsLaunchedThatIsNotOnDisk() throws Exception {
        Path items = folder.getRoot().toPath().resolve("items");
        Files.createFile(items); // no directory can be made there
        scheduler.event(pushed(1, 1));
        await().until(() -> scheduler.problem() != null);
        assertThat(jenkins.launched).isEmpty();
        Files.delete(items);
        ahead.addAndGet(10_000);
        scheduler.configure(settings);
        ends(launched(0), Outcome.SUCCESS);
        posted(0);
        await().until(() -> scheduler.problem() == null);
    }

    @Test
    public void g4_theStreamsPositionSurvivesAndWhatIsToldAgainDoesNothing() throws Exception {
        CatchUp first = scheduler.connected().get();
        assertThat(first.since()).as("nothing older than the first connection").isNull();
        scheduler.caughtUp(first, List.of(), List.of());
        GerritEvent event = pushed(1, 1);
        scheduler.event(event);
        ends(launched(0), Outcome.SUCCESS);
        settled();
        restart();
        CatchUp second = scheduler.connected().get();
        assertThat(second.since()).isBefore(Instant.ofEpochMilli(now())).isAfter(Instant.ofEpochMilli(now() - 300_000));
        scheduler.caughtUp(second, List.of(event, pushed(2, 1)), List.of(pushed(3, 1)));
        assertThat(launched(1).environment()).containsEntry("ZUUL_CHANGE", "2");
        await().until(() -> scheduler.view().later().size() == 1);
        assertThat(jenkins.launched).hasSize(2);
        restart();
        await().until(() -> scheduler.view().later().size() == 1);
        String key = scheduler.view().later().get(0).key();
        assertThat(scheduler.takeLater(List.of("other")).get())
                .isEqualTo("Not listed as missed: other (taken up before, or not a key of missed_events)");
        assertThat(scheduler.takeLater(List.of(key, "other")).get()).endsWith("; taken up: 1");
        assertThat(scheduler.takeLater(List.of(key)).get()).startsWith("Not listed as missed: " + key);
        assertThat(scheduler.takeLater(List.of()).get()).isNull();
        await().until(() -> jenkins.launched.stream()
                .anyMatch(request -> request.environment().get("ZUUL_CHANGE").equals("3")));
        await().until(() -> scheduler.view().later().isEmpty());
    }

    @Test
    public void operatorsAreAnsweredInZuulsWords() throws Exception {
        assertThat(scheduler.enqueue("gate", "org/project", 5, 1).get())
                .isEqualTo("Invalid pipeline: gate (the layout has check)");
        assertThat(scheduler.enqueue("check", "org/other", 5, 1).get())
                .startsWith("Invalid project: org/other (the layout has no such project");
        assertThat(scheduler.enqueue("check", "org/project", 99, 1).get())
                .startsWith("Invalid change: 99,1 (Gerrit has no such patchset");
        assertThat(scheduler.enqueue("check", "org/project", 0, 1).get())
                .isEqualTo("Invalid change: 0,1 (changes count from 1)");
        assertThat(scheduler.enqueue("check", "org/project", 5, 1).get()).isNull();
        launched(0);
        assertThat(scheduler.promote("check", List.of("6,1")).get())
                .startsWith("Unable to find shared change queue for 6,1 (it is not in that pipeline");
        assertThat(scheduler.promote("check", List.of("5,1", "6,1")).get())
                .startsWith("Unable to find 6,1 in queue check (it is not in that pipeline");
        assertThat(scheduler.dequeue("check", "6,1").get())
                .startsWith("Unable to find 6,1 in pipeline check (it is not in that pipeline");
        assertThat(scheduler.dequeue("check", "5,1").get()).isNull();
        await().until(() -> jenkins.calls.stream().anyMatch(call -> call.startsWith("cancel ")));
        scheduler.buildCancelled(jenkins.launched.get(0).uuid());
        settled();
        assertThat(gerrit.posted).isEmpty();
    }

    /** As the first release wrote it: one build ran, one had ended; and a report that was owed. */
    @Test
    public void itemsOfTheFirstReleaseAreTakenUp() throws Exception {
        scheduler.stop();
        write("1-1-a", """
                "builds": [
                  {"job": "test", "state": "RUNNING", "since": 5, "uuid": "u1", "attempts": 0, "refusals": 0, "notBefore": 0}
                ]""", 1);
        write("2-1-b", """
                "builds": [
                  {"job": "test", "state": "DONE", "since": 5, "uuid": "u2", "attempts": 0, "refusals": 0, "notBefore": 0,
                   "result": "SUCCESS"}
                ],
                "report": {"message": "Build succeeded.", "labels": {"Verified": 1}, "phase": "SENDING", "owedSince": 5,
                  "attempts": 0, "notBefore": 0}""", 2);
        scheduler = another();
        scheduler.start();
        assertThat(posted(0).message()).isEqualTo("Build succeeded.");
        assertThat(posted(0).labels()).isEqualTo(Map.of("Verified", 1));
        assertThat(gerrit.calls).containsExactly("lookUp", "post");
        ahead.addAndGet(20_000);
        scheduler.configure(settings);
        assertThat(launched(0).environment()).containsEntry("ZUUL_CHANGE", "1");
        assertThat(launched(0).environment().get("ZUUL_REF")).startsWith("refs/zuul/master/Z");
        ends(launched(0), Outcome.FAILURE);
        assertThat(posted(1).labels()).isEqualTo(Map.of("Verified", -1));
        settled();
        assertThat(scheduler.unreadable()).isEmpty();
    }

    private void write(String id, String rest, int number) throws IOException {
        Path items = Files.createDirectories(folder.getRoot().toPath().resolve("items"));
        Files.writeString(
                items.resolve(id + ".json"),
                """
                {"version": 1, "record": {"id": "ID",
                  "change": {"project": "org/project", "branch": "master", "number": N, "patchset": 1,
                    "ref": "refs/changes/0N/N/1", "revision": "abc", "subject": "s"},
                  "trigger": "patchset-created", "gerrit": {"GERRIT_EVENT_TYPE": "patchset-created"}, "createdAt": 4,
                  REST}}
                """.replace("ID", id).replace("N", Integer.toString(number)).replace("REST", rest));
    }
}
