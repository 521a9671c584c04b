package io.jenkins.plugins.metapluginci.logs;

import io.jenkins.plugins.metapluginci.ssh.SshException;
import io.jenkins.plugins.metapluginci.ssh.SshSession;
import io.jenkins.plugins.metapluginci.ssh.SshTarget;

/** Opens connections to the log server, each within a finite time. */
@FunctionalInterface
public interface Connector {
    /** Connects and logs in. */
    SshSession connect(SshTarget target) throws SshException, InterruptedException;
}
