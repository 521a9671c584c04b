package io.jenkins.plugins.metapluginci.layout;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads lists of jobs, with what runs after each. */
final class JobTrees {
    /**
     * Zuul's validateJob, which looked at no key and took lists of lists, texts and nothing for what they are not: here a list in a
     * list is flattened, and one job may stand for a list of one.
     */
    static final Shape SHAPE = JobTrees::check;

    private final Reading reading;
    private final JobBook book;

    JobTrees(Reading reading, JobBook book) {
        this.reading = reading;
        this.book = book;
    }

    /** A job, or the top, and what runs after it: each job once, however often it is listed (addJob, model.py). */
    private static final class Level {
        @CheckForNull
        private final Job job;

        private final Map<String, Level> next = new LinkedHashMap<>();

        Level(@CheckForNull Job job) {
            this.job = job;
        }

        List<JobNode> nodes() {
            List<JobNode> nodes = new ArrayList<>();
            next.values().forEach(each -> nodes.add(new JobNode(each.job, each.nodes())));
            return nodes;
        }
    }

    private static void check(Value value, Path path, boolean inMapping, Problems problems) {
        switch (value.kind()) {
            case LIST -> {
                for (int i = 0; i < value.items().size(); i++) {
                    check(value.items().get(i), path.item(i), false, problems);
                }
            }
            case MAP -> {
                for (Value.Entry entry : value.entries()) {
                    if (!entry.key().is(Value.Kind.STR)) {
                        Shape.str().check(entry.key(), path.key(entry.key()), false, problems);
                    } else if (entry.key().text().isBlank()) {
                        problems.error(entry.key(), "does not match regular expression", path, "a job without a name");
                    }
                    check(entry.value(), path.key(entry.key()), true, problems);
                }
            }
            case STR -> {
                if (value.text().isEmpty() || value.text().chars().anyMatch(JobTrees::isBlank)) {
                    problems.error(
                            value,
                            "does not match regular expression",
                            path,
                            "the name of a job has no blanks: " + value.described());
                }
            }
            case NULL -> Shape.listOf(SHAPE).check(value, path, inMapping, problems);
            default -> Shape.str().check(value, path, inMapping, problems);
        }
    }

    private static boolean isBlank(int c) {
        return c <= ' ' && Character.isWhitespace(c);
    }

    /** The jobs of some lists, one after the other, without what stays off. */
    List<JobNode> read(List<Value> lists) {
        Level top = new Level(null);
        lists.forEach(each -> add(each, top));
        return top.nodes();
    }

    private void add(Value value, Level level) {
        switch (value.kind()) {
            case LIST -> value.items().forEach(each -> add(each, level));
            case MAP -> value.entries().forEach(entry -> add(entry.value(), level(entry.key(), level)));
            case STR -> level(value, level);
            default -> {
                // LayoutShape has said so.
            }
        }
    }

    /** What runs after a job; a level that goes nowhere when the job is off. */
    private Level level(Value name, Level in) {
        if (name.text().startsWith("^")) {
            reading.problems()
                    .warning(
                            name,
                            "Nothing is run for '" + Path.shortened(name.text())
                                    + "': a name that starts with ^ is a pattern, for the jobs section.");
            return new Level(null);
        }
        Job job = name.text().isBlank() ? null : book.job(name);
        return job == null ? new Level(null) : in.next.computeIfAbsent(job.name(), each -> new Level(job));
    }
}
