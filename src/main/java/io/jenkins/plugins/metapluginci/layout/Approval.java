package io.jenkins.plugins.metapluginci.layout;

/**
 * A vote that stands on the current patchset of a change.
 *
 * @param category normalised as {@link Vote#normalize} does
 * @param grantedOnSeconds since the epoch, by Gerrit's clock
 */
public record Approval(String category, int value, long grantedOnSeconds, Account by) {}
