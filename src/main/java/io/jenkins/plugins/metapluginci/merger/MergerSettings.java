package io.jenkins.plugins.metapluginci.merger;

import io.jenkins.plugins.metapluginci.ssh.SshTarget;

/**
 * Immutable.
 *
 * @param name author and committer of merge commits (zuul.conf's {@code git_user_name})
 * @param email of the same ({@code git_user_email})
 * @param gerrit whose repositories are mirrored, over SSH
 */
public record MergerSettings(String name, String email, SshTarget gerrit) {}
