package io.jenkins.plugins.metapluginci.logs;

import io.jenkins.plugins.metapluginci.ssh.SftpBulk;
import io.jenkins.plugins.metapluginci.ssh.SftpFiles;
import io.jenkins.plugins.metapluginci.ssh.SshException;
import io.jenkins.plugins.metapluginci.ssh.SshSession;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.UUID;

/** A log server that is written over SFTP. */
final class SftpServer implements ServerFiles {
    private final SftpFiles files;
    private final String root;
    private final String how;

    private final SftpBulk bulk;

    /**
     * @param session stays the caller's
     * @param root directory at the server, without a slash at its end unless it is {@code /}
     * @param how see {@link #how()}
     * @throws SshException when the server has no SFTP, or its account prints something else in its place; the session is good then
     */
    SftpServer(SshSession session, String root, String how) throws SshException, InterruptedException {
        this.root = root;
        this.how = how;
        // First, since the library ends the session over an answer that is not SFTP.
        this.bulk = session.sftpBulk();
        boolean opened = false;
        try {
            this.files = session.sftp();
            opened = true;
        } finally {
            if (!opened) {
                bulk.close();
            }
        }
    }

    /** The path as the server takes it. */
    private String at(String path) {
        if (path.isEmpty()) {
            return root;
        }
        if (root.equals(".")) {
            return path;
        }
        return root.endsWith("/") ? root + path : root + "/" + path;
    }

    private interface Request<T> {
        T send() throws IOException;
    }

    private static <T> T ask(Request<T> request) throws LogException {
        try {
            return request.send();
        } catch (IOException e) {
            throw LogException.ofServer(e);
        }
    }

    private interface Command {
        void send() throws IOException;
    }

    private static void tell(Command command) throws LogException {
        ask(() -> {
            command.send();
            return null;
        });
    }

    @Override
    public void makeDirectories(String path) throws LogException {
        tell(() -> files.makeDirectories(at(path)));
    }

    @Override
    public void write(String path, byte[] content) throws LogException {
        String target = at(path);
        String part = at(path.substring(0, path.lastIndexOf('/') + 1) + PART + UUID.randomUUID());
        boolean renamed = false;
        try {
            tell(() -> {
                try (OutputStream out = files.create(part)) {
                    out.write(content);
                }
                files.rename(part, target);
            });
            renamed = true;
        } finally {
            if (!renamed) {
                removeQuietly(part);
            }
        }
    }

    private void removeQuietly(String path) {
        try {
            files.removeTree(path);
        } catch (IOException e) {
            // what failed before says more
        }
    }

    @Override
    public void append(String path, long offset, byte[] content) throws LogException {
        tell(() -> files.write(at(path), offset, content));
    }

    @Override
    public byte[] read(String path, int max) throws LogException {
        return ask(() -> files.read(at(path), max));
    }

    @Override
    public List<Entry> list(String path) throws LogException {
        return ask(() -> files.entries(at(path))).stream()
                .map(each -> new Entry(each.name(), each.directory(), each.size(), each.modified()))
                .toList();
    }

    @Override
    public void rename(String from, String to) throws LogException {
        tell(() -> files.rename(at(from), at(to)));
    }

    @Override
    public void removeTree(String path) throws LogException {
        tell(() -> bulk.removeTree(at(path)));
    }

    @Override
    public boolean exists(String path) throws LogException {
        return ask(() -> files.exists(at(path)));
    }

    @Override
    public TreeSink tree(String directory, String token) throws LogException {
        SftpTree tree = new SftpTree(files, bulk, at(directory), token);
        tree.begin();
        return tree;
    }

    @Override
    public String how() {
        return how;
    }

    @Override
    public void close() {
        files.close();
        bulk.close();
    }
}
