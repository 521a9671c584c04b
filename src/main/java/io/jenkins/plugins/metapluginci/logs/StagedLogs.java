package io.jenkins.plugins.metapluginci.logs;

import io.jenkins.plugins.metapluginci.ssh.SftpFiles;
import java.io.IOException;
import java.io.OutputStream;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The {@code logs} directory of one build at the log server while it is written: everything goes to a sibling of another
 * name first, so that readers see the old logs or the new ones whole, never half of them. Every method throws
 * {@link LogException}. One thread at a time.
 */
final class StagedLogs {
    static final String NAME = "logs";
    private static final Logger LOGGER = Logger.getLogger(StagedLogs.class.getName());
    private static final String PART = ".logs-part-";
    private static final String OLD = ".logs-old-";

    private final SftpFiles files;
    private final String parent;
    private final String part;
    private final Set<String> writtenFiles = new HashSet<>();
    private final Set<String> madeDirectories = new HashSet<>();

    /** @param parent directory of the build at the server */
    StagedLogs(SftpFiles files, String parent) {
        this.files = files;
        this.parent = parent;
        this.part = parent + "/" + PART + UUID.randomUUID();
    }

    /** Makes the directory of the build and takes away what an attempt that was cut off has left there. */
    void begin() throws LogException {
        server(() -> {
            files.makeDirectories(parent);
            for (String name : files.list(parent)) {
                if (name.startsWith(PART)) {
                    files.removeTree(parent + "/" + name);
                } else if (name.startsWith(OLD)) {
                    recover(name);
                }
            }
            files.makeDirectories(part);
        });
    }

    /** A replacement that was cut off between its two renames left the old logs without their name. */
    private void recover(String old) throws IOException {
        if (files.exists(parent + "/" + NAME)) {
            files.removeTree(parent + "/" + old);
        } else {
            files.rename(parent + "/" + old, parent + "/" + NAME);
        }
    }

    /** Whether a path is a file or a directory here already, or would need a file to be a directory. */
    boolean isTaken(String path) {
        for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
            if (writtenFiles.contains(path.substring(0, slash))) {
                return true;
            }
        }
        return writtenFiles.contains(path) || madeDirectories.contains(path);
    }

    /**
     * Begins a file.
     *
     * @param path safe and relative, not taken
     * @return what to write to; its failures are {@link LogException}s
     */
    OutputStream create(String path) throws LogException {
        int slash = path.lastIndexOf('/');
        OutputStream[] opened = new OutputStream[1];
        server(() -> {
            if (slash > 0) {
                makeDirectory(path.substring(0, slash));
            }
            opened[0] = files.create(part + "/" + path);
        });
        writtenFiles.add(path);
        return new ServerOutput(opened[0]);
    }

    private void makeDirectory(String path) throws IOException {
        if (madeDirectories.contains(path)) {
            return;
        }
        files.makeDirectories(part + "/" + path);
        for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
            madeDirectories.add(path.substring(0, slash));
        }
        madeDirectories.add(path);
    }

    /**
     * Puts what was written in the place of {@code logs}; where nothing was written, there is no {@code logs} afterwards.
     */
    void commit() throws LogException {
        String target = parent + "/" + NAME;
        String old = parent + "/" + OLD + UUID.randomUUID();
        server(() -> {
            boolean replaces = files.exists(target);
            if (replaces) {
                files.rename(target, old);
            }
            if (writtenFiles.isEmpty()) {
                files.removeTree(part);
            } else {
                moveIntoPlace(target, replaces ? old : null);
            }
            if (replaces) {
                files.removeTree(old);
            }
        });
    }

    private void moveIntoPlace(String target, String old) throws IOException {
        try {
            files.rename(part, target);
        } catch (IOException e) {
            if (old != null) {
                try {
                    files.rename(old, target);
                } catch (IOException again) {
                    e.addSuppressed(again);
                }
            }
            throw e;
        }
    }

    /** Takes away what was written, as far as the server still lets us; never throws. */
    void abandon() {
        try {
            files.removeTree(part);
        } catch (IOException e) {
            LOGGER.log(Level.FINE, "Half-written logs stay at the log server until the next attempt", e);
        }
    }

    private interface Request {
        void run() throws IOException;
    }

    private static void server(Request request) throws LogException {
        try {
            request.run();
        } catch (IOException e) {
            throw LogException.ofServer(e);
        }
    }
}
