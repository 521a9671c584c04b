package io.jenkins.plugins.metapluginci.node;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Prepares nodes with two shell scripts, {@code prepare-node.sh} for the machine and {@code prepare-git.sh} for each git
 * repository on it, which comes from the controller through the agent's connection. What is right already is left alone.
 * Thread-safe.
 */
final class Preparer implements NodePreparation {
    /** Where devstack-gate looks for clones. */
    static final String CACHE = "/opt/git";

    /** The branch of a bundle that has only one commit to check out. */
    private static final String PIN = "refs/heads/metaplugin-ci";

    private final NodeShell shell;
    private final Supplier<NodeSettings> settings;
    private final Function<String, String> roots;
    private final Repositories repositories;
    private final PreparationLog log;

    /**
     * @param settings what the operator chose, at any time
     * @param roots gives the agent's directory of a node
     * @param log keeps what each preparation said
     */
    Preparer(
            NodeShell shell,
            Supplier<NodeSettings> settings,
            Function<String, String> roots,
            Repositories repositories,
            PreparationLog log) {
        this.shell = shell;
        this.settings = settings;
        this.roots = roots;
        this.repositories = repositories;
        this.log = log;
    }

    @Override
    public void run(String node, Consumer<String> progress) throws PreparationException, InterruptedException {
        try (PreparationLog.Writer kept = log.start(node)) {
            Consumer<String> both = line -> {
                kept.line(line);
                progress.accept(line);
            };
            NodeSettings chosen = settings.get();
            Run run = new Run(node, chosen, both);
            try {
                run.all();
            } catch (IOException e) {
                String why = e.getMessage() == null ? e.toString() : e.getMessage();
                both.accept("failed: " + why);
                throw new PreparationException(why, e);
            } catch (PreparationException e) {
                both.accept("failed: " + e.getMessage());
                throw e;
            } catch (InterruptedException e) {
                kept.line("failed: it was stopped");
                throw e;
            }
        } catch (IOException e) {
            throw new PreparationException("The log of the preparation cannot be written: " + e.getMessage(), e);
        }
    }

    /** What a node said of a repository; every value is checked. */
    private static final class Looked {
        private static final int MOST_REFS = 20_000;

        final Map<String, String> refs = new TreeMap<>();
        String head = "";
        String url = "";
        boolean clean;

        void line(String line) {
            String[] words = line.split(" ", 4);
            if (words.length < 3 || !words[0].equals("metaplugin-ci")) {
                return;
            }
            switch (words[1]) {
                case "ref" -> {
                    if (words.length == 4 && isCommit(words[2]) && refs.size() < MOST_REFS) {
                        refs.put(words[3].replaceFirst("^refs/remotes/origin/", "refs/heads/"), words[2]);
                    }
                }
                case "head" -> head = isCommit(words[2]) ? words[2] : "";
                case "url" -> url = words[2];
                case "clean" -> clean = words[2].equals("yes");
                default -> {}
            }
        }
    }

    private static boolean isCommit(String text) {
        return text.matches("[0-9a-f]{40}");
    }

    /** One preparation. */
    private final class Run {
        private final String node;
        private final NodeSettings chosen;
        private final Consumer<String> say;
        private final long end;
        private final AtomicInteger changes = new AtomicInteger();

        Run(String node, NodeSettings chosen, Consumer<String> say) {
            this.node = node;
            this.chosen = chosen;
            this.say = say;
            this.end = System.nanoTime()
                    + TimeUnit.MILLISECONDS.toNanos(chosen.prepare().timeMs());
        }

        void all() throws IOException, PreparationException, InterruptedException {
            machine();
            String gate = PreparationScript.gateDirectory(chosen);
            if (!gate.isEmpty()) {
                gate(gate);
            }
            Set<String> projects = new LinkedHashSet<>(chosen.prepare().projects());
            if (projects.isEmpty()) {
                projects.addAll(repositories.projects());
            }
            for (String project : projects) {
                cache(project);
            }
            int made = changes.get();
            say.accept(made == 0 ? "prepared: nothing had to be changed" : "prepared, changes: " + made);
        }

        private void machine() throws IOException, PreparationException, InterruptedException {
            Told told = new Told();
            String script = PreparationScript.machine(chosen, roots.apply(node));
            int status = shell.run(node, script, null, told, left());
            if (status != 0) {
                throw new PreparationException(told.why(
                        status, "the agent's user must be root, or may run everything by sudo without a password"));
            }
        }

