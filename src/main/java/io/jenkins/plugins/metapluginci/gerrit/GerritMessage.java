package io.jenkins.plugins.metapluginci.gerrit;

import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A comment on a change as a whole.
 *
 * @param at when it was made, to the second, by Gerrit's clock
 * @param author who made it
 * @param patchset which patchset it is about; 0 where its text does not say
 * @param text with the line that Gerrit puts before it ({@code Patch Set 3: Verified+1})
 */
public record GerritMessage(Instant at, GerritAccount author, int patchset, String text) {
    /** How each comment's text begins, in every release from 2.4 to 3.10. */
    private static final Pattern PATCH_SET = Pattern.compile("\\APatch Set ([0-9]{1,9}):");

    static GerritMessage of(long seconds, GerritAccount author, String text) {
        Matcher about = PATCH_SET.matcher(text);
        return new GerritMessage(
                Instant.ofEpochSecond(seconds), author, about.find() ? Integer.parseInt(about.group(1)) : 0, text);
    }
}
