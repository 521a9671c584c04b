package io.jenkins.plugins.metapluginci.node;

/** A node could not be prepared; the message is fit for people. */
public class PreparationException extends Exception {
    private static final long serialVersionUID = 1L;

    public PreparationException(String message) {
        super(message);
    }

    public PreparationException(String message, Throwable cause) {
        super(message, cause);
    }
}
