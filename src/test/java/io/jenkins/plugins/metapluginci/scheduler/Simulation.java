package io.jenkins.plugins.metapluginci.scheduler;

import io.jenkins.plugins.metapluginci.gerrit.GerritAccount;
import io.jenkins.plugins.metapluginci.gerrit.GerritChange;
import io.jenkins.plugins.metapluginci.gerrit.GerritEvent;
import io.jenkins.plugins.metapluginci.gerrit.GerritPatchSet;
import io.jenkins.plugins.metapluginci.layout.ChangeState;
import io.jenkins.plugins.metapluginci.scheduler.BuildRecord.Logs;
import io.jenkins.plugins.metapluginci.scheduler.BuildRecord.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * One random history of a few changes: uploads, rechecks, abandoned changes, answers in any order, builds that end in any way,
 * Gerrit away, other layouts, and a controller that is killed before or after any of its writes. What must hold is checked all
 * along against what Gerrit and Jenkins saw, not against what the engine says. One thread.
 *
 * <p>A report whose text is that of an earlier one within ten minutes cannot be told from it by anybody, so a change conflicts
 * once only.
 */
final class Simulation implements BuildLauncher, ChangeSource, MergeService, ReportSender {
    /** What goes wrong on purpose, to see that it is noticed. */
    enum Breach {
        NONE,
        /** The disk forgets that a report was handed over. */
        FORGETS_SENDING,
        /** Old patchsets are tested to their end. */
        KEEPS_SUPERSEDED,
        /** Nothing holds the mutex. */
        NO_MUTEX,
        /** The position in the stream runs ahead of what is decided. */
        HASTY_POSITION,
        /** What was decided is decided again after a crash. */
        FORGETS_KEYS
    }

    /** The controller dies. */
    private static final class Kill extends Error {
        private static final long serialVersionUID = 1L;

        Kill() {
            super("kill -9", null, false, false);
        }
    }

    private record Posted(String item, Change change, String message, long at) {}

    private record Told(int change, int patchset, long at, GerritEvent event) {}

    private record Send(String item, ReviewSink.Review review, boolean uncertain, Consumer<ReviewSink.Answer> answer) {}

    private static final String MUTEX_JOBS = "bounded";
    private static final String LAYOUT = """
            pipelines:
              - name: check
            """ + PipelinesTest.TRIGGER + """
                DEQUEUE
                success:
                  gerrit:
                    verified: 1
                failure:
                  gerrit:
                    verified: -1
            jobs:
              - name: bounded-a
                MUTEX
              - name: bounded-b
                MUTEX
            projects:
              - name: org/project
                check:
                  - first:
                    - bounded-a
                  - JOB
            """;
    private static final Map<String, SchedulerSettings> SETTINGS = new HashMap<>();

    private static synchronized SchedulerSettings settings(Breach breach, String job) {
        return SETTINGS.computeIfAbsent(
                (breach == Breach.KEEPS_SUPERSEDED) + " " + (breach == Breach.NO_MUTEX) + " " + job,
                any -> EngineBed.settings(
                        LAYOUT.replace("DEQUEUE", "dequeue-on-new-patchset: " + (breach != Breach.KEEPS_SUPERSEDED))
                                .replace("MUTEX", breach == Breach.NO_MUTEX ? "voting: true" : "mutex: lab")
                                .replace("JOB", job)));
    }

    private final Random random;
    private final Breach breach;
    private long now = 1_000_000_000_000L;
    private int uuids;
    private int untilKill = -1;

    private final MemoryDisk<Item> items = new MemoryDisk<>(this::write);
    private final MemoryDisk<StreamMemory> memory = new MemoryDisk<>(this::write);
    private final MemoryDisk<Durations.Saved> durations = new MemoryDisk<>(written -> {});
    private final Deque<Runnable> inbox = new ArrayDeque<>();
    private Engine engine;
    private SchedulerSettings settings;

