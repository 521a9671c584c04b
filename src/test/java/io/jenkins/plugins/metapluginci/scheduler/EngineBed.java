package io.jenkins.plugins.metapluginci.scheduler;

import io.jenkins.plugins.metapluginci.gerrit.GerritAccount;
import io.jenkins.plugins.metapluginci.gerrit.GerritApproval;
import io.jenkins.plugins.metapluginci.gerrit.GerritChange;
import io.jenkins.plugins.metapluginci.gerrit.GerritEvent;
import io.jenkins.plugins.metapluginci.gerrit.GerritPatchSet;
import io.jenkins.plugins.metapluginci.gerrit.GerritRefUpdate;
import io.jenkins.plugins.metapluginci.layout.Account;
import io.jenkins.plugins.metapluginci.layout.Approval;
import io.jenkins.plugins.metapluginci.layout.ChangeState;
import io.jenkins.plugins.metapluginci.layout.Layout;
import io.jenkins.plugins.metapluginci.layout.LayoutParser;
import io.jenkins.plugins.metapluginci.layout.LayoutResult;
import io.jenkins.plugins.metapluginci.layout.ParseOptions;
import io.jenkins.plugins.metapluginci.scheduler.BuildRecord.Logs;
import io.jenkins.plugins.metapluginci.scheduler.BuildRecord.Outcome;
import io.jenkins.plugins.metapluginci.scheduler.ReviewSink.Review;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The engine with a Gerrit, a merger and a Jenkins that do as the test says, and a clock that stands until the test moves it.
 * One thread.
 */
final class EngineBed implements BuildLauncher, ChangeSource, MergeService, ReportSender {
    static final GerritAccount DEV = new GerritAccount("Dev", "dev@example.org", "dev");
    static final String PROJECT = "org/project";

    long now = 1_000_000_000_000L;
    final Deque<Runnable> inbox = new ArrayDeque<>();
    final MemoryDisk<Item> items = new MemoryDisk<>(this::fault);
    final MemoryDisk<StreamMemory> memory = new MemoryDisk<>(this::fault);
    final MemoryDisk<Durations.Saved> durations = new MemoryDisk<>(this::fault);
    String diskProblem;
    private int uuids;

    /** Jenkins. */
    final List<BuildRequest> launched = new ArrayList<>();

    final Map<String, BuildRequest> out = new LinkedHashMap<>();
    final Map<String, BuildRecord> records = new HashMap<>();
    final List<String> cancelled = new ArrayList<>();
    final Set<String> missingJobs = new HashSet<>();
    String refusal;
    String holding;
    int builds;

    /** Gerrit. */
    final Map<Integer, Found> changes = new HashMap<>();

    final List<Integer> looks = new ArrayList<>();
    String gerritProblem;
    final List<Review> posted = new ArrayList<>();
    final List<String> calls = new ArrayList<>();
    final Deque<ReviewSink.Answer> answers = new ArrayDeque<>();
    boolean arrived;

    /** The merger. */
    final List<Request> merges = new ArrayList<>();

    final Deque<Result> mergeResults = new ArrayDeque<>();
    final List<String> forgotten = new ArrayList<>();
    Map<String, Set<String>> kept;

    Engine engine;
    SchedulerSettings settings;

    EngineBed(String layout) {
        settings = settings(layout);
        start();
    }

    static Layout layout(String yaml) {
        LayoutResult result = LayoutParser.parse(yaml, ParseOptions.DEFAULT);
        if (result.layout() == null) {
            throw new IllegalArgumentException(result.errors() + "\n" + yaml);
        }
        return result.layout();
    }

    static SchedulerSettings settings(String yaml) {
        return new SchedulerSettings(
                true,
                layout(yaml),
                Integer.toHexString(yaml.hashCode()),
                false,
                new SchedulerSettings.GerritSite("gerrit", "ci", "g", 29418, "git://c/p"),
                reporting("", true, true, "", ""));
    }

    static SchedulerSettings.Reporting reporting(
            String urlPattern, boolean jobName, boolean times, String statusUrl, String footer) {
        return new SchedulerSettings.Reporting(
                false, urlPattern, jobName, times, statusUrl, footer, path -> "http://logs/" + path);
    }

    void with(SchedulerSettings.Reporting reporting) {
        settings = new SchedulerSettings(
                settings.takeEvents(),
                settings.layout(),
                settings.layoutVersion(),
                settings.defaultLayout(),
                settings.gerrit(),
                reporting);
        engine.configure(settings, false, now);
    }

