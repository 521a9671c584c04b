package io.jenkins.plugins.metapluginci.scheduler;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** What arrives at the Gerrit of a {@link Simulation}: each item once, and no item of an old patchset. */
final class SimulatedReviews implements ReportSender {
    /** A review that Gerrit has. @param item that it is the report of */
    record Posted(String item, Change change, String message, long at) {}

    private record Send(String item, ReviewSink.Review review, boolean uncertain, Consumer<ReviewSink.Answer> answer) {}

    private final Random random;
    private final BooleanSupplier calm;
    private final LongSupplier now;
    private final Map<String, Item> items;
    private final List<Posted> posted = new ArrayList<>();
    private final Deque<Send> sends = new ArrayDeque<>();
    private final Set<String> tried = new HashSet<>();
    private final Map<Integer, Integer> supersededBy = new HashMap<>();

    /** @param items as they are on disk */
    SimulatedReviews(Random random, BooleanSupplier calm, LongSupplier now, Map<String, Item> items) {
        this.random = random;
        this.calm = calm;
        this.now = now;
        this.items = items;
    }

    List<Posted> posted() {
        return Collections.unmodifiableList(posted);
    }

    boolean idle() {
        return sends.isEmpty();
    }

    /** The engine was told of a patchset, and lived on: older ones are not reported any more. */
    void superseded(int change, int patchset) {
        supersededBy.merge(change, patchset, Math::max);
    }

    /** What was on its way may arrive although the controller died. */
    void die() {
        for (Send send : sends) {
            if (!send.uncertain() && random.nextBoolean()) {
                arrive(send);
            }
        }
        sends.clear();
    }

    @Override
    public void send(ReviewSink.Review review, boolean uncertain, Consumer<ReviewSink.Answer> answer) {
        String item = null;
        for (Item each : items.values()) {
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

    /** The oldest report meets its fate. @param away whether Gerrit cannot be reached */
    void deliver(boolean away) {
        Send send = sends.pollFirst();
        if (send == null) {
            return;
        }
        int fate = calm.getAsBoolean() ? 0 : random.nextInt(6);
        if (away) {
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
        posted.add(new Posted(send.item(), send.review().change(), send.review().message(), now.getAsLong()));
    }
}
