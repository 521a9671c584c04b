package io.jenkins.plugins.metapluginci.logs;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.metapluginci.store.JsonStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * The last runs of each job for each change, so that their pages lead to one another. A small file each, bounded in number and
 * length; what is forgotten costs a link. Every method waits for the disk. Safe for any thread: its monitor orders writers.
 */
final class RunHistory {
    static final int MAX_RUNS = 20;
    private static final int FORMAT = 1;
    /** Looked at once in so many beginnings. */
    private static final int SWEEP = 100;

    private final Path directory;
    private final int maxChains;
    private final JsonStore<Chain> store;
    private int begun;

    /**
     * A run.
     *
     * @param server name of the log server
     * @param destination directory below its root
     * @param title short, for the link
     * @param startedMs epoch milliseconds
     */
    record Run(String server, String destination, String title, long startedMs) {}

    /** The runs of one job for one change, in the order of their beginnings. */
    record Chain(List<Run> runs) {
        Chain {
            runs = List.copyOf(runs);
        }
    }

    /** A run's neighbours, each null when there is none. */
    record Neighbours(
            @CheckForNull Run previous, @CheckForNull Run next) {
        static final Neighbours NONE = new Neighbours(null, null);
    }

    /** @param maxChains so many are kept, the last used ones */
    RunHistory(Path directory, int maxChains) {
        this.directory = directory;
        this.maxChains = maxChains;
        this.store = new JsonStore<>(directory, Chain.class, FORMAT);
    }

    /** A run has begun, or goes on. @param chain see {@link RunFacts#chain} @return its neighbours on the same server */
    synchronized Neighbours begun(String chain, Run run) throws IOException {
        String key = key(chain);
        Chain before = store.get(key);
        List<Run> runs = new ArrayList<>(before == null ? List.of() : before.runs());
        if (!runs.contains(run)) {
            runs.removeIf(each ->
                    each.server().equals(run.server()) && each.destination().equals(run.destination()));
            runs.add(run);
            runs.sort(Comparator.comparingLong(Run::startedMs));
            store.put(key, new Chain(runs.subList(Math.max(0, runs.size() - MAX_RUNS), runs.size())));
        }
        if (++begun % SWEEP == 1) {
            sweep();
        }
        List<Run> same =
                runs.stream().filter(each -> each.server().equals(run.server())).toList();
        int index = same.indexOf(run);
        return new Neighbours(
                index > 0 ? same.get(index - 1) : null, index + 1 < same.size() ? same.get(index + 1) : null);
    }

    private void sweep() throws IOException {
        List<Path> all;
        try (Stream<Path> files = Files.list(directory)) {
            all = new ArrayList<>(
                    files.filter(each -> each.toString().endsWith(".json")).toList());
        }
        if (all.size() > maxChains) {
            List<Aged> aged = new ArrayList<>();
            for (Path file : all) {
                aged.add(new Aged(file, Files.getLastModifiedTime(file)));
            }
            aged.sort(Comparator.comparing(Aged::at));
            for (Aged old : aged.subList(0, all.size() - maxChains)) {
                Files.deleteIfExists(old.file());
            }
        }
    }

    private record Aged(Path file, FileTime at) {}

    private static String key(String chain) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(chain.getBytes(StandardCharsets.UTF_8)), 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** How a page of one directory leads to another directory. @param from directory below the root. @param to likewise */
    static String href(String from, String to) {
        String[] here = from.split("/");
        String[] there = to.split("/");
        int common = 0;
        while (common < here.length && common < there.length && here[common].equals(there[common])) {
            common++;
        }
        StringBuilder href = new StringBuilder("../".repeat(here.length - common));
        for (int i = common; i < there.length; i++) {
            href.append(Html.path(there[i])).append('/');
        }
        return href.length() == 0 ? "./" : href.toString();
    }
}
