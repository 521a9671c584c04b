package io.jenkins.plugins.metapluginci.node;

/**
 * What one check of a node found. Immutable.
 *
 * @param name what was looked at, for people: "free disk"
 * @param passed whether the node may take a build as far as this goes
 * @param detail what was measured, what the limit is, and what to do; printable, bounded
 */
public record CheckResult(String name, boolean passed, String detail) {}
