package io.jenkins.plugins.metapluginci.job;

import hudson.Extension;
import hudson.model.PeriodicWork;

/** Finds builds of ours that people cancelled in the queue, which core 1.395 tells nobody. Only looks into memory. */
@Extension
public final class QueueWatch extends PeriodicWork {
    private static final long PERIOD_MS = 5_000;

    @Override
    public long getRecurrencePeriod() {
        return PERIOD_MS;
    }

    @Override
    protected void doRun() {
        JobRoom room = JobRoom.get();
        if (room != null) {
            room.checkQueue();
        }
    }
}
