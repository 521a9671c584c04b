package io.jenkins.plugins.metapluginci.soak;

import com.google.gson.JsonObject;
import io.jenkins.plugins.metapluginci.bench.Figures;
import io.jenkins.plugins.metapluginci.logs.LogSite;
import io.jenkins.plugins.metapluginci.soak.LogsJudge.Expected;
import io.jenkins.plugins.metapluginci.testbed.Commands;
import io.jenkins.plugins.metapluginci.testbed.LogHost;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/**
 * Known random trees and consoles are published to a real log server while the way there breaks: the connection is cut at random
 * bytes, the server's SSH ends and starts, its disk is full, the controller's engine is killed and started again. Then
 * {@link LogsJudge} says from the document root alone whether each tree is whole and right, and was at every moment that somebody
 * looked. What happens comes from a seed; how far a publication is then comes in part from the machine.
 *
 * <p>Words: {@code --runs N} publications (50), {@code --seed S} (1), {@code --seconds T}: no further one after that time (3600).
 * Progress goes to standard error, one line of JSON to standard output. Status 1 when a promise was broken. Needs root.
 */
public final class LogsSoak {
    private static final Path DIRECTORY = Path.of("target/testbed/logs-soak");
    private static final Duration SETTLED = Duration.ofSeconds(120);
    private static final Duration SHORT = Duration.ofSeconds(20);
    private static final int DISK_MB = 48;
    private static final int MAX_BYTES = 1_500_000;

    /** What happens to a publication. */
    private enum Fault {
        NONE,
        CUT,
        CUT_TWICE,
        SERVER_RESTART,
        DISK_FULL,
        ENGINE_KILLED,
        KILLED_AND_CUT
    }

    private final Random random;
    private final LogHost host;
    private final LogSite site;
    private final LogsJudge judge;
    private final Map<Fault, Integer> faults = new EnumMap<>(Fault.class);
    private int published;

    private LogsSoak(LogHost host, LogSite site, long seed) {
        this.random = new Random(seed);
        this.host = host;
        this.site = site;
        this.judge = new LogsJudge(host.docroot());
    }

    public static void main(String[] words) {
        int status = 2;
        // so that what waits is tried again soon
        System.setProperty("metaplugin-ci.logRetryMs", "200");
        int runs = Figures.option(words, "--runs", 50);
        int seed = Figures.option(words, "--seed", 1);
        int seconds = Figures.option(words, "--seconds", 3600);
        Commands.deleteTree(DIRECTORY);
        try (LogHost host = new LogHost(DIRECTORY)) {
            smallDisk(host.docroot());
            try {
                host.start();
                try (LogSite site = new LogSite(DIRECTORY, host)) {
                    status = new LogsSoak(host, site, seed).run(runs, seed, seconds) ? 0 : 1;
                }
            } finally {
                host.close();
                Commands.run(DIRECTORY, SHORT, "umount", "-l", host.docroot().toString());
            }
        } catch (AssertionError | RuntimeException | IOException | InterruptedException e) {
            e.printStackTrace();
        }
        System.exit(status);
    }

    /** A disk of its own for the document root, so that it can be full. */
    private static void smallDisk(Path docroot) throws IOException {
        Object owner = Files.getAttribute(docroot, "unix:uid");
        Commands.run(
                DIRECTORY, SHORT, "mount", "-t", "tmpfs", "-o", "size=" + DISK_MB + "m", "none", docroot.toString());
        Files.setAttribute(docroot, "unix:uid", owner);
    }