    void take(boolean events) {
        settings = new SchedulerSettings(
                events,
                settings.layout(),
                settings.layoutVersion(),
                settings.defaultLayout(),
                settings.gerrit(),
                settings.reporting());
        engine.configure(settings, false, now);
    }

    void reload(String yaml) {
        settings = settings(yaml);
        engine.configure(settings, false, now);
        run();
    }

    /** A new process on the same disks. What ran in Jenkins is gone with the old one, unless the test put it back. */
    void start() {
        inbox.clear();
        World world = new World(
                this,
                records::get,
                this,
                this,
                this,
                inbox::add,
                () -> String.format("%012x%020x", ++uuids, uuids),
                () -> now);
        engine = Engines.started(world, items, memory, durations, settings);
        run();
    }

    void kill() {
        out.clear();
        start();
    }

    /** Until nothing is left to do at this moment. */
    void run() {
        for (int i = 0; i < 10_000; i++) {
            while (!inbox.isEmpty()) {
                inbox.removeFirst().run();
            }
            long due = engine.work(now);
            if (inbox.isEmpty() && due > now) {
                return;
            }
        }
        throw new AssertionError("the engine does not come to rest");
    }

    void pass(long millis) {
        now += millis;
        run();
    }

    private void fault(boolean written) throws IOException {
        if (diskProblem != null && !written) {
            throw new IOException(diskProblem);
        }
    }

    // Gerrit

    /** A change as Gerrit knows it, on the project's master, open and current. */
    Found change(int number, int patchset) {
        return change(number, patchset, PROJECT, "master", List.of("/COMMIT_MSG", "a.py"));
    }

    Found change(int number, int patchset, String project, String branch, List<String> files, Change... ahead) {
        return put(state(number, patchset, project, branch, true, true, "NEW", List.of(), files), null, ahead);
    }

    static ChangeState state(
            int number,
            int patchset,
            String project,
            String branch,
            boolean current,
            boolean open,
            String status,
            List<Approval> approvals,
            List<String> files) {
        return new ChangeState(project, branch, number, patchset, current, open, status, approvals, files);
    }

    Found put(ChangeState state, String cycle, Change... ahead) {
        Change change = of(state.number(), state.patchset(), state.project(), state.branch());
        Found found = new Found(change, state, List.of(ahead), cycle, ChangeDetails.NONE);
        changes.put(state.number(), found);
        return found;
    }

    static Change of(int number, int patchset, String project, String branch) {
        String ref = String.format("refs/changes/%02d/%d/%d", number % 100, number, patchset);
        return new Change(project, branch, number, patchset, ref, "c0ffee" + number, "http://g/" + number, "Subject");
    }

    static Approval vote(String category, int value, String username) {
        return new Approval(category, value, 999_999_000, new Account(username, username + "@x", username));
    }

    GerritEvent event(String type, int number, int patchset, String comment, GerritApproval... approvals) {
        Found known = changes.get(number);
        String project = known == null ? PROJECT : known.change().project();
        String branch = known == null ? "master" : known.change().branch();
        return new GerritEvent(
                type,
                new GerritChange(
                        project,
                        branch,
                        "",
                        "I" + number,
                        number,
                        "Subject",
                        "http://g/" + number,
                        DEV,
                        "NEW",
                        false,
                        false,
                        ""),
                new GerritPatchSet(
                        number == 0 ? 0 : patchset, "c0ffee" + number, "refs/changes/x", DEV, List.of(), now / 1000),
                DEV,
                comment == null ? "" : comment,
                List.of(approvals),
                null,
                now / 1000);
    }

    GerritEvent refUpdated(String ref, String newrev) {
        return new GerritEvent(
                "ref-updated",
                null,
                null,
                DEV,
                "",
                List.of(),
                new GerritRefUpdate(PROJECT, ref, "0ld", newrev),
                now / 1000);
    }

    /** As the stream brings it. */
    void send(GerritEvent event) {
        engine.memory.cursor().offered(event.createdOn());
        engine.intake.accept(event, event.createdOn(), true, now);
        run();
        now += 1_000;
    }

    /** Uploads a patchset and tells of it. */
    void push(int number, int patchset) {
        change(number, patchset);
        send(event("patchset-created", number, patchset, null));
    }

    void comment(int number, int patchset, String text) {
        send(event("comment-added", number, patchset, "Patch Set " + patchset + ":\n\n" + text));
    }

