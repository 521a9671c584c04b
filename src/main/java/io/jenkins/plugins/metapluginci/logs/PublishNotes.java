package io.jenkins.plugins.metapluginci.logs;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What was published, what was left out and what got another name. Bounded whatever a node sends: the first
 * {@value #MAX_NOTES} notes are kept, the rest counted. Of a kind of note, all are counted and the first
 * {@value #MAX_NAMES} names kept, for a summary. One thread at a time.
 */
final class PublishNotes {
    static final int MAX_NOTES = 100;
    static final int MAX_LENGTH = 300;

    static final int MAX_KINDS = 20;
    static final int MAX_NAMES = 3;

    /** What the script on the node and tar there say of a file that is left out or changes under their hands. */
    private static final Pattern LEFT_OUT = Pattern.compile("(?<kind>left out, [^:]+): (?<name>.+)", Pattern.DOTALL);

    private static final Pattern CHANGED =
            Pattern.compile("(?<name>.+): (?<kind>file changed as we read it)", Pattern.DOTALL);

    private final List<String> notes = new ArrayList<>();
    private final Map<String, Kind> kinds = new LinkedHashMap<>();
    private int moreKinds;
    private int more;
    private final List<RunLogs.File> listing = new ArrayList<>();
    private long bytes;

    /** A file is at the log server. @param path below {@code logs/}. @param length bytes */
    void published(String path, long length) {
        listing.add(new RunLogs.File(path, length));
        bytes += length;
    }

    /** The files that are at the log server. */
    List<RunLogs.File> listing() {
        return List.copyOf(listing);
    }

    /** Notes of one kind. */
    private static final class Kind {
        private final String first;
        private final List<String> names = new ArrayList<>();
        private int count;

        Kind(String first) {
            this.first = first;
        }

        String line(String kind) {
            if (count == 1) {
                return first;
            }
            if (names.isEmpty()) {
                return kind + " (" + count + " times)";
            }
            String more = count > names.size() ? " and " + (count - names.size()) + " more" : "";
            return kind + " (" + count + " files): " + String.join(", ", names) + more;
        }
    }

    /** Notes something. @param text may hold names that strangers chose */
    void note(String text) {
        for (Pattern pattern : List.of(LEFT_OUT, CHANGED)) {
            Matcher matcher = pattern.matcher(text);
            if (matcher.matches()) {
                note(matcher.group("kind"), matcher.group("name"), text);
                return;
            }
        }
        note(text, null, text);
    }

    /**
     * Notes something that happens to many files.
     *
     * @param kind what happened, the same words for each file
     * @param name of the file; null when it is about no file
     * @param text all of it
     */
    void note(String kind, @CheckForNull String name, String text) {
        keep(text);
        String key = clean(kind);
        if (!kinds.containsKey(key) && kinds.size() == MAX_KINDS) {
            moreKinds++;
            return;
        }
        Kind same = kinds.computeIfAbsent(key, k -> new Kind(clean(text)));
        same.count++;
        if (name != null && same.names.size() < MAX_NAMES) {
            same.names.add(clean(name));
        }
    }

    private void keep(String text) {
        if (notes.size() < MAX_NOTES) {
            notes.add(clean(text));
        } else {
            more++;
        }
    }

    /** All is published: says so if that was nothing. */
    void sayIfNone() {
        if (files() == 0) {
            note("no file matched");
        }
    }

    int files() {
        return listing.size();
    }

    long bytes() {
        return bytes;
    }

    /** A line for each kind of note. */
    List<String> summary() {
        List<String> lines = new ArrayList<>();
        kinds.forEach((kind, notesOfIt) -> lines.add(notesOfIt.line(kind)));
        if (moreKinds > 0) {
            lines.add("and " + moreKinds + " more");
        }
        return lines;
    }

    /** The notes one by one. */
    List<String> toList() {
        List<String> all = new ArrayList<>(notes);
        if (more > 0) {
            all.add("and " + more + " more");
        }
        return all;
    }

    /**
     * The text on one line of at most {@value #MAX_LENGTH} characters, without control and formatting characters: on the
     * core of 2011 a console note in a file's name would be a serialized object that the controller reads.
     */
    static String clean(String text) {
        StringBuilder clean = new StringBuilder();
        text.codePoints().limit(MAX_LENGTH).forEach(c -> {
            boolean harmless = !Character.isISOControl(c)
                    && Character.getType(c) != Character.FORMAT
                    && Character.getType(c) != Character.SURROGATE
                    && Character.getType(c) != Character.LINE_SEPARATOR
                    && Character.getType(c) != Character.PARAGRAPH_SEPARATOR;
            clean.appendCodePoint(harmless ? c : '?');
        });
        return text.codePointCount(0, text.length()) > MAX_LENGTH ? clean + "..." : clean.toString();
    }
}
