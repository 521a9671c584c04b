package io.jenkins.plugins.metapluginci.gerrit;

/**
 * Writes the one line that a Gerrit command is, for the way Gerrit splits it: words end at blanks; within apostrophes
 * everything stands for itself, line ends too, up to the next apostrophe; outside of quotes a backslash takes the next
 * character as it is. So each word of ours is in apostrophes, and an apostrophe in it is written {@code '\''}.
 *
 * <p>An option and its value are one word, {@code --name=value}: Gerrit would take a value that stands alone and begins with
 * two dashes for another option, and drops a word that is empty.
 */
final class CommandLine {
    private final StringBuilder line;

    /** @param command such as {@code gerrit review}; not quoted */
    CommandLine(String command) {
        line = new StringBuilder(command);
    }

    CommandLine option(String name, String value) {
        return word("--" + name + "=" + value);
    }

    /** An argument without a value, or one that begins with no dash. */
    CommandLine word(String word) {
        line.append(" '").append(word.replace("'", "'\\''")).append('\'');
        return this;
    }

    @Override
    public String toString() {
        return line.toString();
    }
}
