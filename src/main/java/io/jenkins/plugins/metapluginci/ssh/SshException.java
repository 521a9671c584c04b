package io.jenkins.plugins.metapluginci.ssh;

import java.io.IOException;

/** A connection or a request on it failed; the message says what happened, to which host, and what to do. */
public class SshException extends IOException {
    private static final long serialVersionUID = 1L;

    /** What went wrong, as far as a caller decides by it. */
    public enum Kind {
        /** No TCP connection: name not found, refused, no route, time-out. */
        UNREACHABLE,
        /** The host's key is not the configured one, or none is configured. Retrying cannot help. */
        HOST_KEY,
        /** The account was refused, or its key cannot be read. Retrying cannot help until it is mended. */
        AUTHENTICATION,
        /** Connected, but an answer did not come within its deadline. */
        TIMEOUT,
        /** The connection was cut, or the other side spoke out of turn. */
        BROKEN
    }

    private final Kind kind;

    /**
     * @param kind what went wrong
     * @param message for people; holds no secret
     * @param cause may be null
     */
    public SshException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
