package io.jenkins.plugins.metapluginci.layout;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The jobs of a layout. A job comes into being when it is first mentioned, and only then takes over what the patterns
 * ("metajobs") before it say, as in Zuul (getJob and Job.copy, model.py): a pattern that comes after a job in the jobs section never
 * applies to it, while jobs that only projects mention get them all.
 */
final class JobBook {
    /** How often a pattern is tried on a name: OpenStack's own layout came to a tenth. */
    private static final int MAX_TRIES = 10_000_000;

    /** Of jobs that one function keeps off. */
    private static final int MAX_LISTED = 10;

    private static final List<String> OFF = List.of("queue-name", "hold-following-changes", "tags", "swift");

    private final Reading reading;
    private final Map<PythonPattern, Draft> metajobs = new LinkedHashMap<>();
    private final Map<String, Draft> drafts = new LinkedHashMap<>();
    private final Map<String, Job> jobs = new HashMap<>();

    /** The functions that are not known, each with the jobs that it keeps off. */
    private final Map<Value, Set<String>> off = new LinkedHashMap<>();

    private long tries;

    JobBook(Reading reading) {
        this.reading = reading;
    }

    /** What is known of a job so far; null and empty where nothing was said. */
    private static final class Draft {
        @CheckForNull
        private String successMessage;

        @CheckForNull
        private String failureMessage;

        @CheckForNull
        private String successPattern;

        @CheckForNull
        private String failurePattern;

        @CheckForNull
        private Boolean voting;

        @CheckForNull
        private String mutex;

        /** Its name, where the layout gives it. */
        @CheckForNull
        private Value function;

        private int attempts = Job.ATTEMPTS;
        private final Set<String> tags = new LinkedHashSet<>();
        private List<PythonPattern> branches = List.of();
        private List<PythonPattern> files = List.of();
        private List<JobMatcher.SkipIf> skipIf = List.of();

        /** Takes over what the other says, but for the attempts, which are no pattern's to set. */
        void take(Draft other) {
            successMessage = or(other.successMessage, successMessage);
            failureMessage = or(other.failureMessage, failureMessage);
            successPattern = or(other.successPattern, successPattern);
            failurePattern = or(other.failurePattern, failurePattern);
            voting = or(other.voting, voting);
            mutex = or(other.mutex, mutex);
            function = or(other.function, function);
            tags.addAll(other.tags);
            branches = other.branches.isEmpty() ? branches : other.branches;
            files = other.files.isEmpty() ? files : other.files;
            skipIf = other.skipIf.isEmpty() ? skipIf : other.skipIf;
        }

        @CheckForNull
        private static <T> T or(@CheckForNull T first, @CheckForNull T second) {
            return first == null ? second : first;
        }
    }

    /** Reads an entry of the jobs section. */
    void read(Value section, Path path) {
        Draft said = draft(section, path);
        String name = Reading.fullText(section, "name");
        if (name == null) {
            return;
        }
        if (!name.startsWith("^")) {
            Draft draft = mention(name, section);
            draft.take(said);
            draft.attempts = said.attempts;
            return;
        }
        PythonPattern pattern = reading.pattern(section, path, "name");
        if (pattern != null) {
            metajobs.put(pattern, said);
        }
    }

    private Draft draft(Value section, Path path) {
        Draft draft = new Draft();
        draft.successMessage = Reading.fullText(section, "success-message");
        draft.failureMessage = Reading.fullText(section, "failure-message");
        draft.successPattern = Reading.fullText(section, "success-pattern");
        draft.failurePattern = Reading.fullText(section, "failure-pattern");
        draft.voting = Reading.bool(section, "voting");
        draft.mutex = Reading.fullText(section, "mutex");
        draft.attempts = Math.max(1, Reading.number(section, "attempts", Job.ATTEMPTS));
        draft.tags.addAll(Reading.texts(section, "tags"));
        draft.branches = reading.patterns(section, path, "branch");
        draft.files = reading.patterns(section, path, "files");
        draft.skipIf = skipIf(section, path);
        if (Reading.fullText(section, "parameter-function") != null) {
            draft.function = Reading.place(section, "parameter-function");
            if (ParameterFunction.named(draft.function.text()) == null) {
                off.put(draft.function, new LinkedHashSet<>());
            }
        }
        for (String key : OFF) {
            Value.Entry entry = section.entry(key);
            if (entry != null) {
                reading.problems().warning(entry.key(), "'" + key + "' has no effect here.");
            }
        }
        return draft;
    }

    private List<JobMatcher.SkipIf> skipIf(Value section, Path path) {
        List<JobMatcher.SkipIf> all = new ArrayList<>();
        for (Reading.At each : Reading.listOf(section, path, "skip-if")) {
            all.add(new JobMatcher.SkipIf(
                    reading.pattern(each.value(), each.path(), "project"),
                    reading.pattern(each.value(), each.path(), "branch"),
                    reading.patterns(each.value(), each.path(), "all-files-match-any")));
        }
        return all;
    }

    private Draft mention(String name, Value at) {
        if (tries > MAX_TRIES) {
            reading.problems().error(at, "There are too many jobs for so many patterns among them.");
            return new Draft();
        }
        return drafts.computeIfAbsent(name, each -> {
            Draft draft = new Draft();
            tries += metajobs.size();
            metajobs.forEach((pattern, metajob) -> {
                if (pattern.match(each)) {
                    draft.take(metajob);
                }
            });
            return draft;
        });
    }

    /**
     * The job that something mentions; to be asked only after the jobs section was read.
     *
     * @return null when it stays off, because of its parameter function
     */
    @CheckForNull
    Job job(Value at) {
        String name = at.text();
        Draft draft = mention(name, at);
        // The built-in job has no build that could lack a parameter.
        if (draft.function == null || name.equals(Job.NOOP)) {
            return jobs.computeIfAbsent(name, each -> job(each, draft, null));
        }
        ParameterFunction function = ParameterFunction.named(draft.function.text());
        if (function == null) {
            off.get(draft.function).add(name);
            return null;
        }
        return jobs.computeIfAbsent(name, each -> job(each, draft, function));
    }

    private static Job job(String name, Draft draft, @CheckForNull ParameterFunction function) {
        return new Job(
                name,
                draft.voting == null || draft.voting,
                draft.successMessage,
                draft.failureMessage,
                draft.successPattern,
                draft.failurePattern,
                draft.attempts,
                draft.mutex,
                List.copyOf(draft.tags),
                new JobMatcher(draft.branches, draft.files, draft.skipIf),
                function,
                name.equals(Job.NOOP));
    }

    /** Warns of each function that is not known; to be called once everything was read. */
    void warnOfFunctions() {
        off.forEach((function, names) -> {
            String text = "Unable to find function " + Path.shortened(function.text()) + ": Python is not run here. ";
            if (names.isEmpty()) {
                text += "No job that is run needs it.";
            } else {
                text += "Without this line they would run; with it, these jobs stay off, and what runs after them: "
                        + names.stream().limit(MAX_LISTED).map(Path::shortened).collect(Collectors.joining(", "))
                        + (names.size() > MAX_LISTED ? ", and " + (names.size() - MAX_LISTED) + " more." : ".");
            }
            reading.problems().warning(function, text);
        });
    }

    /** All that were mentioned, patterns apart. */
    Set<String> names() {
        return drafts.keySet();
    }
}
