package io.jenkins.plugins.metapluginci.layout;

import java.util.List;

/** A regular expression of Python 2, read: what {@link PythonRegexParser} makes and {@link JavaRegex} writes down. */
sealed interface RegexNode {
    /** As {@link Repeat#max}: without end. */
    int NO_MAXIMUM = Integer.MAX_VALUE;

    /** One character. */
    record Literal(int codePoint) implements RegexNode {}

    /** The dot. */
    record Any() implements RegexNode {}

    /** One character of these; or, negated, none of these. */
    record OneOf(CodePoints members, boolean negated) implements RegexNode {}

    /** A place in the text, without width. */
    record At(Place place) implements RegexNode {}

    /** One after the other; none is the empty expression. */
    record Sequence(List<RegexNode> items) implements RegexNode {
        public Sequence {
            items = List.copyOf(items);
        }
    }

    /** The first of these that leads to a match. */
    record Alternatives(List<RegexNode> branches) implements RegexNode {
        public Alternatives {
            branches = List.copyOf(branches);
        }
    }

    /** @param number Python's number of the group; 0 when it does not capture */
    record Group(int number, RegexNode body) implements RegexNode {}

    /** @param lazy few before many */
    record Repeat(RegexNode item, int min, int max, boolean lazy) implements RegexNode {}

    /** What a group captured, again. */
    record Reference(int group) implements RegexNode {}

    /** {@code (?(1)yes|no)}. */
    record Condition(int group, RegexNode yes, RegexNode no) implements RegexNode {}

    /** A look ahead or behind, without width. */
    record Look(boolean ahead, boolean negative, RegexNode body) implements RegexNode {}

    /** Places in a text. */
    enum Place {
        /** {@code ^}. */
        BEGINNING,
        /** {@code $}. */
        END,
        /** {@code \A}. */
        BEGINNING_OF_TEXT,
        /** {@code \Z}. */
        END_OF_TEXT,
        /** {@code \b}. */
        WORD_BOUNDARY,
        /** {@code \B}. */
        NO_WORD_BOUNDARY
    }
}
