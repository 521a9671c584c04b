package io.jenkins.plugins.metapluginci.bench;

import io.jenkins.plugins.metapluginci.logs.NodeRecording;
import io.jenkins.plugins.metapluginci.ssh.HostKeys;
import io.jenkins.plugins.metapluginci.ssh.SshConnector;
import io.jenkins.plugins.metapluginci.ssh.SshLogin;
import io.jenkins.plugins.metapluginci.ssh.SshTarget;
import io.jenkins.plugins.metapluginci.testbed.Commands;
import io.jenkins.plugins.metapluginci.testbed.LogHost;
import io.jenkins.plugins.metapluginci.testbed.Relay;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * How long logs take to a log server, beside the tools that people would use. A real OpenSSH and a real Apache, reached over a
 * relay that is as far away as asked for; each measurement begins with nothing connected and ends when a file can be read through
 * Apache. Ours reads what the real script printed for the same directory: the way from the node is not compared.
 *
 * <p>Words: {@code --rtt 0,10,50} (milliseconds), {@code --sets small,large,mix}, {@code --tools sftp,scp,rsync,tar,ours},
 * {@code --runs N}, {@code --plain} (ours stores nothing packed), {@code --memory} (20 publications at once, nothing else).
 */
public final class LogsBench {
    private static final Duration LIMIT = Duration.ofMinutes(40);
    /** Where a file costs round trips, a part of the files tells the time of all. */
    private static final int PART = 10;

    private final Path home = Path.of("target/testbed/logs-bench").toAbsolutePath();
    private final List<String> words;
    private final LogHost host;
    private final Relay relay;
    private final SshConnector connector = new SshConnector();
    private int runs;

    private LogsBench(List<String> words) {
        this.words = words;
        Commands.deleteTree(home);
        host = new LogHost(home);
        host.start();
        relay = new Relay("bench", host.sshPort());
    }

    public static void main(String[] args) throws Exception {
        LogsBench bench = new LogsBench(Arrays.asList(args));
        try {
            if (bench.words.contains("--memory")) {
                bench.memory();
            } else {
                bench.measure();
            }
        } finally {
            bench.connector.close();
            bench.relay.close();
            bench.host.close();
            Commands.deleteTree(bench.home);
        }
    }

    private List<String> list(String name, String otherwise) {
        int at = words.indexOf(name);
        return List.of((at < 0 ? otherwise : words.get(at + 1)).split(","));
    }

    private void measure() throws Exception {
        List<String> tools = list("--tools", "sftp,scp,rsync,tar,ours");
        int repeats = Figures.option(words.toArray(new String[0]), "--runs", 3);
        warmUp();
        for (String set : list("--sets", "small,large,mix")) {
            Path source = LogTrees.make(home.resolve(set), set, 1);
            Path part = set.equals("small") ? LogTrees.make(home.resolve(set + "-part"), set, PART) : source;
            NodeRecording recording =
                    NodeRecording.of(source, home.resolve(set + ".stream"), !words.contains("--plain"));
            System.out.println(set + ": " + LogTrees.describe(source));
            for (String rtt : list("--rtt", "0,10,50")) {
                relay.latency(Long.parseLong(rtt) / 2);
                boolean sampled = !rtt.equals("0") && set.equals("small");
                Map<String, Double> figures = new LinkedHashMap<>();
                for (String tool : tools) {
                    if (tool.equals("ours")) {
                        figures.put("ours, SFTP alone", best(repeats, () -> ours(recording, LogHost.USER)));
                        figures.put("ours, shell", best(repeats, () -> ours(recording, LogHost.SHELL_USER)));
                    } else if (sampled && (tool.equals("sftp") || tool.equals("scp"))) {
                        figures.put(tool, PART * best(1, () -> theirs(tool, part)));
                    } else {
                        figures.put(
                                tool,
                                best(
                                        tool.equals("rsync") || tool.equals("tar") ? repeats : 1,
                                        () -> theirs(tool, source)));
                    }
                }
                report(rtt, figures);
            }
            Commands.deleteTree(source);
        }
    }

    private void report(String rtt, Map<String, Double> figures) {
        StringBuilder line = new StringBuilder("  round trip " + rtt + " ms:");
        figures.forEach((tool, seconds) -> line.append(String.format("  %s %.2f s", tool, seconds)));
        Double sftp = figures.get("sftp");
        Double scp = figures.get("scp");
        Double locked = figures.get("ours, SFTP alone");
        if (sftp != null && locked != null) {
            line.append(String.format("  | SFTP alone: %.3f of sftp", locked / sftp));
            line.append(scp == null ? "" : String.format(", %.3f of scp", locked / scp));
        }
        Double shell = figures.get("ours, shell");
        if (shell != null && figures.containsKey("rsync") && figures.containsKey("tar")) {
            line.append(String.format(
                    "  | shell: %.2f of the better of rsync and tar",
                    shell / Math.min(figures.get("rsync"), figures.get("tar"))));
        }
        System.out.println(line);
    }

