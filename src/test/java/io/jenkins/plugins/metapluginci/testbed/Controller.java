package io.jenkins.plugins.metapluginci.testbed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A controller in a process of its own, with the plugin installed and security on, driven only from outside.
 *
 * <p>By default core 1.395; with {@code -Dcontroller.war=FILE} that war, and {@code -Dcontroller.plugins=DIR} for further
 * .hpi files. {@code hpi.file} names the plugin, {@code testbed.parts} the directory of what the build unpacked,
 * {@code controller.javaOptions} replaces the options of its JVM.
 *
 * <p>Accounts: {@link Account#ADMIN}, {@link Account#READER}; anonymous may not even read; crumbs are on. The controller
 * itself has two executors, so that a build which strays there would run. Not thread-safe.
 */
public final class Controller implements AutoCloseable {

    private static final Duration START_LIMIT = Duration.ofSeconds(180);

    private final Path directory;
    private final Path home;
    private final Path hpi;
    private final ControllerCore core;
    private final int port;
    private final URI url;
    private BedProcess process;

    /**
     * Makes a fresh home; {@link #start()} starts it. Between the two, files can be put into {@link #home()}.
     *
     * @param directory where home, temporary files and log go
     */
    public Controller(Path directory) {
        this.directory = directory.toAbsolutePath();
        this.home = this.directory.resolve("home");
        this.hpi = Path.of(System.getProperty("hpi.file", "target/metaplugin-ci.hpi"))
                .toAbsolutePath();
        this.port = Ports.free();
        this.url = URI.create("http://127.0.0.1:" + port + "/");
        this.core = core();
        if (!Files.isRegularFile(hpi)) {
            throw new IllegalStateException(hpi + " is missing: the build's phase package makes it");
        }
        try {
            Files.createDirectories(home);
            Files.createDirectories(temporary());
            core.prepare(home, url, port);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts it (again, on the same home and port) and waits until it is up, with the plugin installed. */
    public Controller start() {
        launch();
        Path marker = directory.resolve("installed");
        try {
            if (!Files.exists(marker)) {
                if (core.install(admin(), hpi)) {
                    stop();
                    launch();
                }
                Files.createFile(marker);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    /** Waits until it answers an administrator. {@link #start()} has done that already. */
    public void awaitReady() {
        BedProcess running = process;
        Await.until("controller answers at " + url, START_LIMIT, running::tail, () -> {
            if (!running.isAlive()) {
                throw new IllegalStateException("controller has ended" + running.tail());
            }
            return isReady();
        });
    }

    /** Kills it, no goodbye. */
    public void kill9() {
        process.kill9();
    }

    /** Ends it in order (SIGTERM). */
    public void stop() {
        if (process != null) {
            process.close();
        }
    }

    /** Same as {@link #stop()}. */
    @Override
    public void close() {
        stop();
    }

    /** Whether its process runs. */
    public boolean isAlive() {
        return process != null && process.isAlive();
    }

    /** Its process id. */
    public long pid() {
        return process.pid();
    }

    /** Root URL, ending in a slash; the same after a restart. */
    public URI url() {
        return url;
    }

    /** Port on 127.0.0.1. */
    public int port() {
        return port;
    }

    /** HUDSON_HOME or JENKINS_HOME. */
    public Path home() {
        return home;
    }

    /** Where its files are: home, log, temporary files. */
    public Path directory() {
        return directory;
    }

    /** Everything that it has written to standard output and error, over all its starts. */
    public String log() {
        try {
            return Files.readString(directory.resolve("controller.log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether this is core 1.395. */
    public boolean isOldCore() {
        return core.isOld();
    }

    /** A session of the administrator. */
    public JenkinsClient admin() {
        return new JenkinsClient(url, Account.ADMIN);
    }

    /** A session of the user who may read and build. */
    public JenkinsClient reader() {
        return new JenkinsClient(url, Account.READER);
    }

    /** A session of nobody. */
    public JenkinsClient anonymous() {
        return new JenkinsClient(url, null);
    }

    /** Options of the JVM: small and quick to start; {@code -Dcontroller.javaOptions} replaces them. */
    public static List<String> javaOptions() {
        // The bed's nodes reboot in a second and launch in two: nobody needs to wait minutes for them.
        String options = System.getProperty(
                "controller.javaOptions",
                "-Xmx512m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Djava.awt.headless=true"
                        + " -Dmetaplugin-ci.node.settle=15000 -Dmetaplugin-ci.node.firstConnect=1500"
                        + " -Dmetaplugin-ci.logVoteWaitMs=4000 -Dmetaplugin-ci.logRetryMs=500"
                        + " -Dmetaplugin-ci.node.backoffMin=250 -Dmetaplugin-ci.node.connect=20000 -Dmetaplugin-ci.ssh.heartbeat=4000");
        return List.of(options.trim().split("\\s+"));
    }

    private void launch() {
        if (isAlive()) {
            throw new IllegalStateException("controller runs already");
        }
        process = BedProcess.start(
                "controller",
                directory.resolve("controller.log"),
                core.environment(home),
                core.command(home, port, temporary()));
        awaitReady();
    }

    private boolean isReady() {
        Page page = admin().get("api/json?tree=mode");
        return page.status() == 200 && page.json().has("mode");
    }

    private Path temporary() {
        return directory.resolve("tmp");
    }

    private ControllerCore core() {
        String war = System.getProperty("controller.war", "");
        if (war.isEmpty()) {
            return new OldCore(
                    Path.of(System.getProperty("testbed.parts", "target/parts")).toAbsolutePath());
        }
        String plugins = System.getProperty("controller.plugins", "");
        return new CurrentCore(
                Path.of(war).toAbsolutePath(),
                plugins.isEmpty() ? null : Path.of(plugins).toAbsolutePath(),
                hpi);
    }
}