        /** Hands on what a script says, and keeps what it says of its failure. */
        private final class Told implements Consumer<String> {
            private static final String FAILED = "failed: ";
            private volatile String failed = "";
            private volatile String last = "";

            @Override
            public void accept(String line) {
                if (line.startsWith(FAILED)) {
                    failed = line.substring(FAILED.length());
                    return;
                }
                last = line;
                if (line.startsWith("changed: ")) {
                    changes.incrementAndGet();
                }
                say.accept(line);
            }

            String why(int status, String otherwise) {
                if (!failed.isEmpty()) {
                    return failed;
                }
                String words = last.isEmpty() ? "" : " (" + last + ")";
                return "the script ended with status " + status + words + ": " + otherwise;
            }
        }

        private void gate(String directory) throws IOException, PreparationException, InterruptedException {
            String project = chosen.prepare().gateProject();
            Map<String, String> branches;
            try {
                branches = repositories.branches(project);
            } catch (IOException e) {
                throw new PreparationException(
                        "The project of devstack-gate, " + project + ", cannot be had: " + e.getMessage(), e);
            }
            String pinned = chosen.prepare().gateCommit();
            String commit = pinned.isEmpty() ? branches.get("refs/heads/master") : pinned;
            if (commit == null) {
                throw new PreparationException(project + " has no branch master: set the commit of devstack-gate");
            }
            Looked looked = look(directory);
            if (looked.clean && looked.head.equals(commit)) {
                say.accept("fine: " + directory + " is " + project + " at " + commit);
                return;
            }
            take(project, directory, "", "", commit, Map.of(PIN, commit), looked);
            changed(directory + " is " + project + " at " + commit);
        }

        private void cache(String project) throws IOException, PreparationException, InterruptedException {
            String directory = CACHE + "/" + project;
            Map<String, String> branches;
            try {
                if (!NodeField.isProject(project)) {
                    throw new IOException("its name is no path");
                }
                branches = repositories.branches(project);
            } catch (IOException e) {
                // A clone only saves time: a build fetches what is missing.
                say.accept("left out: " + project + ": " + e.getMessage());
                return;
            }
            String branch = mainBranch(branches);
            if (branch == null) {
                say.accept("fine: " + project + " has no branches");
                return;
            }
            String url = repositories.url(project);
            Looked looked = look(directory);
            boolean same = looked.refs.equals(branches) && looked.head.equals(branches.get("refs/heads/" + branch));
            if (same && looked.clean && (url.isEmpty() || looked.url.equals(url))) {
                say.accept("fine: " + directory + " has " + branches.size() + " branches");
                return;
            }
            take(project, directory, url, branch, "", branches, looked);
            changed(directory + " has " + branches.size() + " branches");
        }

        @CheckForNull
        private String mainBranch(Map<String, String> branches) {
            for (String name : List.of("master", "main")) {
                if (branches.containsKey("refs/heads/" + name)) {
                    return name;
                }
            }
            return branches.keySet().stream()
                    .findFirst()
                    .map(name -> name.substring("refs/heads/".length()))
                    .orElse(null);
        }

        private Looked look(String directory) throws IOException, PreparationException, InterruptedException {
            Looked looked = new Looked();
            int status =
                    shell.run(node, PreparationScript.git("look", directory, "", "", ""), null, looked::line, left());
            if (status != 0) {
                throw new PreparationException("git could not look at " + directory + " (status " + status + ")");
            }
            return looked;
        }

        private void take(
                String project,
                String directory,
                String url,
                String branch,
                String commit,
                Map<String, String> refs,
                Looked looked)
                throws IOException, PreparationException, InterruptedException {
            say.accept("copying " + project + " to " + directory);
            Told told = new Told();
            int status = shell.run(
                    node,
                    PreparationScript.git("take", directory, url, branch, commit),
                    out -> repositories.bundle(project, refs, looked.refs.values(), out),
                    told,
                    left());
            if (status != 0) {
                throw new PreparationException(told.why(status, directory + " could not be brought up to date"));
            }
        }

        private void changed(String what) {
            changes.incrementAndGet();
            say.accept("changed: " + what);
        }

        private long left() throws PreparationException {
            long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
            if (left <= 0) {
                throw new PreparationException("it took longer than "
                        + Units.showMillis(chosen.prepare().timeMs()));
            }
            return left;
        }
    }
}
