package io.jenkins.plugins.metapluginci.testbed;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * A child process of the test bed that cannot outlive this JVM: the kernel kills it when the JVM ends, a kill -9 included
 * ({@code setpriv --pdeathsig}, prctl(2) PR_SET_PDEATHSIG). That signal is sent when the <em>thread</em> that made the
 * child ends, so all children are made by one thread that lives as long as the JVM.
 *
 * <p>Standard output and error go to one log file, appended to.
 */
public final class BedProcess implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final ExecutorService MAKER = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "Test bed: makes processes");
        thread.setDaemon(true);
        return thread;
    });

    private final String name;
    private final Process process;
    private final Path log;

    private BedProcess(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
    }

    /**
     * Starts a process.
     *
     * @param name for messages
     * @param log file that its output is appended to; its directory is made
     * @param environment added to a bare environment (PATH, LANG); nothing of this JVM's environment is passed on
     * @param command program and arguments; the program is exec'd by setpriv, so that the process id is its own
     */
    public static BedProcess start(String name, Path log, Map<String, String> environment, List<String> command) {
        return start(name, log, log.toAbsolutePath().getParent(), environment, command);
    }

    /** As {@link #start(String, Path, Map, List)}, with a working directory. */
    public static BedProcess start(
            String name, Path log, Path directory, Map<String, String> environment, List<String> command) {
        List<String> line = new ArrayList<>(List.of("setpriv", "--pdeathsig", "KILL", "--"));
        line.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(line);
        builder.directory(directory.toFile());
        builder.environment().clear();
        builder.environment().put("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
        builder.environment().put("LANG", "C.UTF-8");
        builder.environment().putAll(environment);
        builder.redirectInput(Redirect.from(new File("/dev/null")));
        builder.redirectErrorStream(true);
        builder.redirectOutput(Redirect.appendTo(log.toFile()));
        try {
            Files.createDirectories(log.toAbsolutePath().getParent());
            return new BedProcess(name, MAKER.submit(builder::start).get(), log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("cannot start " + name + ": " + command, e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** The process id. */
    public long pid() {
        return process.pid();
    }

    /** A handle of the process, for its children. */
    public ProcessHandle handle() {
        return process.toHandle();
    }

    /** Whether it still runs. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** Everything it has written so far, over all its starts on the same log file. */
    public String log() {
        try {
            return Files.exists(log) ? new String(Files.readAllBytes(log), StandardCharsets.UTF_8) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The end of the log, for messages. */
    public String tail() {
        String all = log();
        return "\n--- end of " + log + "\n" + all.substring(Math.max(0, all.length() - 4000));
    }

    /**
     * Waits for the end.
     *
     * @return its exit status; 128 + N after signal N
     */
    public int waitFor() throws InterruptedException {
        return process.waitFor();
    }

    /** Waits for the end of the process; false when it still runs after that time. */
    public boolean waitFor(Duration limit) {
        try {
            return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** SIGKILL to it and to what it had started; returns when the process is gone. */
    public void kill9() {
        List<ProcessHandle> children = process.descendants().toList();
        process.destroyForcibly();
        children.forEach(ProcessHandle::destroyForcibly);
        if (!waitFor(PATIENCE)) {
            throw new IllegalStateException(name + " survived SIGKILL");
        }
    }

    /** SIGTERM, and SIGKILL if that does not end it within 20 seconds. */
    @Override
    public void close() {
        process.destroy();
        if (!waitFor(PATIENCE)) {
            kill9();
        }
    }

    @Override
    public String toString() {
        return name + " (process " + pid() + ")";
    }
}
