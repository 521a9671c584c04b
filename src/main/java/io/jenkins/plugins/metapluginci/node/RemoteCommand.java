package io.jenkins.plugins.metapluginci.node;

import hudson.Launcher;
import hudson.model.TaskListener;
import hudson.remoting.VirtualChannel;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A small command on a node, run through the core's launcher. Immutable. */
final class RemoteCommand {
    /**
     * Leaves the command running in a session of its own, with nothing of the connection open, and ends at once: the
     * command outlives the connection, and the connection's end does not concern it. {@code $0} is the command.
     */
    private static final String DETACHED =
            "setsid nohup sh -c 'sleep 1; eval \"$0\"' \"$0\" >/dev/null 2>&1 </dev/null &";

    /** Bytes of a line. */
    private static final int MOST = 1024;
    /** How long output may lag behind the end of its process; milliseconds. */
    private static final long LAG = 5_000;

    private final String[] words;

    private RemoteCommand(String... words) {
        this.words = words;
    }

    static RemoteCommand of(String... words) {
        return new RemoteCommand(words);
    }

    /** @param command of a shell */
    static RemoteCommand detached(String command) {
        return new RemoteCommand("sh", "-c", DETACHED, command);
    }

    /**
     * Runs it and waits for its end; no deadline of its own.
     *
     * @throws IOException when it could not be run or did not end with 0
     */
    void run(VirtualChannel channel) throws IOException, InterruptedException {
        run(channel, new FirstLine());
    }

    /**
     * Runs it and waits for the first line that it prints, without the line's end.
     *
     * @throws IOException when it could not be run, did not end with 0 or printed no line
     */
    String ask(VirtualChannel channel) throws IOException, InterruptedException {
        FirstLine printed = new FirstLine();
        run(channel, printed);
        return printed.await();
    }

    private void run(VirtualChannel channel, OutputStream printed) throws IOException, InterruptedException {
        // An empty environment is one more than none: 1.395 takes no null there.
        int status = new Launcher.RemoteLauncher(TaskListener.NULL, channel, true)
                .launch()
                .cmds(words)
                .envs(Collections.<String, String>emptyMap())
                .stdout(printed)
                .join();
        if (status != 0) {
            throw new IOException(words[0] + " ended with " + status);
        }
    }

    /**
     * Keeps the first line of a stream and forgets the rest. The core hands output over on another thread than the end of
     * the process (1.395, {@code ProxyOutputStream.Chunk}), so that it may still be on its way when the process is known to
     * have ended.
     */
    private static final class FirstLine extends OutputStream {
        private final byte[] kept = new byte[MOST];
        private final CountDownLatch whole = new CountDownLatch(1);
        private int length;

        @Override
        public synchronized void write(int b) {
            if (b == '\n' || length == MOST) {
                whole.countDown();
            } else if (whole.getCount() > 0) {
                kept[length++] = (byte) b;
            }
        }

        String await() throws IOException, InterruptedException {
            if (!whole.await(LAG, TimeUnit.MILLISECONDS)) {
                throw new IOException("it printed nothing");
            }
            synchronized (this) {
                return new String(kept, 0, length, StandardCharsets.UTF_8);
            }
        }
    }
}
