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
 */
public record LogsResult(
        State state,
        @CheckForNull String problem,
        int files,
        long bytes,
        List<String> notes,
        @CheckForNull String url) {
    /** Whether logs are where they should be. */
    public enum State {
        PUBLISHED,
        /** On the controller, which sends them as soon as it can. */
        LATE,
        MISSING
    }

    public LogsResult {
        notes = List.copyOf(notes);
        if ((state == State.PUBLISHED) != (problem == null)) {
            throw new IllegalArgumentException("a problem is given exactly when logs are late or missing");
        }
    }

    static LogsResult published(int files, long bytes, List<String> notes) {
        return new LogsResult(State.PUBLISHED, null, files, bytes, notes, null);
    }

    static LogsResult late(String problem, int files, long bytes, List<String> notes) {
        return new LogsResult(State.LATE, problem, files, bytes, notes, null);
    }

    /** They are nowhere, and nothing will bring them. */
    public static LogsResult missing(String problem, List<String> notes) {
        return new LogsResult(State.MISSING, problem, 0, 0, notes, null);
    }

    public boolean published() {
        return state == State.PUBLISHED;
    }

    public boolean late() {
        return state == State.LATE;
    }

    LogsResult at(@CheckForNull String place) {
        return new LogsResult(state, problem, files, bytes, notes, place);
    }

    /** Both together: the worse state of the two, with its problem. */
    public LogsResult and(LogsResult other) {
        LogsResult worse = other.state.compareTo(state) > 0 ? other : this;
        return new LogsResult(
                worse.state,
                worse.problem,
                files + other.files,
                bytes + other.bytes,
                Stream.concat(notes.stream(), other.notes.stream()).toList(),
                url == null ? other.url : url);
    }
}
