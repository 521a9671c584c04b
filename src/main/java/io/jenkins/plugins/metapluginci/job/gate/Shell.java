package io.jenkins.plugins.metapluginci.job.gate;

/** Quoting for bash. */
public final class Shell {
    private Shell() {}

    /**
     * One word that bash reads back as exactly this text, newlines and quotes included.
     *
     * @throws IllegalArgumentException when the text holds a NUL, which no argument or variable of a process can
     */
    public static String quote(String text) {
        if (text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("a NUL character cannot be passed to a process");
        }
        return "'" + text.replace("'", "'\\''") + "'";
    }
}
