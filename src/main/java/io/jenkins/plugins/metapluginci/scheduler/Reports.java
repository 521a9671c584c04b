package io.jenkins.plugins.metapluginci.scheduler;

import io.jenkins.plugins.metapluginci.scheduler.ReviewSink.Answer;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Sends reports, one after the other, on a thread of its own: a decision never waits for the network. */
final class Reports implements ReportSender {
    private static final Logger LOGGER = Logger.getLogger(Reports.class.getName());

    private final ReviewSink sink;
    private final ExecutorService thread;

    Reports(ReviewSink sink) {
        this.sink = sink;
        this.thread = Executors.newSingleThreadExecutor(task -> {
            Thread made = new Thread(task, "Metaplugin CI reports");
            made.setDaemon(true);
            made.setContextClassLoader(Reports.class.getClassLoader());
            return made;
        });
    }

    @Override
    public void send(ReviewSink.Review review, boolean uncertain, Consumer<Answer> answer) {
        try {
            thread.execute(() -> answer(review, uncertain, answer));
        } catch (RejectedExecutionException e) {
            LOGGER.log(
                    Level.FINE,
                    "Stopped: the report on {0} waits on disk",
                    review.change().id());
        }
    }

    private void answer(ReviewSink.Review review, boolean uncertain, Consumer<Answer> answer) {
        try {
            answer.accept(deliver(review, uncertain));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOGGER.log(
                    Level.WARNING, "Cannot report on change " + review.change().id(), e);
            answer.accept(Answer.of(Answer.Kind.UNKNOWN, e.toString()));
        }
    }

    private Answer deliver(ReviewSink.Review review, boolean uncertain) throws InterruptedException {
        if (uncertain) {
            Answer found = sink.lookUp(review);
            if (found.kind() != Answer.Kind.NOT_SENT) {
                return found;
            }
        }
        return sink.post(review);
    }

    /** Interrupts what is being sent; its item says SENDING on disk and is looked up by the next start. */
    void stop() {
        thread.shutdownNow();
    }
}
