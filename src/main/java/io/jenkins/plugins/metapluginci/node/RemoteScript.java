package io.jenkins.plugins.metapluginci.node;

import hudson.Launcher;
import hudson.model.TaskListener;
import hudson.remoting.VirtualChannel;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * A script on a node, run through the core's launcher: handed over on standard input, ended on the node when its time is
 * over, with both output streams in one. A last line of our own tells the status: the core hands output over on another
 * thread than the end of the process (1.395, {@code ProxyOutputStream.Chunk}), so that only this line says that all is there.
 */
final class RemoteScript {
    /** {@code $0} is the time in seconds, {@code $1} the first word of the last line. */
    private static final String RUN = "timeout -k 5 \"$0\" sh 2>&1; echo; echo \"$1 $?\"";

    /** How long output may lag behind the end of its process; milliseconds. */
    private static final long LAG = 5_000;

    private final String script;
    private final long seconds;
    private final int most;

    /** @param deadline milliseconds @param most bytes of output that are kept */
    RemoteScript(String script, long deadline, int most) {
        this.script = script;
        this.seconds = Math.max(1, (deadline + 999) / 1000);
        this.most = most;
    }

    /** @throws IOException when it could not be run or not all of its output came */
    Machine.Output run(VirtualChannel channel) throws IOException, InterruptedException {
        String mark = "end-" + UUID.randomUUID();
        Kept kept = new Kept(most, mark);
        new Launcher.RemoteLauncher(TaskListener.NULL, channel, true)
                .launch()
                .cmds("sh", "-c", RUN, Long.toString(seconds), mark)
                .envs(Collections.<String, String>emptyMap())
                .stdin(new ByteArrayInputStream(script.getBytes(StandardCharsets.UTF_8)))
                .stdout(kept)
                .join();
        return kept.await();
    }

    /** The first bytes of a stream, and its last ones. */
    static final class Kept extends OutputStream {
        private static final int TAIL = 128;

        private final ByteArrayOutputStream first = new ByteArrayOutputStream();
        private final byte[] last = new byte[TAIL];
        private final int most;
        private final String mark;
        private long written;

        Kept(int most, String mark) {
            this.most = most;
            this.mark = mark;
        }

        @Override
        public synchronized void write(int b) {
            if (first.size() < most + TAIL) {
                first.write(b);
            }
            last[(int) (written % TAIL)] = (byte) b;
            written++;
            if (b == '\n') {
                notifyAll();
            }
        }

        synchronized Machine.Output await() throws IOException, InterruptedException {
            long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LAG);
            while (status() == null) {
                long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                if (left <= 0) {
                    throw new IOException("its output was cut off");
                }
                wait(left);
            }
            long length = Math.min(most, written - (mark + " " + status() + "\n").length() - 1);
            byte[] text = first.toByteArray();
            int kept = (int) Math.max(0, Math.min(text.length, length));
            return new Machine.Output(Integer.parseInt(status()), new String(text, 0, kept, StandardCharsets.UTF_8));
        }

        /** What the last line tells; null while it has not come. */
        private String status() {
            int size = (int) Math.min(written, TAIL);
            byte[] tail = new byte[size];
            for (int i = 0; i < size; i++) {
                tail[i] = last[(int) ((written - size + i) % TAIL)];
            }
            String text = new String(tail, StandardCharsets.ISO_8859_1);
            int at = text.lastIndexOf("\n" + mark + " ");
            if (at < 0 || !text.endsWith("\n")) {
                return null;
            }
            String status = text.substring(at + mark.length() + 2).trim();
            return status.matches("[0-9]{1,3}") ? status : null;
        }
    }
}
