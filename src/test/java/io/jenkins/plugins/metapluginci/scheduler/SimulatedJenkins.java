package io.jenkins.plugins.metapluginci.scheduler;

import io.jenkins.plugins.metapluginci.scheduler.BuildRecord.Logs;
import io.jenkins.plugins.metapluginci.scheduler.BuildRecord.Outcome;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/** The Jenkins of a {@link Simulation}: builds end in any way, and none may be out that must not be. */
final class SimulatedJenkins implements BuildLauncher {
    private static final String MUTEX_JOBS = "bounded";

    final Map<String, BuildRecord> records = new HashMap<>();
    private final Random random;
    private final BooleanSupplier calm;
    private final LongSupplier now;
    private final Map<String, Item> items;
    private final Map<String, BuildRequest> out = new LinkedHashMap<>();
    private final Set<String> begun = new HashSet<>();
    private final Set<String> launchedUuids = new HashSet<>();
    private final Set<String> toEnd = new HashSet<>();

    /** @param items as they are on disk */
    SimulatedJenkins(Random random, BooleanSupplier calm, LongSupplier now, Map<String, Item> items) {
        this.random = random;
        this.calm = calm;
        this.now = now;
        this.items = items;
    }

    /** Builds die with the controller, some right after their end was written down. */
    void die() {
        for (String uuid : List.copyOf(out.keySet())) {
            if (begun.contains(uuid) && random.nextInt(4) == 0) {
                records.put(uuid, ended(uuid, Outcome.SUCCESS));
            }
        }
        out.clear();
    }

    @Override
    public void launch(BuildRequest request) throws LaunchRefusedException {
        boolean onDisk = items.values().stream()
                .flatMap(item -> item.builds().stream())
                .anyMatch(build -> request.uuid().equals(build.uuid()));
        if (!onDisk) {
            throw new AssertionError("launched, and not on disk: " + request.job());
        }
        if (!launchedUuids.add(request.uuid())) {
            throw new AssertionError("launched twice: " + request.uuid());
        }
        if (!calm.getAsBoolean() && random.nextInt(12) == 0) {
            throw new LaunchRefusedException("disabled");
        }
        if (request.job().startsWith(MUTEX_JOBS)) {
            for (BuildRequest other : out.values()) {
                if (other.job().startsWith(MUTEX_JOBS)) {
                    throw new AssertionError("a mutex is shared by " + request.job() + " and " + other.job());
                }
            }
        }
        out.put(request.uuid(), request);
    }

    /** Something happens to a build that is out, if there is one. */
    void news(Engine engine) {
        if (out.isEmpty()) {
            return;
        }
        String uuid = new ArrayList<>(out.keySet()).get(random.nextInt(out.size()));
        if (begun.add(uuid)) {
            if (toEnd.contains(uuid) && random.nextBoolean()) {
                out.remove(uuid);
                engine.news.cancelled(uuid, now.getAsLong());
                return;
            }
            BuildRequest request = out.get(uuid);
            BuildRecord record = new BuildRecord(
                    uuid,
                    request.job(),
                    1,
                    null,
                    "n",
                    uuid,
                    now.getAsLong(),
                    0,
                    null,
                    null,
                    null,
                    Logs.PENDING,
                    null,
                    null);
            records.put(uuid, record);
            engine.news.started(record);
        } else {
            BuildRecord record = ended(uuid, toEnd.contains(uuid) ? Outcome.ABORTED : outcome());
            records.put(uuid, record);
            out.remove(uuid);
            engine.news.finished(record, now.getAsLong());
        }
    }

    private Outcome outcome() {
        int fate = calm.getAsBoolean() ? 0 : random.nextInt(8);
        return switch (fate) {
            case 1, 2 -> Outcome.FAILURE;
            case 3 -> Outcome.INFRASTRUCTURE;
            case 4 -> Outcome.ABORTED;
            default -> Outcome.SUCCESS;
        };
    }

    private BuildRecord ended(String uuid, Outcome outcome) {
        return records.get(uuid).ended(now.getAsLong(), outcome, null, null).withLogs(Logs.PUBLISHED, null, null);
    }

    @Override
    public void cancelQueued() {
        out.keySet().removeIf(uuid -> !begun.contains(uuid));
    }

    @Override
    public Collection<String> alive() {
        return new ArrayList<>(out.keySet());
    }

    @Override
    public void cancel(String uuid) {
        toEnd.add(uuid);
    }

    @Override
    public boolean exists(String job) {
        return true;
    }

    @Override
    public String holding() {
        return null;
    }
}