    // Gerrit
    private final Map<Integer, Integer> current = new LinkedHashMap<>();
    private final Set<Integer> abandoned = new HashSet<>();
    private final Set<Integer> conflicted = new HashSet<>();
    private final List<Told> told = new ArrayList<>();
    private final Deque<GerritEvent> stream = new ArrayDeque<>();
    private final List<Posted> posted = new ArrayList<>();
    private final Deque<Send> sends = new ArrayDeque<>();
    private final Set<String> tried = new HashSet<>();
    private final Map<Integer, Integer> supersededBy = new HashMap<>();
    private boolean gerritAway;
    private int catchUp;
    private int comments;

    // Merger and lookups, answered in any order
    private final List<Runnable> answers = new ArrayList<>();

    // Jenkins
    private final Map<String, BuildRequest> out = new LinkedHashMap<>();
    private final Set<String> begun = new HashSet<>();
    private final Map<String, BuildRecord> records = new HashMap<>();
    private final Set<String> launchedUuids = new HashSet<>();
    private final Set<String> toEnd = new HashSet<>();

    private boolean calm;

    Simulation(long seed, Breach breach) {
        this.random = new Random(seed);
        this.breach = breach;
        this.settings = settings(breach, "bounded-b");
    }

    /** @throws AssertionError when something that must hold did not */
    void run() {
        start();
        tellCatchUp();
        work();
        int steps = 10 + random.nextInt(30);
        for (int i = 0; i < steps; i++) {
            guarded(this::step);
        }
        calmDown();
        check();
    }

    private void step() {
        switch (random.nextInt(16)) {
            case 0, 1 -> upload();
            case 2 -> recheck();
            case 3 -> abandonOrReload();
            case 4, 5, 6 -> answerOne();
            case 7, 8, 9 -> buildNews();
            case 10 -> now += random.nextInt(90_000);
            case 11 -> untilKill = random.nextInt(4);
            case 12 -> gerrit();
            case 13, 14 -> deliverReport();
            default -> tellCatchUp();
        }
        deliverStream();
        work();
    }

    /** Runs something that the controller may not survive. */
    private void guarded(Runnable work) {
        try {
            work.run();
        } catch (Kill e) {
            die();
            start();
        }
    }

    private void work() {
        for (int i = 0; i < 200; i++) {
            while (!inbox.isEmpty()) {
                inbox.removeFirst().run();
            }
            if (engine.work(now) > now && inbox.isEmpty()) {
                return;
            }
        }
        throw new AssertionError("the engine does not come to rest");
    }

    private void write(boolean written) {
        if (untilKill >= 0 && !calm) {
            if (untilKill == 0 && (written || random.nextBoolean())) {
                untilKill = -1;
                throw new Kill();
            }
            if (written) {
                untilKill--;
            }
        }
    }

    // The controller

    /** What was on its way to Gerrit may arrive all the same; builds die with the controller, some right after their end. */
    private void die() {
        untilKill = -1;
        for (Send send : sends) {
            if (!send.uncertain() && random.nextBoolean()) {
                arrive(send);
            }
        }
        sends.clear();
        answers.clear();
        stream.clear();
        for (String uuid : new ArrayList<>(out.keySet())) {
            if (begun.contains(uuid) && random.nextInt(4) == 0) {
                records.put(uuid, ended(uuid, Outcome.SUCCESS));
            }
        }
        out.clear();
    }

