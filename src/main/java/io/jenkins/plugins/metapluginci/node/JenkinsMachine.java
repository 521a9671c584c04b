package io.jenkins.plugins.metapluginci.node;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.model.Computer;
import hudson.model.Executor;
import hudson.model.Hudson;
import hudson.model.Node;
import hudson.model.Queue;
import hudson.model.Run;
import hudson.remoting.VirtualChannel;
import hudson.slaves.OfflineCause;
import hudson.slaves.SlaveComputer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The nodes of this controller. Remote calls are small, made through the launcher of the core with nothing of ours on the
 * node, and bounded; a connection that did not answer is remembered, so that it is dropped the hard way.
 */
final class JenkinsMachine implements Machine, AutoCloseable {
    /** Where Linux tells its boot id: a random UUID, new at each boot (random(4)). */
    static final String BOOT_ID = "/proc/sys/kernel/random/boot_id";

    private static final Logger LOGGER = Logger.getLogger(JenkinsMachine.class.getName());

    /** How long an sshd may take to be connected to, and to say its name; milliseconds. */
    private static final int PROBE = 2_000;

    private final NodeTimings timings;
    private final String bootIdFile;
    private final BoundedCalls calls = new BoundedCalls(new SystemThreads("Node call"));
    private final HangUp hangUp;
    /** The connections that did not answer, by node. */
    private final Map<String, VirtualChannel> silent = new ConcurrentHashMap<>();

    /** @param bootIdFile where nodes tell their boot id; the controller's own is always read from the kernel */
    JenkinsMachine(NodeTimings timings, String bootIdFile) {
        this.timings = timings;
        this.bootIdFile = bootIdFile;
        this.hangUp = new HangUp(calls, timings.call());
    }

    @Override
    public void close() {
        calls.close();
    }

    @Override
    public Collection<String> nodes() {
        Hudson hudson = Hudson.getInstance();
        List<String> names = new ArrayList<>();
        if (hudson != null) {
            for (Node node : hudson.getNodes()) {
                names.add(node.getNodeName());
            }
        }
        return names;
    }

    @Override
    public boolean isConnected(String node) {
        Computer computer = computer(node);
        return computer != null && computer.getChannel() != null;
    }

    @Override
    public String bootId(String node) throws MachineException, InterruptedException {
        RemoteCommand cat = RemoteCommand.of("cat", bootIdFile);
        String bootId = call(node, "tell its boot id", timings.call(), cat::ask).trim();
        if (!bootId.matches("[0-9A-Za-z-]{8,64}")) {
            throw new MachineException("it has no boot id in " + bootIdFile);
        }
        return bootId;
    }

    @Override
    public String controllerBootId() {
        try {
            return Files.readString(Path.of(BOOT_ID)).trim();
        } catch (IOException e) {
            LOGGER.log(Level.FINE, "The controller's own host has no boot id", e);
            return null;
        }
    }

    @Override
    public void reboot(String node, String command) throws MachineException, InterruptedException {
        RemoteCommand detached = RemoteCommand.detached(command);
        call(node, "take the reboot command", timings.call(), channel -> {
            detached.run(channel);
            return true;
        });
    }

    @Override
    public void disconnect(String node, String reason) throws InterruptedException {
        Computer computer = computer(node);
        VirtualChannel channel = computer == null ? null : computer.getChannel();
        if (channel != null) {
            boolean answers = silent.remove(node) != channel;
            // 1.395 has one field for both causes: a person's is kept.
            OfflineCause cause =
                    offline(node) == Offline.OTHER ? computer.getOfflineCause() : new RebootOfflineCause(node, reason);
            hangUp.drop((SlaveComputer) computer, channel, answers, cause);
        }
    }

    @Override
    public void connect(String node) throws InterruptedException {
        Computer computer = computer(node);
        if (computer == null || computer.getChannel() != null || !computer.isLaunchSupported()) {
            return;
        }
        try {
            // Not "forced": that would launch a second time beside a launch that is under way.
            BoundedCalls.await(computer.connect(false), timings.connect());
        } catch (TimeoutException e) {
            LOGGER.log(Level.FINE, "Node " + node + " is still being connected", e);
            return;
        } catch (ExecutionException e) {
            LOGGER.log(Level.FINE, "Node " + node + " was not connected", e);
        }
        if (computer.getChannel() == null) {
            hangUp.tidy((SlaveComputer) computer);
        }
    }

