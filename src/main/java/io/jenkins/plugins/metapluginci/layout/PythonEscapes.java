package io.jenkins.plugins.metapluginci.layout;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.metapluginci.layout.RegexNode.At;
import io.jenkins.plugins.metapluginci.layout.RegexNode.Literal;
import io.jenkins.plugins.metapluginci.layout.RegexNode.OneOf;
import io.jenkins.plugins.metapluginci.layout.RegexNode.Place;

/**
 * What a backslash and what brackets mean to Python 2: unlike Java, an unknown letter stands for itself ({@code \p},
 * {@code \h}, {@code \Q}), and within brackets there are neither brackets nor {@code &&}.
 */
final class PythonEscapes {
    private static final String OCTAL = "01234567";
    private static final String HEXADECIMAL = "0123456789abcdefABCDEF";
    private static final int BYTE = 0xff;
    /** Letters of control characters, and these. */
    private static final String CONTROL_LETTERS = "afnrtv";

    private static final String CONTROLS = "\u0007\f\n\r\t\u000b";

    private PythonEscapes() {}

    /** The group that a backslash with digits refers to, all of which are taken; 0 when it is no reference. */
    static int groupNumber(PythonTokens tokens, int token) throws PatternProblem {
        int first = PythonTokens.escaped(token);
        if (first < '1' || first > '9') {
            return 0;
        }
        PythonTokens.Mark mark = tokens.mark();
        String second = tokens.some("0123456789", 1);
        if (isOctal(first) && !second.isEmpty() && isOctal(second.charAt(0)) && tokens.isNextOf(OCTAL)) {
            tokens.back(mark);
            return 0;
        }
        return Integer.parseInt((char) first + second);
    }

    private static boolean isOctal(int character) {
        return character >= '0' && character <= '7';
    }

    /** An escape that is not a reference to a group. */
    static RegexNode outsideClass(PythonTokens tokens, int token) throws PatternProblem {
        int character = PythonTokens.escaped(token);
        CodePoints category = category(character);
        if (category != null) {
            return new OneOf(category, false);
        }
        return switch (character) {
            case 'A' -> new At(Place.BEGINNING_OF_TEXT);
            case 'Z' -> new At(Place.END_OF_TEXT);
            case 'b' -> new At(Place.WORD_BOUNDARY);
            case 'B' -> new At(Place.NO_WORD_BOUNDARY);
            default -> new Literal(literal(tokens, character));
        };
    }

    @CheckForNull
    private static CodePoints category(int character) {
        return switch (character) {
            case 'd' -> CodePoints.DIGITS;
            case 'D' -> CodePoints.DIGITS.negated();
            case 's' -> CodePoints.SPACES;
            case 'S' -> CodePoints.SPACES.negated();
            case 'w' -> CodePoints.WORD;
            case 'W' -> CodePoints.WORD.negated();
            default -> null;
        };
    }

    private static int literal(PythonTokens tokens, int character) throws PatternProblem {
        int control = CONTROL_LETTERS.indexOf(character);
        if (control >= 0) {
            return CONTROLS.charAt(control);
        }
        if (character == 'x') {
            String digits = tokens.some(HEXADECIMAL, 2);
            if (digits.length() != 2) {
                throw tokens.problemBefore("bogus escape: \\x needs two hexadecimal digits");
            }
            return Integer.parseInt(digits, 16);
        }
        if (isOctal(character)) {
            return Integer.parseInt((char) character + tokens.some(OCTAL, 2), 8) & BYTE;
        }
        if (character == '8' || character == '9') {
            throw tokens.problemBefore("bogus escape: \\" + (char) character);
        }
        return character;
    }

    /** A class, whose opening bracket was taken. */
    static RegexNode characterClass(PythonTokens tokens) throws PatternProblem {
        boolean negated = tokens.take('^');
        CodePoints members = CodePoints.NONE;
        boolean first = true;
        while (first || !tokens.take(']')) {
            first = false;
            int from = tokens.take();
            CodePoints category = PythonTokens.isEscape(from) ? category(PythonTokens.escaped(from)) : null;
            int low = category == null ? member(tokens, from) : 0;
            if (tokens.take('-')) {
                if (!tokens.isNext(']')) {
                    members = members.with(low, high(tokens, low, category != null));
                    continue;
                }
                members = members.with('-', '-');
            }
            members = category == null ? members.with(low, low) : members.with(category);
        }
        return new OneOf(members, negated);
    }

    private static int high(PythonTokens tokens, int low, boolean fromCategory) throws PatternProblem {
        int to = tokens.take();
        boolean toCategory = PythonTokens.isEscape(to) && category(PythonTokens.escaped(to)) != null;
        int high = toCategory ? 0 : member(tokens, to);
        if (fromCategory || toCategory || high < low) {
            throw tokens.problemBefore("bad character range");
        }
        return high;
    }

    private static int member(PythonTokens tokens, int token) throws PatternProblem {
        if (!PythonTokens.isEscape(token)) {
            return token;
        }
        int character = PythonTokens.escaped(token);
        return character == 'b' ? '\b' : literal(tokens, character);
    }
}