    private void start() {
        corrupt();
        inbox.clear();
        engine = new Engine(
                new World(this, records::get, this, this, this, inbox::add, this::uuid, () -> now),
                items,
                memory,
                durations);
        engine.configureFirst(settings, now);
        try {
            engine.start(now);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        connect();
        work();
    }

    private String uuid() {
        String digits = Integer.toString(++uuids);
        return "0".repeat(12 - digits.length()) + digits + "0".repeat(20 - digits.length()) + digits;
    }

    private void corrupt() {
        if (breach == Breach.FORGETS_SENDING) {
            items.files.replaceAll(
                    (id, item) -> item.report() == null || item.report().phase() != Report.Phase.SENDING
                            ? item
                            : item.withReport(item.report().to(Report.Phase.OWED)));
        } else if (breach == Breach.HASTY_POSITION || breach == Breach.FORGETS_KEYS) {
            boolean hasty = breach == Breach.HASTY_POSITION;
            UnaryOperator<StreamMemory> spoil = left -> left.position() == null
                    ? left
                    : new StreamMemory(
                            new StreamPosition(
                                    hasty ? now / 1000 + 1 : left.position().seconds(),
                                    hasty ? left.position().keys() : List.of()),
                            left.counters(),
                            left.unvoted(),
                            left.later());
            memory.files.replaceAll((key, left) -> spoil.apply(left));
        }
    }

    private void abandonOrReload() {
        if (random.nextBoolean() && !current.isEmpty()) {
            int change = anyChange();
            if (abandoned.add(change)) {
                stream.add(event("change-abandoned", change, current.get(change), "", "dev", now / 1000));
            }
        } else {
            settings = settings(breach, random.nextBoolean() ? "bounded-b" : "other");
            engine.configure(settings, false, now);
        }
    }

    // Gerrit

    private int anyChange() {
        return 1 + random.nextInt(Math.max(1, current.size()));
    }

    private void upload() {
        now += 1_000;
        int change = current.size() < 3 && random.nextBoolean() ? current.size() + 1 : anyChange();
        if (!abandoned.contains(change)) {
            int patchset = current.merge(change, 1, Integer::sum);
            tell("patchset-created", change, patchset, "", "dev");
        }
    }

    private void recheck() {
        now += 1_000;
        int change = anyChange();
        if (current.containsKey(change) && !abandoned.contains(change)) {
            String text = "Patch Set " + current.get(change) + ":\n\nrecheck";
            tell("comment-added", change, current.get(change), text, "dev" + ++comments);
        }
    }

    private void tell(String type, int change, int patchset, String comment, String author) {
        GerritEvent event = event(type, change, patchset, comment, author, now / 1000);
        told.add(new Told(change, patchset, now, event));
        stream.add(event);
    }

    private static GerritEvent event(
            String type, int change, int patchset, String comment, String author, long seconds) {
        GerritAccount account = new GerritAccount(author, "", author);
        return new GerritEvent(
                type,
                new GerritChange(
                        EngineBed.PROJECT, "master", "", "I", change, "", "", account, "NEW", false, false, ""),
                new GerritPatchSet(patchset, "c", "r", account, List.of(), seconds),
                account,
                comment,
                List.of(),
                null,
                seconds);
    }

    private void gerrit() {
        gerritAway = !gerritAway;
        if (gerritAway) {
            stream.clear();
        } else {
            connect();
        }
    }

    private void connect() {
        if (!gerritAway) {
            catchUp = engine.memory.cursor().hold();
            engine.reporting.gerritIsBack(now);
            engine.intake.gerritIsBack(now);
        }
    }

    /** The answer to what was missed; live events may come before it. */
    private void tellCatchUp() {
        if (catchUp == 0 || gerritAway) {
            return;
        }
        int turn = catchUp;
        catchUp = 0;
        Long since = engine.memory.cursor().missingSince();
        if (since != null) {
            for (Told each : told) {
                GerritEvent event = each.event();
                if (event.createdOn() >= since
                        && !abandoned.contains(each.change())
                        && current.get(each.change()) == each.patchset()) {
                    bring(event, false);
                }
            }
        }
        engine.memory.cursor().release(turn, now / 1000);
    }

    private void deliverStream() {
        while (!stream.isEmpty() && !gerritAway) {
            bring(stream.removeFirst(), true);
        }
    }

    private void bring(GerritEvent event, boolean live) {
        engine.memory.cursor().offered(event.createdOn());
        engine.intake.accept(event, event.createdOn(), live, now);
        if (event.type().equals("patchset-created")) {
            supersededBy.merge(event.change().number(), event.patchSet().number(), Math::max);
        }
    }

    @Override
    public void look(int number, int patchset, Consumer<ChangeSource.Answer> answer) {
        answers.add(() -> {
            if (gerritAway) {
                answer.accept(new ChangeSource.Failed("away"));
                return;
            }
            boolean isCurrent = current.get(number) == patchset;
            ChangeState state = new ChangeState(
                    EngineBed.PROJECT, "master", number, patchset, isCurrent, true, "NEW", List.of(), List.of());
            Change change = new Change(EngineBed.PROJECT, "master", number, patchset, "r", "c", null, "");
            answer.accept(new Found(change, state, List.of(), null, ChangeDetails.NONE));
        });
    }

    @Override
    public void send(ReviewSink.Review review, boolean uncertain, Consumer<ReviewSink.Answer> answer) {
        String item = null;
        for (Item each : items.files.values()) {
            if (each.report() != null
                    && each.report().message().equals(review.message())
                    && each.change().same(review.change())
                    && each.report().phase() == Report.Phase.SENDING) {
                item = each.id();
            }
        }
        if (item == null) {
            throw new AssertionError("sent, and not on disk as being sent: " + review);
        }
        Integer newer = supersededBy.get(review.change().number());
        if (tried.add(item) && newer != null && newer > review.change().patchset()) {
            throw new AssertionError(
                    "a superseded patchset is reported: " + review.change().id() + " after " + newer);
        }
        sends.add(new Send(item, review, uncertain, answer));
    }

    private void deliverReport() {
        Send send = sends.pollFirst();
        if (send == null) {
            return;
        }
        int fate = calm ? 0 : random.nextInt(6);
        if (gerritAway) {
            send.answer()
                    .accept(ReviewSink.Answer.of(
                            send.uncertain() ? ReviewSink.Answer.Kind.UNKNOWN : ReviewSink.Answer.Kind.NOT_SENT,
                            "away"));
            return;
        }
        if (send.uncertain() && isThere(send.review())) {
            send.answer().accept(ReviewSink.Answer.posted());
            return;
        }
        if (fate == 1) {
            send.answer().accept(ReviewSink.Answer.of(ReviewSink.Answer.Kind.NOT_SENT, "busy"));
            return;
        }
        if (fate != 2) {
            arrive(send);
        }
        send.answer()
                .accept(
                        fate == 2 || fate == 3
                                ? ReviewSink.Answer.of(ReviewSink.Answer.Kind.UNKNOWN, "cut")
                                : ReviewSink.Answer.posted());
    }

    private boolean isThere(ReviewSink.Review review) {
        return posted.stream()
                .anyMatch(each -> each.change().same(review.change())
                        && each.message().equals(review.message())
                        && each.at() >= review.since());
    }

    private void arrive(Send send) {
        for (Posted before : posted) {
            if (before.item().equals(send.item())) {
                throw new AssertionError("reported twice: " + send.item());
            }
        }
        posted.add(new Posted(send.item(), send.review().change(), send.review().message(), now));
    }

    // The merger

    @Override
    public void merge(Request request, Consumer<Result> result) {
        Change last = request.steps().get(0).change();
        answers.add(() -> {
            int fate = calm ? 9 : random.nextInt(10);
            if (fate == 0) {
                result.accept(new MergeService.Failed("network"));
            } else if (fate == 1 && conflicted.add(last.number())) {
                result.accept(new Conflict("conflict"));
            } else {
                result.accept(new Merged("refs/zuul/master/Z", "commit"));
            }
        });
    }

    @Override
    public void update(Change ref, Consumer<Result> result) {
        throw new AssertionError("no ref was updated");
    }

    @Override
    public void forget(String uuid) {}

    @Override
    public void keepOnly(Collection<String> uuids) {}

    private void answerOne() {
        if (!answers.isEmpty()) {
            answers.remove(random.nextInt(answers.size())).run();
        }
    }

    // Jenkins

    @Override
    public void launch(BuildRequest request) throws LaunchRefusedException {
        boolean onDisk = items.files.values().stream()
                .flatMap(item -> item.builds().stream())
                .anyMatch(build -> request.uuid().equals(build.uuid()));
        if (!onDisk) {
            throw new AssertionError("launched, and not on disk: " + request.job());
        }
        if (!launchedUuids.add(request.uuid())) {
            throw new AssertionError("launched twice: " + request.uuid());
        }
        if (!calm && random.nextInt(12) == 0) {
            throw new LaunchRefusedException("disabled");
        }
        if (request.job().startsWith(MUTEX_JOBS)) {
            for (BuildRequest other : out.values()) {
                if (other.job().startsWith(MUTEX_JOBS)) {
                    throw new AssertionError("a mutex is shared by " + request.job() + " and " + other.job());
                }
            }
        }
        out.put(request.uuid(), request);
    }

    private void buildNews() {
        if (out.isEmpty()) {
            return;
        }
        String uuid = new ArrayList<>(out.keySet()).get(random.nextInt(out.size()));
        if (begun.add(uuid)) {
            if (toEnd.contains(uuid) && random.nextBoolean()) {
                out.remove(uuid);
                engine.news.cancelled(uuid, now);
                return;
            }
            BuildRequest request = out.get(uuid);
            BuildRecord record = new BuildRecord(
                    uuid, request.job(), 1, null, "n", uuid, now, 0, null, null, null, Logs.PENDING, null);
            records.put(uuid, record);
            engine.news.started(record);
        } else {
            BuildRecord record = ended(uuid, toEnd.contains(uuid) ? Outcome.ABORTED : outcome());
            records.put(uuid, record);
            out.remove(uuid);
            engine.news.finished(record, now);
        }
    }

    private Outcome outcome() {
        int fate = calm ? 0 : random.nextInt(8);
        return switch (fate) {
            case 1, 2 -> Outcome.FAILURE;
            case 3 -> Outcome.INFRASTRUCTURE;
            case 4 -> Outcome.ABORTED;
            default -> Outcome.SUCCESS;
        };
    }

    private BuildRecord ended(String uuid, Outcome outcome) {
        return records.get(uuid).ended(now, outcome, null, null).withLogs(Logs.PUBLISHED, null);
    }

    @Override
    public void cancelQueued() {
        out.keySet().removeIf(uuid -> !begun.contains(uuid));
    }

    @Override
    public Collection<String> alive() {
        return new ArrayList<>(out.keySet());
    }

    @Override
    public void cancel(String uuid) {
        toEnd.add(uuid);
    }

    @Override
    public boolean exists(String job) {
        return true;
    }

    @Override
    public String holding() {
        return null;
    }

    // The end

    /** Everybody is back and nothing goes wrong any more: all that is owed must be done in the end. */
    private void calmDown() {
        untilKill = -1;
        calm = true;
        if (gerritAway) {
            gerrit();
        }
        for (int i = 0; i < 400; i++) {
            deliverStream();
            tellCatchUp();
            while (!answers.isEmpty()) {
                answerOne();
            }
            buildNews();
            deliverReport();
            work();
            if (items.files.isEmpty()
                    && stream.isEmpty()
                    && answers.isEmpty()
                    && sends.isEmpty()
                    && catchUp == 0
                    && engine.intake.backlog().isEmpty()) {
                return;
            }
            now += 5_000;
        }
        throw new AssertionError("not done: " + items.files.values() + "\n" + engine.intake.backlog());
    }

    private void check() {
        for (Told each : told) {
            boolean wanted = !abandoned.contains(each.change()) && current.get(each.change()) == each.patchset();
            if (wanted
                    && posted.stream()
                            .noneMatch(p -> p.change().number() == each.change()
                                    && p.change().patchset() == each.patchset()
                                    && p.at() >= each.at())) {
                throw new AssertionError("lost: " + each + "\n" + posted);
            }
        }
        Map<String, Integer> asked = new HashMap<>();
        told.forEach(each -> asked.merge(each.change() + "," + each.patchset(), 1, Integer::sum));
        Map<String, Integer> reports = new HashMap<>();
        posted.forEach(each -> reports.merge(each.change().id(), 1, Integer::sum));
        reports.forEach((change, count) -> {
            if (count > asked.getOrDefault(change, 0)) {
                throw new AssertionError(
                        change + " is reported " + count + " times for " + asked.get(change) + " events");
            }
        });
    }
}