    private interface Run {
        /** @return seconds */
        double measured() throws Exception;
    }

    private static double best(int runs, Run run) throws Exception {
        double best = Double.MAX_VALUE;
        for (int i = 0; i < runs; i++) {
            best = Math.min(best, run.measured());
        }
        return best;
    }

    /** A controller runs for weeks: its code is compiled. */
    private void warmUp() throws Exception {
        Path source = LogTrees.make(home.resolve("warm"), "mix", PART);
        NodeRecording recording = NodeRecording.of(source, home.resolve("warm.stream"), true);
        for (int i = 0; i < 3; i++) {
            ours(recording, LogHost.USER);
            ours(recording, LogHost.SHELL_USER);
        }
    }

    private SshTarget target(String user) {
        return new SshTarget(
                host.host(),
                relay.port(),
                user,
                new SshLogin.KeyFile(host.userKeyFile(), null),
                new HostKeys(host.hostKey()));
    }

    private double ours(NodeRecording recording, String user) throws Exception {
        String directory = "run" + ++runs;
        long start = System.nanoTime();
        recording.publish(connector, target(user), LogHost.ROOT, directory);
        read(directory + "/logs/");
        return done(start, directory);
    }

    private void read(String path) {
        if (host.status(path) != 200) {
            throw new IllegalStateException(path + " cannot be read");
        }
    }

    private double done(long start, String directory) throws IOException {
        double seconds = (System.nanoTime() - start) / 1e9;
        Commands.deleteTree(host.docroot().resolve(directory));
        return seconds;
    }

    private double theirs(String tool, Path source) throws Exception {
        String directory = "run" + ++runs;
        Path known = home.resolve("known_hosts");
        Files.writeString(known, "[127.0.0.1]:" + relay.port() + " " + host.hostKey() + "\n");
        String ssh = "-F none -o IdentitiesOnly=yes -o BatchMode=yes -o UserKnownHostsFile=" + known + " -i "
                + host.userKeyFile();
        String to = LogHost.ROOT + "/" + directory;
        String command = switch (tool) {
            case "scp" -> "scp -q -r " + ssh + " -P " + relay.port() + " . " + LogHost.USER + "@127.0.0.1:" + to;
            case "sftp" ->
                "printf 'mkdir " + to + "\nput -r . " + to + "\n' | sftp -q -b - " + ssh + " -P " + relay.port() + " "
                        + LogHost.USER + "@127.0.0.1 > /dev/null";
            case "rsync" ->
                "rsync -a -e 'ssh " + ssh + " -p " + relay.port() + "' ./ " + LogHost.SHELL_USER + "@127.0.0.1:" + to
                        + "/";
            case "tar" ->
                "tar -cf - . | ssh " + ssh + " -p " + relay.port() + " " + LogHost.SHELL_USER + "@127.0.0.1 'mkdir "
                        + to + " && tar -C " + to + " -xf -'";
            default -> throw new IllegalArgumentException(tool);
        };
        long start = System.nanoTime();
        Commands.run(source, LIMIT, "bash", "-c", "set -e -o pipefail; " + command);
        read(directory + "/");
        return done(start, directory);
    }

    /** What twenty publications at once hold in memory, after a collection each second. */
    private void memory() throws Exception {
        Path source = LogTrees.make(home.resolve("mix"), "mix", 2);
        NodeRecording recording = NodeRecording.of(source, home.resolve("mix.stream"), true);
        System.out.println("mix: " + LogTrees.describe(source));
        System.gc();
        System.out.printf("at rest: %.0f MB%n", live());
        for (String user : List.of(LogHost.USER, LogHost.SHELL_USER)) {
            for (int builds : new int[] {1, 20}) {
                ExecutorService threads = Executors.newFixedThreadPool(builds);
                List<Future<?>> all = new ArrayList<>();
                long start = System.nanoTime();
                for (int i = 0; i < builds; i++) {
                    String directory = "memory" + ++runs;
                    all.add(threads.submit(() -> recording.publish(connector, target(user), LogHost.ROOT, directory)));
                }
                List<Double> seen = new ArrayList<>();
                while (!all.stream().allMatch(Future::isDone)) {
                    Thread.sleep(500);
                    System.gc();
                    seen.add(live());
                }
                for (Future<?> each : all) {
                    each.get();
                }
                threads.shutdown();
                int half = seen.size() / 2;
                System.out.printf(
                        "%s, %d at once: %.1f s, live heap at most %.0f MB in the first half and %.0f MB in the second%n",
                        user,
                        builds,
                        (System.nanoTime() - start) / 1e9,
                        seen.subList(0, half).stream().mapToDouble(x -> x).max().orElse(0),
                        seen.subList(half, seen.size()).stream()
                                .mapToDouble(x -> x)
                                .max()
                                .orElse(0));
            }
        }
    }

    private static double live() {
        Runtime runtime = Runtime.getRuntime();
        return (runtime.totalMemory() - runtime.freeMemory()) / 1e6;
    }
}
