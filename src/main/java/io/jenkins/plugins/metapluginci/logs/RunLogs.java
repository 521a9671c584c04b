package io.jenkins.plugins.metapluginci.logs;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.List;

/**
 * What became of a run's files, for its index. Immutable, and of a form that Gson writes and reads.
 *
 * @param state how far they are
 * @param files what is below {@code logs/}, in any order
 * @param notes what was left out, renamed or cut, a line each
 * @param problem why they are missing, or wait: the end of a sentence, fit for the public; null when nothing is wrong
 */
public record RunLogs(
        State state,
        List<File> files,
        List<String> notes,
        @CheckForNull String problem) {
    /** How far a run's files are. */
    public enum State {
        /** The run goes on. */
        RUNNING,
        /** They are under way to the log server, or wait for it at the controller. */
        WAITING,
        /** They are there. */
        PUBLISHED,
        /** They never will be. */
        MISSING
    }

    /**
     * A file.
     *
     * @param path below {@code logs/}, safe, as it is stored: with {@code .gz} at its end where it is stored packed
     * @param size of what a reader gets, bytes: of one that is stored packed, before it was
     */
    public record File(String path, long size) {}

    /** Of a run that goes on. */
    public static final RunLogs RUNNING = new RunLogs(State.RUNNING, List.of(), List.of(), null);

    public RunLogs {
        files = List.copyOf(files);
        notes = List.copyOf(notes);
    }

    /** They are there. */
    public static RunLogs published(List<File> files, List<String> notes) {
        return new RunLogs(State.PUBLISHED, files, notes, null);
    }

    /** They will be there. @param why they are not yet, the end of a sentence; null when they are just on their way */
    public static RunLogs waiting(@CheckForNull String why, List<String> notes) {
        return new RunLogs(State.WAITING, List.of(), notes, why);
    }

    /** They are lost. */
    public static RunLogs missing(String why, List<String> notes) {
        return new RunLogs(State.MISSING, List.of(), notes, why);
    }
}
