package io.jenkins.plugins.metapluginci.gerrit;

/**
 * Writes the one line that a Gerrit command is, for the way Gerrit splits it: words end at blanks; within apostrophes
 * everything stands for itself, line ends too, up to the next apostrophe; outside of quotes a backslash takes the next
 * character as it is. So each word of ours is in apostrophes, and an apostrophe in it is written {@code '\''}.
 *
 * <p>What Gerrit does next was tried on 3.10: it parts each word that begins with two dashes at its first {@code =}, twice
 * (once for {@code gerrit}, once for the command), so that a value which looks like an option would be parted too; a word
 * that is empty is dropped; and the library that reads the words can replace one that begins with {@code @} by a file of the
 * server's. So an option and its value are one word here, and a value never begins with a dash or an {@code @}.
 */
final class CommandLine {
    private final StringBuilder line;

    /** @param command such as {@code gerrit review}; not quoted */
    CommandLine(String command) {
        line = new StringBuilder(command);
    }

    /**
     * An option.
     *
     * @throws IllegalArgumentException when the value is empty, or begins with a dash or an {@code @}
     */
    CommandLine option(String name, String value) {
        if (!isSafe(value)) {
            throw new IllegalArgumentException("Gerrit would misread this value of --" + name + ": " + value);
        }
        return word("--" + name + "=" + value);
    }

    static boolean isSafe(String value) {
        return !value.isEmpty() && value.charAt(0) != '-' && value.charAt(0) != '@';
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
