package io.jenkins.plugins.metapluginci.node;

import edu.umd.cs.findbugs.annotations.CheckForNull;

/**
 * One line of a node's history. Immutable.
 *
 * @param at epoch milliseconds
 * @param phase that the node came into
 * @param reason why, for people
 * @param by who or what brought it there
 * @param build key of the build that had the node last ({@link BuildRef#key}); null when none ever had
 */
public record NodeHistoryEntry(
        long at,
        NodePhase phase,
        String reason,
        String by,
        @CheckForNull String build) {}
