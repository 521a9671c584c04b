package io.jenkins.plugins.metapluginci.scheduler;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.metapluginci.gerrit.EventKey;
import io.jenkins.plugins.metapluginci.gerrit.GerritEvent;
import io.jenkins.plugins.metapluginci.layout.Layout;
import io.jenkins.plugins.metapluginci.layout.TriggerEvent;
import io.jenkins.plugins.metapluginci.scheduler.ChangeSource.Answer;
import io.jenkins.plugins.metapluginci.scheduler.ChangeSource.Failed;
import io.jenkins.plugins.metapluginci.scheduler.ChangeSource.Found;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * From an event to a decision: asks Gerrit about the change of each event that a pipeline may want, once, and again for as
 * long as Gerrit cannot be asked. Events of one change are decided in their order. Owned by the scheduler's thread.
 */
final class EventIntake {
    private static final Logger LOGGER = Logger.getLogger(EventIntake.class.getName());
    private static final long MAX_WAIT = 60_000;

    /** An event whose change is asked for, or is to be. */
    private static final class Pending {
        final GerritEvent event;
        final TriggerEvent trigger;
        final EventKey key;
        final long seconds;
        final long since;
        boolean asked;
        int attempts;
        long notBefore;

        @CheckForNull
        String reason;

        Pending(GerritEvent event, TriggerEvent trigger, EventKey key, long seconds, long now) {
            this.event = event;
            this.trigger = trigger;
            this.key = key;
            this.seconds = seconds;
            this.since = now;
            this.notBefore = now;
        }
    }

    private final Engine engine;
    /** By number of the change; the first of each is asked for. */
    private final Map<Integer, Deque<Pending>> pending = new LinkedHashMap<>();

    EventIntake(Engine engine) {
        this.engine = engine;
    }

    /** Whether anything may come of an event; by the layout alone, for any thread. */
    static boolean matters(SchedulerSettings settings, GerritEvent event) {
        Layout layout = settings.layout();
        if (!settings.takeEvents() || layout == null || event.project() == null) {
            return false;
        }
        if (!layout.projects().containsKey(event.project())) {
            return false;
        }
        TriggerEvent trigger = Triggers.of(event);
        return Queues.ends(trigger) || mayMatch(settings, trigger);
    }

    private static boolean mayMatch(SchedulerSettings settings, TriggerEvent trigger) {
        Layout layout = settings.layout();
        String own =
                settings.gerrit().account().isEmpty() ? null : settings.gerrit().account();
        return layout != null
                && layout.pipelines().stream()
                        .anyMatch(pipeline ->
                                pipeline.triggers().stream().anyMatch(filter -> filter.mayMatch(trigger, own)));
    }

    /**
     * An event that {@link StreamCursor#offered} announced.
     *
     * @param seconds its time, as announced
     * @param live whether the stream brought it
     */
    void accept(GerritEvent event, long seconds, boolean live, long now) {
        StreamCursor cursor = engine.memory.cursor();
        EventKey key = event.key();
        if (!cursor.fresh(key, live, seconds)) {
            LOGGER.log(Level.FINE, "Seen before: {0}", key.what());
            cursor.decided(null, seconds);
            return;
        }
        String idle = engine.idle();
        if (idle != null || !matters(engine.settings(), event)) {
            LOGGER.log(Level.FINE, "Nothing to do for {0}", key.what());
            cursor.decided(key, seconds);
            return;
        }
        TriggerEvent trigger = Triggers.of(event);
        engine.queues.remove(trigger, null);
        if (trigger.change() == 0) {
            engine.queues.dispatch(event, trigger, null, List.of(), now);
            cursor.decided(key, seconds);
        } else if (!mayMatch(engine.settings(), trigger) && !pending.containsKey(trigger.change())) {
            cursor.decided(key, seconds);
        } else {
            Deque<Pending> queue = pending.computeIfAbsent(trigger.change(), any -> new ArrayDeque<>());
            queue.add(new Pending(event, trigger, key, seconds, now));
            askFirst(trigger.change(), now);
        }
    }

    private void askFirst(int change, long now) {
        Deque<Pending> queue = pending.get(change);
        if (queue == null) {
            return;
        }
        Pending first = queue.peekFirst();
        if (first == null) {
            pending.remove(change);
        } else if (!first.asked && first.notBefore <= now) {
            first.asked = true;
            engine.world
                    .changes()
                    .look(
                            change,
                            first.trigger.patchset(),
                            answer -> engine.world
                                    .inbox()
                                    .execute(() -> answered(
                                            change,
                                            first,
                                            answer,
                                            engine.world.clock().getAsLong())));
        }
    }

    private void answered(int change, Pending asked, Answer answer, long now) {
        Deque<Pending> queue = pending.get(change);
        if (queue == null || queue.peekFirst() != asked || !asked.asked) {
            return;
        }
        asked.asked = false;
        if (answer instanceof Failed failed) {
            again(asked, failed.reason(), now);
            return;
        }
        try {
            if (!engine.settings().takeEvents() || engine.idle() != null) {
                LOGGER.log(Level.INFO, "No events are taken: {0} is let go", asked.key.what());
            } else if (answer instanceof Found found) {
                List<TriggerEvent> later =
                        queue.stream().skip(1).map(each -> each.trigger).toList();
                engine.queues.dispatch(asked.event, asked.trigger, found, later, now);
            } else {
                LOGGER.log(Level.INFO, "Gerrit knows nothing of {0}: it is let go", asked.key.what());
            }
        } catch (RuntimeException e) {
            // A decision that fails will fail again: better to go on without it, and say so, than to block the change.
            LOGGER.log(Level.SEVERE, "Cannot decide about " + asked.key.what(), e);
        }
        queue.removeFirst();
        engine.memory.cursor().decided(asked.key, asked.seconds);
        askFirst(change, now);
    }

    private static void again(Pending asked, String reason, long now) {
        if (asked.attempts == 0) {
            LOGGER.log(Level.WARNING, "{0} waits, Gerrit cannot be asked about it: {1}", new Object[] {
                asked.key.what(), reason
            });
        }
        asked.notBefore = now + Math.min(MAX_WAIT, 1_000L << Math.min(asked.attempts, 10));
        asked.attempts++;
        asked.reason = reason;
    }

    /** Gerrit is there again: nothing waits for its next try. */
    void gerritIsBack(long now) {
        pending.values().forEach(queue -> queue.forEach(each -> each.notBefore = Math.min(each.notBefore, now)));
    }

    /** Asks what is due. @return when the next is */
    long work(long now) {
        long next = Long.MAX_VALUE;
        for (Integer change : new ArrayList<>(pending.keySet())) {
            askFirst(change, now);
            Deque<Pending> queue = pending.get(change);
            if (queue != null && !queue.isEmpty() && !queue.getFirst().asked) {
                next = Math.min(next, queue.getFirst().notBefore);
            }
        }
        return next;
    }

    /** What waits, oldest first. */
    List<SchedulerView.Waiting> backlog() {
        return pending.values().stream()
                .flatMap(Deque::stream)
                .sorted(Comparator.comparingLong(each -> each.since))
                .map(each -> new SchedulerView.Waiting(
                        each.trigger.type() + " " + each.trigger.change() + "," + each.trigger.patchset(),
                        String.valueOf(each.trigger.project()),
                        each.since,
                        each.attempts,
                        each.reason))
                .toList();
    }
}
