package io.jenkins.plugins.metapluginci.logs;

import io.jenkins.plugins.metapluginci.ssh.SshException;
import io.jenkins.plugins.metapluginci.ssh.SshSession;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A log server that knows scp alone. Files are written in their place, since nothing can be renamed there: a reader may see half a
 * file, and what an earlier run left is not removed. {@link #how} says so.
 */
final class ScpServer implements ServerFiles {
    private static final Pattern FILE = Pattern.compile("C[0-7]{4} ([0-9]{1,18}) .*");
    private static final int MAX_LINE = 1000;

    private final SshSession session;
    private final String root;
    private final String how;

    ScpServer(SshSession session, String root, String how) {
        this.session = session;
        this.root = root;
        this.how = how;
    }

    private String at(String path) {
        if (path.isEmpty()) {
            return root;
        }
        return root.endsWith("/") ? root + path : root + "/" + path;
    }

    @Override
    public void makeDirectories(String path) throws LogException {
        try (ScpStream stream = ScpStream.start(session, "", root)) {
            if (!path.isEmpty()) {
                stream.enter(path);
            }
            stream.finish();
        }
    }

    @Override
    public void write(String path, byte[] content) throws LogException {
        try (ScpStream stream = ScpStream.start(session, "", root)) {
            stream.file(path, content.length, new ByteArrayInputStream(content));
            stream.finish();
        }
    }

    private static LogException cannot(String what) {
        return new LogException(
                LogProblem.SERVER_REFUSED, "a log server that has neither SFTP nor a shell cannot " + what, null);
    }

    /** Only from the beginning on: scp writes whole files. */
    @Override
    public void append(String path, long offset, byte[] content) throws LogException {
        if (offset > 0) {
            throw cannot("append to a file");
        }
        write(path, content);
    }

    @Override
    public boolean canAppend() {
        return false;
    }

    @Override
    public byte[] read(String path, int max) throws LogException {
        String from = at(path);
        String command = "scp -f " + RemoteShell.quoted(from.startsWith("-") ? "./" + from : from);
        try (SshSession.RemoteExchange exchange = session.exchange(command, Map.of())) {
            OutputStream out = exchange.stdin();
            InputStream in = exchange.stdout();
            accept(out);
            String line = line(in);
            Matcher file = FILE.matcher(line);
            if (!file.matches()) {
                throw new LogException(
                        LogProblem.SERVER_REFUSED,
                        "scp at the log server did not give " + path + ": "
                                + PublishNotes.clean(line + exchange.stderr()),
                        null);
            }
            long size = Long.parseLong(file.group(1));
            if (size > max) {
                throw new LogException(LogProblem.SERVER_REFUSED, path + " is longer than " + max + " bytes", null);
            }
            accept(out);
            byte[] content = in.readNBytes((int) size);
            if (content.length < size || in.read() != 0) {
                throw new LogException(LogProblem.SERVER_REFUSED, path + " did not come whole", null);
            }
            accept(out);
            return content;
        } catch (IOException e) {
            throw LogException.ofServer(e);
        } catch (InterruptedException e) {
            throw RemoteShell.interrupted(e);
        }
    }

    private static void accept(OutputStream out) throws IOException {
        out.write(0);
        out.flush();
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c >= 0 && c != '\n' && line.length() < MAX_LINE; c = in.read()) {
            line.append((char) c);
        }
        return new String(line.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    @Override
    public List<Entry> list(String path) throws LogException {
        throw cannot("list a directory");
    }

    @Override
    public void rename(String from, String to) throws LogException {
        throw cannot("rename");
    }

    @Override
    public void removeTree(String path) throws LogException {
        throw cannot("remove a file");
    }

    @Override
    public boolean exists(String path) throws LogException {
        try {
            read(path, 0);
            return true;
        } catch (LogException e) {
            if (e.getCause() instanceof SshException) {
                throw e;
            }
            return String.valueOf(e.getMessage()).contains("is longer");
        }
    }

    @Override
    public TreeSink tree(String directory, String token) throws LogException {
        return new InPlace(ScpStream.start(session, "", root), directory + "/" + TreeSink.NAME + "/");
    }

    /** Writes under the names that readers see. */
    private record InPlace(ScpStream stream, String prefix) implements TreeSink {
        @Override
        public Map<String, Long> present() {
            return Map.of();
        }

        @Override
        public void file(String path, long size, InputStream content) throws LogException {
            try (Sized whole = Sized.of(new Content(content), size)) {
                stream.file(prefix + path, whole.size(), whole.stream());
            } catch (IOException e) {
                throw LogException.ofServer(e);
            }
        }

        /** Each file was answered for by scp; nothing else can be asked there. */
        @Override
        public void verify() throws LogException {
            stream.finish();
        }

        @Override
        public void commit() {
            stream.close();
        }

        @Override
        public void abandon(boolean keepForResume) {
            stream.close();
        }
    }

    @Override
    public String how() {
        return how;
    }

    @Override
    public void close() {
        // every request has a channel of its own
    }
}
