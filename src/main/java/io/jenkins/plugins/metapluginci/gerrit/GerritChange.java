package io.jenkins.plugins.metapluginci.gerrit;

/**
 * A change as Gerrit describes it in events and answers. Immutable; texts are empty where Gerrit said nothing.
 *
 * @param project the project's name
 * @param branch where it wants to go, without {@code refs/heads/}
 * @param topic may be empty
 * @param changeId {@code I…}, the Change-Id of the commit message
 * @param number 0 where Gerrit said nothing
 * @param subject first line of the commit message, shortened when very long
 * @param url of its page
 * @param owner who made it
 * @param status {@code NEW}, {@code MERGED}, {@code ABANDONED}; empty in old releases' events
 * @param workInProgress whether its owner marked it so
 * @param isPrivate likewise
 * @param commitMessage of the current patchset, whole; empty where Gerrit did not send it
 */
public record GerritChange(
        String project,
        String branch,
        String topic,
        String changeId,
        int number,
        String subject,
        String url,
        GerritAccount owner,
        String status,
        boolean workInProgress,
        boolean isPrivate,
        String commitMessage) {}
