package io.jenkins.plugins.metapluginci.job;

import hudson.FilePath;
import hudson.Launcher;
import hudson.Proc;
import io.jenkins.plugins.metapluginci.job.gate.GateCommands;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Starts commands on a build's node and waits for them no longer than a deadline: a frozen connection answers nothing for
 * ever. A command whose deadline passes is left to its own limit on the node (core-notes R2, R3).
 */
final class NodeCommands {
    private static final int MAX_CAPTURED = 64 * 1024;

    private static final Duration REST_OF_ANSWER = Duration.ofSeconds(30);

    private final Launcher launcher;
    private final FilePath workspace;
    private final String build;

    /** @param build for the names of threads */
    NodeCommands(Launcher launcher, FilePath workspace, String build) {
        this.launcher = launcher;
        this.workspace = workspace;
        this.build = build;
    }

    /**
     * Runs a command in the workspace.
     *
     * @return its exit status
     * @throws TimeoutException when the deadline passed; the command may still run
     * @throws IOException when it could not be started, or the connection was lost
     */
    int run(List<String> command, OutputStream out, OutputStream err, Duration deadline)
            throws IOException, InterruptedException, TimeoutException {
        return within(deadline, () -> {
            Proc process = launcher.launch()
                    .cmds(command)
                    .envs(new String[0])
                    .pwd(workspace)
                    .stdout(out)
                    .stderr(err)
                    .start();
            return process.join();
        });
    }

    /** Writes a small file below the workspace. */
    void write(String path, String text, Duration deadline) throws IOException, InterruptedException, TimeoutException {
        within(deadline, () -> {
            workspace.child(path).write(text, "UTF-8");
            return null;
        });
    }

    /** What a command of {@link GateCommands} answered: its exit status, and its answer without the last line. */
    record Answer(int status, String text) {}

    /**
     * Runs a command in the workspace that answers on its standard error.
     *
     * @throws TimeoutException when the deadline passed; the command may still run
     * @throws IOException when it could not be started, the connection was lost, or the answer is not whole
     */
    Answer ask(List<String> command, OutputStream out, Duration deadline)
            throws IOException, InterruptedException, TimeoutException {
        Captured answer = new Captured();
        int status = run(command, out, answer, deadline);
        return new Answer(status, answer.await(REST_OF_ANSWER));
    }

    /**
     * Collects an answer. On 1.395 a channel delivers output on a thread of its own, so that the end of a command may be known
     * before its last lines are; they arrive in order, so everything printed earlier is there too once they are.
     */
    static final class Captured extends OutputStream {
        private static final String END = GateCommands.LAST_LINE + "\n";

        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        @Override
        public synchronized void write(int b) {
            if (bytes.size() < MAX_CAPTURED) {
                bytes.write(b);
            }
            notifyAll();
        }

        /** The answer without its last line. */
        synchronized String await(Duration deadline) throws IOException, InterruptedException {
            long end = System.nanoTime() + deadline.toNanos();
            while (true) {
                String text = bytes.toString(StandardCharsets.UTF_8);
                if (text.equals(END) || text.endsWith("\n" + END)) {
                    return text.substring(0, text.length() - END.length());
                }
                long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                if (left <= 0 || bytes.size() >= MAX_CAPTURED) {
                    throw new IOException("the answer of the node is not whole: " + firstLine(text));
                }
                wait(left);
            }
        }
    }

    /** For people: the first line of a text, cut where it is too long. */
    static String firstLine(String text) {
        String line = text.strip().lines().findFirst().orElse("");
        return line.length() > 500 ? line.substring(0, 500) : line;
    }

    /** The thread that waits is left behind when the deadline passes; it ends with the command or the connection. */
    private <T> T within(Duration deadline, Callable<T> task)
            throws IOException, InterruptedException, TimeoutException {
        FutureTask<T> answer = new FutureTask<>(task);
        Thread waiter = new Thread(answer, "Waiting for a node: " + build);
        waiter.setDaemon(true);
        waiter.setContextClassLoader(NodeCommands.class.getClassLoader());
        waiter.start();
        try {
            return answer.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException problem) {
                throw problem;
            }
            throw new IOException(e.getCause());
        }
    }
}
