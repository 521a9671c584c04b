package io.jenkins.plugins.metapluginci.testbed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The devstack-gate that nodes have: the miniature in {@code src/test/gate}, or with {@code -Dgate.dir=DIR} a checkout of the
 * real one. In the miniature a change decides its own result with the script that it carries, {@link #SCRIPT}.
 */
public final class Gate {

    /** Path of the script in the tested project. Runs as the job's user in the project's directory; its status decides. */
    public static final String SCRIPT = "metaplugin-test.sh";

    /** Where a node has devstack-gate. */
    public static final String NODE_DIRECTORY = "/opt/devstack-gate";

    private Gate() {}

    /** The scripts on this machine. */
    public static Path source() {
        return Path.of(System.getProperty("gate.dir", "src/test/gate")).toAbsolutePath();
    }

    /** The miniature's files at its top, by name, without their modes. */
    static Map<String, String> files() {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> all = Files.list(Path.of("src/test/gate").toAbsolutePath())) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                files.put(file.getFileName().toString(), Files.readString(file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return files;
    }

    /**
     * Copies the scripts to a node, replacing those of an earlier call.
     *
     * @param root the node's root directory, as seen from here
     */
    public static void install(Path root) {
        if (!Files.isExecutable(source().resolve("devstack-vm-gate-wrap.sh"))) {
            throw new IllegalStateException("no devstack-gate in " + source());
        }
        Path target = root.resolve(NODE_DIRECTORY.substring(1));
        try {
            Files.createDirectories(target.getParent());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Commands.deleteTree(target);
        Commands.copyTree(source(), target);
        // Whatever umask they were checked out with: builds run as a user of the node.
        Commands.run(target, Duration.ofSeconds(20), "chmod", "-R", "a+rX", target.toString());
    }

    /** A script that says something and passes. */
    public static String passing(String say) {
        return script("echo '" + quoted(say) + "'");
    }

    /** A script that says something and fails with status 1. */
    public static String failing(String say) {
        return script("echo '" + quoted(say) + "'\nexit 1");
    }

    /** A script that passes after some seconds. */
    public static String slow(String say, int seconds) {
        return script("echo '" + quoted(say) + "'\nsleep " + seconds);
    }

    /** A bash script with that body. */
    public static String script(String body) {
        return "#!/bin/bash\n" + body + "\n";
    }

    private static String quoted(String text) {
        return text.replace("'", "'\\''");
    }
}
