package io.jenkins.plugins.metapluginci.logs;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The page that a run's link opens: what was run and how it ended, its console, the artifacts that reviewers look for, and every
 * file. Without scripts: what it shows was written by strangers.
 */
final class RunIndex {
    static final String NAME = "index.html";

    /** So many files have a line of their own; browsers and readers give up on more. */
    static final int MAX_ROWS = 4000;

    /** Directories are shown open as long as there are no more files than this. */
    private static final int MAX_OPEN = 150;

    private static final int REFRESH_SECONDS = 15;
    private static final String NEXT_BEGINS = "<!--next-->";
    private static final String NEXT_ENDS = "<!--/next-->";

    private final StringBuilder out = new StringBuilder();
    private final RunFacts facts;
    private final RunLogs logs;
    private int rows;

    private RunIndex(RunFacts facts, RunLogs logs) {
        this.facts = facts;
        this.logs = logs;
    }

    /** Another run. @param href relative to the page's directory, percent-encoded */
    record Neighbour(String href, String title) {}

    /** The page. */
    static String of(RunFacts facts, RunLogs logs, @CheckForNull Neighbour previous, @CheckForNull Neighbour next) {
        return new RunIndex(facts, logs).write(previous, next);
    }

    /**
     * The page with another next run, the rest as it is: so that an earlier run's page can be changed without its facts.
     *
     * @return null when it is no page of this class
     */
    @CheckForNull
    static String withNext(String page, Neighbour next) {
        int from = page.indexOf(NEXT_BEGINS);
        int to = page.indexOf(NEXT_ENDS);
        return from < 0 || to < from
                ? null
                : page.substring(0, from + NEXT_BEGINS.length()) + nextLink(next) + page.substring(to);
    }

    private static String nextLink(@CheckForNull Neighbour next) {
        return next == null
                ? ""
                : "<a rel=\"next\" href=\"" + Html.text(next.href()) + "\">Next run: " + Html.text(next.title())
                        + "</a>";
    }

    private String write(@CheckForNull Neighbour previous, @CheckForNull Neighbour next) {
        String ended = facts.result();
        String result = ended == null ? "running" : ended;
        out.append(
                Html.head(facts.title() + ": " + result, logs.state() == RunLogs.State.RUNNING ? REFRESH_SECONDS : 0));
        out.append("<h1>").append(Html.text(facts.title())).append("</h1>\n");
        head(result);
        out.append("<nav>");
        if (previous != null) {
            out.append("<a rel=\"prev\" href=\"")
                    .append(Html.text(previous.href()))
                    .append("\">Previous run: ");
            out.append(Html.text(previous.title())).append("</a> ");
        }
        out.append(NEXT_BEGINS).append(nextLink(next)).append(NEXT_ENDS).append("</nav>\n");
        artifacts();
        files();
        notes();
        return out.append(Html.tail()).toString();
    }

    private void head(String result) {
        String mood = switch (result) {
            case "SUCCESS" -> "good";
            case "running", "ABORTED" -> "wait";
            default -> "bad";
        };
        out.append("<dl>\n<dt>Result</dt><dd class=\"result ").append(mood).append("\">");
        out.append(Html.text(result)).append("</dd>\n");
        RunFacts.Tested tested = facts.tested();
        String change = facts.change();
        if (!change.isEmpty()) {
            out.append("<dt>Change</dt><dd>");
            out.append(Html.isWeb(tested.url()) ? Html.link(tested.url(), change) : Html.text(change));
            out.append("</dd>\n");
        } else {
            fact("Project", tested.project());
        }
        fact("Branch", tested.branch());
        fact("Pipeline", tested.pipeline());
        fact("Job", facts.job());
        fact("Node", facts.node());
        fact("Started", Html.utc(facts.startedMs()));
        if (facts.endedMs() > 0) {
            fact("Ended", Html.utc(facts.endedMs()));
            fact("Duration", Html.span(Duration.ofMillis(Math.max(0, facts.endedMs() - facts.startedMs()))));
        }
        fact("Cause", facts.cause());
        out.append("</dl>\n");
    }

    private void fact(String name, String value) {
        if (!value.isBlank()) {
            out.append("<dt>")
                    .append(name)
                    .append("</dt><dd>")
                    .append(Html.text(value))
                    .append("</dd>\n");
        }
    }

