package io.jenkins.plugins.metapluginci.layout;

import java.util.Locale;

/** A vote that an event carries. @param category normalised: lower case, blanks as "-" */
public record Vote(String category, int value) {
    /** Zuul's spelling of a label: lower case, blanks as "-" (normalizeCategory, connection/gerrit.py). */
    public static String normalize(String label) {
        return label.toLowerCase(Locale.ROOT).replace(' ', '-');
    }
}
