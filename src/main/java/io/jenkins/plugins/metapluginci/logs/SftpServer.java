package io.jenkins.plugins.metapluginci.logs;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.metapluginci.ssh.SftpBulk;
import io.jenkins.plugins.metapluginci.ssh.SftpFiles;
import io.jenkins.plugins.metapluginci.ssh.SshSession;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.List;
import java.util.UUID;

/** A log server that is written over SFTP. */
final class SftpServer implements ServerFiles {
    private final SshSession session;
    private final SftpFiles files;
    private final String root;
    private final String how;

    @CheckForNull
    private SftpBulk bulk;

    /**
     * @param files of the session; closed with this
     * @param root directory at the server, without a slash at its end unless it is {@code /}
     * @param how see {@link #how()}
     */
    SftpServer(SshSession session, SftpFiles files, String root, String how) {
        this.session = session;
        this.files = files;
        this.root = root;
        this.how = how;
    }

    private SftpBulk bulk() throws IOException {
        SftpBulk open = bulk;
        if (open == null) {
            try {
                open = session.sftpBulk();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw (IOException) new InterruptedIOException("interrupted").initCause(e);
            }
            bulk = open;
        }
        return open;
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
        String part = at(path.substring(0, path.lastIndexOf('/') + 1) + ".part-" + UUID.randomUUID());
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
        tell(() -> bulk().removeTree(at(path)));
    }

    @Override
    public boolean exists(String path) throws LogException {
        return ask(() -> files.exists(at(path)));
    }

    @Override
    public TreeSink tree(String directory, String token) throws LogException {
        SftpTree tree = new SftpTree(files, ask(this::bulk), at(directory), token);
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
        if (bulk != null) {
            bulk.close();
        }
    }
}