    private boolean run(int runs, int seed, int seconds) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        long begin = System.nanoTime();
        int run = 0;
        while (run < runs && System.nanoTime() < deadline) {
            run++;
            Fault fault = Fault.values()[random.nextInt(Fault.values().length)];
            faults.merge(fault, 1, Integer::sum);
            one(run, fault);
        }
        judge.findings().forEach(finding -> say(finding.toString()));
        JsonObject json = new JsonObject();
        json.addProperty("soak", "logs");
        json.addProperty("seed", seed);
        json.addProperty("runs", run);
        json.addProperty("published", published);
        json.addProperty("seconds", TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin));
        json.addProperty("looks", judge.looks());
        judge.counts().forEach((breach, count) -> json.addProperty(breach.name().toLowerCase(Locale.ROOT), count));
        JsonObject happened = new JsonObject();
        faults.forEach((fault, count) -> happened.addProperty(fault.name().toLowerCase(Locale.ROOT), count));
        json.add("faults", happened);
        System.out.println(json);
        return judge.findings().isEmpty() && published == run;
    }

    private void one(int run, Fault fault) throws IOException, InterruptedException {
        Path workspace = DIRECTORY.resolve("node-" + run).toAbsolutePath();
        String destination = "42/" + run + "/check/job/r" + run;
        Map<String, String> files = tree(workspace.resolve("logs"));
        LogSite.Build build = site.begin(run, destination);
        StringBuilder console = new StringBuilder();
        for (int line = random.nextInt(200); line >= 0; line--) {
            console.append("line ").append(random.nextInt()).append('\n');
        }
        build.print(console.toString());
        Expected expected = new Expected(destination, files, console.toString());
        Thread reader = reader(expected);
        Random own = new Random(random.nextLong());
        Thread trouble = new Thread(() -> trouble(fault, own), "Soak: " + fault);
        trouble.start();
        boolean alive = publish(build, workspace, fault);
        trouble.join();
        try {
            if (alive) {
                build.settled().get(SETTLED.toSeconds(), TimeUnit.SECONDS);
            }
            published++;
        } catch (ExecutionException | TimeoutException e) {
            say(run + " after " + fault + ": not settled, " + build.problem());
        }
        reader.interrupt();
        reader.join();
        judge.judge(expected);
        say("%d: %d files, %s", run, files.size(), fault);
        Commands.deleteTree(workspace);
        Commands.deleteTree(host.docroot().resolve(destination));
    }

    /** @return false when the engine that came after a kill had nothing left to do */
    private boolean publish(LogSite.Build build, Path workspace, Fault fault) throws InterruptedException {
        build.publish(workspace);
        boolean killed = fault == Fault.ENGINE_KILLED || fault == Fault.KILLED_AND_CUT;
        build.finish();
        if (!killed) {
            return true;
        }
        pause(random.nextInt(150));
        site.restart();
        return build.again();
    }

    private void trouble(Fault fault, Random own) {
        switch (fault) {
            case CUT, KILLED_AND_CUT -> site.relay().cutAfter(own.nextInt(MAX_BYTES));
            case CUT_TWICE -> {
                site.relay().cutAfter(own.nextInt(MAX_BYTES / 4));
                pause(200 + own.nextInt(300));
                site.relay().cutAfter(own.nextInt(MAX_BYTES));
            }
            case SERVER_RESTART -> {
                pause(own.nextInt(300));
                host.stopSshd();
                pause(own.nextInt(500));
                host.startSshd();
            }
            case DISK_FULL -> diskFull(own);
            default -> {}
        }
    }

    private void diskFull(Random own) {
        Path ballast = host.docroot().resolve(".ballast");
        try {
            pause(own.nextInt(200));
            try (var out = Files.newOutputStream(ballast)) {
                byte[] block = new byte[64 * 1024];
                for (int i = 0; i < DISK_MB * 16 + 16; i++) {
                    out.write(block);
                }
            } catch (IOException e) {
                // it is full now
            }
            pause(200 + own.nextInt(1000));
            Files.deleteIfExists(ballast);
        } catch (IOException e) {
            say("The disk stays full: " + e);
        }
    }

    /** Looks all the time, as somebody who reloads the page would. */
    private Thread reader(Expected expected) {
        Thread reader = new Thread(() -> {
            try {
                while (!Thread.currentThread().isInterrupted()) {
                    judge.look(expected);
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(3));
                }
            } catch (IOException e) {
                say("Cannot look: " + e);
            }
        });
        reader.start();
        return reader;
    }

    /** Random files. @return digests by path */
    private Map<String, String> tree(Path logs) throws IOException {
        Map<String, String> files = new LinkedHashMap<>();
        List<String> directories = new ArrayList<>(List.of(""));
        int count = 1 + random.nextInt(120);
        for (int i = 0; i < count; i++) {
            if (random.nextInt(8) == 0) {
                directories.add(directories.get(random.nextInt(directories.size())) + "d" + i + "/");
            }
            String name = directories.get(random.nextInt(directories.size())) + "f" + i
                    + ENDINGS.get(random.nextInt(ENDINGS.size()));
            byte[] content = content(name);
            Path file = logs.resolve(name);
            Files.createDirectories(file.getParent());
            Files.write(file, content);
            files.put(name, LogsJudge.digest(content));
        }
        return files;
    }

    private static final List<String> ENDINGS = List.of(".txt", ".log", "", ".html", ".bin");

    private byte[] content(String name) {
        int length = random.nextInt(20) == 0 ? random.nextInt(800_000) : random.nextInt(random.nextInt(40_000) + 1);
        byte[] content = new byte[length];
        random.nextBytes(content);
        if (name.endsWith(".bin")) {
            return content;
        }
        StringBuilder text = new StringBuilder(length);
        for (byte b : content) {
            text.append(b % 61 == 0 ? '\n' : (char) ('a' + (b & 15)));
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void pause(long ms) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(ms));
    }

    private static void say(String format, Object... values) {
        System.err.println(values.length == 0 ? format : String.format(Locale.ROOT, format, values));
    }
}
