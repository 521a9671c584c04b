package io.jenkins.plugins.metapluginci.logs;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.metapluginci.ssh.SftpBulk;
import io.jenkins.plugins.metapluginci.ssh.SftpFiles;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;

/** {@code logs} of one build, written over SFTP with many files under way at once. */
final class SftpTree implements TreeSink {
    private static final Logger LOGGER = Logger.getLogger(SftpTree.class.getName());

    private final SftpFiles files;
    private final SftpBulk bulk;
    private final String parent;
    private final String part;
    private final Map<String, Long> written = new HashMap<>();
    private final Set<String> madeDirectories = new HashSet<>();
    private Map<String, Long> present = Map.of();

    /**
     * @param files for what is done alone
     * @param bulk for what is done many times
     * @param parent directory of the build at the server
     */
    SftpTree(SftpFiles files, SftpBulk bulk, String parent, String token) {
        this.files = files;
        this.bulk = bulk;
        this.parent = parent;
        this.part = parent + "/" + PartName.of(token);
    }

    /** Makes the directory of the build and takes away what an attempt of another token that was cut off has left there. */
    void begin() throws LogException {
        server(() -> {
            files.makeDirectories(parent);
            boolean resumed = false;
            for (String name : files.list(parent)) {
                String each = parent + "/" + name;
                if (each.equals(part)) {
                    resumed = true;
                } else if (PartName.isPart(name)) {
                    bulk.removeTree(each);
                } else if (PartName.isOld(name)) {
                    recover(each);
                }
            }
            if (resumed) {
                present = Map.copyOf(bulk.files(part));
            } else {
                files.makeDirectories(part);
            }
        });
    }

    /** A replacement that was cut off between its two renames left the old logs without their name. */
    private void recover(String old) throws IOException {
        if (files.exists(parent + "/" + NAME)) {
            bulk.removeTree(old);
        } else {
            files.rename(old, parent + "/" + NAME);
        }
    }

    @Override
    public Map<String, Long> present() {
        return present;
    }

    @Override
    public void file(String path, long size, InputStream content) throws LogException {
        server(() -> {
            Long there = present.get(path);
            if (there != null && there == size) {
                Content.skip(content);
                written.put(path, size);
                return;
            }
            int slash = path.lastIndexOf('/');
            if (slash > 0) {
                makeDirectory(path.substring(0, slash));
            }
            written.put(path, bulk.write(part + "/" + path, new Content(content)));
        });
    }

    private void makeDirectory(String path) throws IOException {
        if (madeDirectories.contains(path)) {
            return;
        }
        int slash = path.lastIndexOf('/');
        if (slash > 0) {
            makeDirectory(path.substring(0, slash));
        }
        bulk.makeDirectory(part + "/" + path);
        madeDirectories.add(path);
    }

    @Override
    public void verify() throws LogException {
        server(() -> {
            bulk.finish();
            Map<String, Long> there = bulk.files(part);
            PartName.compare(written, there);
            for (String path : there.keySet()) {
                if (!written.containsKey(path)) {
                    // of an earlier attempt, and no part of this one
                    bulk.removeTree(part + "/" + path);
                }
            }
        });
    }

    @Override
    public void commit() throws LogException {
        String target = parent + "/" + NAME;
        String old = parent + "/" + PartName.old(UUID.randomUUID().toString());
        server(() -> {
            bulk.finish();
            boolean replaces = files.exists(target);
            if (replaces) {
                files.rename(target, old);
            }
            if (written.isEmpty()) {
                bulk.removeTree(part);
            } else {
                moveIntoPlace(target, replaces ? old : null);
            }
            if (replaces) {
                bulk.removeTree(old);
            }
        });
    }

    private void moveIntoPlace(String target, @CheckForNull String old) throws IOException {
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
            drain();
            bulk.removeTree(part);
        } catch (IOException e) {
            LOGGER.log(Level.FINE, "Half-written logs stay at the log server until the next attempt", e);
        }
    }

    private void drain() throws IOException {
        try {
            bulk.finish();
        } catch (io.jenkins.plugins.metapluginci.ssh.SshException e) {
            throw e;
        } catch (IOException e) {
            LOGGER.log(Level.FINEST, "A refusal of what is taken away", e);
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
