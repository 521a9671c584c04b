package io.jenkins.plugins.metapluginci.gerrit;

import io.jenkins.plugins.metapluginci.ssh.SshTarget;

/**
 * Which Gerrit. Immutable.
 *
 * @param target Gerrit's SSH port (29418 by default) and our account there
 */
public record GerritSettings(SshTarget target) {}
