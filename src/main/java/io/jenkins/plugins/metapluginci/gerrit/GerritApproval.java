package io.jenkins.plugins.metapluginci.gerrit;

/**
 * A vote of a comment-added event.
 *
 * @param label {@code Verified}, {@code Code-Review}, …
 * @param value as cast
 * @param changed whether this event cast it; false for one that stood already, and always in releases that do not say
 */
public record GerritApproval(String label, int value, boolean changed) {}
