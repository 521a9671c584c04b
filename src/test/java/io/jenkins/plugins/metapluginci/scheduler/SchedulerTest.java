package io.jenkins.plugins.metapluginci.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.metapluginci.scheduler.BuildRecord.Logs;
import io.jenkins.plugins.metapluginci.scheduler.BuildRecord.Outcome;
import io.jenkins.plugins.metapluginci.scheduler.ReviewSink.Answer;
import io.jenkins.plugins.metapluginci.store.JsonStore;
import java.io.File;
import java.nio.file.Path;
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
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class SchedulerTest {
    private static final ChangeEvent.Person DEV = new ChangeEvent.Person("Dev", "dev@example.org", "dev");

    /** Jenkins, as far as the scheduler sees it. */
    private static final class Jenkins implements BuildLauncher {
        final List<BuildRequest> launched = Collections.synchronizedList(new ArrayList<>());
        final Set<String> alive = Collections.synchronizedSet(new HashSet<>());
        final Map<String, BuildRecord> records = Collections.synchronizedMap(new HashMap<>());
        final List<String> calls = Collections.synchronizedList(new ArrayList<>());
        volatile String refusal;

        @Override
        public void launch(BuildRequest request) throws LaunchRefusedException {
            calls.add("launch");
            if (refusal != null) {
                throw new LaunchRefusedException(refusal);
            }
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
    private static final class Gerrit implements ReviewSink {
        final List<Review> posted = Collections.synchronizedList(new ArrayList<>());
        final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
        final List<String> calls = Collections.synchronizedList(new ArrayList<>());
        volatile boolean arrived;

        @Override
        public Answer post(Review review) {
            calls.add("post");
            Answer answer = answers.isEmpty() ? Answer.posted() : answers.remove();
            if (answer.kind() == Answer.Kind.POSTED) {
                posted.add(review);
            }
            return answer;
        }

        @Override
        public Answer lookUp(Review review) {
            calls.add("lookUp");
            return arrived ? Answer.posted() : Answer.of(Answer.Kind.NOT_SENT, "not there");
        }
    }

    @Rule
    public TemporaryFolder folder = new TemporaryFolder();

    private final Jenkins jenkins = new Jenkins();
    private final Gerrit gerrit = new Gerrit();
    /** What the clock is ahead by, ms. */
    private final AtomicLong ahead = new AtomicLong();

    private final Queue<Scheduler> started = new ArrayDeque<>();
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
        Path items = folder.getRoot().toPath().resolve("items");
        Scheduler made = new Scheduler(
                new JsonStore<>(items, Item.class, 1),
                jenkins,
                jenkins.records::get,
                gerrit,
                () -> System.currentTimeMillis() + ahead.get());
        made.configure(settings(true, "gate"));
        started.add(made);
        return made;
    }

    /** As after a kill: the old one writes nothing any more. */
    private void restart() {
        scheduler.stop();
        scheduler = another();
        scheduler.start();
    }

    private static SchedulerSettings settings(boolean take, String... jobs) {
        List<Watch> watches = new ArrayList<>();
        for (String job : jobs) {
            watches.add(new Watch("openstack/neutron", "master|stable/.*", job));
        }
        return new SchedulerSettings(take, watches, "g", 29418, "https://g", "", path -> "http://logs/" + path);
    }

    private static ChangeEvent pushed(int number, int patchset) {
        return event("patchset-created", "openstack/neutron", "master", number, patchset, null);
    }

    private static ChangeEvent event(
            String type, String project, String branch, int number, int patchset, String comment) {
        Change change = new Change(
                project, branch, number, patchset, "refs/changes/01/" + number + "/" + patchset, "c0ffee", null, "s");
        return new ChangeEvent(type, change, "I1", "", DEV, DEV, DEV, "", false, false, comment);
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
                null);
        jenkins.records.put(request.uuid(), record);
        scheduler.buildStarted(record);
        return record;
    }

    private void ends(BuildRequest request, Outcome outcome) {
        BuildRecord record = runs(request).ended(10_000, outcome, null, null).withLogs(Logs.PUBLISHED, null);
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
        assertThat(request.job()).isEqualTo("gate");
        assertThat(request.uuid()).matches("[0-9a-f]{32}");
        assertThat(request.description()).isEqualTo("openstack/neutron 1,1");
        assertThat(request.environment())
                .containsEntry("ZUUL_UUID", request.uuid())
                .containsEntry("ZUUL_URL", "https://g")
                .containsEntry("GERRIT_EVENT_TYPE", "patchset-created");
        ends(request, Outcome.SUCCESS);
        assertThat(posted(0).labels()).isEqualTo(Map.of("Verified", 1));
        assertThat(posted(0).message())
                .contains("- gate http://logs/1/1/1/check/gate/")
                .endsWith(" : SUCCESS in 9s\n");
        settled();
    }

    @Test
    public void timedOutIsTheChangesFailure() {
        scheduler.event(pushed(1, 1));
        ends(launched(0), Outcome.TIMED_OUT);
        assertThat(posted(0).labels()).isEqualTo(Map.of("Verified", 0));
        assertThat(posted(0).message()).contains(" : FAILURE in 9s\n");
    }

    @Test
    public void onlyWhatIsWatchedIsTested() {
        scheduler.event(event("patchset-created", "openstack/nova", "master", 1, 1, null));
        scheduler.event(event("patchset-created", "openstack/neutron", "master2", 2, 1, null));
        scheduler.event(event("change-merged", "openstack/neutron", "master", 3, 1, null));
        scheduler.event(event("comment-added", "openstack/neutron", "master", 4, 1, "Patch Set 1:\n\nrecheck"));
        scheduler.event(event("comment-added", "openstack/neutron", "master", 5, 1, "x".repeat(60_000)));
        scheduler.configure(settings(false, "gate"));
        scheduler.event(pushed(6, 1));
        scheduler.configure(settings(true, "gate"));
        scheduler.event(event("comment-added", "openstack/neutron", "stable/juno", 7, 1, "metaplugin-recheck"));
        scheduler.event(event("change-restored", "openstack/neutron", "master", 8, 1, null));
        launched(1);
        assertThat(jenkins.launched)
                .extracting(r -> r.environment().get("ZUUL_CHANGE"))
                .containsExactly("7", "8");
    }

    @Test
    public void aRecheckOfWhatIsUnderWayIsSwallowed() {
        scheduler.event(pushed(1, 1));
        BuildRequest first = launched(0);
        scheduler.event(event("comment-added", "openstack/neutron", "master", 1, 1, "metaplugin-recheck"));
        scheduler.event(pushed(1, 2));
        assertThat(launched(1).environment()).containsEntry("ZUUL_PATCHSET", "2");
        ends(first, Outcome.FAILURE);
        posted(0);
        await().until(() -> scheduler.items().size() == 1);
        scheduler.event(event("comment-added", "openstack/neutron", "master", 1, 1, "metaplugin-recheck"));
        assertThat(launched(2).environment()).containsEntry("ZUUL_PATCHSET", "1");
        assertThat(launched(2).uuid()).isNotEqualTo(first.uuid());
    }

    @Test
    public void allJobsOfAChangeAreOneReport() {
        scheduler.configure(settings(true, "gate", "dsvm"));
        scheduler.event(pushed(1, 1));
        BuildRequest gate = launched(0);
        BuildRequest dsvm = launched(1);
        ends(gate, Outcome.FAILURE);
        ends(dsvm, Outcome.SUCCESS);
        assertThat(posted(0).message()).contains("- gate ", "- dsvm ");
        assertThat(posted(0).labels()).isEqualTo(Map.of("Verified", 0));
        settled();
        assertThat(gerrit.calls).containsExactly("post");
    }

    @Test
    public void infrastructureIsNoVerdict() {
        scheduler.event(pushed(1, 1));
        for (int attempt = 0; attempt < 3; attempt++) {
            ahead.addAndGet(20_000);
            BuildRequest request = launched(attempt);
            ends(request, attempt == 1 ? null : Outcome.INFRASTRUCTURE);
            int done = attempt + 1;
            await().until(() -> scheduler.items().isEmpty()
                    || scheduler.items().get(0).builds().get(0).attempts() == done);
            ahead.addAndGet(20_000);
            scheduler.configure(settings(true, "gate"));
        }
        assertThat(posted(0).labels()).isEmpty();
        assertThat(posted(0).message()).contains(" : RETRY_LIMIT\n");
        assertThat(jenkins.launched)
                .extracting(BuildRequest::uuid)
                .doesNotHaveDuplicates()
                .hasSize(3);
        settled();
    }

    @Test
    public void abortedAndCancelledAreCommentsWithoutVote() {
        scheduler.event(pushed(1, 1));
        ends(launched(0), Outcome.ABORTED);
        assertThat(posted(0).message()).contains(" : ABORTED in 9s\n");
        assertThat(posted(0).labels()).isEmpty();
        scheduler.event(pushed(2, 1));
        scheduler.buildCancelled(launched(1).uuid());
        assertThat(posted(1).message()).endsWith("\n\n- gate : ABORTED\n");
        assertThat(posted(1).labels()).isEmpty();
    }

    @Test
    public void aRefusedLaunchIsTriedAgain() {
        jenkins.refusal = "no such job: gate";
        scheduler.event(pushed(1, 1));
        await().until(() -> scheduler.items().size() == 1
                && scheduler.items().get(0).builds().get(0).refusals() > 0);
        assertThat(scheduler.items().get(0).builds().get(0).reason()).isEqualTo("no such job: gate");
        jenkins.refusal = null;
        ahead.addAndGet(60_000);
        scheduler.configure(settings(true, "gate"));
        ends(launched(0), Outcome.SUCCESS);
        posted(0);
    }

    @Test
    public void aRefusedJobThatNobodyWantsAnyMoreIsDropped() {
        jenkins.refusal = "no such job: gate";
        scheduler.event(pushed(1, 1));
        await().until(() -> scheduler.items().size() == 1
                && scheduler.items().get(0).builds().get(0).refusals() > 0);
        scheduler.configure(settings(true, "other"));
        ahead.addAndGet(60_000);
        scheduler.configure(settings(true, "other"));
        settled();
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
        ahead.addAndGet(20_000);
        scheduler.configure(settings(true, "gate"));
        launched(4);
        assertThat(jenkins.calls.get(0)).as("our own queue is emptied first").isEqualTo("cancelQueued");
        assertThat(jenkins.launched)
                .extracting(BuildRequest::uuid)
                .doesNotHaveDuplicates()
                .hasSize(5);
        assertThat(jenkins.launched.subList(3, 5))
                .extracting(request -> request.environment().get("ZUUL_CHANGE"))
                .containsExactlyInAnyOrder("1", "2");
        ends(running, Outcome.SUCCESS); // an attempt of the past
        ends(survivor, Outcome.SUCCESS);
        ends(jenkins.launched.get(3), Outcome.FAILURE);
        ends(jenkins.launched.get(4), Outcome.FAILURE);
        posted(2);
        settled();
        assertThat(gerrit.posted).hasSize(3);
        assertThat(gerrit.posted)
                .filteredOn(review -> review.labels().equals(Map.of("Verified", 1)))
                .extracting(review -> review.change().number())
                .containsExactly(3);
    }

    @Test
    public void aBuildThatBecameFinalWithoutUsHearingIsReported() {
        scheduler.event(pushed(1, 1));
        BuildRequest request = launched(0);
        BuildRecord record =
                runs(request).ended(10_000, Outcome.SUCCESS, 0, null).withLogs(Logs.PUBLISHED, null);
        jenkins.records.put(request.uuid(), record);
        jenkins.alive.clear();
        restart();
        assertThat(posted(0).labels()).isEqualTo(Map.of("Verified", 1));
        assertThat(jenkins.launched).hasSize(1);
    }

    @Test
    public void aReportIsOwedUntilGerritTakesIt() {
        gerrit.answers.add(Answer.of(Answer.Kind.NOT_SENT, "no route"));
        gerrit.answers.add(Answer.of(Answer.Kind.NOT_SENT, "no route"));
        scheduler.event(pushed(1, 1));
        ends(launched(0), Outcome.SUCCESS);
        await().until(() ->
                gerrit.calls.size() == 1 && scheduler.items().get(0).report().problem() != null);
        restart();
        ahead.addAndGet(10_000);
        scheduler.gerritIsBack();
        await().until(() ->
                gerrit.calls.size() == 2 && scheduler.items().get(0).report().attempts() == 2);
        scheduler.gerritIsBack();
        posted(0);
        settled();
        assertThat(gerrit.calls).as("nothing to look up: none was cut").containsExactly("post", "post", "post");
    }

    @Test
    public void aReportThatMayHaveArrivedIsLookedUpFirst() {
        gerrit.answers.add(Answer.of(Answer.Kind.UNKNOWN, "cut"));
        scheduler.event(pushed(1, 1));
        ends(launched(0), Outcome.SUCCESS);
        await().until(() -> !scheduler.items().isEmpty()
                && scheduler.items().get(0).report() != null
                && scheduler.items().get(0).report().problem() != null);
        gerrit.arrived = true;
        restart();
        scheduler.gerritIsBack();
        settled();
        assertThat(gerrit.calls).containsExactly("post", "lookUp");
        gerrit.calls.clear();
        gerrit.arrived = false;
        gerrit.answers.add(Answer.of(Answer.Kind.UNKNOWN, "cut"));
        scheduler.event(pushed(2, 1));
        ends(launched(1), Outcome.SUCCESS);
        await().until(() ->
                gerrit.calls.size() == 1 && scheduler.items().get(0).report().problem() != null);
        scheduler.gerritIsBack();
        settled();
        assertThat(gerrit.calls).containsExactly("post", "lookUp", "post");
    }

    @Test
    public void aReportRefusedForGoodIsKeptToBeSeenAndBlocksNothing() {
        gerrit.answers.add(Answer.of(Answer.Kind.REFUSED, "change is closed"));
        scheduler.event(pushed(1, 1));
        ends(launched(0), Outcome.SUCCESS);
        await().until(() ->
                !scheduler.items().isEmpty() && !scheduler.items().get(0).live());
        assertThat(scheduler.items().get(0).report().problem()).isEqualTo("change is closed");
        scheduler.event(event("comment-added", "openstack/neutron", "master", 1, 1, "metaplugin-recheck"));
        ends(launched(1), Outcome.SUCCESS);
        posted(0);
    }

    @Test
    public void whereTheAccountMayNotVoteTheCommentGoesAlone() {
        String why = "Applying label \"Verified\": 1 is restricted";
        gerrit.answers.add(Answer.of(Answer.Kind.VOTE_REFUSED, why));
        gerrit.answers.add(Answer.of(Answer.Kind.NOT_SENT, "no route"));
        scheduler.event(pushed(1, 1));
        ends(launched(0), Outcome.SUCCESS);
        await().until(() -> !scheduler.items().isEmpty()
                && scheduler.items().get(0).report() != null
                && scheduler.items().get(0).report().attempts() == 2);
        assertThat(scheduler.items().get(0).report().labels()).isEmpty();
        assertThat(scheduler.voteProblem()).contains("does not let our account vote {Verified=1}", why);
        restart();
        ahead.addAndGet(10_000);
        scheduler.gerritIsBack();
        assertThat(posted(0).labels()).as("also after a restart").isEmpty();
        assertThat(posted(0).message()).contains("Build succeeded");
        settled();
        assertThat(gerrit.calls).containsExactly("post", "post", "post");

        gerrit.answers.add(Answer.of(Answer.Kind.VOTE_REFUSED, why));
        scheduler.event(pushed(2, 1));
        ends(launched(1), Outcome.SUCCESS);
        assertThat(posted(1).labels()).isEmpty();
        settled();
        assertThat(scheduler.voteProblem()).as("a comment proves nothing").contains(why);
        scheduler.event(pushed(3, 1));
        ends(launched(2), Outcome.SUCCESS);
        assertThat(posted(2).labels()).isEqualTo(Map.of("Verified", 1));
        settled();
        assertThat(scheduler.voteProblem()).as("Gerrit took a vote").isNull();
    }

    @Test
    public void aBuildThatJenkinsLostIsLaunchedAgain() {
        scheduler.event(pushed(1, 1));
        BuildRequest lost = launched(0);
        jenkins.alive.remove(lost.uuid());
        for (int minute = 0; minute < 4; minute++) {
            ahead.addAndGet(61_000);
            scheduler.configure(settings(true, "gate"));
            int seen = minute;
            await().until(() -> jenkins.launched.size() > 1 || reconciled(seen));
        }
        assertThat(launched(1).uuid()).isNotEqualTo(lost.uuid());
    }

    /** The snapshot is replaced at each turn of the scheduler's thread. */
    private boolean reconciled(int turn) {
        List<Item> before = scheduler.items();
        scheduler.configure(settings(true, "gate"));
        await().until(() -> scheduler.items() != before);
        return turn >= 0;
    }

    @Test
    public void nothingIsLaunchedThatIsNotOnDisk() throws Exception {
        Path items = folder.getRoot().toPath().resolve("items");
        java.nio.file.Files.createFile(items); // no directory can be made there
        scheduler.event(pushed(1, 1));
        await().until(() -> scheduler.problem() != null);
        assertThat(jenkins.launched).isEmpty();
        java.nio.file.Files.delete(items);
        ahead.addAndGet(10_000);
        scheduler.configure(settings(true, "gate"));
        ends(launched(0), Outcome.SUCCESS);
        posted(0);
        await().until(() -> scheduler.problem() == null);
    }
}
