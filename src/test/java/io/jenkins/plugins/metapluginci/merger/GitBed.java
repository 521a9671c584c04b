package io.jenkins.plugins.metapluginci.merger;

import io.jenkins.plugins.metapluginci.ssh.HostKeys;
import io.jenkins.plugins.metapluginci.ssh.SshLogin;
import io.jenkins.plugins.metapluginci.ssh.SshTarget;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/**
 * Repositories as Gerrit has them, made and read by the real git: bare ones with branches and {@code refs/changes/…}, and a
 * clone of each to make commits in.
 */
public final class GitBed {
    private final Path root;
    private int changes;

    /** A patchset that was made. */
    public record Patchset(String project, String branch, int number, int patchset, String ref, String commit) {
        MergeItem item(MergeItem.Mode mode) {
            return new MergeItem(project, branch, number, patchset, ref, commit, mode);
        }

        MergeItem item() {
            return item(MergeItem.Mode.MERGE_RESOLVE);
        }

        /** As one whose commit is not known. */
        MergeItem unknown() {
            return new MergeItem(project, branch, number, patchset, ref, null, MergeItem.Mode.MERGE_RESOLVE);
        }
    }

    public GitBed(Path root) {
        this.root = root;
    }

    /** A new project with one commit on master. */
    public GitBed project(String project) {
        Path bare = bare(project);
        git(
                bare.getParent(),
                "init",
                "-q",
                "-b",
                "master",
                "--separate-git-dir=" + bare,
                work(project).toString());
        write(project, "README", "line 1\nline 2\nline 3\nline 4\nline 5\nline 6\nline 7\nline 8\nline 9\n");
        commit(project, "first");
        git(work(project), "checkout", "-q", "--detach");
        return this;
    }

    public Path bare(String project) {
        return root.resolve("gerrit").resolve(project + ".git");
    }

    public Path work(String project) {
        return root.resolve("work").resolve(project);
    }

