package io.jenkins.plugins.metapluginci.logs;

import io.jenkins.plugins.metapluginci.ssh.HostKeys;
import io.jenkins.plugins.metapluginci.ssh.SftpBulk;
import io.jenkins.plugins.metapluginci.ssh.SftpFiles;
import io.jenkins.plugins.metapluginci.ssh.SshException;
import io.jenkins.plugins.metapluginci.ssh.SshLogin;
import io.jenkins.plugins.metapluginci.ssh.SshSession;
import io.jenkins.plugins.metapluginci.ssh.SshTarget;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Connections to a {@link DirectoryFiles}, counted; a refusal can be set. */
class Sessions implements Connector {
    static final SshTarget TARGET =
            new SshTarget("logs.example.org", 22, "ci", new SshLogin.Password("x"), new HostKeys(""));

    final DirectoryFiles files;
    final List<Session> opened = new ArrayList<>();
    volatile SshException refusal;

    Sessions(DirectoryFiles files) {
        this.files = files;
    }

    @Override
    public synchronized SshSession connect(SshTarget target) throws SshException {
        if (refusal != null) {
            throw refusal;
        }
        Session session = new Session();
        opened.add(session);
        return session;
    }

    class Session implements SshSession {
        volatile boolean open = true;
        /** The other side is gone, unnoticed. */
        volatile boolean dead;

        @Override
        public ExecResult exec(String command, byte[] stdin, Duration deadline, int maxBytes) {
            return new ExecResult(1, "", "no commands here");
        }

        @Override
        public RemoteStream stream(String command) {
            throw new UnsupportedOperationException();
        }

        @Override
        public RemoteExchange exchange(String command, Map<String, String> environment) {
            throw new UnsupportedOperationException();
        }

        @Override
        public SftpFiles sftp() throws SshException {
            if (!open || dead) {
                throw new SshException(SshException.Kind.BROKEN, "closed", null);
            }
            return files;
        }

        @Override
        public SftpBulk sftpBulk() throws SshException {
            sftp();
            return new DirectoryBulk(files);
        }

        @Override
        public boolean isOpen() {
            return open;
        }

        @Override
        public void close() {
            open = false;
        }
    }
}
