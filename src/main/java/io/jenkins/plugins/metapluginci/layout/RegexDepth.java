package io.jenkins.plugins.metapluginci.layout;

/**
 * How deep java.util.regex goes with an expression: a frame for each part that it is at, and for each repetition of a
 * group as many as the group has parts.
 *
 * @param parts of the whole expression
 * @param repeated parts of the largest group that is repeated; 0 when none is
 */
record RegexDepth(long parts, long repeated) {
    static RegexDepth of(RegexNode root) {
        return new RegexDepth(parts(root), repeated(root));
    }

    /** Frames for a text of so many characters; about, and rather too many. */
    long frames(int characters) {
        return parts + repeated * characters;
    }

    /** How many characters may be read within so many frames: each repetition of a group reads one ({@link JavaRegex}). */
    long characters(long frames) {
        return repeated == 0 ? Long.MAX_VALUE : Math.max(0, (frames - parts) / repeated);
    }

    private static long parts(RegexNode node) {
        return 2
                + JavaRegex.children(node).stream().mapToLong(RegexDepth::parts).sum();
    }

    private static long repeated(RegexNode node) {
        long inner = JavaRegex.children(node).stream()
                .mapToLong(RegexDepth::repeated)
                .max()
                .orElse(0);
        boolean group = node instanceof RegexNode.Repeat repeat
                && repeat.max() > 1
                && !JavaRegex.children(repeat.item()).isEmpty();
        return group ? Math.max(inner, parts(node)) : inner;
    }
}