    @Override
    public List<String> others(String node, @CheckForNull BuildRef build) {
        List<String> others = new ArrayList<>();
        for (Executor executor : executors(node)) {
            if (executor.isBusy() && !runs(executor, build)) {
                Queue.Executable executable = executor.getCurrentExecutable();
                others.add(
                        executable instanceof Run<?, ?> run
                                ? NodeBuilds.refOf(run).toString()
                                : String.valueOf(executable == null ? "a task that starts" : executable));
            }
        }
        return others;
    }

    @Override
    public void abortOthers(String node, @CheckForNull BuildRef build, String reason) {
        for (Executor executor : executors(node)) {
            if (executor.isBusy() && !runs(executor, build)) {
                LOGGER.log(Level.WARNING, "Aborting {0} on node {1}: {2}", new Object[] {
                    executor.getCurrentExecutable(), node, reason
                });
                executor.interrupt();
            }
        }
    }

    @Override
    public Output run(String node, String script, long deadline, int most)
            throws MachineException, InterruptedException {
        RemoteScript remote = new RemoteScript(script, deadline, most);
        return call(node, "end its script", deadline + timings.call(), remote::run);
    }

    @Override
    public boolean answers(String node) {
        Computer computer = computer(node);
        LauncherAddress address =
                computer instanceof SlaveComputer agent ? LauncherAddress.of(agent.getLauncher()) : null;
        return address == null || SshPort.answers(address.host(), address.port(), PROBE);
    }

    @Override
    public boolean isBuilding(String node, BuildRef build) {
        for (Executor executor : executors(node)) {
            if (runs(executor, build)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public Offline offline(String node) {
        Computer computer = computer(node);
        if (computer == null || !computer.isTemporarilyOffline()) {
            return Offline.NONE;
        }
        OfflineCause cause = computer.getOfflineCause();
        if (cause instanceof RebootOfflineCause) {
            return Offline.OURS;
        }
        boolean news = cause == null
                || cause instanceof OfflineCause.ChannelTermination
                || cause instanceof OfflineCause.LaunchFailed;
        return news ? Offline.UNKNOWN : Offline.OTHER;
    }

    @Override
    public void setOffline(String node, String reason) {
        flag(node, new RebootOfflineCause(node, reason));
    }

    @Override
    public void clearOffline(String node) {
        flag(node, null);
    }

    @Override
    public void changed() {
        Hudson hudson = Hudson.getInstance();
        if (hudson != null) {
            hudson.getQueue().scheduleMaintenance();
        }
    }

    private static void flag(String node, @CheckForNull OfflineCause cause) {
        Computer computer = computer(node);
        if (computer != null) {
            try {
                computer.setTemporarilyOffline(cause != null, cause);
            } catch (RuntimeException e) {
                // Current cores refuse when the node was removed meanwhile.
                LOGGER.log(Level.INFO, "The offline flag of node " + node + " could not be changed", e);
            }
        }
    }

    /** What a connection is used for. */
    private interface Use<T> {
        T on(VirtualChannel channel) throws IOException, InterruptedException;
    }

    private <T> T call(String node, String what, long limit, Use<T> use) throws MachineException, InterruptedException {
        Computer computer = computer(node);
        VirtualChannel channel = computer == null ? null : computer.getChannel();
        if (channel == null) {
            throw new MachineException("it is not connected");
        }
        try {
            T answer = calls.call(limit, () -> use.on(channel));
            silent.remove(node, channel);
            return answer;
        } catch (TimeoutException e) {
            silent.put(node, channel);
            throw new FrozenException(
                    "its connection is frozen: it did not " + what + " within " + limit / 1000 + " s", e);
        } catch (ExecutionException e) {
            throw new MachineException("it did not " + what + ": " + e.getCause(), e);
        }
    }

    private static boolean runs(Executor executor, @CheckForNull BuildRef build) {
        Queue.Executable executable = executor.getCurrentExecutable();
        return build != null && executable instanceof Run<?, ?> run && build.isSame(NodeBuilds.refOf(run));
    }

    private static List<Executor> executors(String node) {
        Computer computer = computer(node);
        List<Executor> all = new ArrayList<>();
        if (computer != null) {
            all.addAll(computer.getExecutors());
            all.addAll(computer.getOneOffExecutors());
        }
        return all;
    }

    /** Null for a node without executors, a node that is gone, and the controller itself. */
    @CheckForNull
    private static Computer computer(String node) {
        Hudson hudson = Hudson.getInstance();
        Computer computer = hudson == null ? null : hudson.getComputer(node);
        return computer instanceof SlaveComputer ? computer : null;
    }
}
