package io.jenkins.plugins.metapluginci;

import io.jenkins.plugins.metapluginci.gerrit.GerritAccount;
import io.jenkins.plugins.metapluginci.gerrit.GerritChange;
import io.jenkins.plugins.metapluginci.gerrit.GerritConnection;
import io.jenkins.plugins.metapluginci.gerrit.GerritEvent;
import io.jenkins.plugins.metapluginci.gerrit.GerritListener;
import io.jenkins.plugins.metapluginci.gerrit.GerritPatchSet;
import io.jenkins.plugins.metapluginci.gerrit.ReviewResult;
import io.jenkins.plugins.metapluginci.scheduler.Change;
import io.jenkins.plugins.metapluginci.scheduler.ChangeEvent;
import io.jenkins.plugins.metapluginci.scheduler.ReviewSink;
import io.jenkins.plugins.metapluginci.scheduler.Scheduler;
import java.time.Instant;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Joins Gerrit and the scheduler: events one way, reports the other. */
final class GerritLink implements GerritListener, ReviewSink {
    private static final Logger LOGGER = Logger.getLogger(GerritLink.class.getName());

    private final Supplier<GerritConnection> gerrit;
    private final Supplier<Scheduler> scheduler;

    /** Each needs the other, so both are asked for when they are needed. */
    GerritLink(Supplier<GerritConnection> gerrit, Supplier<Scheduler> scheduler) {
        this.gerrit = gerrit;
        this.scheduler = scheduler;
    }

    @Override
    public void event(GerritEvent event) {
        GerritChange change = event.change();
        GerritPatchSet patchSet = event.patchSet();
        if (change == null || patchSet == null || patchSet.ref().isEmpty()) {
            LOGGER.log(Level.FINEST, "{0} is not about a patchset", event.type());
            return;
        }
        Change tested = new Change(
                change.project(),
                change.branch(),
                change.number(),
                patchSet.number(),
                patchSet.ref(),
                patchSet.revision().isEmpty() ? null : patchSet.revision(),
                change.url().isEmpty() ? null : change.url(),
                change.subject());
        scheduler
                .get()
                .event(new ChangeEvent(
                        event.type(),
                        tested,
                        change.changeId(),
                        change.topic(),
                        person(change.owner()),
                        person(patchSet.uploader()),
                        person(event.account()),
                        change.commitMessage(),
                        change.workInProgress(),
                        change.isPrivate(),
                        "comment-added".equals(event.type()) ? event.comment() : null));
    }

    private static ChangeEvent.Person person(GerritAccount account) {
        return new ChangeEvent.Person(account.name(), account.email(), account.username());
    }

    @Override
    public void connected() {
        scheduler.get().gerritIsBack();
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
