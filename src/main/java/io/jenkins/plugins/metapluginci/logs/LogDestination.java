package io.jenkins.plugins.metapluginci.logs;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The directory of one build below the log server's root: a relative path of safe names. Made from text that others choose
 * (Zuul's {@code LOG_PATH} holds branch and change, a job's name is a job's name). Immutable.
 */
public final class LogDestination {
    static final int MAX_BYTES = 1000;
    static final int MAX_SEGMENT_BYTES = 200;

    private final String path;

    private LogDestination(String path) {
        this.path = path;
    }

    /**
     * Reads a destination. Surrounding white space and a closing slash are dropped; what is unusual in a name (anything but
     * letters, digits and {@code . _ ~ + @ = , -}, or a dot at its start) becomes an underscore.
     *
     * @throws IllegalArgumentException with words for people when the text names no directory below a root: empty,
     *     absolute, with an empty, {@code .} or {@code ..} segment, with a control character, or too long
     */
    public static LogDestination of(String text) {
        String stripped = text.strip();
        if (stripped.endsWith("/")) {
            stripped = stripped.substring(0, stripped.length() - 1);
        }
        if (stripped.isEmpty()) {
            throw new IllegalArgumentException("no directory is named");
        }
        if (stripped.startsWith("/")) {
            throw new IllegalArgumentException("the directory is not relative to the root of the log server");
        }
        if (stripped.codePoints().anyMatch(c -> Character.isISOControl(c) || isUnpaired(c))) {
            throw new IllegalArgumentException("the directory holds a control character");
        }
        List<String> segments = new ArrayList<>();
        for (String segment : stripped.split("/", -1)) {
            if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
                throw new IllegalArgumentException("the directory holds an empty name, . or ..");
            }
            String safe = safe(segment);
            if (bytes(safe) > MAX_SEGMENT_BYTES) {
                throw new IllegalArgumentException("a name is longer than " + MAX_SEGMENT_BYTES + " bytes");
            }
            segments.add(safe);
        }
        String path = String.join("/", segments);
        if (bytes(path) > MAX_BYTES) {
            throw new IllegalArgumentException("the directory is longer than " + MAX_BYTES + " bytes");
        }
        return new LogDestination(path);
    }

    /** The safe relative path, without a slash at either end. */
    public String path() {
        return path;
    }

    @Override
    public String toString() {
        return path;
    }

    private static String safe(String segment) {
        StringBuilder safe = new StringBuilder();
        segment.codePoints()
                .forEach(c -> safe.appendCodePoint(
                        Character.isLetterOrDigit(c) || c < 128 && "._~+@=,-".indexOf(c) >= 0 ? c : '_'));
        if (safe.charAt(0) == '.') {
            safe.setCharAt(0, '_');
        }
        return safe.toString();
    }

    private static boolean isUnpaired(int codePoint) {
        return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
