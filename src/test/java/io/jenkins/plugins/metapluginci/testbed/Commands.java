package io.jenkins.plugins.metapluginci.testbed;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Short commands of this machine, each with a deadline: git, ssh-keygen, sftp. */
public final class Commands {

    private Commands() {}

    /**
     * What a command did.
     *
     * @param status its exit status
     * @param output standard output and error, together
     */
    public record Result(int status, String output) {
        /** The output without the white space at its ends, when the status is 0. */
        public String ok() {
            if (status != 0) {
                throw new AssertionError("status " + status + ": " + output);
            }
            return output.strip();
        }
    }

    /** Runs a command and expects status 0. */
    public static String run(Path directory, Duration limit, String... command) {
        return run(directory, limit, Map.of(), null, List.of(command)).ok();
    }

    /**
     * Runs a command to its end.
     *
     * @param directory where; made when it is missing
     * @param limit the command is killed after that
     * @param environment added to this JVM's
     * @param input its standard input; null for none
     * @throws AssertionError when it did not end in time
     */
    public static Result run(
            Path directory, Duration limit, Map<String, String> environment, String input, List<String> command) {
        Path out = null;
        Path in = null;
        Process process = null;
        try {
            Files.createDirectories(directory);
            // Files instead of pipes: a child that keeps the pipe open cannot hold us up.
            out = Files.createTempFile("testbed", ".out");
            in = Files.createTempFile("testbed", ".in");
            Files.writeString(in, input == null ? "" : input);
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectInput(Redirect.from(in.toFile()))
                    .redirectErrorStream(true)
                    .redirectOutput(out.toFile());
            builder.environment().putAll(environment);
            process = builder.start();
            boolean ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
            String output = new String(Files.readAllBytes(out), StandardCharsets.UTF_8);
            if (!ended) {
                throw new AssertionError("not within " + limit.toSeconds() + " s: " + command + ": " + output);
            }
            return new Result(process.exitValue(), output);
        } catch (IOException e) {
            throw new UncheckedIOException(command.toString(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } finally {
            if (process != null) {
                process.destroyForcibly();
            }
            delete(out);
            delete(in);
        }
    }

    /**
     * Makes a key pair without a passphrase, unless the file is there: {@code file} and {@code file.pub}.
     *
     * @param type {@code ed25519} or {@code rsa}
     * @return the public key's line
     */
    public static String keyPair(Path file, String type) {
        Path publicKey = Path.of(file + ".pub");
        try {
            if (Files.notExists(file)) {
                Path directory = file.toAbsolutePath().getParent();
                Files.createDirectories(directory);
                Path name = file.getFileName();
                run(
                        directory,
                        Duration.ofSeconds(30),
                        "ssh-keygen",
                        "-q",
                        "-t",
                        type,
                        "-N",
                        "",
                        "-C",
                        String.valueOf(name),
                        "-f",
                        file.toAbsolutePath().toString());
            }
            return Files.readString(publicKey).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Removes a directory and all in it, links themselves instead of what they name. */
    public static void deleteTree(Path directory) {
        if (Files.notExists(directory)) {
            return;
        }
        try (var paths = Files.walk(directory)) {
            paths.sorted(java.util.Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (Files.exists(directory)) {
            throw new IllegalStateException("could not delete " + directory);
        }
    }

    /** Copies a directory with its files' permissions. */
    static void copyTree(Path from, Path to) {
        try {
            Files.createDirectories(to.toAbsolutePath().getParent());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        run(
                to.toAbsolutePath().getParent(),
                Duration.ofSeconds(60),
                "cp",
                "-a",
                from.toAbsolutePath() + "/.",
                to.toAbsolutePath() + "/");
    }

    private static void delete(Path file) {
        try {
            if (file != null) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
