package io.jenkins.plugins.metapluginci.testbed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/**
 * What goes wrong with a node's reboots and its clock. What its connection can suffer is up to {@link Node#relay()}, slowness
 * to {@link Node#setBootDelay}, the death of its agent to {@link Node#killAgent}. Thread-safe; a fault stays until it is taken
 * back, also over reboots.
 */
public final class NodeFaults {
    private static final Path BED = Path.of("etc/testbed");

    private final Node node;
    private final NodePower power;

    NodeFaults(Node node, NodePower power) {
        this.node = node;
        this.power = power;
    }

    /** How far a machine gets that hangs on the way down. */
    public enum Hang {
        /** What runs as jenkins has ended, the agent too; sshd still lets everybody in. */
        USERS,
        /** Nothing runs any more but the kernel. */
        ALL
    }

    /** While true, shutdown and reboot say yes and do nothing. */
    public void ignoreReboot(boolean ignore) {
        write("ignore", ignore ? "" : null);
    }

    /** A reboot from now on gets so far and no further, until {@link #release}. */
    public void hang(Hang how) {
        write("hang", how.name().toLowerCase(Locale.ROOT));
    }

    /** What hangs on the way down goes down; the next reboots do not hang. */
    public void release() {
        write("hang", null);
    }

    /** While true, the machine comes back from a reboot with the boot id that it had. */
    public void keepBootId(boolean keep) {
        power.setSameBootId(keep);
    }

    /** While true, a reboot ends with the machine off; {@link Node#powerOn} is the way back. */
    public void stayDown(boolean stay) {
        power.setStaysDown(stay);
    }

    /**
     * The next starts are short: the machine crashes and starts again.
     *
     * @param starts how many
     * @param life from a start to its crash; sshd answers some tenths of a second after the start
     */
    public void crash(int starts, Duration life) {
        power.setCrashes(starts, life);
    }

    /**
     * Has the agent and what it starts see another time than the machine's clock shows (libfaketime). An agent that runs with a
     * wrong clock sees a new one some seconds later, what it starts at once; one that was started before the first call
     * must be started again to see any.
     *
     * @param skew how far it is wrong; negative is in the past, zero is right
     */
    public void skewClock(Duration skew) {
        write("clock", String.format("%+d", skew.toSeconds()));
        write("java", """
                #!/bin/sh
                export FAKETIME_TIMESTAMP_FILE=/etc/testbed/clock FAKETIME_DONT_FAKE_MONOTONIC=1
                export LD_PRELOAD=$(echo /usr/lib/*/faketime/libfaketimeMT.so.1)
                exec JAVA "$@"
                """.replace("JAVA", java().toString()));
        // sshd's PATH has this directory first.
        node.exec(
                        "chmod 755 /etc/testbed/java && chmod 644 /etc/testbed/clock && ln -sf /etc/testbed/java /usr/local/bin/java")
                .ok();
    }

    /** Takes back what can be taken back while the machine is on: all of the above. */
    public void clear() {
        keepBootId(false);
        stayDown(false);
        crash(0, Duration.ZERO);
        node.setBootDelay(Duration.ZERO);
        ignoreReboot(false);
        release();
        if (Files.exists(node.root().resolve(BED).resolve("clock"))) {
            skewClock(Duration.ZERO);
        }
    }

    private void write(String file, String text) {
        Path path = node.root().resolve(BED).resolve(file);
        try {
            if (text == null) {
                Files.deleteIfExists(path);
            } else {
                // Renamed, since it is read at any moment.
                Path part = Files.writeString(path.resolveSibling(file + ".part"), text);
                Files.move(part, path, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path java() {
        try {
            return Path.of(System.getProperty("java.home"), "bin", "java").toRealPath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