    @Override
    public void look(int number, int patchset, Consumer<ChangeSource.Answer> answer) {
        looks.add(number);
        if (gerritProblem != null) {
            answer.accept(new ChangeSource.Failed(gerritProblem));
            return;
        }
        Found found = changes.get(number);
        if (found == null) {
            answer.accept(new Missing());
            return;
        }
        if (patchset != 0 && patchset != found.change().patchset()) {
            ChangeState s = found.state();
            found = new Found(
                    of(number, patchset, s.project(), s.branch()),
                    state(
                            number,
                            patchset,
                            s.project(),
                            s.branch(),
                            false,
                            s.open(),
                            s.status(),
                            s.approvals(),
                            s.files()),
                    found.ahead(),
                    found.cycle(),
                    found.details());
        }
        answer.accept(found);
    }

    @Override
    public void send(Review review, boolean uncertain, Consumer<ReviewSink.Answer> answer) {
        if (uncertain) {
            calls.add("lookUp");
            if (arrived) {
                answer.accept(ReviewSink.Answer.posted());
                return;
            }
        }
        calls.add("post");
        ReviewSink.Answer given = answers.isEmpty() ? ReviewSink.Answer.posted() : answers.removeFirst();
        if (given.kind() == ReviewSink.Answer.Kind.POSTED) {
            posted.add(review);
        }
        answer.accept(given);
    }

    String lastText() {
        return posted.get(posted.size() - 1).message();
    }

    Map<String, Integer> lastLabels() {
        return posted.get(posted.size() - 1).labels();
    }

    // The merger

    @Override
    public void merge(Request request, Consumer<Result> result) {
        merges.add(request);
        Result given = mergeResults.isEmpty() ? null : mergeResults.removeFirst();
        Change last = request.steps().get(request.steps().size() - 1).change();
        result.accept(
                given != null
                        ? given
                        : new Merged("refs/zuul/" + last.branch() + "/Z" + request.uuid(), "me" + merges.size()));
    }

    @Override
    public void update(Change ref, Consumer<Result> result) {
        calls.add("update " + ref.project());
        result.accept(new Merged(ref.ref(), ref.revision()));
    }

    @Override
    public void forget(String uuid) {
        forgotten.add(uuid);
    }

    @Override
    public void keepOnly(Map<String, Set<String>> kept) {
        this.kept = kept;
    }

    // Jenkins

    @Override
    public void launch(BuildRequest request) throws LaunchRefusedException {
        if (refusal != null) {
            throw new LaunchRefusedException(refusal);
        }
        launched.add(request);
        out.put(request.uuid(), request);
    }

    @Override
    public void cancelQueued() {
        calls.add("cancelQueued");
    }

    @Override
    public Collection<String> alive() {
        return new ArrayList<>(out.keySet());
    }

    @Override
    public void cancel(String uuid) {
        cancelled.add(uuid);
    }

    @Override
    public boolean exists(String job) {
        return !missingJobs.contains(job);
    }

    @Override
    public String holding() {
        return holding;
    }

    /** The names of the jobs that Jenkins was given, in order. */
    List<String> jobs() {
        return launched.stream().map(BuildRequest::job).toList();
    }

    BuildRequest last(String job) {
        for (int i = launched.size() - 1; i >= 0; i--) {
            if (launched.get(i).job().equals(job)) {
                return launched.get(i);
            }
        }
        throw new AssertionError(job + " was not launched: " + jobs());
    }

    BuildRecord begins(String job) {
        return begins(last(job));
    }

    BuildRecord begins(BuildRequest request) {
        BuildRecord record = new BuildRecord(
                request.uuid(),
                request.job(),
                ++builds,
                "http://jenkins/" + builds + "/",
                "node1",
                request.environment().get("LOG_PATH"),
                now,
                0,
                null,
                null,
                null,
                Logs.PENDING,
                null,
                null);
        records.put(request.uuid(), record);
        engine.news.started(record);
        run();
        return record;
    }

    void ends(String job, Outcome outcome) {
        ends(last(job), outcome);
    }

    void ends(BuildRequest request, Outcome outcome) {
        BuildRecord begun = records.get(request.uuid());
        if (begun == null) {
            begun = begins(request);
        }
        BuildRecord record = begun.ended(now, outcome, null, null).withLogs(Logs.PUBLISHED, null, null);
        records.put(request.uuid(), record);
        out.remove(request.uuid());
        engine.news.finished(record, now);
        run();
    }

    /** What is in the queues, as pages see it. */
    SchedulerView view() {
        return new Views(engine.snapshot(), engine.durations, now).view(inbox.size(), List.of());
    }

    List<Item> live() {
        return engine.items.all().stream().filter(Item::live).toList();
    }
}
