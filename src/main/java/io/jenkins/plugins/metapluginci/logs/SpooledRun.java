package io.jenkins.plugins.metapluginci.logs;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.zip.GZIPInputStream;

/**
 * The files of one run in the spool: what its node sent, its console, and the list of what was published. Used by one thread at a
 * time but for {@link #bytes}. Never throws for what cannot be removed: it counts as gone, and the next start looks again.
 */
final class SpooledRun {
    private static final Logger LOGGER = Logger.getLogger(SpooledRun.class.getName());
    private static final Gson GSON = new Gson();
    private static final String GONE = "The controller has no console of this run any more.\n";

    private final PublishHome home;
    private final Path directory;
    private volatile long bytes;

    SpooledRun(PublishHome home, String id) {
        this.home = home;
        this.directory = home.spool().resolve(id);
    }

    /** What came from the node. */
    Path tree() {
        return directory.resolve("tree");
    }

    /** What comes from the node after its return, until it is known to be better than what there is. */
    private Path again() {
        return directory.resolve("tree.again");
    }

    private Path console() {
        return directory.resolve("console");
    }

    private Path listing() {
        return directory.resolve("files.json");
    }

    /** Begins to spool. @param again beside what there is */
    SpoolFile open(boolean again) throws IOException {
        Files.createDirectories(directory);
        Path file = again ? again() : tree();
        drop(file);
        return new SpoolFile(file, home.space(), home.grace());
    }

    /** The second reading takes the place of the first. */
    void promote() {
        drop(tree());
        try {
            Files.move(again(), tree(), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, "Cannot keep what a node sent", e);
        }
    }

    /** Removes what is of no use any more. @param owed whether the server has not got the files */
    void tidy(boolean owed) {
        drop(again());
        if (!owed) {
            drop(tree());
        }
        count();
    }

    /** Remembers what was published, for the index. */
    void list(List<RunLogs.File> files) {
        try {
            Files.createDirectories(directory);
            Files.writeString(listing(), GSON.toJson(files.toArray(new RunLogs.File[0])));
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, "The list of published files cannot be kept", e);
        }
    }

    /** What {@link #list} remembered; empty when there is nothing. */
    List<RunLogs.File> listed() {
        try {
            RunLogs.File[] files = GSON.fromJson(Files.readString(listing()), RunLogs.File[].class);
            return files == null ? List.of() : List.of(files);
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException | JsonParseException e) {
            LOGGER.log(Level.WARNING, "The list of published files cannot be read", e);
            return List.of();
        }
    }

    /** Keeps the console for when its build is gone. @param original on the controller's disk */
    void keepConsole(String original) {
        Path from = original.isEmpty() ? null : Path.of(original);
        if (from == null || Files.exists(console()) || !Files.isRegularFile(from)) {
            return;
        }
        try {
            long size = Files.size(from);
            if (!home.space().take(size)) {
                return;
            }
            try {
                Files.createDirectories(directory);
                Path part = directory.resolve("console.part");
                Files.copy(from, part, StandardCopyOption.REPLACE_EXISTING);
                home.space().giveBack(size - Files.size(part));
                Files.move(part, console(), StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException e) {
                home.space().giveBack(size);
                throw e;
            }
            count();
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, "The console " + from + " cannot be kept", e);
        }
    }

    /** The console, from the build as long as that is there. */
    ConsoleSource console(String original) {
        return () -> {
            Path build = Path.of(original);
            for (Path each : List.of(build, build.resolveSibling(build.getFileName() + ".gz"), console())) {
                if (!original.isEmpty() && Files.isRegularFile(each)) {
                    InputStream in = Files.newInputStream(each);
                    return each.toString().endsWith(".gz") ? new GZIPInputStream(in) : in;
                }
            }
            return new ByteArrayInputStream(GONE.getBytes(StandardCharsets.UTF_8));
        };
    }

    void dropTree() {
        drop(tree());
        count();
    }

    long treeBytes() {
        return size(tree());
    }

    /** What it takes of the spool. */
    long bytes() {
        return bytes;
    }

    /** After a restart: what is there counts, what is not needed goes. */
    void resume(boolean owed) {
        home.space().found(size(tree()) + size(again()) + size(console()));
        tidy(owed);
    }

    void remove() {
        for (Path each : List.of(tree(), again(), console())) {
            drop(each);
        }
        try (DirectoryStream<Path> rest = Files.newDirectoryStream(directory)) {
            for (Path each : rest) {
                Files.delete(each);
            }
        } catch (NoSuchFileException e) {
            return;
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, "Cannot empty " + directory, e);
        }
        try {
            Files.deleteIfExists(directory);
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, "Cannot remove " + directory, e);
        }
        bytes = 0;
    }

    private void drop(Path file) {
        long size = size(file);
        try {
            if (Files.deleteIfExists(file)) {
                home.space().giveBack(size);
            }
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, "Cannot remove " + file, e);
        }
    }

    private void count() {
        bytes = size(tree()) + size(again()) + size(console());
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            return 0;
        }
    }
}
