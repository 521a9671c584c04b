package io.jenkins.plugins.metapluginci.layout;

/**
 * Something wrong or switched off in a layout.
 *
 * @param line from 1, 0 when unknown
 * @param column from 1, 0 when unknown
 */
public record Problem(int line, int column, String message) {
    /** As a compiler would put it: "12:5: message". */
    @Override
    public String toString() {
        return line == 0 ? message : line + ":" + column + ": " + message;
    }
}
