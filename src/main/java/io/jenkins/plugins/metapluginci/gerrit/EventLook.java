package io.jenkins.plugins.metapluginci.gerrit;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.nio.charset.StandardCharsets;

/**
 * A look at a line of the event stream, just far enough to know its project or that its kind is not needed: most events of a
 * big Gerrit are about projects of others, and reading them whole is most of the work. It believes that the line is JSON; one
 * that it does not follow is {@link #UNSURE}, and the parser judges it.
 *
 * <p>The project is {@code change.project}, {@code refUpdate.project}, or the event's own {@code project}. One thread.
 */
final class EventLook {
    /** What was seen first. */
    enum Seen {
        /** {@link #text} is the project; the kind was not looked at, or is one to parse. */
        PROJECT,
        /** {@link #text} is the kind, and nothing is made of it. */
        IGNORED_KIND,
        /** To be parsed. */
        UNSURE
    }

    private static final byte[] TYPE = "type".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] CHANGE = "change".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] REF_UPDATE = "refUpdate".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] PROJECT = "project".getBytes(StandardCharsets.US_ASCII);

    private byte[] bytes = {};
    private int at;
    private int end;
    private int textStart;
    private int textEnd;
    private String text = "";

    /** Looks at the line that lies in {@code line} from {@code from} to before {@code to}. */
    Seen look(byte[] line, int from, int to) {
        bytes = line;
        at = from;
        end = to;
        text = "";
        return object(true);
    }

    /** The project or the kind; not to be asked for when unsure. */
    String text() {
        return text;
    }

    private Seen object(boolean top) {
        if (!take('{')) {
            return Seen.UNSURE;
        }
        do {
            if (!string() || !isPlain()) {
                return Seen.UNSURE;
            }
            int keyStart = textStart;
            int keyEnd = textEnd;
            if (!take(':')) {
                return Seen.UNSURE;
            }
            Seen seen = member(top, keyStart, keyEnd);
            if (seen != null) {
                return seen;
            }
        } while (take(','));
        // Also an inner object without a project: what is not usual is left to the parser.
        return Seen.UNSURE;
    }

    /** @return null to go on */
    @CheckForNull
    private Seen member(boolean top, int keyStart, int keyEnd) {
        if (is(PROJECT, keyStart, keyEnd) && peek() == '"') {
            return string() && isPlain() ? found(Seen.PROJECT) : Seen.UNSURE;
        }
        if (top && is(TYPE, keyStart, keyEnd)) {
            if (!string() || !isPlain()) {
                return Seen.UNSURE;
            }
            found(Seen.PROJECT);
            return EventParser.isUsed(text) ? null : Seen.IGNORED_KIND;
        }
        if (top && (is(CHANGE, keyStart, keyEnd) || is(REF_UPDATE, keyStart, keyEnd)) && peek() == '{') {
            return object(false);
        }
        return skip() ? null : Seen.UNSURE;
    }

    private Seen found(Seen what) {
        text = new String(bytes, textStart, textEnd - textStart, StandardCharsets.UTF_8);
        return what;
    }

    private boolean is(byte[] name, int from, int to) {
        if (to - from != name.length) {
            return false;
        }
        for (int i = 0; i < name.length; i++) {
            if (bytes[from + i] != name[i]) {
                return false;
            }
        }
        return true;
    }

    /** The next byte that is no blank, or 0 at the end. */
    private int peek() {
        while (at < end) {
            int c = bytes[at];
            if (c != ' ' && c != '\t' && c != '\r') {
                return c;
            }
            at++;
        }
        return 0;
    }

    private boolean take(char wanted) {
        if (peek() != wanted) {
            return false;
        }
        at++;
        return true;
    }

    /** Goes over a string, whose inside is then from textStart to textEnd. */
    private boolean string() {
        if (!take('"')) {
            return false;
        }
        textStart = at;
        while (at < end) {
            int c = bytes[at++];
            if (c == '"') {
                textEnd = at - 1;
                return true;
            }
            if (c == '\\') {
                at++;
            }
        }
        return false;
    }

    /** Whether the string stands for itself: without escapes, and of a length that a name has. */
    private boolean isPlain() {
        if (textEnd - textStart > 500) {
            return false;
        }
        for (int i = textStart; i < textEnd; i++) {
            if (bytes[i] == '\\') {
                return false;
            }
        }
        return true;
    }

    /** Goes over a value of any kind. */
    private boolean skip() {
        int depth = 0;
        do {
            switch (peek()) {
                case '"' -> {
                    if (!string()) {
                        return false;
                    }
                }
                case '{', '[' -> {
                    at++;
                    depth++;
                }
                case '}', ']' -> {
                    at++;
                    depth--;
                }
                case ',', ':' -> {
                    if (depth == 0) {
                        return false;
                    }
                    at++;
                }
                case 0 -> {
                    return false;
                }
                default -> word();
            }
        } while (depth > 0);
        return depth == 0;
    }

    /** Goes over a number, true, false or null. */
    private void word() {
        while (at < end) {
            int c = bytes[at];
            if (c == ',' || c == '}' || c == ']' || c == '"' || c == '{' || c == '[' || c == ':') {
                return;
            }
            at++;
        }
    }
}
