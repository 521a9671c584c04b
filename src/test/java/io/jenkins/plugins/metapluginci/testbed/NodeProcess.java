package io.jenkins.plugins.metapluginci.testbed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A process that runs on a node.
 *
 * @param pid its id on the host
 * @param command its command line, arguments separated by spaces
 * @param environment its environment, NAME=value separated by NUL: as in /proc/PID/environ
 */
public record NodeProcess(long pid, String command, String environment) {

    /** All processes in the PID namespace of a node's init. Those that end meanwhile are left out. */
    static List<NodeProcess> of(long init) {
        List<NodeProcess> processes = new ArrayList<>();
        try {
            Path namespace = Files.readSymbolicLink(Path.of("/proc/" + init + "/ns/pid"));
            try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
                for (Path process : all) {
                    read(process, namespace, processes);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return processes;
    }

    private static void read(Path process, Path namespace, List<NodeProcess> processes) {
        try {
            if (Files.readSymbolicLink(process.resolve("ns/pid")).equals(namespace)) {
                processes.add(new NodeProcess(
                        Long.parseLong(process.getFileName().toString()),
                        text(process.resolve("cmdline")).replace('\0', ' ').strip(),
                        text(process.resolve("environ"))));
            }
        } catch (IOException e) {
            // It has ended, which is not an error.
            return;
        }
    }

    private static String text(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    }
}
