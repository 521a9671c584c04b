package io.jenkins.plugins.metapluginci.logs;

import io.jenkins.plugins.metapluginci.ssh.SftpFiles;
import java.io.BufferedOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Reader;
import java.io.Writer;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * The complete console of a build as {@code console.txt}, byte for byte, and, in a page, as {@code index.html}. Each is
 * written under another name first and renamed.
 *
 * <p>The charset that the core remembers is the controller's or the node's own, not what was written: a daemon without a
 * locale says US-ASCII, while what a node prints goes through to the log as it is. That is UTF-8 but for single bytes, so
 * the page is UTF-8 whatever the core says.
 */
final class ConsoleUpload {
    private static final String PART = ".console-part-";

    private final LogConnections connections;

    ConsoleUpload(LogConnections connections) {
        this.connections = connections;
    }

    /** Where the console comes from. */
    interface Source {
        /** The console from its beginning, with the core's notes. */
        InputStream open() throws IOException;
    }

    /**
     * Publishes a console.
     *
     * @throws LogException when it is not at the log server
     */
    void run(LogServer server, LogDestination destination, Source console, ConsolePage page)
            throws LogException, InterruptedException {
        connections.call(server.target(), new LogConnections.Cancellation(), files -> {
            String directory = server.path(destination);
            files.makeDirectories(directory);
            for (String name : files.list(directory)) {
                if (name.startsWith(PART)) {
                    files.removeTree(directory + "/" + name);
                }
            }
            put(files, directory, "console.txt", console, InputStream::transferTo);
            put(files, directory, "index.html", console, (in, out) -> page(page, in, out));
            return null;
        });
    }

    private interface Form {
        void write(InputStream console, OutputStream out) throws IOException;
    }

    private static void page(ConsolePage page, InputStream console, OutputStream out) throws IOException {
        Reader in = new InputStreamReader(
                console,
                StandardCharsets.UTF_8
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPLACE)
                        .onUnmappableCharacter(CodingErrorAction.REPLACE));
        Writer text = new OutputStreamWriter(out, StandardCharsets.UTF_8);
        page.write(in, text);
        text.flush();
    }

    private static void put(SftpFiles files, String directory, String name, Source console, Form form)
            throws IOException {
        String part = directory + "/" + PART + UUID.randomUUID();
        boolean renamed = false;
        try {
            try (InputStream in = plain(console);
                    OutputStream out = new BufferedOutputStream(new ServerOutput(files.create(part)), 32 * 1024)) {
                form.write(in, out);
            }
            files.rename(part, directory + "/" + name);
            renamed = true;
        } finally {
            if (!renamed) {
                removeQuietly(files, part);
            }
        }
    }

    private static void removeQuietly(SftpFiles files, String path) {
        try {
            files.removeTree(path);
        } catch (IOException e) {
            // the next attempt takes it away
        }
    }

    private static InputStream plain(Source console) throws LogException {
        try {
            return new LocalInput(new PlainConsole(console.open()));
        } catch (IOException e) {
            throw new LogException(LogProblem.CONSOLE, e.getMessage(), e);
        }
    }

    /** Tells failures of this machine's disk from those of the log server. */
    private static final class LocalInput extends FilterInputStream {
        LocalInput(InputStream in) {
            super(in);
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            try {
                return super.read(bytes, offset, length);
            } catch (IOException e) {
                throw new LogException(LogProblem.CONSOLE, e.getMessage(), e);
            }
        }
    }
}
