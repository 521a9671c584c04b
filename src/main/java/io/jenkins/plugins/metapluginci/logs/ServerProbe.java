package io.jenkins.plugins.metapluginci.logs;

import io.jenkins.plugins.metapluginci.ssh.SshException;
import io.jenkins.plugins.metapluginci.ssh.SshSession;

/** Finds out what a log server lets us do. */
final class ServerProbe {
    private ServerProbe() {}

    static ServerFiles open(LogServer server, SshSession session) throws LogException, InterruptedException {
        try {
            return new SftpServer(session, session.sftp(), server.directory(), "SFTP");
        } catch (SshException e) {
            throw LogException.ofServer(e);
        }
    }
}
