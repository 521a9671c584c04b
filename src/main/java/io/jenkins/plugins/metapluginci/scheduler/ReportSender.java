package io.jenkins.plugins.metapluginci.scheduler;

import java.util.function.Consumer;

/** Sends reports for the scheduler. */
interface ReportSender {
    /**
     * Sends a report and tells what became of it; returns at once.
     *
     * @param uncertain whether an earlier try may have arrived, so that Gerrit is asked first
     * @param answer called once, on any thread; not at all after the scheduler stopped
     */
    void send(ReviewSink.Review review, boolean uncertain, Consumer<ReviewSink.Answer> answer);
}
