package io.jenkins.plugins.metapluginci.scheduler;

import java.io.IOException;
import java.io.UncheckedIOException;

/** How a test gets an engine: as a process starts it. */
final class Engines {
    private Engines() {}

    /** An engine that has taken up what is on these disks. */
    static Engine started(
            World world,
            MemoryDisk<Item> items,
            MemoryDisk<StreamMemory> memory,
            MemoryDisk<Durations.Saved> durations,
            SchedulerSettings settings) {
        long now = world.clock().getAsLong();
        Engine engine = new Engine(world, items, memory, durations);
        engine.configureFirst(settings, now);
        try {
            engine.start(now);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return engine;
    }
}
