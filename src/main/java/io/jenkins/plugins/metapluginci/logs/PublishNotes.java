package io.jenkins.plugins.metapluginci.logs;

import java.util.ArrayList;
import java.util.List;

/**
 * What was published, what was left out and what got another name. Bounded whatever a node sends: the first
 * {@value #MAX_NOTES} notes are kept, the rest counted. One thread at a time.
 */
final class PublishNotes {
    static final int MAX_NOTES = 100;
    static final int MAX_LENGTH = 300;

    private final List<String> notes = new ArrayList<>();
    private int more;
    private int files;
    private long bytes;

    /** A file of that many bytes is at the log server. */
    void published(long length) {
        files++;
        bytes += length;
    }

    /** Notes something. @param text may hold names that strangers chose */
    void note(String text) {
        if (notes.size() < MAX_NOTES) {
            notes.add(clean(text));
        } else {
            more++;
        }
    }

    int files() {
        return files;
    }

    long bytes() {
        return bytes;
    }

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
        return text.codePointCount(0, text.length()) > MAX_LENGTH ? clean + "…" : clean.toString();
    }
}
