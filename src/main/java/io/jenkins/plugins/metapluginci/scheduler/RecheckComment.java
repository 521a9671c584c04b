package io.jenkins.plugins.metapluginci.scheduler;

import java.util.regex.Pattern;

/**
 * Which comments ask for another run. The specification's regular expression is
 *
 * <pre>(?i)^(Patch Set [0-9]+:)?( [\w\\+-]*)*(\n\n)?\s*metaplugin-recheck\s*$</pre>
 *
 * with the semantics of Python's {@code re.search}: {@code ^} and {@code $} stand for the whole text, {@code \w} and
 * {@code \s} are ASCII. Its nested repetition costs {@code java.util.regex} a stack frame a word and, on a text that does
 * not match, time beyond any bound, and anyone may write a comment. What it accepts is a plain language, though: an
 * optional {@code Patch Set N:}, an optional run that starts with a blank and holds word characters, backslash, plus,
 * minus and blanks, white space, the keyword, white space. That is read here from the end in one pass without recursion;
 * the test compares both over all texts of a small alphabet.
 */
public final class RecheckComment {
    /** What a person writes; upper and lower case are one. */
    public static final String KEYWORD = "metaplugin-recheck";

    /** Possessive, so that no text makes it go back. */
    private static final Pattern PATCH_SET = Pattern.compile("(?i)Patch Set [0-9]++:");

    private RecheckComment() {}

    /** Whether a comment, as Gerrit's comment-added event carries it, asks for another run. @param text may be null */
    public static boolean matches(String text) {
        if (text == null) {
            return false;
        }
        int end = trimmedEnd(text, text.length());
        int keyword = end - KEYWORD.length();
        if (keyword < 0
                || !text.regionMatches(true, keyword, KEYWORD, 0, KEYWORD.length())
                || !ascii(text, keyword, end)) {
            return false;
        }
        int headEnd = trimmedEnd(text, keyword);
        var patchSet = PATCH_SET.matcher(text).region(0, headEnd);
        int rest = patchSet.lookingAt() ? patchSet.end() : 0;
        if (rest == headEnd) {
            return true;
        }
        if (text.charAt(rest) != ' ') {
            return false;
        }
        for (int i = rest; i < headEnd; i++) {
            if (!mayStandBefore(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    /** regionMatches folds letters beyond ASCII (the Kelvin sign is a k); Python 2 does not. */
    private static boolean ascii(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            if (text.charAt(i) > 127) {
                return false;
            }
        }
        return true;
    }

    private static int trimmedEnd(String text, int end) {
        int at = end;
        while (at > 0 && " \t\n\r\f\u000b".indexOf(text.charAt(at - 1)) >= 0) {
            at--;
        }
        return at;
    }

    private static boolean mayStandBefore(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || "_\\+- ".indexOf(c) >= 0;
    }
}
