package io.jenkins.plugins.metapluginci.ssh;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import org.apache.sshd.sftp.client.SftpClient;
import org.apache.sshd.sftp.client.SftpClient.OpenMode;
import org.apache.sshd.sftp.client.extensions.openssh.OpenSSHPosixRenameExtension;
import org.apache.sshd.sftp.common.SftpConstants;
import org.apache.sshd.sftp.common.SftpException;

/** SFTP of the SSH library behind our interface. */
final class MinaSftp implements SftpFiles {
    private final SftpClient client;
    private final MinaSession session;

    MinaSftp(SftpClient client, MinaSession session) {
        this.client = client;
        this.session = session;
    }

    @FunctionalInterface
    private interface Request<T> {
        T send() throws IOException;
    }

    /** Runs a request and gives its failure the path that it was about. */
    private <T> T on(String path, Request<T> request) throws IOException {
        try {
            return request.send();
        } catch (IOException | RuntimeException e) {
            throw failure(path, e);
        }
    }

    private IOException failure(String path, Exception e) {
        if (e instanceof SshException || e instanceof InterruptedIOException) {
            return (IOException) e;
        }
        if (e instanceof SftpException refused && refused.getStatus() != SftpConstants.SSH_FX_CONNECTION_LOST) {
            String words = refused.getMessage();
            String status = SftpConstants.getStatusName(refused.getStatus());
            return new IOException(
                    session.where() + " refused " + path + ": "
                            + (words == null || words.isBlank() ? status : words + " (" + status + ")"),
                    e);
        }
        if (session.isOpen() && client.isOpen()) {
            return new SshException(
                    SshException.Kind.TIMEOUT, session.where() + " failed at " + path + ": " + e.getMessage(), e);
        }
        return session.broken("during a file transfer (" + path + ")", e, false);
    }

    private static boolean isStatus(IOException e, int status) {
        return e.getCause() instanceof SftpException refused && refused.getStatus() == status;
    }

    @Override
    public void makeDirectories(String path) throws IOException {
        try {
            makeDirectory(path);
        } catch (IOException e) {
            String parent = parent(path);
            if (!isStatus(e, SftpConstants.SSH_FX_NO_SUCH_FILE) || parent == null) {
                throw e;
            }
            makeDirectories(parent);
            makeDirectory(path);
        }
    }

    /** Tries first and looks only after a failure, so that two who make the same directory both succeed. */
    private void makeDirectory(String path) throws IOException {
        try {
            on(path, () -> {
                client.mkdir(path);
                return null;
            });
        } catch (IOException e) {
            if (e instanceof SshException
                    || e instanceof InterruptedIOException
                    || isStatus(e, SftpConstants.SSH_FX_NO_SUCH_FILE)) {
                throw e;
            }
            if (!isDirectory(path)) {
                throw exists(path) ? new IOException(session.where() + ": " + path + " is not a directory.", e) : e;
            }
        }
    }

    private boolean isDirectory(String path) throws IOException {
        try {
            return on(path, () -> client.stat(path).isDirectory());
        } catch (IOException e) {
            if (isStatus(e, SftpConstants.SSH_FX_NO_SUCH_FILE)) {
                return false;
            }
            throw e;
        }
    }

    /** Null when the path has none that could be made. */
    private static String parent(String path) {
        int end = path.length();
        while (end > 0 && path.charAt(end - 1) == '/') {
            end--;
        }
        int slash = path.lastIndexOf('/', end - 1);
        return slash <= 0 ? null : path.substring(0, slash);
    }

    @Override
    public OutputStream create(String path) throws IOException {
        // The library's stream sends each packet without waiting for the answer to the one before.
        OutputStream out =
                on(path, () -> client.write(path, List.of(OpenMode.Write, OpenMode.Create, OpenMode.Truncate)));
        return new FilterOutputStream(out) {
            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                on(path, () -> {
                    out.write(bytes, offset, length);
                    return null;
                });
            }

            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void flush() throws IOException {
                on(path, () -> {
                    out.flush();
                    return null;
                });
            }

            @Override
            public void close() throws IOException {
                on(path, () -> {
                    out.close();
                    return null;
                });
            }
        };
    }

    @Override
    public void rename(String from, String to) throws IOException {
        OpenSSHPosixRenameExtension posix = client.getExtension(OpenSSHPosixRenameExtension.class);
        on(from + " to " + to, () -> {
            if (posix != null && posix.isSupported()) {
                posix.posixRename(from, to);
            } else {
                client.rename(from, to);
            }
            return null;
        });
    }

    @Override
    public void removeTree(String path) throws IOException {
        try {
            // Unlinking first: it never follows a link, and most of a tree is files.
            on(path, () -> {
                client.remove(path);
                return null;
            });
        } catch (SshException | InterruptedIOException e) {
            throw e;
        } catch (IOException e) {
            if (isStatus(e, SftpConstants.SSH_FX_NO_SUCH_FILE) || !exists(path)) {
                return;
            }
            if (!on(path, () -> client.lstat(path).isDirectory())) {
                throw e;
            }
            for (String name : list(path)) {
                removeTree(path + "/" + name);
            }
            on(path, () -> {
                client.rmdir(path);
                return null;
            });
        }
    }

    @Override
    public boolean exists(String path) throws IOException {
        try {
            on(path, () -> client.lstat(path));
            return true;
        } catch (IOException e) {
            if (isStatus(e, SftpConstants.SSH_FX_NO_SUCH_FILE)) {
                return false;
            }
            throw e;
        }
    }

    @Override
    public List<String> list(String path) throws IOException {
        return entries(path).stream().map(Entry::name).toList();
    }

    @Override
    public List<Entry> entries(String path) throws IOException {
        return on(path, () -> {
            List<Entry> entries = new ArrayList<>();
            for (SftpClient.DirEntry entry : client.readDir(path)) {
                String name = entry.getFilename();
                // A name with a slash can only come from a server that lies, and would lead out of the directory.
                if (!name.equals(".") && !name.equals("..") && name.indexOf('/') < 0) {
                    SftpClient.Attributes has = entry.getAttributes();
                    FileTime modified = has.getModifyTime();
                    entries.add(new Entry(
                            name, has.isDirectory(), has.getSize(), modified == null ? 0 : modified.toMillis()));
                }
            }
            return entries;
        });
    }

    @Override
    public void write(String path, long offset, byte[] content) throws IOException {
        on(path, () -> {
            try (SftpClient.CloseableHandle handle = client.open(path, List.of(OpenMode.Write, OpenMode.Create))) {
                client.write(handle, offset, content);
            }
            return null;
        });
    }

    @Override
    public byte[] read(String path, int maxBytes) throws IOException {
        byte[] content = on(path, () -> {
            try (InputStream in = client.read(path)) {
                return in.readNBytes(maxBytes + 1);
            }
        });
        if (content.length > maxBytes) {
            throw new IOException(session.where() + ": " + path + " is longer than " + maxBytes + " bytes.");
        }
        return content;
    }

    @Override
    public void close() {
        try {
            // Tells the server and does not wait. An immediate close would not tell: OpenSSH keeps the channel and
            // refuses the eleventh.
            client.close();
        } catch (IOException | RuntimeException e) {
            // The connection is going away with it; there is nothing left to free.
            return;
        }
    }
}
