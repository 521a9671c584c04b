package io.jenkins.plugins.metapluginci.layout;

/**
 * The tokens of a Python regular expression: a character, or a backslash with the character after it. Mutable; owned by
 * one parser.
 */
final class PythonTokens {
    /** Marks a token that is a backslash and a character. */
    private static final int ESCAPE = 1 << 24;

    private static final int NONE = -1;

    /** A position to come back to. */
    record Mark(int index, int start, int next) {}

    private final int[] characters;
    /** Where the token after the next one starts. */
    private int index;
    /** Where the next token starts. */
    private int start;
    /** Where the token that was taken last started. */
    private int taken;

    private int next;

    PythonTokens(String pattern) throws PatternProblem {
        characters = pattern.codePoints().toArray();
        advance();
    }

    private void advance() throws PatternProblem {
        start = index;
        if (index == characters.length) {
            next = NONE;
            return;
        }
        next = characters[index++];
        if (next == '\\') {
            if (index == characters.length) {
                throw new PatternProblem("bogus escape (end of line)", start);
            }
            next = ESCAPE | characters[index++];
        }
    }

    /** Whether the token is a backslash and a character. */
    static boolean isEscape(int token) {
        return token >= ESCAPE;
    }

    /** The character after the backslash. */
    static int escaped(int token) {
        return token & ~ESCAPE;
    }

    static boolean isSpace(int token) {
        return token == ' ' || token >= '\t' && token <= '\r';
    }

    boolean atEnd() {
        return next == NONE;
    }

    boolean isNext(int token) {
        return next == token;
    }

    boolean isNextOf(String tokens) {
        return next > 0 && next < ESCAPE && tokens.indexOf(next) >= 0;
    }

    /** Takes the next token, which must be there. */
    int take() throws PatternProblem {
        if (next == NONE) {
            throw problem("unexpected end of regular expression");
        }
        int token = next;
        taken = start;
        advance();
        return token;
    }

    boolean take(int token) throws PatternProblem {
        if (next != token) {
            return false;
        }
        take();
        return true;
    }

    Mark mark() {
        return new Mark(index, start, next);
    }

    void back(Mark mark) {
        index = mark.index();
        start = mark.start();
        next = mark.next();
    }

    String digits() throws PatternProblem {
        return some("0123456789", Integer.MAX_VALUE);
    }

    /** As many of these characters as there are, up to a number. */
    String some(String which, int most) throws PatternProblem {
        StringBuilder result = new StringBuilder();
        while (result.length() < most && isNextOf(which)) {
            result.appendCodePoint(take());
        }
        return result.toString();
    }

    void skipLine() throws PatternProblem {
        while (!atEnd() && take() != '\n') {
            continue;
        }
    }

    void skipTo(int token) throws PatternProblem {
        while (!atEnd() && !isNext(token)) {
            take();
        }
    }

    /** What stands before a token, which is taken too. */
    String upTo(int end) throws PatternProblem {
        StringBuilder result = new StringBuilder();
        while (!isNext(end)) {
            if (atEnd()) {
                throw problem("unterminated name");
            }
            int token = take();
            if (isEscape(token)) {
                result.append('\\');
            }
            result.appendCodePoint(escaped(token));
        }
        take();
        return result.toString();
    }

    /** A group's name and the token that ends it. */
    String name(int end) throws PatternProblem {
        String name = upTo(end);
        if (name.isEmpty()) {
            throw problemBefore("missing group name");
        }
        if (!name.matches("[A-Za-z_][A-Za-z0-9_]*")) {
            throw problemBefore("bad character in group name");
        }
        return name;
    }

    /** A problem with the token that comes next. */
    PatternProblem problem(String text) {
        return new PatternProblem(text, start);
    }

    /** A problem with the token that was taken last. */
    PatternProblem problemBefore(String text) {
        return new PatternProblem(text, taken);
    }
}
