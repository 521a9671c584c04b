package io.jenkins.plugins.metapluginci.logs;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The console of one build while it runs: what is new is written behind what the log server has. What goes wrong here costs
 * readers some time: the whole console is written anew at the end. Its lock is held while it works; one look at a time.
 */
final class LiveConsole {
    /** Read at a time. */
    private static final int CHUNK = 512 * 1024;

    /** So many chunks a look, so that one busy build leaves time for the others. */
    private static final int MAX_CHUNKS = 4;

    /** Beyond, readers wait for the end. */
    private static final long MAX_BYTES = 256L << 20;

    private final LogConnections connections;
    private final LogServer server;
    private final LogDestination place;
    private final String title;
    private final ConsoleSource console;
    private final SeenLines seen = new SeenLines();
    private final ConsoleHtml page = new ConsoleHtml(seen);
    private final LogConnections.Cancellation cancellation = new LogConnections.Cancellation();
    private final ReentrantLock lock = new ReentrantLock();

    private volatile boolean over;
    private volatile boolean claimed;
    /** The rest is guarded by {@link #lock}. */
    private boolean begun;

    private long read;
    private int lines;
    private final Growing text = new Growing(ConsoleHtml.TEXT);
    private final Growing html = new Growing(ConsoleHtml.NAME);

    LiveConsole(
            LogConnections connections, LogServer server, LogDestination place, String title, ConsoleSource console) {
        this.connections = connections;
        this.server = server;
        this.place = place;
        this.title = title;
        this.console = console;
    }

    /** What is done with the server before the console's first line. */
    interface Beginning {
        void with(ServerFiles files) throws LogException;
    }

    /**
     * Writes what is new. Nothing is asked of the log server when nothing is.
     *
     * @param ms now, epoch milliseconds
     * @param beginning done once, until it does not throw
     */
    void look(long ms, Beginning beginning) throws LogException, InterruptedException {
        lock.lock();
        try {
            boolean news = gather(ms);
            if (!over && (!begun || news)) {
                connections.call(server, cancellation, files -> {
                    begin(files, beginning);
                    for (int i = 0; i < MAX_CHUNKS && !over && gather(ms); i++) {
                        text.write(files);
                        html.write(files);
                    }
                    return null;
                });
            }
        } finally {
            lock.unlock();
        }
    }

    private void begin(ServerFiles files, Beginning beginning) throws LogException {
        if (!begun) {
            beginning.with(files);
            begun = true;
            over |= !files.canAppend();
        }
    }

    /** Reads the next piece, unless there is one that the server does not have. @return whether there is one now */
    private boolean gather(long ms) throws LogException {
        if (text.waits() || html.waits()) {
            return true;
        }
        byte[] raw;
        try (InputStream in = console.open()) {
            in.skipNBytes(read);
            raw = in.readNBytes(CHUNK);
        } catch (IOException e) {
            throw new LogException(LogProblem.CONSOLE, e.getMessage(), e);
        }
        int whole = lastLine(raw);
        int length = whole > 0 || raw.length < CHUNK ? whole : raw.length;
        if (length == 0 || text.written > MAX_BYTES) {
            return false;
        }
        byte[] plain;
        try (PlainConsole in = new PlainConsole(new ByteArrayInputStream(raw, 0, length))) {
            plain = in.readAllBytes();
        } catch (IOException e) {
            throw new LogException(LogProblem.CONSOLE, e.getMessage(), e);
        }
        for (byte b : plain) {
            lines += b == '\n' ? 1 : 0;
        }
        seen.seen(lines, ms);
        char[] characters = new String(plain, StandardCharsets.UTF_8).toCharArray();
        String head = read == 0 ? ConsoleHtml.head(title, true) : "";
        html.add((head + page.lines(characters, characters.length)).getBytes(StandardCharsets.UTF_8));
        text.add(plain);
        read += length;
        return true;
    }

    /** Where the last whole line ends; 0 when there is none. A piece ends there: the core's notes never span lines. */
    private static int lastLine(byte[] raw) {
        int end = raw.length;
        while (end > 0 && raw[end - 1] != '\n') {
            end--;
        }
        return end;
    }

    /**
     * Ends it; a write under way gets some time and is cut off then.
     *
     * @return when the lines were seen
     */
    SeenLines end(long graceMs) throws InterruptedException {
        over = true;
        if (!lock.tryLock(graceMs, TimeUnit.MILLISECONDS)) {
            cancellation.cancel();
            lock.lockInterruptibly();
        }
        lock.unlock();
        return seen;
    }

    boolean isOver() {
        return over;
    }

    /** Somebody will write the whole console. */
    void claim() {
        claimed = true;
    }

    boolean isClaimed() {
        return claimed;
    }

    /** A file at the server that grows; what it does not have yet waits here. */
    private final class Growing {
        private final String name;
        private long written;
        private byte[] waiting = new byte[0];

        Growing(String name) {
            this.name = name;
        }

        boolean waits() {
            return waiting.length > 0;
        }

        void add(byte[] more) {
            waiting = Arrays.copyOf(more, more.length);
        }

        void write(ServerFiles files) throws LogException {
            if (waiting.length > 0) {
                files.append(place.path() + "/" + name, written, waiting);
                written += waiting.length;
                waiting = new byte[0];
            }
        }
    }
}
