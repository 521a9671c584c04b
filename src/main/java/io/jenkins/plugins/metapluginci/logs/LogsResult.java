package io.jenkins.plugins.metapluginci.logs;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.List;
import java.util.stream.Stream;

/**
 * What became of a build's logs. Immutable.
 *
 * @param state whether all of it is where it should be
 * @param problem why it is not, as the end of a sentence that is fit for a public comment: it names no host, account or
 *     path; null when it is published
 * @param files how many files were written
 * @param bytes their length
 * @param notes what was left out or renamed, for the people of this CI: cleaned of control characters, bounded
 * @param url where they can, or will, be read; null when nobody can say
 * @param listing the files below {@code logs/}, for the run's index
 */
public record LogsResult(
        State state,
        @CheckForNull String problem,
        int files,
        long bytes,
        List<String> notes,
        @CheckForNull String url,
        List<RunLogs.File> listing) {
    /** Whether logs are where they should be. */
    public enum State {
        PUBLISHED,
        /** On the controller, which sends them as soon as it can. */
        LATE,
        MISSING
    }

    public LogsResult {
        notes = List.copyOf(notes);
        listing = List.copyOf(listing);
        if ((state == State.PUBLISHED) != (problem == null)) {
            throw new IllegalArgumentException("a problem is given exactly when logs are late or missing");
        }
    }

    static LogsResult published(int files, long bytes, List<String> notes) {
        return new LogsResult(State.PUBLISHED, null, files, bytes, notes, null, List.of());
    }

    /** What is at the log server by the notes of a publication. */
    static LogsResult published(PublishNotes notes) {
        return new LogsResult(
                State.PUBLISHED, null, notes.files(), notes.bytes(), notes.toList(), null, notes.listing());
    }

    static LogsResult late(String problem, int files, long bytes, List<String> notes) {
        return new LogsResult(State.LATE, problem, files, bytes, notes, null, List.of());
    }

    /** They are nowhere, and nothing will bring them. */
    public static LogsResult missing(String problem, List<String> notes) {
        return new LogsResult(State.MISSING, problem, 0, 0, notes, null, List.of());
    }

    public boolean published() {
        return state == State.PUBLISHED;
    }

    public boolean late() {
        return state == State.LATE;
    }

    LogsResult at(@CheckForNull String place) {
        return new LogsResult(state, problem, files, bytes, notes, place, listing);
    }

    /** Both together: the worse state of the two, with its problem. */
    public LogsResult and(LogsResult other) {
        LogsResult worse = other.state.compareTo(state) > 0 ? other : this;
        return new LogsResult(
                worse.state,
                worse.problem,
                files + other.files,
                bytes + other.bytes,
                joined(notes, other.notes),
                url == null ? other.url : url,
                joined(listing, other.listing));
    }

    private static <T> List<T> joined(List<T> some, List<T> others) {
        return Stream.concat(some.stream(), others.stream()).toList();
    }

    /** The same for the run's index. */
    RunLogs index() {
        return switch (state) {
            case PUBLISHED -> RunLogs.published(listing, notes);
            case LATE -> RunLogs.waiting(problem, notes);
            case MISSING -> RunLogs.missing(problem, notes);
        };
    }
}
