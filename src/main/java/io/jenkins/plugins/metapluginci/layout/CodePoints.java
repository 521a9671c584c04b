package io.jenkins.plugins.metapluginci.layout;

import java.util.ArrayList;
import java.util.List;

/** A set of characters, as ranges in order that neither touch nor overlap. Immutable. */
final class CodePoints {
    static final CodePoints NONE = new CodePoints(List.of());
    /** {@code \d} without re.UNICODE. */
    static final CodePoints DIGITS = NONE.with('0', '9');
    /** {@code \s} without re.UNICODE: blank, tab, line feed, vertical tab, form feed, carriage return. */
    static final CodePoints SPACES = NONE.with(' ', ' ').with('\t', '\r');
    /** {@code \w} without re.UNICODE. */
    static final CodePoints WORD = DIGITS.with('a', 'z').with('A', 'Z').with('_', '_');

    private static final int CASE = 'a' - 'A';

    /** @param first and @param last are both in it */
    record Range(int first, int last) {}

    private final List<Range> ranges;

    private CodePoints(List<Range> ranges) {
        this.ranges = List.copyOf(ranges);
    }

    List<Range> ranges() {
        return ranges;
    }

    CodePoints with(int first, int last) {
        List<Range> result = new ArrayList<>();
        int from = first;
        int to = last;
        for (Range each : ranges) {
            if (each.last() + 1 < from) {
                result.add(each);
            } else if (each.first() <= to + 1) {
                from = Math.min(from, each.first());
                to = Math.max(to, each.last());
            }
        }
        result.add(new Range(from, to));
        for (Range each : ranges) {
            if (each.first() > to + 1) {
                result.add(each);
            }
        }
        return new CodePoints(result);
    }

    CodePoints with(CodePoints others) {
        CodePoints result = this;
        for (Range each : others.ranges) {
            result = result.with(each.first(), each.last());
        }
        return result;
    }

    CodePoints negated() {
        List<Range> result = new ArrayList<>();
        int from = 0;
        for (Range each : ranges) {
            if (each.first() > from) {
                result.add(new Range(from, each.first() - 1));
            }
            from = each.last() + 1;
        }
        if (from <= Character.MAX_CODE_POINT) {
            result.add(new Range(from, Character.MAX_CODE_POINT));
        }
        return new CodePoints(result);
    }

    /** With the other case of each ASCII letter, which is all that Python 2 folds without re.UNICODE. */
    CodePoints withBothCases() {
        CodePoints result = this;
        for (Range each : ranges) {
            result = result.withShifted(each, 'A', 'Z', CASE).withShifted(each, 'a', 'z', -CASE);
        }
        return result;
    }

    private CodePoints withShifted(Range range, int first, int last, int by) {
        int from = Math.max(range.first(), first);
        int to = Math.min(range.last(), last);
        return from > to ? this : with(from + by, to + by);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CodePoints that && that.ranges.equals(ranges);
    }

    @Override
    public int hashCode() {
        return ranges.hashCode();
    }

    @Override
    public String toString() {
        return ranges.toString();
    }
}
