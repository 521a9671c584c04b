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
    private final boolean unsent;

    /**
     * @param kind what went wrong
     * @param message for people; holds no secret
     * @param cause may be null
     */
    public SshException(Kind kind, String message, Throwable cause) {
        this(kind, message, cause, false);
    }

    private SshException(Kind kind, String message, Throwable cause, boolean unsent) {
        super(message, cause);
        this.kind = kind;
        this.unsent = unsent;
    }

    /** A connection that was found cut before the request went out. @param cause may be null */
    static SshException unsent(String message, Throwable cause) {
        return new SshException(Kind.BROKEN, message, cause, true);
    }

    /** Whether a request that failed with this certainly never reached the other side, so that it may be sent again. */
    public boolean isUnsent() {
        return unsent;
    }

    public Kind kind() {
        return kind;
    }
}
