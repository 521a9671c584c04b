package io.jenkins.plugins.metapluginci.logs;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The name that a file of a node gets below {@code logs/}. Names on a node are chosen by code that strangers uploaded.
 *
 * @param path safe relative path; null when the name is refused
 * @param refusal why, null when it is not
 * @param changed whether the path differs from the name as the node gave it
 */
record SafeName(@CheckForNull String path, @CheckForNull String refusal, boolean changed) {
    static final int MAX_SEGMENT_BYTES = 255;
    static final int MAX_PATH_BYTES = 2000;
    static final int MAX_DEPTH = 64;

    /** Makes the name of an archive's entry safe. */
    static SafeName of(String name) {
        if (name.startsWith("/")) {
            return refused("its name is absolute");
        }
        List<String> segments = new ArrayList<>();
        boolean changed = false;
        for (String segment : name.split("/", -1)) {
            if (segment.equals("..")) {
                return refused("its name leads out of the directory");
            }
            if (!segment.isEmpty() && !segment.equals(".")) {
                String safe = safe(segment);
                changed |= !safe.equals(segment);
                segments.add(safe);
            }
        }
        if (segments.isEmpty()) {
            return refused("it has no name");
        }
        String path = String.join("/", segments);
        if (segments.size() > MAX_DEPTH || bytes(path) > MAX_PATH_BYTES) {
            return refused("its name is too long");
        }
        return new SafeName(path, null, changed);
    }

    private static SafeName refused(String why) {
        return new SafeName(null, why, false);
    }

    private static String safe(String segment) {
        StringBuilder safe = new StringBuilder();
        segment.codePoints().forEach(c -> safe.appendCodePoint(isHarmless(c) ? c : '_'));
        // Apache takes .htaccess for its own configuration, and denies .ht* at best.
        String name = safe.length() >= 3 && safe.substring(0, 3).equalsIgnoreCase(".ht") ? "_" + safe : safe.toString();
        return bytes(name) > MAX_SEGMENT_BYTES ? shortened(name) : name;
    }

    private static boolean isHarmless(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            // U+FFFD stands for bytes that are not UTF-8
            default -> c != 0xFFFD && c != '\\';
        };
    }

    private static String shortened(String name) {
        StringBuilder kept = new StringBuilder();
        int length = 0;
        for (int i = 0; i < name.length(); i = name.offsetByCodePoints(i, 1)) {
            String next = Character.toString(name.codePointAt(i));
            length += bytes(next);
            if (length > 200) {
                break;
            }
            kept.append(next);
        }
        return kept + "~" + Integer.toHexString(name.hashCode());
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
