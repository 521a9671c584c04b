package io.jenkins.plugins.metapluginci.testbed;

import io.jenkins.plugins.metapluginci.testbed.Node.Boot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * The power supply of a node: starts its namespaces, notices how they ended, and starts them again after a reboot.
 *
 * <p>reboot(2) in a PID namespace makes the kernel kill everything in it and end its first process by SIGHUP (restart) or
 * SIGINT (halt, power off): pid_namespaces(7). unshare(1) then ends by the same signal.
 */
final class NodePower implements AutoCloseable {

    private static final int BY_SIGHUP = 128 + 1;
    private static final int BY_SIGINT = 128 + 2;
    private static final Duration FOUND_LIMIT = Duration.ofSeconds(10);

    private final String name;
    private final Path directory;
    private final Path hidden;

    /** Everything below is guarded by this. */
    private final List<Boot> boots = new ArrayList<>();

    private BedProcess machine;
    private boolean on;
    private Duration bootDelay = Duration.ZERO;
    private boolean sameBootId;
    private boolean staysDown;
    /** How many of the next starts crash. */
    private int crashes;

    private Duration life = Duration.ZERO;
    /** The machine that was made to crash. */
    private BedProcess crashed;

    NodePower(String name, Path directory, Path hidden) {
        this.name = name;
        this.directory = directory;
        this.hidden = hidden.toAbsolutePath();
    }

    synchronized void on() {
        if (!on) {
            on = true;
            start();
        }
    }

    void off() {
        BedProcess running;
        synchronized (this) {
            on = false;
            running = machine;
            notifyAll();
        }
        if (running != null) {
            running.kill9();
            Await.until(name + " is off", FOUND_LIMIT, () -> !isOn());
        }
    }

    @Override
    public void close() {
        off();
    }

    /** On, or between two starts of a reboot. */
    synchronized boolean isOn() {
        return on || machine != null;
    }

    synchronized void setBootDelay(Duration delay) {
        bootDelay = delay;
    }

    /** While true a restart keeps the boot id, as one of a container does that shares its host's kernel. */
    synchronized void setSameBootId(boolean same) {
        sameBootId = same;
    }

    /** While true a reboot ends with the machine off. */
    synchronized void setStaysDown(boolean stays) {
        staysDown = stays;
    }

    /** Has the next starts end in a crash, and the machine start again, so long after they began. */
    synchronized void setCrashes(int starts, Duration after) {
        crashes = starts;
        life = after;
    }

    synchronized List<Boot> boots() {
        return List.copyOf(boots);
    }

    /**
     * The host's process id of the node's first process, once that has the node's file system and no longer the host's, which
     * it begins with.
     */
    long init() {
        return Await.value("init of " + name, FOUND_LIMIT, this::console, () -> {
            BedProcess running;
            synchronized (this) {
                running = machine;
            }
            return running == null
                    ? java.util.Optional.empty()
                    : running.handle()
                            .children()
                            .map(ProcessHandle::pid)
                            .filter(NodePower::hasRootOfItsOwn)
                            .findFirst();
        });
    }

    private static boolean hasRootOfItsOwn(long pid) {
        try {
            return !Files.readSymbolicLink(Path.of("/proc/" + pid + "/root")).equals(Path.of("/"));
        } catch (IOException e) {
            return false;
        }
    }

    String console() {
        try {
            Path log = directory.resolve("console.log");
            return Files.exists(log) ? Files.readString(log) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Called under the lock. */
    private void start() {
        boolean same = sameBootId && !boots.isEmpty();
        String bootId =
                same ? boots.get(boots.size() - 1).bootId() : UUID.randomUUID().toString();
        try {
            Files.writeString(directory.resolve("boot_id"), bootId + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        BedProcess started = BedProcess.start(
                "node " + name,
                directory.resolve("console.log"),
                Map.of(),
                List.of(
                        "unshare",
                        "--pid",
                        "--fork",
                        "--kill-child=KILL",
                        "--mount",
                        "--mount-proc",
                        "--uts",
                        "--",
                        "/bin/bash",
                        directory.resolve("boot.sh").toString(),
                        directory.toString(),
                        name,
                        hidden.toString()));
        machine = started;
        boots.add(new Boot(bootId, System.currentTimeMillis(), 0, Boot.End.RUNNING));
        Thread watcher = new Thread(() -> watch(started), "Node " + name + ": power");
        watcher.setDaemon(true);
        watcher.start();
        if (crashes > 0) {
            crashes--;
            Duration after = life;
            Thread crasher = new Thread(() -> crash(started, after), "Node " + name + ": crashes");
            crasher.setDaemon(true);
            crasher.start();
        }
    }

    private void crash(BedProcess started, Duration after) {
        if (!started.waitFor(after)) {
            synchronized (this) {
                crashed = started;
            }
            started.kill9();
        }
    }

    private void watch(BedProcess started) {
        try {
            int exit = started.waitFor();
            synchronized (this) {
                Boot.End end =
                        exit == BY_SIGHUP ? Boot.End.REBOOT : exit == BY_SIGINT ? Boot.End.HALT : Boot.End.POWER_CUT;
                Boot last = boots.remove(boots.size() - 1);
                boots.add(new Boot(last.bootId(), last.startedMs(), System.currentTimeMillis(), end));
                machine = null;
                on &= end == Boot.End.REBOOT && !staysDown || crashed == started;
                long until = System.nanoTime() + bootDelay.toNanos();
                while (on && System.nanoTime() - until < 0) {
                    wait(Math.max(1, (until - System.nanoTime()) / 1_000_000));
                }
                if (on) {
                    start();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
