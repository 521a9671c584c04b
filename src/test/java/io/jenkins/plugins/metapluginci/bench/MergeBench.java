package io.jenkins.plugins.metapluginci.bench;

import io.jenkins.plugins.metapluginci.merger.GitBed;
import io.jenkins.plugins.metapluginci.merger.MergeItem;
import io.jenkins.plugins.metapluginci.merger.MergeRequest;
import io.jenkins.plugins.metapluginci.merger.MergeResult;
import io.jenkins.plugins.metapluginci.merger.Merger;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A merge on a warm mirror, fetch included, beside the real git doing the same in a clone as zuul-merger did: fetch the branch
 * and the patchset, check the branch out, {@code merge -s resolve}, make the ref. Both fetch from the same repository through
 * {@code git upload-pack} on this machine; the branch moves and the patchset is new each time. Who is first alternates.
 *
 * <p>Words: {@code --commits N} (50,000), {@code --files N} (3,000), {@code --runs N} (60), {@code --warm-up N} (10).
 */
public final class MergeBench {
    private static final String PROJECT = "openstack/big";
    private static final int LINES = 60;

    private final GitBed bed;
    private final Path clone;
    private final int files;
    private final Merger merger;

    private MergeBench(Path root, int files) {
        this.bed = new GitBed(root);
        this.clone = root.resolve("clone");
        this.files = files;
        this.merger = bed.merger(root.resolve("mirrors"));
    }

    public static void main(String[] words) throws Exception {
        int commits = Figures.option(words, "--commits", 50_000);
        int files = Figures.option(words, "--files", 3_000);
        int runs = Figures.option(words, "--runs", 60);
        int warmUp = Figures.option(words, "--warm-up", 10);
        Path root = Files.createTempDirectory("merge-bench");
        MergeBench bench = new MergeBench(root, files);
        try {
            bench.generate(commits);
            bench.measure(warmUp, runs);
        } finally {
            bench.merger.close();
            delete(root);
        }
    }

