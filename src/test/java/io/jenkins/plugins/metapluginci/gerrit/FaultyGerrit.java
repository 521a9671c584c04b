package io.jenkins.plugins.metapluginci.gerrit;

import io.jenkins.plugins.metapluginci.ssh.SshHost;
import io.jenkins.plugins.metapluginci.ssh.SshTarget;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;

/** A Gerrit in this JVM that does what its faults make it do. */
final class FaultyGerrit implements AutoCloseable {
    private static final byte[] DISCONNECT = {};

    final SshHost host = new SshHost("ssh-ed25519");
    /** The words of each review command after {@code gerrit review}, as Gerrit splits them. */
    final List<List<String>> reviews = new CopyOnWriteArrayList<>();

    private final BlockingQueue<byte[]> events = new LinkedBlockingQueue<>();
    private final List<Thread> streams = new CopyOnWriteArrayList<>();
    private final Path key;
    volatile boolean hangs;
    volatile String streamRefusal;
    volatile String queryAnswer = "{\"type\":\"stats\",\"rowCount\":0}\n";
    /** Answers the queries when there is one. */
    volatile ModelGerrit model;
    /** Before the answer to a query. */
    volatile int delayMillis;
    /** Error output of the next queries, with an exit status of 1; null to answer them. */
    volatile String queryError;
    /** Error output of the next reviews, with an exit status of 1; null to take them. */
    volatile String reviewError;
    /** Takes the next review and cuts the connection instead of answering. */
    volatile boolean cutsAtReview;

    FaultyGerrit(Path directory) throws IOException, GeneralSecurityException {
        key = SshHost.write(host.userKey(), directory.resolve("id_gerrit"), null);
        host.program(this::run);
    }

    GerritSettings settings() {
        return settings(host.port());
    }

    GerritSettings settings(int port) {
        return new GerritSettings(target(port));
    }

    SshTarget target(int port) {
        return host.target(port, key);
    }

    /** Sends a line on the open stream, or on the next one. */
    void emit(String line) {
        emitRaw((line + "\n").getBytes(StandardCharsets.UTF_8));
    }

    void emitRaw(byte[] bytes) {
        events.add(bytes);
    }

    /** Cuts the stream's connection after what was sent before. */
    void disconnectStream() {
        events.add(DISCONNECT);
    }

    int openStreams() {
        return streams.size();
    }

    private int run(SshHost.Call call) throws Exception {
        String command = call.command();
        if (hangs) {
            new Semaphore(0).acquire();
        }
        if (command.equals("gerrit version")) {
            call.print("gerrit version 3.10.2\n");
            return 0;
        } else if (command.equals("gerrit stream-events")) {
            return stream(call);
        } else if (command.startsWith("gerrit query ")) {
            return query(call);
        } else if (command.startsWith("gerrit review ")) {
            return review(call);
        }
        call.complain("fatal: gerrit: " + command + ": not found\n");
        return 1;
    }

    private int query(SshHost.Call call) throws IOException, InterruptedException {
        Thread.sleep(delayMillis);
        if (queryError != null) {
            call.complain(queryError);
            return 1;
        }
        ModelGerrit changes = model;
        call.print(changes == null ? queryAnswer : changes.answer(call.command()));
        return 0;
    }

    private int stream(SshHost.Call call) throws IOException {
        if (streamRefusal != null) {
            call.complain(streamRefusal);
            return 1;
        }
        streams.add(Thread.currentThread());
        try {
            while (true) {
                byte[] next = events.take();
                if (next == DISCONNECT) {
                    call.disconnect().run();
                    return 1;
                }
                call.out().write(next);
                call.out().flush();
            }
        } catch (InterruptedException e) {
            return 127;
        } finally {
            streams.remove(Thread.currentThread());
        }
    }

    private int review(SshHost.Call call) throws IOException {
        List<String> words = arguments(call.command());
        reviews.add(words.subList(2, words.size()));
        if (cutsAtReview) {
            cutsAtReview = false;
            call.disconnect().run();
            return 1;
        }
        if (reviewError != null) {
            call.complain(reviewError);
            return 1;
        }
        return 0;
    }

    /**
     * Splits a command line by Gerrit's rules: blanks and tabs part words; quotes of either kind do within the other and are
     * left out; a backslash outside of apostrophes takes the next character as it is; empty words vanish.
     */
    static List<String> split(String line) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        char quote = 0;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (quote != 0 ? c == quote : c == '\'' || c == '"') {
                quote = quote == 0 ? c : 0;
            } else if (c == '\\' && quote != '\'' && i + 1 < line.length()) {
                word.append(line.charAt(++i));
            } else if (quote == 0 && (c == ' ' || c == '\t')) {
                if (word.length() > 0) {
                    words.add(word.toString());
                    word.setLength(0);
                }
            } else {
                word.append(c);
            }
        }
        if (word.length() > 0) {
            words.add(word.toString());
        }
        return words;
    }

    /** The words that a command gets: options and their values parted, by {@code gerrit} and then by the command itself. */
    static List<String> arguments(String line) {
        return partOptions(partOptions(split(line)));
    }

    private static List<String> partOptions(List<String> words) {
        List<String> parted = new ArrayList<>();
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            int equals = word.indexOf('=');
            if (word.equals("--")) {
                parted.addAll(words.subList(i, words.size()));
                return parted;
            } else if (word.startsWith("--") && equals > 0) {
                parted.add(word.substring(0, equals));
                parted.add(word.substring(equals + 1));
            } else {
                parted.add(word);
            }
        }
        return parted;
    }

    @Override
    public void close() throws IOException {
        host.close();
    }
}
