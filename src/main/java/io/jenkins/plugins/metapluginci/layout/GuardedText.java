package io.jenkins.plugins.metapluginci.layout;

/**
 * A text for java.util.regex that ends a match which reads too often. Before and after the text stands an edge, so that an
 * expression can see where it begins and ends by reading (and every attempt reads: {@link JavaRegex}). Mutable; for one
 * thread.
 */
final class GuardedText implements CharSequence {
    /** A character that Unicode will never assign. */
    static final char EDGE = '\uffff';
    /** What an edge within the text is read as. */
    static final char REPLACEMENT = '\ufffd';

    /** Thrown out of the engine. One for all, without a trace: it is no error, and may be thrown far down a stack. */
    static final class OverBudget extends RuntimeException {
        static final OverBudget NOW = new OverBudget();

        private static final long serialVersionUID = 1L;

        private OverBudget() {
            super("read too often", null, false, false);
        }
    }

    private final String text;
    private final long budget;
    private long left;

    /** @param budget how many characters may be read, in all */
    GuardedText(String text, long budget) {
        this.text = text;
        this.budget = budget;
        this.left = budget;
    }

    long reads() {
        return budget - left;
    }

    @Override
    public int length() {
        return text.length() + 2;
    }

    @Override
    public char charAt(int index) {
        if (left <= 0) {
            throw OverBudget.NOW;
        }
        left--;
        if (index == 0 || index == text.length() + 1) {
            return EDGE;
        }
        char character = text.charAt(index - 1);
        return character == EDGE ? REPLACEMENT : character;
    }

    @Override
    public CharSequence subSequence(int start, int end) {
        return toString().substring(start, end);
    }

    @Override
    public String toString() {
        return EDGE + text.replace(EDGE, REPLACEMENT) + EDGE;
    }
}
