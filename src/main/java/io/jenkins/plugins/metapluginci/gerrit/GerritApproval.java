package io.jenkins.plugins.metapluginci.gerrit;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.Locale;

/**
 * A vote that an event carries.
 *
 * @param type the label's id: {@code Verified}, {@code Code-Review}; {@code VRIF} and the like in releases before 2.6
 * @param description the label's name; empty where Gerrit gave none, as for {@code SUBM}
 * @param value as cast
 * @param changed whether this event cast it; false for one that stood already, and always in releases that do not say
 */
public record GerritApproval(String type, String description, int value, boolean changed) {
    /**
     * The label as layouts name it: lower case, blanks as dashes (Zuul's normalizeCategory, model.py). Null for a vote without
     * a description, which no filter sees.
     */
    @CheckForNull
    public String category() {
        return category(description);
    }

    @CheckForNull
    static String category(String description) {
        return description.isEmpty()
                ? null
                : description.toLowerCase(Locale.ROOT).replace(' ', '-');
    }
}
