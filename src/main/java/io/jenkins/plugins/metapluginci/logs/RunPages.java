package io.jenkins.plugins.metapluginci.logs;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.io.ByteArrayOutputStream;
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
import java.time.Duration;
import java.util.Arrays;
import java.util.UUID;

/**
 * What stands beside a run's {@code logs}: its index, its console as text and as a page, its environment. Each is written under
 * another name first and renamed. One thread at a time, as the server's files.
 *
 * <p>The charset that the core remembers is the controller's or the node's own, not what was written: a daemon without a locale
 * says US-ASCII, while what a node prints goes through to the log as it is. That is UTF-8 but for single bytes, so the pages are
 * UTF-8 whatever the core says.
 */
final class RunPages {
    static final String ENVIRONMENT = "environment.txt";
    private static final String PART = ".console-part-";
    private static final int CHUNK = 256 * 1024;
    private static final int MAX_INDEX = 16 << 20;
    private static final int MAX_AT_ONCE = 32 << 20;

    private final ServerFiles files;
    private final String directory;

    RunPages(ServerFiles files, LogDestination place) {
        this.files = files;
        this.directory = place.path();
    }

    /** The first pages of a run that has begun: the link in its console and at Gerrit shows them from now on. */
    void begin(RunFacts facts, @CheckForNull RunIndex.Neighbour previous) throws LogException {
        files.makeDirectories(directory);
        // of a run that was here before: a console that grows would grow over it
        if (files.canAppend()) {
            files.removeTree(at(ConsoleHtml.TEXT));
            files.removeTree(at(ConsoleHtml.NAME));
        }
        index(facts, RunLogs.RUNNING, previous, null);
    }

    /**
     * Writes the index and the environment.
     *
     * @param previous run for the change; null when there is none
     * @param next likewise
     */
    void index(
            RunFacts facts,
            RunLogs logs,
            @CheckForNull RunIndex.Neighbour previous,
            @CheckForNull RunIndex.Neighbour next)
            throws LogException {
        files.makeDirectories(directory);
        environment(facts);
        write(RunIndex.NAME, RunIndex.of(facts, logs, previous, next));
    }

    /** Puts a later run into the index that is there; nothing happens when there is none. @return whether it is in it now */
    boolean next(RunIndex.Neighbour next) throws LogException {
        String path = at(RunIndex.NAME);
        if (!files.exists(path)) {
            return false;
        }
        String page = new String(files.read(path, MAX_INDEX), StandardCharsets.UTF_8);
        String changed = RunIndex.withNext(page, next);
        if (changed != null && !changed.equals(page)) {
            write(RunIndex.NAME, changed);
        }
        return changed != null;
    }

    /**
     * Writes the whole console in both forms.
     *
     * @param title of the page
     * @param seen when its lines were written, as far as it is known
     * @throws LogException when it is not at the log server
     */
    void console(String title, ConsoleSource console, SeenLines seen) throws LogException {
        files.makeDirectories(directory);
        if (files.canAppend()) {
            for (ServerFiles.Entry entry : files.list(directory)) {
                if (entry.name().startsWith(PART) || entry.name().startsWith(ServerFiles.PART)) {
                    files.removeTree(at(entry.name()));
                }
            }
        }
        put(ConsoleHtml.TEXT, console, InputStream::transferTo);
        put(ConsoleHtml.NAME, console, (in, out) -> {
            Writer text = new OutputStreamWriter(out, StandardCharsets.UTF_8);
            ConsoleHtml.page(title, reader(in), seen, text);
            text.flush();
        });
    }

    private static Reader reader(InputStream in) {
        return new InputStreamReader(
                in,
                StandardCharsets.UTF_8
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPLACE)
                        .onUnmappableCharacter(CodingErrorAction.REPLACE));
    }

    private interface Form {
        void write(InputStream console, OutputStream out) throws IOException;
    }

    private void put(String name, ConsoleSource console, Form form) throws LogException {
        if (!files.canAppend()) {
            putAtOnce(name, console, form);
            return;
        }
        String part = at(PART + UUID.randomUUID());
        boolean renamed = false;
        try {
            try (InputStream in = plain(console);
                    Appending out = new Appending(part)) {
                form.write(in, out);
            } catch (LogException e) {
                throw e;
            } catch (IOException e) {
                throw new LogException(LogProblem.CONSOLE, e.getMessage(), e);
            }
            files.rename(part, at(name));
            renamed = true;
        } finally {
            if (!renamed) {
                removeQuietly(part);
            }
        }
    }

    /** Where files can neither grow nor be renamed: what is longer than the memory should hold is cut. */
    private void putAtOnce(String name, ConsoleSource console, Form form) throws LogException {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        try (InputStream in = plain(console)) {
            form.write(in, new Cutting(whole));
        } catch (LogException e) {
            throw e;
        } catch (IOException e) {
            throw new LogException(LogProblem.CONSOLE, e.getMessage(), e);
        }
        files.write(at(name), whole.toByteArray());
    }

    /** Passes on so much, and drops the rest. */
    private static final class Cutting extends OutputStream {
        private final ByteArrayOutputStream out;

        Cutting(ByteArrayOutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int b) {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            out.write(bytes, offset, Math.min(length, MAX_AT_ONCE - out.size()));
        }
    }

    private void removeQuietly(String path) {
        try {
            files.removeTree(path);
        } catch (LogException e) {
            // the next attempt takes it away
        }
    }

    private static InputStream plain(ConsoleSource console) throws LogException {
        try {
            return new LocalInput(new PlainConsole(console.open()));
        } catch (IOException e) {
            throw new LogException(LogProblem.CONSOLE, e.getMessage(), e);
        }
    }

    private void environment(RunFacts facts) throws LogException {
        StringBuilder text = new StringBuilder("# Environment of " + line(facts.title()) + "\n");
        text.append("STARTED_UTC=").append(Html.utc(facts.startedMs())).append('\n');
        if (facts.endedMs() > 0) {
            text.append("ENDED_UTC=").append(Html.utc(facts.endedMs())).append('\n');
            text.append("DURATION=").append(Html.span(Duration.ofMillis(facts.endedMs() - facts.startedMs())));
            text.append("\nRESULT=")
                    .append(line(String.valueOf(facts.result())))
                    .append('\n');
        }
        text.append("NODE=").append(line(facts.node())).append('\n');
        facts.environment()
                .forEach((name, value) ->
                        text.append(line(name)).append('=').append(line(value)).append('\n'));
        write(ENVIRONMENT, text.toString());
    }

    private static String line(String text) {
        return text.replaceAll("\\p{Cntrl}", " ");
    }

    private void write(String name, String content) throws LogException {
        files.write(at(name), content.getBytes(StandardCharsets.UTF_8));
    }

    private String at(String name) {
        return directory + "/" + name;
    }

    /** Writes a new file piece by piece. */
    private final class Appending extends OutputStream {
        private final String path;
        private final byte[] buffer = new byte[CHUNK];
        private int filled;
        private long written;
        private boolean made;

        Appending(String path) {
            this.path = path;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            int done = 0;
            while (done < length) {
                if (filled == buffer.length) {
                    send();
                }
                int count = Math.min(length - done, buffer.length - filled);
                System.arraycopy(bytes, offset + done, buffer, filled, count);
                filled += count;
                done += count;
            }
        }

        private void send() throws LogException {
            files.append(path, written, Arrays.copyOf(buffer, filled));
            written += filled;
            filled = 0;
            made = true;
        }

        @Override
        public void close() throws IOException {
            if (filled > 0 || !made) {
                send();
            }
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
