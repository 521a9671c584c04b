package io.jenkins.plugins.metapluginci.node;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;

/**
 * The room on a controller of the core's test harness, whose nodes are processes of this machine: their boot id is a file,
 * and what reboots them writes another one into it.
 */
final class HarnessNode implements AutoCloseable {
    static final NodeTimings TIMINGS =
            new NodeTimings(60_000, 3_000, 2, 60_000, 100, 100, 100, 1_000, 30_000, 3_000, 60_000, 2_000, 10_000);

    final Path bootId;
    final Path marker;
    final NodeRoom room;

    HarnessNode(File directory) throws IOException {
        bootId = directory.toPath().resolve("boot_id");
        marker = directory.toPath().resolve("rebooted");
        Files.writeString(bootId, "boot-id-0\n");
        System.setProperty(NodeRoom.BOOT_ID_PROPERTY, bootId.toString());
        room = NodeRoom.open(
                directory.toPath().resolve("metaplugin-ci"), TIMINGS, HarnessNode::settings, new NoRepositories());
    }

    /** Without checks: nothing of a test node is on the machine that runs the tests. */
    private static NodeSettings settings() {
        NodeSettings all = NodeSettings.defaults();
        return new NodeSettings(
                TIMINGS.drain(),
                TIMINGS.reboot(),
                TIMINGS.attempts(),
                all.rebootCommand(),
                all.holdMs(),
                CheckSettings.none(),
                all.prepare());
    }

    /** A command that counts the boot id up and the reboots in the marker. */
    String rebootCommand() {
        return "n=$(cut -d- -f3 " + bootId + "); echo boot-id-$((n + 1)) >" + bootId + "; echo x >>" + marker;
    }

    int reboots() throws IOException {
        return Files.exists(marker) ? Files.readAllLines(marker).size() : 0;
    }

    String bootId() throws IOException {
        return Files.readString(bootId).trim();
    }

    NodeRecord awaitPhase(String node, NodePhase phase) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> room.lifecycle().record(node) != null
                        && room.lifecycle().record(node).phase() == phase);
        return room.lifecycle().record(node);
    }

    @Override
    public void close() {
        room.close();
        System.clearProperty(NodeRoom.BOOT_ID_PROPERTY);
    }
}
