package io.jenkins.plugins.metapluginci.logs;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.List;

/**
 * What became of a build's logs. Immutable.
 *
 * @param published whether all of it is where it should be
 * @param problem why it is missing, as the end of a sentence that is fit for a public comment: it names no host, account or
 *     path; null when it is published
 * @param files how many files were written
 * @param bytes their length
 * @param notes what was left out or renamed, for the people of this CI: cleaned of control characters, bounded
 */
public record LogsResult(boolean published, @CheckForNull String problem, int files, long bytes, List<String> notes) {
    public LogsResult {
        notes = List.copyOf(notes);
        if (published != (problem == null)) {
            throw new IllegalArgumentException("a problem is given exactly when logs are missing");
        }
    }

    static LogsResult published(int files, long bytes, List<String> notes) {
        return new LogsResult(true, null, files, bytes, notes);
    }

    static LogsResult missing(String problem, List<String> notes) {
        return new LogsResult(false, problem, 0, 0, notes);
    }

    /** Both together: published when both are, else with the first problem of the two. */
    public LogsResult and(LogsResult other) {
        String first = published ? other.problem : problem;
        return new LogsResult(
                published && other.published,
                first,
                files + other.files,
                bytes + other.bytes,
                java.util.stream.Stream.concat(notes.stream(), other.notes.stream())
                        .toList());
    }
}
