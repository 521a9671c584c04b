package io.jenkins.plugins.metapluginci.logs;

import io.jenkins.plugins.metapluginci.ssh.HostKeys;
import io.jenkins.plugins.metapluginci.ssh.SshConnector;
import io.jenkins.plugins.metapluginci.ssh.SshLogin;
import io.jenkins.plugins.metapluginci.ssh.SshTarget;
import io.jenkins.plugins.metapluginci.ssh.SshTimeouts;
import io.jenkins.plugins.metapluginci.testbed.LogHost;
import io.jenkins.plugins.metapluginci.testbed.Relay;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Everything of publishing but Jenkins: the engine of a controller, which can be killed and started again, a relay, and a log
 * server of OpenSSH and Apache. What is published is read by a shell of this machine with the script that nodes run.
 */
public final class LogSite implements AutoCloseable {
    private final LogHost host;
    private final Relay relay;
    private final Path home;
    private final TransferLimits limits;
    private SshConnector connector;
    private ExecutorService threads;
    private ScheduledThreadPoolExecutor timer;
    private LogConnections connections;
    private LiveRuns live;
    private Publications room;

    /** @param directory for all of it; the log server's is below it */
    public LogSite(Path directory, LogHost host) throws IOException {
        this(directory, host, TransferLimits.DEFAULT);
    }

    LogSite(Path directory, LogHost host, TransferLimits limits) throws IOException {
        this.host = host;
        this.relay = new Relay("logs", host.sshPort());
        this.home = Files.createDirectories(directory.resolve("controller"));
        this.limits = limits;
        start();
    }

    /** What lies between the controller and the log server's SSH. */
    public Relay relay() {
        return relay;
    }

    LogServer server() {
        return new LogServer(
                new SshTarget(
                        host.host(),
                        relay.port(),
                        LogHost.USER,
                        new SshLogin.KeyFile(host.userKeyFile(), null),
                        new HostKeys(host.hostKey())),
                LogHost.ROOT,
                host.baseUrl());
    }

    private void start() {
        LogSettings defaults = LogSettings.of(List.of(server()), Map.of());
        connector = new SshConnector(SshTimeouts.configured());
        threads = Executors.newCachedThreadPool(LogThreads.named("LogSite"));
        timer = new ScheduledThreadPoolExecutor(1, LogThreads.named("LogSite timer"));
        connections = new LogConnections(connector::connect, Duration.ofSeconds(60), timer);
        live = new LiveRuns(connections, home, 50, LogThreads.named("LogSite live"));
        room = new Publications(
                home,
                () -> new LogSettings(defaults.servers(), limits, true, 1000, 120_000, 1L << 32),
                connections::callOnce,
                live::finish,
                (publication, result) -> {},
                new Publications.Threads(threads, threads, timer, Duration.ofSeconds(5)),
                System::currentTimeMillis);
        room.start();
    }

    /** The controller is killed, as far as that can be done to a part of a process, and started with what is on its disk. */
    public void restart() throws InterruptedException {
        stop();
        start();
    }

    private void stop() throws InterruptedException {
        room.close();
        live.close();
        threads.shutdownNow();
        timer.shutdownNow();
        connections.close();
        connector.close();
        if (!threads.awaitTermination(60, TimeUnit.SECONDS)) {
            throw new IllegalStateException("the engine does not end");
        }
    }

    @Override
    public void close() {
        try {
            stop();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        relay.close();
    }

    /** A build. Its console is a file that it prints to. */
    public final class Build {
        private final int number;
        private final String destination;
        private final Path console;
        private final RunFacts facts;
        private volatile Publication publication;

        private Build(int number, String destination) throws IOException {
            this.number = number;
            this.destination = destination;
            this.console = home.resolve("console-" + number);
            Files.writeString(console, "");
            this.facts = new RunFacts(
                    "job #" + number,
                    "job",
                    "node",
                    new RunFacts.Tested("openstack/sandbox", "master", "42", Integer.toString(number), "", "check"),
                    null,
                    System.currentTimeMillis(),
                    0,
                    "",
                    Map.of());
            RunState state = new RunState();
            state.run = "job#" + number;
            state.job = "job";
            state.number = number;
            state.destination = destination;
            state.console = console.toString();
            state.facts = facts;
            publication = room.begin(state);
            live.begin(state.run, server(), LogDestination.of(destination), facts, () -> Files.newInputStream(console));
        }

        /** Prints to the console. */
        public void print(String text) throws IOException {
            Files.writeString(console, text, java.nio.file.StandardOpenOption.APPEND);
        }

        /** Whatever the console holds. */
        public String console() throws IOException {
            return Files.readString(console);
        }

        /** Publishes files of a directory as the last step of the build. */
        public LogsResult publish(Path workspace) throws InterruptedException {
            return publication.read(sh(), List.of(new LogSource(workspace.toString(), "logs/**", "")), false);
        }

        /** The build is over. */
        public void finish() {
            live.claim("job#" + number);
            publication.finish(facts.ended("SUCCESS", System.currentTimeMillis()), console.toString());
        }

        /** After {@link LogSite#restart}: the same build as the next process knows it; false when it knows nothing of it any more. */
        public boolean again() {
            publication = room.find("job", number, destination);
            return publication != null;
        }

        /** Completes when nothing is left to be sent. */
        public CompletableFuture<LogsResult> settled() {
            return publication.settled();
        }

        /** What goes wrong with it; null when nothing does. */
        public String problem() {
            return publication.problem();
        }
    }

    /** A build begins. */
    public Build begin(int number, String destination) throws IOException {
        return new Build(number, destination);
    }

    /** Publishes a directory in a process of its own. Words: directory of the bed, directory with {@code logs}, destination. */
    public static void main(String[] words) throws Exception {
        Path directory = Path.of(words[0]);
        int status = 1;
        try (LogHost host = new LogHost(directory)) {
            host.start();
            try (LogSite site = new LogSite(directory, host)) {
                Build build = site.begin(1, words[2]);
                build.publish(Path.of(words[1]));
                build.finish();
                status = build.settled().get(120, TimeUnit.SECONDS).published() ? 0 : 2;
            }
        }
        System.exit(status);
    }

    /** Of this machine, as root without sudo. */
    private static NodeShell sh() {
        return (script, output) -> {
            Process process = new ProcessBuilder("sh")
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try (OutputStream in = process.getOutputStream()) {
                in.write(script.getBytes(StandardCharsets.UTF_8));
            }
            return () -> {
                try (var out = process.getInputStream()) {
                    out.transferTo(output);
                } finally {
                    process.destroy();
                }
                process.waitFor();
            };
        };
    }
}