    private void artifacts() {
        out.append("<h2>Artifacts</h2>\n<dl class=\"artifacts\">\n<dt>Console</dt><dd>");
        out.append("<a href=\"console.html\">console.html</a> <a href=\"console.txt\">console.txt</a></dd>\n");
        out.append("<dt>Environment</dt><dd><a href=\"environment.txt\">environment.txt</a>");
        Map<Artifact, List<RunLogs.File>> found = Artifact.among(logs.files());
        linked(found.getOrDefault(Artifact.ENVIRONMENT, List.of()));
        out.append("</dd>\n");
        found.forEach((artifact, files) -> {
            if (artifact != Artifact.ENVIRONMENT) {
                out.append("<dt>").append(artifact.title()).append("</dt><dd>");
                linked(files);
                out.append("</dd>\n");
            }
        });
        out.append("</dl>\n");
    }

    private void linked(List<RunLogs.File> files) {
        files.stream()
                .limit(Artifact.MAX)
                .forEach(file -> out.append(' ').append(Html.link("logs/" + Html.path(file.path()), file.path())));
        if (files.size() > Artifact.MAX) {
            out.append(" <span class=\"soft\">and ")
                    .append(files.size() - Artifact.MAX)
                    .append(" more</span>");
        }
    }

    private void files() {
        out.append("<h2>Logs</h2>\n");
        switch (logs.state()) {
            case RUNNING -> said("wait", "The run goes on: its logs are published at its end.");
            case WAITING ->
                said(
                        "wait",
                        logs.problem() == null
                                ? "The logs are being published."
                                : "The logs will be here later: " + logs.problem() + ".");
            case MISSING -> said("problem", "The logs are missing: " + logs.problem() + ".");
            case PUBLISHED -> published();
            default -> throw new IllegalStateException();
        }
    }

    private void said(String style, String words) {
        out.append("<p class=\"")
                .append(style)
                .append("\">")
                .append(Html.text(words))
                .append("</p>\n");
    }

    private void published() {
        if (logs.problem() != null) {
            said("problem", "The logs are not whole: " + logs.problem() + ".");
        }
        if (logs.files().isEmpty()) {
            said("soft", "No file matched.");
            return;
        }
        Directory top = new Directory();
        logs.files().forEach(file -> top.add(file, file.path()));
        out.append("<p><a href=\"logs/\">logs/</a> <span class=\"soft\">")
                .append(top.summary())
                .append("</span></p>\n");
        out.append("<div class=\"files\">");
        tree(top, "logs/", top.count <= MAX_OPEN);
        out.append("</div>\n");
    }

    private void tree(Directory directory, String path, boolean open) {
        out.append("<ul>\n");
        for (Map.Entry<String, Directory> each : directory.directories.entrySet()) {
            if (rows >= MAX_ROWS) {
                break;
            }
            rows++;
            String below = path + each.getKey() + "/";
            out.append("<li class=\"inside\"><details")
                    .append(open ? " open" : "")
                    .append("><summary>");
            out.append(Html.link(Html.path(below), each.getKey() + "/"));
            out.append(" <span class=\"size\">")
                    .append(each.getValue().summary())
                    .append("</span></summary>\n");
            tree(each.getValue(), below, open);
            out.append("</details></li>\n");
        }
        int shown = 0;
        for (Map.Entry<String, Long> file : directory.files.entrySet()) {
            if (rows >= MAX_ROWS) {
                break;
            }
            rows++;
            shown++;
            out.append("<li>").append(Html.link(Html.path(path + file.getKey()), file.getKey()));
            out.append(" <span class=\"size\">")
                    .append(Html.size(file.getValue()))
                    .append("</span></li>\n");
        }
        if (rows >= MAX_ROWS && shown < directory.files.size()) {
            out.append("<li class=\"soft\">and ")
                    .append(directory.files.size() - shown)
                    .append(" more files</li>\n");
        }
        out.append("</ul>");
    }

    private void notes() {
        if (!logs.notes().isEmpty()) {
            out.append("<h2>Notes</h2>\n<ul class=\"notes\">\n");
            logs.notes()
                    .forEach(note -> out.append("<li>").append(Html.text(note)).append("</li>\n"));
            out.append("</ul>\n");
        }
    }

    /** A directory of the page's tree. */
    private static final class Directory {
        private final Map<String, Directory> directories = new TreeMap<>();
        private final Map<String, Long> files = new TreeMap<>();
        private int count;
        private long bytes;

        void add(RunLogs.File file, String rest) {
            count++;
            bytes += file.size();
            int slash = rest.indexOf('/');
            if (slash < 0) {
                files.put(rest, file.size());
            } else {
                directories
                        .computeIfAbsent(rest.substring(0, slash), name -> new Directory())
                        .add(file, rest.substring(slash + 1));
            }
        }

        String summary() {
            return (count == 1 ? "1 file" : count + " files") + ", " + Html.size(bytes);
        }
    }
}
