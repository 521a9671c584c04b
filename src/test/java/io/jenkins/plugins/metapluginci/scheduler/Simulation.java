package io.jenkins.plugins.metapluginci.scheduler;

import io.jenkins.plugins.metapluginci.gerrit.GerritAccount;
import io.jenkins.plugins.metapluginci.gerrit.GerritChange;
import io.jenkins.plugins.metapluginci.gerrit.GerritEvent;
import io.jenkins.plugins.metapluginci.gerrit.GerritPatchSet;
import io.jenkins.plugins.metapluginci.layout.ChangeState;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;

/**
 * One random history of a few changes: uploads, rechecks, abandoned changes, answers in any order, builds that end in any way,
 * Gerrit away, other layouts, and a controller that is killed before or after any of its writes. What must hold is checked all
 * along against what Gerrit and Jenkins saw, not against what the engine says. One thread.
 *
 * <p>A report whose text is that of an earlier one within ten minutes cannot be told from it by anybody, so a change conflicts
 * once only.
 */
final class Simulation implements ChangeSource, MergeService {
    /** The controller dies. */
    private static final class Kill extends Error {
        private static final long serialVersionUID = 1L;

        Kill() {
            super("kill -9", null, false, false);
        }
    }

    private record Told(int change, int patchset, long at, GerritEvent event) {}

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
    private boolean gerritAway;
    private int catchUp;
    private int comments;

    // Merger and lookups, answered in any order
    private final List<Runnable> answers = new ArrayList<>();

    private final SimulatedJenkins jenkins;
    private final SimulatedReviews reviews;
    private boolean calm;

    Simulation(long seed, Breach breach) {
        this.random = new Random(seed);
        this.breach = breach;
        this.settings = breach.settings("bounded-b");
        this.jenkins = new SimulatedJenkins(random, () -> calm, () -> now, items.files);
        this.reviews = new SimulatedReviews(random, () -> calm, () -> now, items.files);
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
        switch (random.nextInt(17)) {
            case 0, 1 -> upload();
            case 2 -> recheck();
            case 3 -> abandonOrReload();
            case 4, 5, 6 -> answerOne();
            case 7, 8, 9 -> jenkins.news(engine);
            case 10 -> now += random.nextInt(90_000);
            case 11 -> untilKill = random.nextInt(4);
            case 12 -> gerrit();
            case 16 -> engine.merges.lost(lost(), now);
            case 13, 14 -> reviews.deliver(gerritAway);
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
        reviews.die();
        answers.clear();
        stream.clear();
        jenkins.die();
    }

    private void start() {
        breach.corrupt(items.files, memory.files, now);
        inbox.clear();
        World world = new World(jenkins, jenkins.records::get, this, this, reviews, inbox::add, this::uuid, () -> now);
        engine = Engines.started(world, items, memory, durations, settings);
        connect();
        work();
    }

    private String uuid() {
        String digits = Integer.toString(++uuids);
        return "0".repeat(12 - digits.length()) + digits + "0".repeat(20 - digits.length()) + digits;
    }

    /** A mirror had to be made anew. */
    private Set<String> lost() {
        Set<String> lost = new HashSet<>();
        engine.items.all().stream().filter(item -> random.nextBoolean()).forEach(item -> lost.add(item.uuid()));
        return lost;
    }

    private void abandonOrReload() {
        if (random.nextBoolean() && !current.isEmpty()) {
            int change = anyChange();
            if (abandoned.add(change)) {
                stream.add(event("change-abandoned", change, current.get(change), "", "dev", now / 1000));
            }
        } else {
            settings = breach.settings(random.nextBoolean() ? "bounded-b" : "other");
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
            reviews.superseded(event.change().number(), event.patchSet().number());
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
    public void keepOnly(Map<String, Set<String>> kept) {}

    private void answerOne() {
        if (!answers.isEmpty()) {
            answers.remove(random.nextInt(answers.size())).run();
        }
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
            jenkins.news(engine);
            reviews.deliver(gerritAway);
            work();
            if (items.files.isEmpty()
                    && stream.isEmpty()
                    && answers.isEmpty()
                    && reviews.idle()
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
                    && reviews.posted().stream()
                            .noneMatch(p -> p.change().number() == each.change()
                                    && p.change().patchset() == each.patchset()
                                    && p.at() >= each.at())) {
                throw new AssertionError("lost: " + each + "\n" + reviews.posted());
            }
        }
        Map<String, Integer> asked = new HashMap<>();
        told.forEach(each -> asked.merge(each.change() + "," + each.patchset(), 1, Integer::sum));
        Map<String, Integer> reports = new HashMap<>();
        reviews.posted().forEach(each -> reports.merge(each.change().id(), 1, Integer::sum));
        reports.forEach((change, count) -> {
            if (count > asked.getOrDefault(change, 0)) {
                throw new AssertionError(
                        change + " is reported " + count + " times for " + asked.get(change) + " events");
            }
        });
    }
}
