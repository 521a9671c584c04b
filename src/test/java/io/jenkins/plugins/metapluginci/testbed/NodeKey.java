package io.jenkins.plugins.metapluginci.testbed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The key pair with which the controller logs in to nodes: RSA in PEM, the only kind that SSH Slaves 0.14 reads.
 *
 * @param file the private key's file
 */
public record NodeKey(Path file) {

    /** Makes a key pair in a directory. */
    public static NodeKey make(Path directory) {
        Path file = directory.resolve("node_rsa").toAbsolutePath();
        try {
            Files.createDirectories(directory);
            Process process = new ProcessBuilder(
                            "ssh-keygen",
                            "-q",
                            "-t",
                            "rsa",
                            "-b",
                            "2048",
                            "-m",
                            "PEM",
                            "-N",
                            "",
                            "-C",
                            "test bed",
                            "-f",
                            file.toString())
                    .inheritIO()
                    .start();
            if (process.waitFor() != 0) {
                throw new IllegalStateException("ssh-keygen failed");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        return new NodeKey(file);
    }

    /** The public key as a line of authorized_keys. */
    public String publicKey() {
        try {
            return Files.readString(Path.of(file + ".pub"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
