package io.jenkins.plugins.metapluginci.logs;

import io.jenkins.plugins.metapluginci.ssh.SshException;
import java.io.IOException;

/** Logs could not be published: what to tell the public, and as the message what to tell the people of this CI. */
final class LogException extends IOException {
    private static final long serialVersionUID = 1L;

    private final LogProblem problem;

    /**
     * @param detail for console and log, without a secret
     * @param cause may be null
     */
    LogException(LogProblem problem, String detail, Throwable cause) {
        super(detail, cause);
        this.problem = problem;
    }

    /** A request to the log server failed. */
    static LogException ofServer(IOException failure) {
        return failure instanceof LogException known
                ? known
                : new LogException(LogProblem.ofServer(failure), failure.getMessage(), failure);
    }

    LogProblem problem() {
        return problem;
    }

    /** For console and log of this CI: the problem, and what is known besides. */
    String detail() {
        String words = problem.words();
        return getMessage() == null || getMessage().equals(words)
                ? words
                : words + " (" + PublishNotes.clean(getMessage()) + ")";
    }

    /** Whether the connection itself was lost, so that a new one may do better. */
    boolean isConnectionLost() {
        return getCause() instanceof SshException ssh
                && (ssh.kind() == SshException.Kind.BROKEN || ssh.kind() == SshException.Kind.TIMEOUT);
    }
}
