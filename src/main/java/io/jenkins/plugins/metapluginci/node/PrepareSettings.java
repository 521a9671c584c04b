package io.jenkins.plugins.metapluginci.node;

import java.util.List;

/**
 * What preparing makes of a bare machine. Immutable.
 *
 * @param timeMs how long it may take, milliseconds
 * @param mirror URL of the mirror that packages come from; empty for the sources that the machine has
 * @param packages the packages that must be installed
 * @param authorizedKey public key that may log in as {@code jenkins}, as a line of {@code authorized_keys}; may be empty
 * @param gateProject the project at Gerrit that is checked out to {@link CheckSettings#gateDirectory}; empty for none
 * @param gateCommit what is checked out: a commit's full name; empty for the present tip of {@code master}
 * @param projects the projects that get a clone below {@code /opt/git}; empty for those of the layout
 */
public record PrepareSettings(
        long timeMs,
        String mirror,
        List<String> packages,
        String authorizedKey,
        String gateProject,
        String gateCommit,
        List<String> projects) {

    public PrepareSettings {
        packages = List.copyOf(packages);
        projects = List.copyOf(projects);
    }
}
