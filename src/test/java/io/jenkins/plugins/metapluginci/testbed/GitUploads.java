package io.jenkins.plugins.metapluginci.testbed;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Commits pushed to Gerrit with git over HTTP. Commits are made in a bare repository with an index of their own, so that
 * several can be made and pushed at once. Thread-safe.
 */
final class GitUploads {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final URI url;
    private final Account account;
    private final Path directory;

    GitUploads(URI url, @CheckForNull Account account, Path directory) {
        this.url = url;
        this.account = account;
        this.directory = directory;
    }

    /** Pushes one commit on the branch's tip for review. */
    void push(String project, String branch, String message, Map<String, String> files) {
        pushOn(tip(project, branch), project, branch, message, files);
    }

    /** Pushes one commit on another one for review. */
    void pushOn(String parent, String project, String branch, String message, Map<String, String> files) {
        Path repository = repository(project);
        git(repository, null, "fetch", "-q", "--no-write-fetch-head", remote(project), parent);
        String commit = commit(repository, parent, message, files);
        git(repository, null, "push", "-q", remote(project), commit + ":refs/for/" + branch);
    }

    /** Pushes one commit onto the branch itself, without review. */
    void pushOntoBranch(String project, String branch, String message, Map<String, String> files) {
        Path repository = repository(project);
        String tip = tip(project, branch);
        git(repository, null, "fetch", "-q", "--no-write-fetch-head", remote(project), tip);
        String commit = commit(repository, tip, message, files);
        git(repository, null, "push", "-q", remote(project), commit + ":refs/heads/" + branch);
    }

    /** The commit that a branch is at. */
    String tip(String project, String branch) {
        String tip = git(repository(project), null, "ls-remote", remote(project), "refs/heads/" + branch)
                .split("\\s")[0];
        if (tip.isEmpty()) {
            throw new IllegalArgumentException(project + " has no branch " + branch);
        }
        return tip;
    }

    /** Pushes a first commit to a branch, without review. */
    void pushBranch(String project, String branch, String message, Map<String, String> files) {
        Path repository = repository(project);
        String commit = commit(repository, null, message, files);
        git(repository, null, "push", "-q", remote(project), commit + ":refs/heads/" + branch);
    }

    private String commit(Path repository, @CheckForNull String parent, String message, Map<String, String> files) {
        Map<String, String> index = Map.of(
                "GIT_INDEX_FILE",
                repository.resolve("index-" + UUID.randomUUID()).toString());
        try {
            if (parent != null) {
                git(repository, index, null, List.of("read-tree", parent));
            }
            for (Map.Entry<String, String> file : files.entrySet()) {
                String blob = git(repository, index, file.getValue(), List.of("hash-object", "-w", "--stdin"));
                String mode = file.getKey().endsWith(".sh") ? "100755" : "100644";
                git(
                        repository,
                        index,
                        null,
                        List.of("update-index", "--add", "--cacheinfo", mode + "," + blob + "," + file.getKey()));
            }
            String tree = git(repository, index, null, List.of("write-tree"));
            List<String> command = new ArrayList<>(List.of("commit-tree", tree));
            if (parent != null) {
                command.addAll(List.of("-p", parent));
            }
            return git(repository, index, message, command);
        } finally {
            Path.of(index.get("GIT_INDEX_FILE")).toFile().delete();
        }
    }

    private synchronized Path repository(String project) {
        Path repository = directory.resolve(project + ".git");
        if (Files.notExists(repository.resolve("HEAD"))) {
            git(directory, null, "init", "-q", "--bare", repository.toString());
        }
        return repository;
    }

    private String remote(String project) {
        return "http://" + account.name() + ":" + account.password() + "@" + url.getAuthority() + "/a/" + project;
    }

    private String git(Path where, @CheckForNull String input, String... arguments) {
        return git(where, Map.of(), input, List.of(arguments));
    }

    private String git(
            Path where, Map<String, String> environment, @CheckForNull String input, List<String> arguments) {
        Map<String, String> all = new HashMap<>(environment);
        all.putAll(Map.of(
                "GIT_CONFIG_GLOBAL",
                "/dev/null",
                "GIT_CONFIG_NOSYSTEM",
                "1",
                "GIT_TERMINAL_PROMPT",
                "0",
                "GIT_AUTHOR_NAME",
                account.name(),
                "GIT_AUTHOR_EMAIL",
                account.name() + "@example.org",
                "GIT_COMMITTER_NAME",
                account.name(),
                "GIT_COMMITTER_EMAIL",
                account.name() + "@example.org"));
        List<String> command = new ArrayList<>(List.of("git"));
        command.addAll(arguments);
        return Commands.run(where, LIMIT, all, input, command).ok();
    }
}