    public void write(String project, String file, String text) {
        try {
            Path path = work(project).resolve(file);
            Files.createDirectories(path.getParent());
            Files.writeString(path, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Replaces one line of README. */
    public void edit(String project, int line, String text) {
        try {
            Path readme = work(project).resolve("README");
            List<String> lines = new ArrayList<>(Files.readAllLines(readme));
            lines.set(line - 1, text);
            Files.write(readme, lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Commits all there is. @return the commit */
    public String commit(String project, String message) {
        git(work(project), "add", "-A");
        git(work(project), "commit", "-q", "--allow-empty", "-m", message);
        return head(project);
    }

    public String head(String project) {
        return git(work(project), "rev-parse", "HEAD").strip();
    }

    /** Moves a ref, whatever it was. @param spec {@code COMMIT:REF}, without a commit to delete it */
    public void push(String project, String spec) {
        String[] parts = spec.split(":", 2);
        if (parts[0].isEmpty()) {
            git(work(project), "update-ref", "-d", parts[1]);
        } else {
            git(work(project), "update-ref", parts[1], parts[0]);
        }
    }

    /** Goes back to a branch's tip as Gerrit has it. */
    public void checkout(String project, String branch) {
        git(work(project), "checkout", "-q", "-f", "--detach", "refs/heads/" + branch);
        git(work(project), "clean", "-q", "-x", "-f", "-d");
    }

    /** Commits on the branch itself what a script does to its tip. */
    public String land(String project, String branch, Runnable edits) {
        checkout(project, branch);
        edits.run();
        String commit = commit(project, "landed");
        push(project, "HEAD:refs/heads/" + branch);
        return commit;
    }

    /** A new change on the branch's tip. */
    public Patchset change(String project, String branch, Runnable edits) {
        checkout(project, branch);
        return changeHere(project, branch, edits);
    }

    /** A new change on what is checked out. */
    public Patchset changeHere(String project, String branch, Runnable edits) {
        edits.run();
        changes++;
        commit(project, "change " + changes);
        return upload(project, branch, changes, 1);
    }

    /** Makes what is checked out a patchset. */
    public Patchset upload(String project, String branch, int number, int patchset) {
        String ref = "refs/changes/" + String.format("%02d", number % 100) + "/" + number + "/" + patchset;
        push(project, "HEAD:" + ref);
        return new Patchset(project, branch, number, patchset, ref, head(project));
    }

    /** What a file of a commit holds, read by git from the mirror. */
    public static String show(Path mirror, String commit, String file) {
        return git(mirror, "show", commit + ":" + file);
    }

    /** Runs git as nobody in particular. @return its output */
    public static String git(Path directory, String... arguments) {
        Result result = tryGit(directory, arguments);
        if (result.status != 0) {
            throw new AssertionError("git " + String.join(" ", arguments) + ": " + result.output);
        }
        return result.output;
    }

    /** @param output of both kinds */
    public record Result(int status, String output) {}

    public static Result tryGit(Path directory, String... arguments) {
        List<String> command = new ArrayList<>(List.of("git"));
        command.addAll(List.of(arguments));
        try {
            Files.createDirectories(directory);
            Process process =
                    process(command, directory).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(command + " does not end");
            }
            return new Result(process.exitValue(), output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static ProcessBuilder process(List<String> command, Path directory) {
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
        builder.environment()
                .putAll(Map.of(
                        "GIT_CONFIG_GLOBAL", "/dev/null",
                        "GIT_CONFIG_SYSTEM", "/dev/null",
                        "GIT_AUTHOR_NAME", "Ann Author",
                        "GIT_AUTHOR_EMAIL", "ann@example.org",
                        "GIT_COMMITTER_NAME", "Ann Author",
                        "GIT_COMMITTER_EMAIL", "ann@example.org",
                        "GIT_TERMINAL_PROMPT", "0",
                        "LC_ALL", "C.UTF-8"));
        return builder;
    }

    /** Starts {@code git upload-pack} of a project. @param protocol such as {@code version=2} */
    public Process uploadPack(String project, String protocol) throws IOException {
        ProcessBuilder builder =
                process(List.of("git", "upload-pack", bare(project).toString()), root);
        builder.environment().put("GIT_PROTOCOL", protocol);
        return builder.start();
    }

    /** A merger that reaches the repositories without a network. */
    public Merger merger(Path mirrors) {
        Merger made = new Merger(mirrors, target -> remote(new CopyOnWriteArrayList<>()), MergerLimits.defaults());
        SshTarget nowhere = new SshTarget("127.0.0.1", 1, "ci", new SshLogin.Password(""), new HostKeys(""));
        made.reconfigure(new MergerSettings("Third Party CI", "ci@example.org", nowhere));
        return made;
    }

    /** The repositories as the merger reaches them, without a network. */
    GitRemote remote(List<String> asked) {
        return remote(asked, "version=2");
    }

    GitRemote remote(List<String> asked, String protocol) {
        return new GitRemote() {
            private final List<Process> started = new CopyOnWriteArrayList<>();

            @Override
            public Exchange uploadPack(String project) throws IOException {
                asked.add(project);
                Process process = GitBed.this.uploadPack(project, protocol);
                started.add(process);
                return new Local(process);
            }

            @Override
            public void close() {
                started.forEach(Process::destroyForcibly);
            }
        };
    }

    private record Local(Process process) implements GitRemote.Exchange {
        @Override
        public InputStream fromRemote() {
            return process.getInputStream();
        }

        @Override
        public OutputStream toRemote() {
            return process.getOutputStream();
        }

        @Override
        public String errors() {
            try {
                process.waitFor(1, TimeUnit.SECONDS);
                return process.isAlive()
                        ? ""
                        : new String(process.getErrorStream().readAllBytes());
            } catch (IOException | InterruptedException e) {
                return "";
            }
        }

        @Override
        public void close() {
            process.destroy();
        }
    }
}
