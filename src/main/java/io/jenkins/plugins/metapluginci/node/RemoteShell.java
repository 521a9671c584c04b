package io.jenkins.plugins.metapluginci.node;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Launcher;
import hudson.model.Computer;
import hudson.model.Hudson;
import hudson.model.TaskListener;
import hudson.remoting.VirtualChannel;
import hudson.slaves.SlaveComputer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * Runs scripts as root through the core's launcher. The script comes first on the standard input and what it reads comes after
 * it, so nothing of it is an argument, in which the core would expand variables. The node asks for its input piece by piece,
 * so that no more than a buffer of it is in memory.
 */
final class RemoteShell implements NodeShell, AutoCloseable {
    static final String LAST = "#metaplugin-ci-input";

    /** sh's {@code read} takes single bytes, so that what follows the last line is left for the script. */
    static final String READER =
            "s=; while IFS= read -r l && [ \"$l\" != '" + LAST + "' ]; do s=\"$s$l\n\"; done;" + " eval \"$s\"";

    /** {@code $0} is the reader, {@code $1} the time in seconds, {@code $2} the first word of the last line. */
    static final String RUN = "if [ \"`id -u`\" = 0 ]; then timeout -k 5 \"$1\" sh -c \"$0\" 2>&1;"
            + " else sudo -n timeout -k 5 \"$1\" sh -c \"$0\" 2>&1; fi; echo \"$2 $?\"";

    /** How long the last line may lag behind the end of its process; milliseconds. */
    private static final long LAG = 10_000;

    private final BoundedCalls calls = new BoundedCalls(new SystemThreads("Node preparation"));

    @Override
    public void close() {
        calls.close();
    }

    @Override
    public int run(String node, String script, @CheckForNull Input input, Consumer<String> lines, long deadline)
            throws MachineException, InterruptedException {
        Hudson hudson = Hudson.getInstance();
        Computer computer = hudson == null ? null : hudson.getComputer(node);
        VirtualChannel channel = computer instanceof SlaveComputer ? computer.getChannel() : null;
        if (channel == null) {
            throw new MachineException("it is not connected");
        }
        AtomicReference<Exception> inputFailure = new AtomicReference<>();
        try {
            return calls.call(deadline + LAG, () -> run(channel, script, input, inputFailure, lines, deadline));
        } catch (TimeoutException e) {
            throw new FrozenException("it did not end within " + Units.showMillis(deadline), e);
        } catch (ExecutionException e) {
            throw new MachineException(words(e.getCause()), e);
        }
    }

    private static String words(Throwable e) {
        return e.getMessage() == null ? e.toString() : e.getMessage();
    }

    /** A failure of the input is what is told, whatever the script made of its early end. */
    private int run(
            VirtualChannel channel,
            String script,
            @CheckForNull Input input,
            AtomicReference<Exception> failure,
            Consumer<String> lines,
            long deadline)
            throws Exception {
        InputStream head = new ByteArrayInputStream((script + "\n" + LAST + "\n").getBytes(StandardCharsets.UTF_8));
        if (input == null) {
            return run(channel, head, lines, deadline);
        }
        FeedPipe pipe = new FeedPipe();
        calls.start(() -> feed(input, pipe, failure));
        Exception early;
        int status = 0;
        try (InputStream rest = pipe.in) {
            Exception broken = null;
            try {
                status = run(channel, new SequenceInputStream(head, rest), lines, deadline);
            } catch (IOException e) {
                broken = e;
            }
            // Looked at before the pipe is closed, which fails an input that is not through.
            early = failure.get() == null ? broken : failure.get();
        }
        if (early != null) {
            throw early;
        }
        return status;
    }

    private static void feed(Input input, FeedPipe pipe, AtomicReference<Exception> failure) {
        try {
            input.write(pipe.out);
        } catch (IOException | RuntimeException e) {
            failure.set(e);
        }
        try {
            pipe.out.close();
        } catch (IOException e) {
            // The script ended first; its status tells.
            failure.compareAndSet(null, e);
        }
    }

    private static int run(VirtualChannel channel, InputStream input, Consumer<String> lines, long deadline)
            throws IOException, InterruptedException {
        String mark = "end-" + UUID.randomUUID();
        ScriptLines output = new ScriptLines(mark, lines);
        new Launcher.RemoteLauncher(TaskListener.NULL, channel, true)
                .launch()
                .cmds("sh", "-c", RUN, READER, Long.toString(Math.max(1, deadline / 1000)), mark)
                .envs(Collections.<String, String>emptyMap())
                .stdin(input)
                .stdout(output)
                .join();
        return output.status(LAG);
    }
}
