package io.jenkins.plugins.metapluginci.job;

import hudson.model.Hudson;
import hudson.model.Node;
import io.jenkins.plugins.metapluginci.logs.LogRoom;
import io.jenkins.plugins.metapluginci.logs.LogServer;
import io.jenkins.plugins.metapluginci.logs.LogSettings;
import io.jenkins.plugins.metapluginci.node.NodeLifecycle;
import io.jenkins.plugins.metapluginci.node.NodeRecord;
import io.jenkins.plugins.metapluginci.node.NodeTimings;
import io.jenkins.plugins.metapluginci.node.Nodes;
import io.jenkins.plugins.metapluginci.scheduler.BuildEvents;
import io.jenkins.plugins.metapluginci.scheduler.BuildRecord;
import io.jenkins.plugins.metapluginci.ssh.SshConnector;
import io.jenkins.plugins.metapluginci.ssh.SshHost;
import io.jenkins.plugins.metapluginci.ssh.SshTarget;
import io.jenkins.plugins.metapluginci.store.JsonStore;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * What builds of the harness need around them: the rooms of the plugin, a log server in this JVM, and a devstack-gate whose
 * wrap script is a test's own.
 */
final class Bed implements AutoCloseable {
    private static final NodeTimings TIMINGS =
            new NodeTimings(60_000, 10_000, 2, 60_000, 100, 100, 100, 1_000, 30_000, 5_000, 60_000, 600_000, 600_000);

    final Path gate;
    final Path base;
    final Path published;
    final JsonStore<BuildRecord> records;
    final InstantMachine machine;
    final JobRoom room;
    /** What the configuration says that jobs test: projects by job. */
    final Map<String, String> projects = new ConcurrentHashMap<>();

    final List<String> events = new CopyOnWriteArrayList<>();
    final List<BuildRecord> finished = new CopyOnWriteArrayList<>();
    private final NodeLifecycle lifecycle;
    private final SshHost logHost;
    private final SshConnector connector = new SshConnector();
    private final LogRoom logs;

    Bed(Hudson hudson, Path home) throws Exception {
        gate = Files.createDirectories(home.resolve("gate"));
        base = Files.createDirectories(home.resolve("stack"));
        published = Files.createDirectories(home.resolve("published"));
        wrap("echo nothing to do");
        machine = new InstantMachine(
                () -> {
                    List<String> names = new ArrayList<>();
                    hudson.getNodes().forEach(node -> names.add(node.getNodeName()));
                    return names;
                },
                () -> hudson.getQueue().scheduleMaintenance());
        lifecycle = new NodeLifecycle(home.resolve("nodes"), machine, TIMINGS, task -> {
            Thread thread = new Thread(task, "Nodes of a test");
            thread.setDaemon(true);
            return thread;
        });
        Nodes.install(lifecycle);
        logHost = new SshHost("ssh-ed25519");
        SshTarget target = logHost.target(logHost.port(), SshHost.write(logHost.userKey(), home.resolve("key"), null));
        logs = LogRoom.install(
                () -> LogSettings.of(
                        new LogServer(target, published.toString(), URI.create("http://logs.example.org/ci"))),
                connector::connect,
                home.resolve("logs"));
        records = new JsonStore<>(home.resolve("builds"), BuildRecord.class, 1);
        room = JobRoom.install(records, new Heard(), () -> "http://controller:8080/ci", new Tips());
    }

    /** The wrap script of the devstack-gate of this bed. */
    void wrap(String body) throws IOException {
        Path script = gate.resolve("devstack-vm-gate-wrap.sh");
        Files.writeString(script, "#!/bin/bash\n" + body + "\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** Settings that touch nothing outside this bed. */
    GateSettings.Draft settings() {
        return new GateSettings()
                .draft()
                .text("cleanupPaths", base + "/logs\n" + base + "/new")
                .text("bridges", "")
                .text("gateDirectory", gate.toString())
                .environment(List.of(new EnvironmentVariable("BASE", base.toString())));
    }

    /** Whether the node came back from the last build's reboot. */
    boolean isReady(Node node) {
        NodeRecord record = lifecycle.record(node.getNodeName());
        return record == null || record.isReady();
    }

    @Override
    public void close() throws IOException {
        JobRoom.uninstall();
        Nodes.install((NodeLifecycle) null);
        lifecycle.close();
        logs.close();
        connector.close();
        logHost.close();
        DevstackGateStep.secondsPerMinute = 60;
    }

    private final class Tips implements BranchTips {
        @Override
        public String gitUrl() {
            return projects.isEmpty() ? "" : "https://git.example.org";
        }

        @Override
        public String project(String job) {
            return projects.get(job);
        }
    }

    private final class Heard implements BuildEvents {
        @Override
        public void buildStarted(BuildRecord record) {
            events.add("started " + record.uuid());
        }

        @Override
        public void buildFinished(BuildRecord record) {
            finished.add(record);
            events.add("finished " + record.uuid());
        }

        @Override
        public void buildCancelled(String uuid) {
            events.add("cancelled " + uuid);
        }
    }
}
