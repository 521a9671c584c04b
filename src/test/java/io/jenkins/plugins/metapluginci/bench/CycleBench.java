package io.jenkins.plugins.metapluginci.bench;

import io.jenkins.plugins.metapluginci.node.BuildRef;
import io.jenkins.plugins.metapluginci.node.CheckReport;
import io.jenkins.plugins.metapluginci.node.NodeLifecycle;
import io.jenkins.plugins.metapluginci.node.NodeRecord;
import io.jenkins.plugins.metapluginci.node.NodeTimings;
import io.jenkins.plugins.metapluginci.node.NodeUse;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * What the lifecycle costs the controller with many nodes that all go through the cycle all the time: its threads, its memory,
 * its CPU time. The lifecycle, its pacing and its files are real, the machines are {@link SimulatedMachines}. Part of
 * {@link NodesBench}.
 */
final class CycleBench {
    private static final long BUILD_MS = 1_000;
    private static final long SHORTEST_REBOOT_MS = 10_000;
    private static final int SPREAD_MS = 10_000;

    private final SimulatedMachines machines;
    private final NodeLifecycle lifecycle;
    private final Figures cycle = new Figures();
    private final ConcurrentLinkedQueue<Thread> threads = new ConcurrentLinkedQueue<>();
    /** The builds that run, and those that have ended on a node that is not ready again; by node. */
    private final Map<String, Running> running = new HashMap<>();

    private int mostThreads;
    private int builds;

    /** @param ends epoch milliseconds; 0 when it has ended */
    private record Running(BuildRef build, long ends) {}

    private CycleBench(Path directory, int nodes) throws IOException {
        machines = new SimulatedMachines(nodes, SHORTEST_REBOOT_MS, SPREAD_MS);
        ThreadFactory factory = task -> {
            Thread thread = new Thread(task, "lifecycle");
            thread.setDaemon(true);
            threads.add(thread);
            return thread;
        };
        lifecycle = new NodeLifecycle(directory, machines, NodeTimings.defaults(), factory);
        lifecycle.install(node -> {
            machines.run(node, "", 10_000, 10_000);
            return new CheckReport(List.of());
        });
        machines.onOnline = lifecycle::online;
        lifecycle.start();
    }

    /** Prints one line: a number of nodes in the cycle for some seconds. All begin at the same moment. */
    static void measure(Path directory, int nodes, int seconds) throws IOException, InterruptedException {
        long heapBefore = used();
        CycleBench bench = new CycleBench(directory.resolve("nodes-" + nodes), nodes);
        long cpuBefore = cpu();
        bench.run(seconds);
        double cpu = (cpu() - cpuBefore) / 1e9 / seconds;
        long heap = used() - heapBefore;
        System.out.printf(
                "%d nodes, %d s: %d builds; threads at most %d, launches at once at most %d; heap %.1f MB, %.1f KB a node;"
                        + " CPU %.1f %% of one core; %d launches, %d of them in vain, %d probes;"
                        + " up to ready, launch of %d ms included: %s%n",
                nodes,
                seconds,
                bench.builds,
                bench.mostThreads,
                bench.machines.mostLaunches.get(),
                heap / 1e6,
                heap / 1024.0 / nodes,
                cpu * 100,
                bench.machines.launches.get(),
                bench.machines.failedLaunches.get(),
                bench.machines.probes.get(),
                1_500,
                bench.cycle.count() == 0 ? "none" : bench.cycle);
        bench.lifecycle.close();
    }

    private void run(int seconds) throws InterruptedException {
        // Builds are Jenkins' own threads: a few do here for all, since each takes milliseconds.
        ExecutorService executors = Executors.newFixedThreadPool(8);
        long end = System.currentTimeMillis() + seconds * 1_000L;
        while (System.currentTimeMillis() < end) {
            long now = System.currentTimeMillis();
            for (String node : machines.nodes()) {
                step(node, now, executors);
            }
            threads.removeIf(thread -> !thread.isAlive() && thread.getState() == Thread.State.TERMINATED);
            mostThreads = Math.max(mostThreads, threads.size());
            Thread.sleep(20);
        }
        executors.shutdown();
        executors.awaitTermination(10, TimeUnit.SECONDS);
    }

    private void step(String node, long now, ExecutorService executors) {
        Running last = running.get(node);
        if (last != null && last.ends > 0 && now >= last.ends) {
            running.put(node, new Running(last.build, 0));
            executors.execute(() -> finish(node, last.build));
        } else if (last != null && last.ends == 0 && isReady(node)) {
            cycle.add((lifecycle.record(node).since() - machines.upAt(node)) * 1_000_000);
            running.remove(node);
        } else if (last == null && lifecycle.blocked(node, NodeUse.EXCLUSIVE) == null) {
            builds++;
            BuildRef build = new BuildRef("build", builds, null);
            running.put(node, new Running(build, now + BUILD_MS));
            machines.build(node, build);
            executors.execute(() -> begin(node, build));
        }
    }

    private void begin(String node, BuildRef build) {
        try {
            String refusal = lifecycle.started(node, build, null, NodeUse.EXCLUSIVE);
            if (refusal != null) {
                throw new IllegalStateException(refusal);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void finish(String node, BuildRef build) {
        lifecycle.completed(build);
        machines.build(node, null);
        lifecycle.finished(build);
    }

    private boolean isReady(String node) {
        NodeRecord record = lifecycle.record(node);
        return record != null && record.isReady() && record.since() >= machines.upAt(node) && machines.upAt(node) > 0;
    }

    private static long used() {
        for (int n = 0; n < 3; n++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static long cpu() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }
}
