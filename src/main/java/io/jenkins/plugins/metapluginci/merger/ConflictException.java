package io.jenkins.plugins.metapluginci.merger;

/** A patchset does not go onto a commit; the message says what conflicts. */
final class ConflictException extends Exception {
    private static final long serialVersionUID = 1L;

    ConflictException(String message) {
        super(message);
    }
}
