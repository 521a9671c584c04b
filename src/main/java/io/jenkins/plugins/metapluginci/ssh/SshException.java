package io.jenkins.plugins.metapluginci.ssh;

import edu.umd.cs.findbugs.annotations.CheckForNull;
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

    @CheckForNull
    private final String software;

    /**
     * @param kind what went wrong
     * @param message for people; holds no secret
     * @param cause may be null
     */
    public SshException(Kind kind, String message, Throwable cause) {
        this(kind, message, cause, false, null);
    }

    private SshException(Kind kind, String message, Throwable cause, boolean unsent, @CheckForNull String software) {
        super(message, cause);
        this.kind = kind;
        this.unsent = unsent;
        this.software = software;
    }

    /** The same, of a server that has said what it is. @param software null when it has not */
    SshException of(@CheckForNull String software) {
        return new SshException(kind, getMessage(), getCause(), unsent, software);
    }

    /**
     * What the server calls itself (RFC 4253, 4.2: software version and comments), in printable ASCII, at most 100 characters;
     * null unless the failure is an AUTHENTICATION or HOST_KEY of a server that said so.
     */
    @CheckForNull
    public String software() {
        return software;
    }

    /** A connection that was found cut before the request went out. @param cause may be null */
    static SshException unsent(String message, Throwable cause) {
        return new SshException(Kind.BROKEN, message, cause, true, null);
    }

    /** Whether a request that failed with this certainly never reached the other side, so that it may be sent again. */
    public boolean isUnsent() {
        return unsent;
    }

    public Kind kind() {
        return kind;
    }
}
