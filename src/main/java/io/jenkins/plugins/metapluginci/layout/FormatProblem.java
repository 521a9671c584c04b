package io.jenkins.plugins.metapluginci.layout;

/** A format string that is malformed, beyond the supported part of Python's, or names a field that is not there. */
public final class FormatProblem extends Exception {
    private static final long serialVersionUID = 1L;

    FormatProblem(String message) {
        super(message);
    }
}
