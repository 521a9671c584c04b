package io.jenkins.plugins.metapluginci.ssh;

/**
 * Where to connect and as whom. Immutable.
 *
 * @param host name or address
 * @param port TCP port
 * @param user the account there
 * @param login what proves that we are that account
 * @param hostKeys what proves that the host is the right one
 */
public record SshTarget(String host, int port, String user, SshLogin login, HostKeys hostKeys) {
    /** {@code user@host:port}: for messages, never with a secret. */
    @Override
    public String toString() {
        return user + "@" + host + ":" + port;
    }
}
