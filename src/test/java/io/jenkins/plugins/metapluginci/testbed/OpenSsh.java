package io.jenkins.plugins.metapluginci.testbed;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Command lines of OpenSSH's clients that ask nobody anything and know nothing of the machine's own settings. */
final class OpenSsh {
    private OpenSsh() {}

    /**
     * @param program ssh or sftp
     * @param knownHosts the one file of accepted host keys
     * @param more further options and arguments
     */
    static List<String> command(String program, Path key, Path knownHosts, String... more) {
        List<String> command = new ArrayList<>(List.of(program, "-F", "none", "-i", key.toString()));
        for (String option : List.of(
                "IdentitiesOnly=yes",
                "BatchMode=yes",
                "StrictHostKeyChecking=yes",
                "HostKeyAlgorithms=ssh-ed25519",
                "UserKnownHostsFile=" + knownHosts)) {
            command.addAll(List.of("-o", option));
        }
        command.addAll(List.of(more));
        return command;
    }
}
