package io.jenkins.plugins.metapluginci.merger;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.eclipse.jgit.errors.ConfigInvalidException;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.lib.ProgressMonitor;
import org.eclipse.jgit.lib.Repository;

/** What is done to a mirror's files. */
final class MirrorFiles {
    /** Directories of a mirror in which a process that was killed may have left locks. */
    private static final Set<String> REFS = Set.of("refs");

    private MirrorFiles() {}

    /**
     * Removes what a killed process of ours left: locks, which would never be released, and half-written files. Only this
     * process writes here, and only once it has called this.
     */
    static void clearLeftovers(Path gitDir) throws IOException {
        Files.walkFileTree(gitDir, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) {
                // Loose objects are many, and written under another name until they are whole.
                Path relative = gitDir.relativize(dir);
                boolean objects = relative.getNameCount() == 2 && relative.startsWith("objects");
                return objects && !dir.endsWith("pack") ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (isLeftover(String.valueOf(file.getFileName()), gitDir.relativize(file))) {
                    Files.deleteIfExists(file);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                if (e instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw e;
            }
        });
    }

    private static boolean isLeftover(String name, Path relative) {
        boolean objects = relative.startsWith("objects");
        boolean lock = name.endsWith(".lock") || name.equals("gc.pid");
        boolean half = objects && (name.startsWith("incoming_") || name.endsWith(".tmp") || name.startsWith("tmp_"));
        return half
                || lock
                        && (relative.getNameCount() == 1
                                || REFS.contains(relative.getName(0).toString()));
    }

    /** Whether a project has a mirror. */
    static boolean isMirror(Path mirrors, String project) {
        return Files.isDirectory(mirrors.resolve(MirrorName.directory(project)));
    }

    /** The projects that have mirrors; one whose name cannot be read is not among them. */
    static List<String> projects(Path mirrors) {
        List<String> projects = new ArrayList<>();
        try (var directories = Files.newDirectoryStream(mirrors, "*" + MirrorName.END)) {
            for (Path each : directories) {
                Config config = new Config();
                try {
                    config.fromText(Files.readString(each.resolve("config")));
                } catch (IOException | ConfigInvalidException e) {
                    continue;
                }
                String project = config.getString("metapluginci", null, "project");
                if (project != null && each.endsWith(MirrorName.directory(project))) {
                    projects.add(project);
                }
            }
        } catch (IOException e) {
            return projects;
        }
        return projects;
    }

    /** How many packs there are. */
    static int packs(Path gitDir) {
        return count(gitDir.resolve("objects/pack"), "*.pack");
    }

    /** About how many objects are in files of their own, judged by one directory of 256, as git does. */
    static int looseObjects(Path gitDir) {
        return 256 * count(gitDir.resolve("objects/17"), "*");
    }

    private static int count(Path directory, String glob) {
        int count = 0;
        try (var files = Files.newDirectoryStream(directory, glob)) {
            for (Path file : files) {
                count += file.getFileName() == null ? 0 : 1;
            }
        } catch (IOException e) {
            // None there, or not readable: then the next merge says so.
            return count;
        }
        return count;
    }

    /** Packs objects and refs. */
    static void pack(Repository mirror, ProgressMonitor progress) throws IOException {
        // Fetched patchsets are only kept so that they need not be fetched again soon.
        MirrorRefs.delete(mirror, MirrorFetch.FETCHED, name -> true);
        try (Git git = Git.wrap(mirror)) {
            git.gc().setProgressMonitor(progress).call();
        } catch (GitAPIException e) {
            throw new IOException("The mirror cannot be packed: " + e.getMessage(), e);
        }
    }

    /** Deletes a directory with all that is in it; links are not followed. */
    static void delete(Path tree) throws IOException {
        if (Files.notExists(tree)) {
            return;
        }
        Files.walkFileTree(tree, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path dir, IOException e) throws IOException {
                if (e != null) {
                    throw e;
                }
                Files.deleteIfExists(dir);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
