package io.jenkins.plugins.metapluginci.logs;

import io.jenkins.plugins.metapluginci.ssh.SshException;
import io.jenkins.plugins.metapluginci.ssh.SshSession;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** An archive of our own making into {@code tar} at the log server. */
final class TarStream implements Unpacking {
    private static final int BUFFER = 32 * 1024;
    private static final int MAX_OUTPUT = 64 * 1024;

    private final SshSession.RemoteExchange exchange;
    private final TarArchiveOutputStream tar;
    private final String mark;
    private final Set<String> directories = new HashSet<>();
    private final byte[] buffer = new byte[BUFFER];

    private TarStream(SshSession.RemoteExchange exchange, String mark) {
        this.exchange = exchange;
        this.mark = mark;
        OutputStream out = new BufferedOutputStream(exchange.stdin(), BUFFER);
        tar = new TarArchiveOutputStream(out, "UTF-8");
        tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_GNU);
        tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_STAR);
    }

    /** @param into a script that changes to the directory, with its end */
    static TarStream start(SshSession session, String into) throws LogException {
        String mark = "metaplugin-ci-" + UUID.randomUUID();
        // -m: the time of writing, by which the operator's own clean-up may go; -o: never the owner in the archive
        String script = into + "tar -xmof -; status=$?; echo; echo " + mark + " $status";
        try {
            return new TarStream(session.exchange(RemoteShell.command(script), Map.of()), mark);
        } catch (SshException e) {
            throw LogException.ofServer(e);
        } catch (InterruptedException e) {
            throw RemoteShell.interrupted(e);
        }
    }

    @Override
    public void file(String path, long size, InputStream content) throws LogException {
        try {
            for (int slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
                directory(path.substring(0, slash + 1));
            }
            TarArchiveEntry entry = new TarArchiveEntry("./" + path);
            entry.setSize(size);
            entry.setMode(TarArchiveEntry.DEFAULT_FILE_MODE);
            tar.putArchiveEntry(entry);
            for (int count = content.read(buffer); count >= 0; count = content.read(buffer)) {
                tar.write(buffer, 0, count);
            }
            tar.closeArchiveEntry();
        } catch (LogException e) {
            throw e;
        } catch (IOException e) {
            throw failure(e);
        }
    }

    private void directory(String path) throws IOException {
        if (directories.add(path)) {
            TarArchiveEntry entry = new TarArchiveEntry("./" + path);
            entry.setMode(TarArchiveEntry.DEFAULT_DIR_MODE);
            tar.putArchiveEntry(entry);
            tar.closeArchiveEntry();
        }
    }

    /** A program that ended early says more than that its input is closed. */
    private LogException failure(IOException e) {
        String said = exchange.stderr();
        return said.isBlank() || e instanceof SshException
                ? LogException.ofServer(e)
                : new LogException(
                        LogProblem.SERVER_REFUSED, "tar at the log server failed: " + PublishNotes.clean(said), e);
    }

    @Override
    public void finish() throws LogException {
        try (this) {
            tar.close();
            String said = new String(exchange.stdout().readNBytes(MAX_OUTPUT), StandardCharsets.UTF_8);
            if (!said.contains(mark + " 0\n")) {
                throw new LogException(
                        LogProblem.SERVER_REFUSED,
                        "tar at the log server failed: " + PublishNotes.clean(exchange.stderr()),
                        null);
            }
        } catch (LogException e) {
            throw e;
        } catch (IOException e) {
            throw failure(e);
        }
    }

    @Override
    public void close() {
        exchange.close();
    }
}
