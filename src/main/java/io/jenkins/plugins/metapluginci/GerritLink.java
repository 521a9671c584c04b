package io.jenkins.plugins.metapluginci;

import io.jenkins.plugins.metapluginci.gerrit.GerritConnection;
import io.jenkins.plugins.metapluginci.gerrit.GerritEvent;
import io.jenkins.plugins.metapluginci.gerrit.GerritListener;
import io.jenkins.plugins.metapluginci.gerrit.ReviewResult;
import io.jenkins.plugins.metapluginci.scheduler.Change;
import io.jenkins.plugins.metapluginci.scheduler.ReviewSink;
import io.jenkins.plugins.metapluginci.scheduler.Scheduler;
import java.time.Instant;
import java.util.function.Supplier;

/** Joins Gerrit and the scheduler: events one way, reports the other. */
final class GerritLink implements GerritListener, ReviewSink {
    private final Supplier<GerritConnection> gerrit;
    private final Supplier<Scheduler> scheduler;
    private final MissedEventsLink missed;

    /** Each needs the other, so both are asked for when they are needed. @param missed told of each connection */
    GerritLink(Supplier<GerritConnection> gerrit, Supplier<Scheduler> scheduler, MissedEventsLink missed) {
        this.gerrit = gerrit;
        this.scheduler = scheduler;
        this.missed = missed;
    }

    @Override
    public void event(GerritEvent event) {
        scheduler.get().event(event);
    }

    @Override
    public void connected() {
        missed.connected();
    }

    @Override
    public Answer post(Review review) throws InterruptedException {
        Change change = review.change();
        return answer(gerrit.get()
                .review()
                .post(change.project(), change.number(), change.patchset(), review.message(), review.labels()));
    }

    @Override
    public Answer lookUp(Review review) throws InterruptedException {
        Change change = review.change();
        return answer(gerrit.get()
                .review()
                .lookUp(change.number(), change.patchset(), review.message(), Instant.ofEpochMilli(review.since())));
    }

    private static Answer answer(ReviewResult result) {
        return switch (result.kind()) {
            case POSTED -> Answer.posted();
            case NOT_SENT -> Answer.of(Answer.Kind.NOT_SENT, result.reason());
            case VOTE_REFUSED -> Answer.of(Answer.Kind.VOTE_REFUSED, result.reason());
            case REFUSED -> Answer.of(Answer.Kind.REFUSED, result.reason());
            case UNKNOWN -> Answer.of(Answer.Kind.UNKNOWN, result.reason());
        };
    }
}