    private void generate(int commits) throws IOException, InterruptedException {
        long start = System.nanoTime();
        Path bare = bed.bare(PROJECT);
        GitBed.git(bare.getParent(), "init", "-q", "--bare", "-b", "master", bare.toString());
        Process git = new ProcessBuilder("git", "fast-import", "--quiet")
                .directory(bare.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (OutputStream out = new BufferedOutputStream(git.getOutputStream(), 1 << 16)) {
            for (int commit = 0; commit < commits; commit++) {
                out.write(commit(commit).getBytes(StandardCharsets.US_ASCII));
            }
        }
        if (git.waitFor() != 0) {
            throw new IOException("git fast-import failed");
        }
        GitBed.git(bare, "gc", "-q");
        System.out.printf(
                "%,d commits, %,d files, %.0f MB packed, made in %.0f s%n",
                commits, files, size(bare) / 1e6, seconds(start));
        long before = System.nanoTime();
        GitBed.git(bare.getParent(), "clone", "-q", "--no-local", bare.toString(), clone.toString());
        System.out.printf("git's first clone: %.1f s%n", seconds(before));
    }

    private String commit(int commit) {
        StringBuilder text = new StringBuilder("commit refs/heads/master\ncommitter A <a@example.org> "
                + (1_300_000_000L + commit * 600L) + " +0000\ndata 8\ncommit x\n");
        if (commit == 0) {
            for (int file = 0; file < files; file++) {
                modify(text, file, 0);
            }
        } else {
            modify(text, (int) (commit * 2_654_435_761L % files), commit);
        }
        return text.append('\n').toString();
    }

    private static void modify(StringBuilder text, int file, int commit) {
        String content = content(file, commit);
        text.append("M 100644 inline ")
                .append(path(file))
                .append("\ndata ")
                .append(content.length())
                .append('\n')
                .append(content)
                .append('\n');
    }

    private static String path(int file) {
        return "dir" + file / 300 + "/sub" + file / 20 % 15 + "/file" + file + ".py";
    }

    private static String content(int file, int commit) {
        StringBuilder content = new StringBuilder();
        for (int line = 0; line < LINES; line++) {
            content.append("line ").append(line).append(" of file ").append(file);
            content.append(line == commit % LINES ? " changed by " + commit : " as it was")
                    .append('\n');
        }
        return content.toString();
    }

    private void measure(int warmUp, int runs) throws Exception {
        Figures ours = new Figures();
        Figures git = new Figures();
        long start = System.nanoTime();
        long first = merge(0);
        System.out.printf("our first request, clone included: %.1f s%n", (first - start) / 1e9);
        for (int run = 1; run <= warmUp + runs; run++) {
            Work work = prepare(run);
            long before = System.nanoTime();
            long between;
            long after;
            if (run % 2 == 0) {
                between = merge(work);
                after = mergeWithGit(work);
            } else {
                between = mergeWithGit(work);
                after = merge(work);
            }
            if (run > warmUp) {
                (run % 2 == 0 ? ours : git).add(between - before);
                (run % 2 == 0 ? git : ours).add(after - between);
            } else if (run <= 2) {
                System.out.printf("run %d: %s %.0f ms%n", run, run % 2 == 0 ? "ours" : "git", (between - before) / 1e6);
            }
            merger.forget(work.uuid);
        }
        System.out.println("ours: " + ours);
        System.out.println("git:  " + git);
        System.out.printf("ratio of the medians: %.2f%n", ours.median() / git.median());
        if (runs >= 100) {
            int part = runs / 5;
            System.out.printf(
                    "ours, first fifth: %s%nours, last fifth:  %s%n",
                    ours.between(0, part), ours.between(runs - part, runs));
        }
    }

    /** A patchset that is ten commits behind the branch. */
    private record Work(String uuid, String ref, String commit) {}

    private Work prepare(int run) throws IOException, InterruptedException {
        Path bare = bed.bare(PROJECT);
        String ref = "refs/changes/" + String.format("%02d", run % 100) + "/" + run + "/1";
        String old = GitBed.git(bare, "rev-parse", "master~10").strip();
        StringBuilder input = new StringBuilder();
        append(input, "refs/heads/master", "refs/heads/master^0", run * 2 % files, 1_000_000 + run);
        append(input, ref, old, (run * 2 + 1) % files, 2_000_000 + run);
        Process git = new ProcessBuilder("git", "fast-import", "--quiet", "--force")
                .directory(bare.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (OutputStream out = git.getOutputStream()) {
            out.write(input.toString().getBytes(StandardCharsets.US_ASCII));
        }
        if (git.waitFor() != 0) {
            throw new IOException("git fast-import failed");
        }
        return new Work(
                String.format("%032x", run),
                ref,
                GitBed.git(bare, "rev-parse", ref).strip());
    }

    private static void append(StringBuilder input, String ref, String parent, int file, int commit) {
        input.append("commit ").append(ref).append("\ncommitter A <a@example.org> ");
        input.append(1_400_000_000L + commit)
                .append(" +0000\ndata 8\ncommit x\nfrom ")
                .append(parent)
                .append('\n');
        modify(input, file, commit);
        input.append('\n');
    }

    private long merge(int run) throws Exception {
        return merge(prepare(run));
    }

    private long merge(Work work) throws Exception {
        MergeItem item = new MergeItem(PROJECT, "master", 1, 1, work.ref, work.commit, MergeItem.Mode.MERGE_RESOLVE);
        MergeResult result =
                merger.merge(new MergeRequest(work.uuid, List.of(item))).get(30, TimeUnit.MINUTES);
        long end = System.nanoTime();
        if (!(result instanceof MergeResult.Merged merged) || merged.commit().equals(work.commit)) {
            throw new IllegalStateException("not merged: " + result);
        }
        return end;
    }

    private long mergeWithGit(Work work) {
        String branch = "refs/remotes/origin/master";
        GitBed.git(clone, "fetch", "-q", "origin", "+refs/heads/master:" + branch, "+" + work.ref + ":refs/work");
        GitBed.git(clone, "checkout", "-q", "-f", "--detach", branch);
        GitBed.git(clone, "merge", "-q", "-s", "resolve", "-m", "merge", "refs/work");
        GitBed.git(clone, "update-ref", "refs/zuul/master/Z" + work.uuid, "HEAD");
        return System.nanoTime();
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }

    private static long size(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            return all.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }

    private static void delete(Path root) {
        try (Stream<Path> all = Files.walk(root)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        } catch (IOException | java.io.UncheckedIOException e) {
            System.err.println("left behind: " + root + " (" + e + ")");
        }
    }
}
