package io.jenkins.plugins.metapluginci.node;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times and sizes as people write them: {@code 90 s}, {@code 30 min}, {@code 10 GB}. */
final class Units {
    private static final Pattern AMOUNT = Pattern.compile("([0-9]{1,6})\\s*([A-Za-z]{1,7})");

    private static final long SECOND = 1_000;
    private static final long MINUTE = 60 * SECOND;
    private static final long HOUR = 60 * MINUTE;
    private static final long DAY = 24 * HOUR;
    private static final long MEGA = 1_000_000;
    private static final long GIGA = 1_000 * MEGA;
    private static final long TERA = 1_000 * GIGA;

    private Units() {}

    /**
     * @return milliseconds, 0 for "0"
     * @throws IllegalArgumentException with words for people
     */
    static long millis(String text) {
        return amount(text, "A time such as 90 s, 30 min, 24 h or 2 d", Units::millisOf);
    }

    /**
     * @return bytes (1 GB is 10^9), 0 for "0"
     * @throws IllegalArgumentException with words for people
     */
    static long bytes(String text) {
        return amount(text, "A size such as 500 MB or 10 GB", Units::bytesOf);
    }

    private interface Unit {
        /** What one of it is; 0 for an unknown one. */
        long of(String name);
    }

    private static long amount(String text, String wanted, Unit unit) {
        String trimmed = text.strip();
        if (trimmed.equals("0")) {
            return 0;
        }
        Matcher matcher = AMOUNT.matcher(trimmed);
        long one = matcher.matches() ? unit.of(matcher.group(2)) : 0;
        if (one == 0) {
            throw new IllegalArgumentException(wanted + ", not: " + shortened(trimmed));
        }
        return Long.parseLong(matcher.group(1)) * one;
    }

    private static String shortened(String text) {
        return text.length() > 40 ? text.substring(0, 40) + "..." : text;
    }

    private static long millisOf(String name) {
        return switch (name) {
            case "s", "sec" -> SECOND;
            case "m", "min" -> MINUTE;
            case "h" -> HOUR;
            case "d" -> DAY;
            default -> 0;
        };
    }

    private static long bytesOf(String name) {
        return switch (name) {
            case "MB" -> MEGA;
            case "GB" -> GIGA;
            case "TB" -> TERA;
            default -> 0;
        };
    }

    /** What {@link #millis} reads; whole seconds are kept. */
    static String showMillis(long millis) {
        if (millis == 0) {
            return "0";
        }
        if (millis % HOUR == 0) {
            return millis / HOUR + " h";
        }
        return millis % MINUTE == 0 ? millis / MINUTE + " min" : millis / SECOND + " s";
    }

    /** What {@link #bytes} reads; whole megabytes are kept. */
    static String showBytes(long bytes) {
        if (bytes == 0) {
            return "0";
        }
        return bytes % GIGA == 0 ? bytes / GIGA + " GB" : bytes / MEGA + " MB";
    }
}
