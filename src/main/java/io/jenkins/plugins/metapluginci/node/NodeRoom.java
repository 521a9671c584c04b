package io.jenkins.plugins.metapluginci.node;

import hudson.model.Hudson;
import hudson.model.Slave;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Supplier;

/** Brings the room up on a controller and takes it down again. */
public final class NodeRoom implements AutoCloseable {
    /** Names the system property with another file to read the nodes' boot ids from. */
    public static final String BOOT_ID_PROPERTY = NodeTimings.PREFIX + "bootIdFile";

    private final JenkinsMachine machine;
    private final RemoteShell shell = new RemoteShell();
    private final PreparationLog preparations;
    private final NodeLifecycle lifecycle;

    private NodeRoom(Path directory, NodeTimings timings, Supplier<NodeSettings> settings) {
        machine = new JenkinsMachine(timings, System.getProperty(BOOT_ID_PROPERTY, JenkinsMachine.BOOT_ID));
        preparations = new PreparationLog(directory.resolve("prepare"));
        lifecycle = new NodeLifecycle(
                directory,
                machine,
                () -> timings.with(settings.get()),
                () -> settings.get().rebootCommand(),
                new SystemThreads("Node lifecycle"));
    }

    /**
     * Takes up every node where it was left and lets the queue have the clean ones. To be called when the controller has
     * loaded its nodes and jobs, with the rights of the system.
     *
     * @param home the plugin's home; the records are in its {@code nodes/}
     * @param settings what the operator chose, at any time
     * @param repositories what prepared nodes get
     * @throws IOException when the records cannot be read; every node then stays vetoed
     */
    public static NodeRoom open(
            Path home, NodeTimings timings, Supplier<NodeSettings> settings, Repositories repositories)
            throws IOException {
        NodeRoom room = new NodeRoom(home.resolve("nodes"), timings, settings);
        boolean started = false;
        try {
            room.lifecycle.install(new NodeCheckup(
                    room.machine, () -> settings.get().checks(), NodeRoom::root, System::currentTimeMillis));
            room.lifecycle.install(new Preparer(room.shell, settings, NodeRoom::root, repositories, room.preparations));
            room.lifecycle.start();
            Nodes.install(room.lifecycle);
            Nodes.install(room.preparations);
            started = true;
            room.machine.changed();
            return room;
        } finally {
            if (!started) {
                room.close();
            }
        }
    }

    /** The agent's directory. */
    private static String root(String node) {
        Hudson hudson = Hudson.getInstance();
        return hudson != null && hudson.getNode(node) instanceof Slave slave ? slave.getRemoteFS() : "/";
    }

    /** The lifecycle that {@link Nodes#lifecycle} gives while the room is open. */
    public NodeLifecycle lifecycle() {
        return lifecycle;
    }

    /** Ends the room's threads; from then on every node is vetoed. */
    @Override
    public void close() {
        if (Nodes.lifecycle() == lifecycle) {
            Nodes.install((NodeLifecycle) null);
            Nodes.install((PreparationLog) null);
        }
        lifecycle.close();
        shell.close();
        machine.close();
    }
}
