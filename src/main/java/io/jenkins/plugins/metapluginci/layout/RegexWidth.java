package io.jenkins.plugins.metapluginci.layout;

import java.util.function.LongBinaryOperator;
import java.util.function.ToLongFunction;

/** How many characters an expression takes; as far as Python 2 asks, to which references have none. */
final class RegexWidth {
    private static final long MANY = Integer.MAX_VALUE;

    private RegexWidth() {}

    static long min(RegexNode node) {
        return width(node, RegexWidth::min, Math::min, false);
    }

    /** At most {@link Integer#MAX_VALUE}, which stands for more too. */
    static long max(RegexNode node) {
        return width(node, RegexWidth::max, Math::max, true);
    }

    private static long width(
            RegexNode node, ToLongFunction<RegexNode> inner, LongBinaryOperator choice, boolean greatest) {
        if (node instanceof RegexNode.Literal || node instanceof RegexNode.Any || node instanceof RegexNode.OneOf) {
            return 1;
        }
        if (node instanceof RegexNode.Group group) {
            return inner.applyAsLong(group.body());
        }
        if (node instanceof RegexNode.Repeat repeat) {
            return Math.min(MANY, inner.applyAsLong(repeat.item()) * (greatest ? repeat.max() : repeat.min()));
        }
        if (node instanceof RegexNode.Sequence sequence) {
            return Math.min(MANY, sequence.items().stream().mapToLong(inner).sum());
        }
        if (node instanceof RegexNode.Alternatives alternatives) {
            return alternatives.branches().stream()
                    .mapToLong(inner)
                    .reduce(choice)
                    .orElse(0);
        }
        return 0;
    }
}
