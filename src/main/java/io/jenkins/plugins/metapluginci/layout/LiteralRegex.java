package io.jenkins.plugins.metapluginci.layout;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.metapluginci.layout.RegexNode.At;
import io.jenkins.plugins.metapluginci.layout.RegexNode.Literal;
import io.jenkins.plugins.metapluginci.layout.RegexNode.Place;
import java.util.List;

/**
 * An expression that is a word, as most in a layout are ({@code comment-added}, {@code ^master$}): every event is matched
 * against all of them, which takes no engine.
 *
 * @param begins whether it stands after {@code ^}
 * @param ends whether it stands before {@code $}
 */
record LiteralRegex(boolean begins, String word, boolean ends) {
    /** Null when the expression is more than a word. */
    @CheckForNull
    static LiteralRegex of(PythonRegexParser.Parsed parsed) {
        if (parsed.ignoreCase() || parsed.multiLine()) {
            return null;
        }
        List<RegexNode> items =
                parsed.root() instanceof RegexNode.Sequence sequence ? sequence.items() : List.of(parsed.root());
        int from = !items.isEmpty() && isAt(items.get(0), Place.BEGINNING) ? 1 : 0;
        int to = items.size() > from && isAt(items.get(items.size() - 1), Place.END) ? items.size() - 1 : items.size();
        StringBuilder word = new StringBuilder();
        for (RegexNode each : items.subList(from, to)) {
            if (!(each instanceof Literal literal) || literal.codePoint() == GuardedText.EDGE) {
                return null;
            }
            word.appendCodePoint(literal.codePoint());
        }
        return new LiteralRegex(from > 0, word.toString(), to < items.size());
    }

    private static boolean isAt(RegexNode node, Place place) {
        return node instanceof At at && at.place() == place;
    }

    /** @param anywhere as re.search, else as re.match */
    boolean matches(String text, boolean anywhere) {
        if (!ends) {
            return anywhere && !begins ? text.contains(word) : text.startsWith(word);
        }
        return endsAt(text, text.length(), anywhere && !begins)
                || text.endsWith("\n") && endsAt(text, text.length() - 1, anywhere && !begins);
    }

    private boolean endsAt(String text, int end, boolean anywhere) {
        int start = end - word.length();
        return (anywhere ? start >= 0 : start == 0) && text.startsWith(word, start);
    }
}
