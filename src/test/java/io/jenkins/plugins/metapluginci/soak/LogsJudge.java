package io.jenkins.plugins.metapluginci.soak;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * Says from the document root alone whether the publications of known trees are whole and right. What a tree is made of, its
 * console and where it goes are known beforehand; nothing of the engine is asked. One thread at a time, but {@link #look}.
 */
final class LogsJudge {
    /** What can be broken. */
    enum Breach {
        /** No logs are there in the end, or files of them are missing. */
        LOST,
        /** A file is not as it was on the node. */
        WRONG,
        /** A file that the tree does not have. */
        FOREIGN,
        /** At some moment {@code logs} was there and not whole. */
        HALF,
        /** Something that is only for the time of the transfer. */
        LEFT,
        /** The console is not there whole, in either form. */
        CONSOLE,
        /** The index is not there, or does not say that the logs are. */
        INDEX
    }

    /** @param where directory below the root */
    record Finding(Breach breach, String where, String what) {
        @Override
        public String toString() {
            return breach + " " + where + ": " + what;
        }
    }

    /**
     * What must be there.
     *
     * @param files digest of each, by its path below {@code logs/}
     */
    record Expected(String destination, Map<String, String> files, String console) {}

    private static final Set<String> BESIDE =
            Set.of("logs", "index.html", "console.txt", "console.html", "environment.txt", ".metaplugin-ci-run");

    private final Path root;
    private final List<Finding> findings = new ArrayList<>();
    private int looks;

    LogsJudge(Path root) {
        this.root = root;
    }

    /** The digest of a file's content. */
    static String digest(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private synchronized void found(Breach breach, Expected expected, String what) {
        findings.add(new Finding(breach, expected.destination(), what));
    }

    synchronized List<Finding> findings() {
        return List.copyOf(findings);
    }

    /** How often somebody looked while it was published and saw a tree. */
    synchronized int looks() {
        return looks;
    }

    synchronized Map<Breach, Integer> counts() {
        Map<Breach, Integer> counts = new EnumMap<>(Breach.class);
        for (Breach each : Breach.values()) {
            counts.put(each, 0);
        }
        findings.forEach(each -> counts.merge(each.breach(), 1, Integer::sum));
        return counts;
    }

    /** A reader looks at any moment: what is called {@code logs} then must be whole. From any thread. */
    void look(Expected expected) throws IOException {
        Path logs = root.resolve(expected.destination()).resolve("logs");
        Map<String, Path> there;
        try {
            there = tree(logs);
        } catch (NoSuchFileException e) {
            return;
        } catch (java.io.UncheckedIOException e) {
            if (e.getCause() instanceof NoSuchFileException) {
                return;
            }
            throw e;
        }
        synchronized (this) {
            looks++;
        }
        Set<String> missing = new TreeSet<>(expected.files().keySet());
        missing.removeAll(there.keySet());
        if (!missing.isEmpty() && Files.exists(logs)) {
            found(
                    Breach.HALF,
                    expected,
                    missing.size() + " files are missing, " + missing.iterator().next());
        }
    }

    /** Everything is over: what is there now stays. */
    void judge(Expected expected) throws IOException {
        Path directory = root.resolve(expected.destination());
        Path logs = directory.resolve("logs");
        Map<String, Path> there = Files.isDirectory(logs, LinkOption.NOFOLLOW_LINKS) ? tree(logs) : Map.of();
        for (Map.Entry<String, String> file : expected.files().entrySet()) {
            Path shown = there.get(file.getKey());
            if (shown == null) {
                found(Breach.LOST, expected, file.getKey());
            } else if (!digest(content(shown, file.getKey())).equals(file.getValue())) {
                found(Breach.WRONG, expected, file.getKey());
            }
        }
        for (String name : there.keySet()) {
            if (!expected.files().containsKey(name)) {
                found(Breach.FOREIGN, expected, name);
            }
        }
        if (Files.isDirectory(directory)) {
            try (Stream<Path> beside = Files.list(directory)) {
                beside.map(each -> String.valueOf(each.getFileName()))
                        .filter(name -> !BESIDE.contains(name))
                        .forEach(name -> found(Breach.LEFT, expected, name));
            }
        }
        pages(expected, directory);
    }

    private void pages(Expected expected, Path directory) throws IOException {
        if (!text(directory.resolve("console.txt")).equals(expected.console())) {
            found(Breach.CONSOLE, expected, "console.txt is not what was printed");
        }
        String page = text(directory.resolve("console.html"));
        long lines = expected.console().lines().count();
        if (!page.contains("</html>")
                || page.contains("http-equiv=\"refresh\"")
                || lines > 0 && !page.contains("id=\"L" + lines + "\"")) {
            found(Breach.CONSOLE, expected, "console.html is not whole");
        }
        String index = text(directory.resolve("index.html"));
        String said = expected.files().isEmpty() ? "No file matched" : "<a href=\"logs/\">";
        if (!index.contains(said) || !index.contains("</html>") || !index.contains(">SUCCESS<")) {
            found(Breach.INDEX, expected, index.isEmpty() ? "there is none" : "it does not show the logs");
        }
    }

    private static String text(Path file) throws IOException {
        return Files.exists(file) ? Files.readString(file) : "";
    }

    /** By the names that the files had on the node: text of some length has another ending here. */
    private static Map<String, Path> tree(Path logs) throws IOException {
        Map<String, Path> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(logs)) {
            for (Path each : all.toList()) {
                if (Files.isRegularFile(each, LinkOption.NOFOLLOW_LINKS)) {
                    String name = logs.relativize(each).toString();
                    files.put(name.endsWith(".gz") ? name.substring(0, name.length() - 3) : name, each);
                }
            }
        }
        return files;
    }

    private static byte[] content(Path shown, String name) throws IOException {
        byte[] stored = Files.readAllBytes(shown);
        boolean packed = shown.toString().endsWith(".gz") && !name.endsWith(".gz");
        if (!packed) {
            return stored;
        }
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(stored))) {
            return in.readAllBytes();
        } catch (IOException e) {
            return ("not gzip: " + e.getMessage()).getBytes(StandardCharsets.UTF_8);
        }
    }
}
