package io.jenkins.plugins.metapluginci.scheduler;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.metapluginci.layout.ChangeState;
import java.util.List;
import java.util.function.Consumer;

/** Tells what Gerrit knows of a change at this moment. Called from the scheduler's thread. */
public interface ChangeSource {
    /**
     * Asks, and returns at once.
     *
     * @param number of the change
     * @param patchset 0 for the current one
     * @param answer called once, on any thread
     */
    void look(int number, int patchset, Consumer<Answer> answer);

    /** What came of a question. */
    sealed interface Answer permits Found, Missing, Failed {}

    /**
     * Gerrit knows it.
     *
     * @param change the patchset that was asked for
     * @param state what filters and requirements look at
     * @param ahead every unmerged change that this one needs, deepest first, each once: git parents and Depends-On
     * @param cycle how its dependencies run in a circle, for people; null when they do not
     * @param details for the builds' {@code GERRIT_*} variables and for pages
     */
    record Found(
            Change change,
            ChangeState state,
            List<Change> ahead,
            @CheckForNull String cycle,
            ChangeDetails details) implements Answer {
        public Found {
            ahead = List.copyOf(ahead);
        }
    }

    /** There is no such change or patchset, or our account may not see it. */
    record Missing() implements Answer {}

    /** Gerrit could not be asked. @param reason for people */
    record Failed(String reason) implements Answer {}
}
