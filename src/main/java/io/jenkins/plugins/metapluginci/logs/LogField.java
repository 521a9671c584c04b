package io.jenkins.plugins.metapluginci.logs;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/** A field of {@link LogSettings} as text: its name in the form and in the settings' file, its default, and what may be in it. */
public enum LogField {
    VOTE_WAIT_MINUTES("logVoteWait", "5", 0, 1_440),
    DEADLINE_MINUTES("logDeadline", "10", 1, 1_440),
    SPOOL_MEGABYTES("logSpool", "10000", 0, 100_000_000),
    FILES("logFileCount", "20000", 1, 90_000),
    FILE_MEGABYTES("logFileSize", "1000", 1, 1_000_000),
    TOTAL_MEGABYTES("logTotalSize", "4000", 1, 10_000_000),
    GZIP("logGzip", "true", 0, 0);

    private final String key;
    private final String otherwise;
    private final long least;
    private final long most;

    LogField(String key, String otherwise, long least, long most) {
        this.key = key;
        this.otherwise = otherwise;
        this.least = least;
        this.most = most;
    }

    /** The field of a name. */
    public static Optional<LogField> of(String key) {
        return Arrays.stream(values()).filter(field -> field.key.equals(key)).findFirst();
    }

    /** Its name in the form and in the settings' file. */
    public String key() {
        return key;
    }

    /** What it is unless told otherwise. */
    public String otherwise() {
        return otherwise;
    }

    /** Whether it is a box to check: then its text is {@code true} or {@code false}. */
    public boolean isFlag() {
        return this == GZIP;
    }

    /** What is wrong with a text, for people; null when nothing is. */
    @CheckForNull
    public String problem(String text) {
        if (isFlag()) {
            return text.equals("true") || text.equals("false") ? null : "true or false";
        }
        boolean number = text.matches("[0-9]{1,9}") && Long.parseLong(text) >= least && Long.parseLong(text) <= most;
        return number ? null : "A whole number from " + least + " to " + most;
    }

    String value(Map<String, String> texts) {
        String forced = System.getProperty(LogSettings.PREFIX + key);
        if (forced != null && problem(forced) == null) {
            return forced;
        }
        String saved = texts.get(key);
        return saved != null && problem(saved) == null ? saved : otherwise;
    }

    long number(Map<String, String> texts) {
        return Long.parseLong(value(texts));
    }
}
