package io.jenkins.plugins.metapluginci.bench;

import io.jenkins.plugins.metapluginci.node.BuildRef;
import io.jenkins.plugins.metapluginci.node.Machine;
import io.jenkins.plugins.metapluginci.node.MachineException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Machines that take the time that real ones take, by this JVM's clock, and whose calls block their callers as long as real
 * ones would. Thread-safe.
 */
final class SimulatedMachines implements Machine {
    private static final long CALL_MS = 5;
    private static final long SCRIPT_MS = 150;
    private static final long LAUNCH_MS = 1_500;
    /** Until nothing listens any more. */
    private static final long GOES_DOWN_MS = 500;

    private final long shortestMs;
    private final int spreadMs;
    private final Map<String, Box> boxes = new ConcurrentSkipListMap<>();
    private final Map<String, BuildRef> building = new ConcurrentHashMap<>();
    private final AtomicInteger launching = new AtomicInteger();
    /** What happened, for the figures. */
    final AtomicInteger mostLaunches = new AtomicInteger();

    final AtomicLong launches = new AtomicLong();
    final AtomicLong failedLaunches = new AtomicLong();
    final AtomicLong probes = new AtomicLong();
    volatile Consumer<String> onOnline = node -> {};

    /** Guarded by itself. */
    private static final class Box {
        final Random random;
        int boots = 1;
        /** When it went down or will, and is up again; epoch milliseconds. */
        long downAt;

        long upAt;
        boolean connected = true;
        Offline flag = Offline.NONE;

        Box(long seed) {
            random = new Random(seed);
        }

        boolean isUp(long now) {
            return now < downAt || now >= upAt;
        }
    }

    /** @param shortestMs of a reboot, from nothing listening to sshd @param spreadMs how much longer one may take */
    SimulatedMachines(int nodes, long shortestMs, int spreadMs) {
        this.shortestMs = shortestMs;
        this.spreadMs = spreadMs;
        for (int n = 1; n <= nodes; n++) {
            boxes.put("node-%03d".formatted(n), new Box(n));
        }
    }

    /** When the machine's last reboot was over, epoch milliseconds; 0 when it had none. */
    long upAt(String node) {
        Box box = boxes.get(node);
        synchronized (box) {
            return box.upAt;
        }
    }

    void build(String node, BuildRef build) {
        if (build == null) {
            building.remove(node);
        } else {
            building.put(node, build);
        }
    }

    @Override
    public Collection<String> nodes() {
        return List.copyOf(boxes.keySet());
    }

    @Override
    public boolean isConnected(String node) {
        Box box = boxes.get(node);
        synchronized (box) {
            return box.connected && box.isUp(System.currentTimeMillis());
        }
    }

    @Override
    public String bootId(String node) throws MachineException, InterruptedException {
        Thread.sleep(CALL_MS);
        Box box = boxes.get(node);
        synchronized (box) {
            if (!box.connected || !box.isUp(System.currentTimeMillis())) {
                throw new MachineException("it is not connected");
            }
            return node + "-boot-" + box.boots;
        }
    }

    @Override
    public String controllerBootId() {
        return "the-controllers-own";
    }

    @Override
    public void reboot(String node, String command) throws InterruptedException {
        Thread.sleep(CALL_MS);
        Box box = boxes.get(node);
        synchronized (box) {
            box.boots++;
            box.downAt = System.currentTimeMillis() + GOES_DOWN_MS;
            box.upAt = box.downAt + shortestMs + box.random.nextInt(Math.max(1, spreadMs));
        }
    }

    @Override
    public void disconnect(String node, String reason) {
        Box box = boxes.get(node);
        synchronized (box) {
            box.connected = false;
        }
    }

    @Override
    public void connect(String node) throws InterruptedException {
        Box box = boxes.get(node);
        int now = launching.incrementAndGet();
        mostLaunches.accumulateAndGet(now, Math::max);
        launches.incrementAndGet();
        try {
            boolean up;
            synchronized (box) {
                up = box.isUp(System.currentTimeMillis());
            }
            if (up) {
                Thread.sleep(LAUNCH_MS);
            }
            synchronized (box) {
                // What was launched on a machine that is about to go down dies with it.
                box.connected = up && System.currentTimeMillis() >= box.upAt;
                up = box.connected;
            }
            if (up) {
                onOnline.accept(node);
            } else {
                failedLaunches.incrementAndGet();
            }
        } finally {
            launching.decrementAndGet();
        }
    }

    @Override
    public List<String> others(String node, BuildRef build) {
        return List.of();
    }

    @Override
    public void abortOthers(String node, BuildRef build, String reason) {
        throw new IllegalStateException("there are none");
    }

    @Override
    public Output run(String node, String script, long deadline, int most) throws InterruptedException {
        Thread.sleep(SCRIPT_MS);
        return new Output(0, "");
    }

    @Override
    public boolean answers(String node) throws InterruptedException {
        Thread.sleep(1);
        probes.incrementAndGet();
        Box box = boxes.get(node);
        synchronized (box) {
            return box.isUp(System.currentTimeMillis());
        }
    }

    @Override
    public boolean isBuilding(String node, BuildRef build) {
        return build.equals(building.get(node));
    }

    @Override
    public Offline offline(String node) {
        Box box = boxes.get(node);
        synchronized (box) {
            return box.flag;
        }
    }

    @Override
    public void setOffline(String node, String reason) {
        Box box = boxes.get(node);
        synchronized (box) {
            box.flag = Offline.OURS;
        }
    }

    @Override
    public void clearOffline(String node) {
        Box box = boxes.get(node);
        synchronized (box) {
            box.flag = Offline.NONE;
        }
    }

    @Override
    public void changed() {
        // No queue waits here.
    }
}
