package io.jenkins.plugins.metapluginci.logs;

import io.jenkins.plugins.metapluginci.ssh.SftpFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;

/** {@code logs} of one build, written over SFTP. */
final class SftpTree implements TreeSink {
    private static final Logger LOGGER = Logger.getLogger(SftpTree.class.getName());
    private static final String PART = ".logs-part-";
    private static final String OLD = ".logs-old-";

    private final SftpFiles files;
    private final String parent;
    private final String part;
    private final Map<String, Long> written = new HashMap<>();
    private final Map<String, Long> present = new HashMap<>();
    private final Set<String> madeDirectories = new HashSet<>();
    private final byte[] buffer = new byte[64 * 1024];

    /** @param parent directory of the build at the server */
    SftpTree(SftpFiles files, String parent, String token) {
        this.files = files;
        this.parent = parent;
        this.part = parent + "/" + PART + token;
    }

    /** Makes the directory of the build and takes away what an attempt that was cut off has left there. */
    void begin() throws LogException {
        server(() -> {
            files.makeDirectories(parent);
            for (String name : files.list(parent)) {
                if (name.startsWith(PART) && !part.endsWith("/" + name)) {
                    files.removeTree(parent + "/" + name);
                } else if (name.startsWith(OLD)) {
                    recover(name);
                }
            }
            files.makeDirectories(part);
            look("");
        });
    }

    /** What an attempt with the same token has left. */
    private void look(String below) throws IOException {
        for (SftpFiles.Entry entry : files.entries(part + below)) {
            if (entry.directory()) {
                look(below + "/" + entry.name());
            } else {
                present.put((below + "/" + entry.name()).substring(1), entry.size());
            }
        }
    }

    /** A replacement that was cut off between its two renames left the old logs without their name. */
    private void recover(String old) throws IOException {
        if (files.exists(parent + "/" + NAME)) {
            files.removeTree(parent + "/" + old);
        } else {
            files.rename(parent + "/" + old, parent + "/" + NAME);
        }
    }

    @Override
    public Map<String, Long> present() {
        return Map.copyOf(present);
    }

    @Override
    public void file(String path, long size, InputStream content) throws LogException {
        long length = 0;
        try (OutputStream out = create(path)) {
            for (int count = read(content); count >= 0; count = read(content)) {
                out.write(buffer, 0, count);
                length += count;
            }
        } catch (IOException e) {
            throw LogException.ofServer(e);
        }
        written.put(path, length);
    }

    private int read(InputStream content) throws LogException {
        try {
            return content.read(buffer);
        } catch (LogException e) {
            throw e;
        } catch (IOException e) {
            throw new LogException(LogProblem.INCOMPLETE, e.getMessage(), e);
        }
    }

    private OutputStream create(String path) throws IOException {
        int slash = path.lastIndexOf('/');
        if (slash > 0) {
            makeDirectory(path.substring(0, slash));
        }
        return files.create(part + "/" + path);
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

    @Override
    public void verify() throws LogException {
        server(() -> {
            present.clear();
            look("");
        });
        for (Map.Entry<String, Long> file : written.entrySet()) {
            Long there = present.get(file.getKey());
            if (!file.getValue().equals(there)) {
                throw new LogException(
                        LogProblem.SERVER_REFUSED,
                        "the log server has " + (there == null ? "no" : there + " bytes of the") + " file "
                                + file.getKey() + ", which has " + file.getValue() + " bytes",
                        null);
            }
        }
    }

    @Override
    public void commit() throws LogException {
        String target = parent + "/" + NAME;
        String old = parent + "/" + OLD + UUID.randomUUID();
        server(() -> {
            boolean replaces = files.exists(target);
            if (replaces) {
                files.rename(target, old);
            }
            if (written.isEmpty()) {
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

    @Override
    public void abandon(boolean keepForResume) {
        if (keepForResume) {
            return;
        }
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
