package io.jenkins.plugins.metapluginci.merger;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.time.Instant;

/**
 * How a project's mirror does, for pages. Immutable.
 *
 * @param project its name at Gerrit
 * @param phase what is done to it
 * @param since when that began
 * @param progress how far a long step is, such as {@code Receiving objects: 4300 of 12000}; null when there is none
 * @param reason why the last thing that was tried failed; null when it went well
 */
public record MirrorState(
        String project,
        Phase phase,
        Instant since,
        @CheckForNull String progress,
        @CheckForNull String reason) {

    /** What is done to a mirror. */
    public enum Phase {
        /** Nothing. */
        IDLE,
        /** Something waits for a free thread, or for another project of the same request. */
        WAITING,
        /** The first fetch, of everything. */
        CLONING,
        /** What is new is fetched. */
        FETCHING,
        MERGING,
        /** Refs of items that are done are deleted, objects packed. */
        TIDYING
    }
}
