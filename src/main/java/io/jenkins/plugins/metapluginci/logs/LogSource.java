package io.jenkins.plugins.metapluginci.logs;

import java.util.Objects;

/**
 * Files on a node that belong to a build's logs. Immutable.
 *
 * @param directory absolute path on the node; where it, or the first plain directory of the pattern, is a symbolic link,
 *     that link is followed (devstack-gate leaves {@code logs} as a link to {@code /opt/stack/logs}); no other one is
 * @param pattern Ant patterns relative to the directory, separated by commas: {@code logs/**}
 * @param name where the files go below {@code logs/} at the log server; empty is {@code logs/} itself. A pattern's leading
 *     directory stays part of the name, except {@code logs}, which would be there twice
 */
public record LogSource(String directory, String pattern, String name) {
    public LogSource {
        Objects.requireNonNull(directory, "directory");
        Objects.requireNonNull(pattern, "pattern");
        Objects.requireNonNull(name, "name");
    }
}
