package io.jenkins.plugins.metapluginci.node;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Takes the output of a script on a node apart into lines, until the line that says its status: {@code MARK STATUS}. Lines are
 * cut and made printable, and past a number of them the rest is only counted. Thread-safe.
 */
final class ScriptLines extends OutputStream {
    private static final int MOST_BYTES = 400;
    private static final int MOST_LINES = 50_000;

    private final String mark;
    private final Consumer<String> lines;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private int count;
    private volatile int status = -1;

    ScriptLines(String mark, Consumer<String> lines) {
        this.mark = mark;
        this.lines = lines;
    }

    @Override
    public synchronized void write(int b) {
        if (b == '\n' || b == '\r') {
            end();
        } else if (line.size() < MOST_BYTES) {
            line.write(b);
        }
    }

    private void end() {
        String text = line.toString(StandardCharsets.UTF_8).replaceAll("[^\\x20-\\x7e]", "?");
        line.reset();
        if (text.startsWith(mark + " ") && text.substring(mark.length() + 1).matches("[0-9]{1,3}")) {
            status = Integer.parseInt(text.substring(mark.length() + 1));
            ended.countDown();
        } else if (!text.isBlank() && status < 0) {
            count++;
            if (count <= MOST_LINES) {
                lines.accept(count == MOST_LINES ? "(more than " + MOST_LINES + " lines)" : text);
            }
        }
    }

    /**
     * Waits for the last line.
     *
     * @param limit milliseconds
     * @throws IOException when it does not come
     */
    int status(long limit) throws IOException, InterruptedException {
        if (!ended.await(limit, TimeUnit.MILLISECONDS)) {
            throw new IOException("its output was cut off");
        }
        return status;
    }
}
