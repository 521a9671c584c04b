package io.jenkins.plugins.metapluginci.scheduler;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * How long jobs take: the mean of the last ten successful runs of each (TimeDataBase, model.py of Zuul 2.5.2). Written by the
 * scheduler's thread, read by any.
 */
final class Durations {
    private static final Logger LOGGER = Logger.getLogger(Durations.class.getName());
    private static final String KEY = "durations";
    private static final int KEPT = 10;
    /** Jobs come and go; what was not run for so many others is forgotten. */
    private static final int MAX_JOBS = 2_000;

    /** As on disk. @param jobs the last durations of each job, ms, oldest first */
    record Saved(Map<String, List<Long>> jobs) {}

    private final Disk<Saved> disk;
    private final Map<String, List<Long>> jobs = new LinkedHashMap<>();
    private final Map<String, Long> means = new ConcurrentHashMap<>();

    Durations(Disk<Saved> disk) {
        this.disk = disk;
    }

    void load() throws IOException {
        jobs.clear();
        means.clear();
        Saved saved = disk.get(KEY);
        if (saved != null && saved.jobs() != null) {
            saved.jobs().forEach((job, runs) -> take(job, new ArrayList<>(runs)));
        }
    }

    /** A successful run. An estimate is no promise, so one that cannot be written is only logged. */
    void add(String job, long millis) {
        List<Long> runs = new ArrayList<>(jobs.getOrDefault(job, List.of()));
        runs.add(millis);
        while (runs.size() > KEPT) {
            runs.remove(0);
        }
        take(job, runs);
        while (jobs.size() > MAX_JOBS) {
            String oldest = jobs.keySet().iterator().next();
            jobs.remove(oldest);
            means.remove(oldest);
        }
        try {
            disk.put(KEY, new Saved(new LinkedHashMap<>(jobs)));
        } catch (IOException e) {
            LOGGER.log(Level.FINE, "Cannot write the durations of jobs", e);
        }
    }

    private void take(String job, List<Long> runs) {
        jobs.remove(job);
        jobs.put(job, runs);
        means.put(
                job,
                Math.round(runs.stream().mapToLong(Long::longValue).average().orElse(0)));
    }

    /** Expected duration, ms; null before the first success. */
    @CheckForNull
    Long of(String job) {
        return means.get(job);
    }
}
