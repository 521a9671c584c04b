package io.jenkins.plugins.metapluginci.bench;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;

/** Directories of logs of several shapes, of lines as services of OpenStack write them. The same each time. */
final class LogTrees {
    private static final String[] WORDS = {
        "nova.compute.manager",
        "neutron.agent.ovs",
        "oslo_messaging.rpc",
        "keystone.token",
        "GET /v2.0/ports",
        "POST /servers",
        "status: 200",
        "status: 404",
        "Starting instance",
        "Claim successful",
        "lock acquired by",
        "lock released",
        "Took 0.",
        "seconds to spawn",
        "iptables-restore",
        "Updating port status",
        "heartbeat"
    };

    private LogTrees() {}

    /** @param part makes one of so many of the files */
    static Path make(Path directory, String shape, int part) throws IOException {
        Files.createDirectories(directory);
        Random random = new Random(7);
        switch (shape) {
            case "small" -> files(directory, "small", 5000 / part, 4096, 4097, random);
            case "large" -> files(directory, "large", 20 / part, 50_000_000, 50_000_001, random);
            case "mix" -> {
                // as a devstack run leaves them: configuration, reports, logs of services, a few of them long
                files(directory, "etc", 1500 / part, 200, 8_000, random);
                files(directory, "reports", 400 / part, 8_000, 100_000, random);
                files(directory, "services", 60 / part, 100_000, 2_000_000, random);
                files(directory, "screen", 12 / part, 5_000_000, 25_000_000, random);
            }
            default -> throw new IllegalArgumentException(shape);
        }
        return directory;
    }

    private static void files(Path top, String name, int count, int least, int beyond, Random random)
            throws IOException {
        for (int i = 0; i < count; i++) {
            Path file = top.resolve(name + "-" + i % 50 + "/" + name + "-" + i + ".log");
            Files.createDirectories(file.getParent());
            int length = least + random.nextInt(beyond - least);
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
                write(out, length, random);
            }
        }
    }

    private static void write(OutputStream out, int length, Random random) throws IOException {
        StringBuilder line = new StringBuilder();
        int left = length;
        while (left > 0) {
            line.setLength(0);
            line.append("2026-11-23 06:")
                    .append(10 + random.nextInt(50))
                    .append(':')
                    .append(10 + random.nextInt(50));
            line.append('.').append(100 + random.nextInt(900)).append(" 12345 DEBUG ");
            for (int i = 0; i < 5; i++) {
                line.append(WORDS[random.nextInt(WORDS.length)]).append(' ');
            }
            line.append("[req-").append(Long.toHexString(random.nextLong())).append("]\n");
            byte[] bytes = line.toString().getBytes(StandardCharsets.US_ASCII);
            int count = Math.min(left, bytes.length);
            out.write(bytes, 0, count);
            left -= count;
        }
    }

    static String describe(Path directory) throws IOException {
        long[] sums = new long[2];
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path each : all.filter(Files::isRegularFile).toList()) {
                sums[0]++;
                sums[1] += Files.size(each);
            }
        }
        return String.format("%,d files, %.1f MB", sums[0], sums[1] / 1e6);
    }
}
