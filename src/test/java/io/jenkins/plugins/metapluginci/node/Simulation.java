package io.jenkins.plugins.metapluginci.node;

import java.io.IOException;
import java.nio.file.Path;
import java.util.PriorityQueue;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * A lifecycle on a clock that only moves when there is nothing left to do, on the test's own thread: what would take an
 * hour takes a millisecond, and happens in the same order each time.
 */
final class Simulation implements Pacer {
    static final NodeTimings TIMINGS = new NodeTimings(
            600_000, 60_000, 3, 1_800_000, 1_000, 3_000, 1_000, 16_000, 90_000, 10_000, 300_000, 30_000, 240_000);

    private record Due(long at, long order, Runnable work, boolean[] cancelled) {}

    private final PriorityQueue<Due> agenda =
            new PriorityQueue<>((a, b) -> a.at != b.at ? Long.compare(a.at, b.at) : Long.compare(a.order, b.order));
    private final Path directory;
    private final Consumer<NodeLifecycle> installer;
    private long order;
    private boolean closed;

    long now = 1_000_000;
    FakeMachine machine = new FakeMachine(this);
    NodeLifecycle lifecycle;

    Simulation(Path directory) throws IOException {
        this(directory, lifecycle -> {});
    }

    /** @param installer given each lifecycle before it starts */
    Simulation(Path directory, Consumer<NodeLifecycle> installer) throws IOException {
        this.directory = directory;
        this.installer = installer;
        boot();
    }

    /** Ends this controller without a word, and starts another on the same files. Nothing on the nodes changes. */
    void killAndBoot() throws IOException {
        agenda.clear();
        machine.controllerKilled();
        boot();
    }

    private void boot() throws IOException {
        lifecycle = new NodeLifecycle(
                directory,
                machine,
                () -> TIMINGS,
                () -> NodeLifecycle.DEFAULT_COMMAND,
                new NodeLifecycle.Workers(this, new NodeGates(8), new NodeCare(Thread::new)),
                () -> now);
        machine.onOnline = node -> lifecycle.online(node);
        installer.accept(lifecycle);
        lifecycle.start();
    }

    @Override
    public void now(Runnable work) {
        later(work, 0);
    }

    @Override
    public Ticket later(Runnable work, long delay) {
        boolean[] cancelled = new boolean[1];
        if (!closed) {
            agenda.add(new Due(now + delay, order++, work, cancelled));
        }
        return () -> cancelled[0] = true;
    }

    @Override
    public void close() {
        closed = true;
        agenda.clear();
    }

    /** Lets time pass. */
    void pass(long milliseconds) {
        long end = now + milliseconds;
        until(() -> false, end);
        now = Math.max(now, end);
    }

    /** Lets time pass until a node is in a phase; fails after a day. @return milliseconds that it took */
    long until(String node, NodePhase phase) {
        long begin = now;
        BooleanSupplier there =
                () -> lifecycle.record(node) != null && lifecycle.record(node).phase() == phase;
        until(there, now + 86_400_000);
        if (!there.getAsBoolean()) {
            throw new AssertionError("never " + phase + ": " + lifecycle.record(node));
        }
        return now - begin;
    }

    private void until(BooleanSupplier condition, long end) {
        while (!condition.getAsBoolean() && !agenda.isEmpty() && agenda.peek().at <= end) {
            Due due = agenda.poll();
            if (!due.cancelled[0]) {
                now = Math.max(now, due.at);
                due.work.run();
            }
        }
    }
}
