package io.jenkins.plugins.metapluginci.node;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a node said to {@code check-node.sh}: anything at all, since whoever ran tests there may have changed it. Only lines
 * of the known form are read, of each name the first, and every text is cut and made printable. Immutable.
 */
final class CheckAnswer {
    private static final Pattern LINE = Pattern.compile("metaplugin-ci ([a-z]{2,10}) (.{0,300})");
    /** Seconds since 1970; where date has no nanoseconds it prints the letter. */
    private static final Pattern TIME = Pattern.compile("([0-9]{1,12})(\\.[0-9]{1,9})?(\\.N)?");

    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,15}");
    private static final int MOST_LEFT = 5;
    private static final int MOST_TEXT = 100;

    private final Map<String, String> first = new HashMap<>();
    private final List<String> mounts = new ArrayList<>();
    private final List<String> processes = new ArrayList<>();
    private String strange = "";

    private CheckAnswer() {}

    static CheckAnswer of(String output) {
        CheckAnswer answer = new CheckAnswer();
        output.lines().forEach(answer::line);
        return answer;
    }

    private void line(String line) {
        Matcher matcher = LINE.matcher(line);
        if (!matcher.matches()) {
            strange = strange.isEmpty() ? printable(line) : strange;
            return;
        }
        String value = printable(matcher.group(2).strip());
        switch (matcher.group(1)) {
            case "mount" -> add(mounts, value);
            case "process" -> add(processes, value);
            default -> first.putIfAbsent(matcher.group(1), value);
        }
    }

    private static void add(List<String> list, String value) {
        if (list.size() < MOST_LEFT) {
            list.add(value);
        }
    }

    private static String printable(String text) {
        String plain = text.replaceAll("[^\\x20-\\x7e]", "?");
        return plain.length() > MOST_TEXT ? plain.substring(0, MOST_TEXT) + "..." : plain;
    }

    /** Whether the script did not get to its end. */
    boolean isCut() {
        return millis("begin") == null || millis("end") == null;
    }

    /** The first line that is none of the script's; perhaps empty. */
    String firstStrange() {
        return strange;
    }

    boolean says(String name, String value) {
        return value.equals(first.get(name));
    }

    /** Empty when it was not said. */
    String text(String name) {
        return first.getOrDefault(name, "");
    }

    /** Null when it is no number. */
    @CheckForNull
    Long number(String name) {
        String text = text(name);
        return NUMBER.matcher(text).matches() ? Long.valueOf(text) : null;
    }

    /** Milliseconds since 1970; null when it is no time. */
    @CheckForNull
    Long millis(String name) {
        Matcher matcher = TIME.matcher(text(name));
        if (!matcher.matches()) {
            return null;
        }
        String fraction = matcher.group(2) == null ? "" : matcher.group(2);
        return new BigDecimal(matcher.group(1) + fraction).movePointRight(3).longValue();
    }

    List<String> mounts() {
        return List.copyOf(mounts);
    }

    /** Each a process id and a name. */
    List<String> processes() {
        return List.copyOf(processes);
    }
}
