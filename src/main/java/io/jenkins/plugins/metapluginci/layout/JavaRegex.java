package io.jenkins.plugins.metapluginci.layout;

import io.jenkins.plugins.metapluginci.layout.RegexNode.Alternatives;
import io.jenkins.plugins.metapluginci.layout.RegexNode.Any;
import io.jenkins.plugins.metapluginci.layout.RegexNode.At;
import io.jenkins.plugins.metapluginci.layout.RegexNode.Condition;
import io.jenkins.plugins.metapluginci.layout.RegexNode.Group;
import io.jenkins.plugins.metapluginci.layout.RegexNode.Literal;
import io.jenkins.plugins.metapluginci.layout.RegexNode.Look;
import io.jenkins.plugins.metapluginci.layout.RegexNode.OneOf;
import io.jenkins.plugins.metapluginci.layout.RegexNode.Place;
import io.jenkins.plugins.metapluginci.layout.RegexNode.Reference;
import io.jenkins.plugins.metapluginci.layout.RegexNode.Repeat;
import io.jenkins.plugins.metapluginci.layout.RegexNode.Sequence;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Writes a Python expression down for {@code java.util.regex}, to be matched against a {@link GuardedText}. Everything
 * that the two languages read differently is spelled out: classes as ranges, places as looks at the text's neighbours,
 * whose ends the {@link GuardedText#EDGE} marks, case as the one flag that means the same.
 *
 * <p>The text counts how often it is read, and so bounds the time that a match takes. For that, whatever the engine may
 * try many times has to read: where a branch or the body of a repetition might not, a {@link #LOOK} is put before it. Then
 * the work between two reads is bounded by the length of the pattern.
 */
final class JavaRegex {
    /**
     * Reads one character, any, and takes none. It fails behind the text's second edge, where nothing may match. The last
     * character is written as itself: only an expression with such a character in it looks behind by characters rather
     * than by halves of them (Pattern.findSupplementary of the JDK).
     */
    private static final String LOOK = "(?=[\\x{0}-" + Character.toString(Character.MAX_CODE_POINT) + "])";

    /** Reads, and never matches. */
    private static final String NOTHING = "(?!" + LOOK + ")";

    private final PythonRegexParser.Parsed parsed;
    /** Groups that are referred to by their text. */
    private final Set<Integer> captured = new HashSet<>();
    /** Groups of which it is asked whether they took part. */
    private final Set<Integer> marked = new HashSet<>();

    private final StringBuilder out = new StringBuilder();

    private JavaRegex(PythonRegexParser.Parsed parsed) {
        this.parsed = parsed;
    }

    /** The expression; java.util.regex needs CASE_INSENSITIVE with it where the parsed one ignores case, else no flag. */
    static String of(PythonRegexParser.Parsed parsed) {
        JavaRegex regex = new JavaRegex(parsed);
        regex.collect(parsed.root());
        if (startsWithAnything(parsed.root())) {
            // a match with a leading .* is one from the line's start on too: try only there, not at each character
            regex.out.append("(?<=").append(oneOf(edge().with('\n', '\n'))).append(')');
        }
        regex.body(parsed.root());
        return regex.out.append(LOOK).toString();
    }

    /** Whether the expression can match at the text's start only. */
    static boolean onlyAtStart(PythonRegexParser.Parsed parsed) {
        return parsed.dotAll() && startsWithAnything(parsed.root()) || beginning(parsed.root(), parsed.multiLine());
    }

    private static boolean startsWithAnything(RegexNode root) {
        return first(root) instanceof Repeat repeat
                && repeat.item() instanceof Any
                && repeat.min() == 0
                && repeat.max() == RegexNode.NO_MAXIMUM;
    }

    private static RegexNode first(RegexNode node) {
        return node instanceof Sequence sequence && !sequence.items().isEmpty()
                ? sequence.items().get(0)
                : node;
    }

    private static boolean beginning(RegexNode node, boolean multiLine) {
        RegexNode first = first(node);
        if (first instanceof Group group) {
            return beginning(group.body(), multiLine);
        }
        if (first instanceof Alternatives alternatives) {
            return alternatives.branches().stream().allMatch(branch -> beginning(branch, multiLine));
        }
        return first instanceof At at
                && (at.place() == Place.BEGINNING_OF_TEXT || at.place() == Place.BEGINNING && !multiLine);
    }

    private void collect(RegexNode node) {
        if (node instanceof Reference reference) {
            captured.add(reference.group());
        } else if (node instanceof Condition condition) {
            marked.add(condition.group());
        }
        children(node).forEach(this::collect);
    }

    static List<RegexNode> children(RegexNode node) {
        if (node instanceof Sequence sequence) {
            return sequence.items();
        }
        if (node instanceof Alternatives alternatives) {
            return alternatives.branches();
        }
        if (node instanceof Group group) {
            return List.of(group.body());
        }
        if (node instanceof Repeat repeat) {
            return List.of(repeat.item());
        }
        if (node instanceof Condition condition) {
            return List.of(condition.yes(), condition.no());
        }
        return node instanceof Look look ? List.of(look.body()) : List.of();
    }

    /**
     * Whether the first thing that the engine does with this is to read. A look behind may find that there are too few
     * characters, and a reference that its group is unset or empty, without.
     */
    private static boolean reads(RegexNode node) {
        if (node instanceof Sequence sequence) {
            return !sequence.items().isEmpty() && reads(sequence.items().get(0));
        }
        if (node instanceof Group group) {
            return reads(group.body());
        }
        if (node instanceof Repeat repeat) {
            return repeat.max() > 0 && (repeat.min() > 0 || !repeat.lazy()) && reads(repeat.item());
        }
        if (node instanceof Look look) {
            return look.ahead() && reads(look.body());
        }
        return !(node instanceof Reference);
    }

    private void body(RegexNode node) {
        if (node instanceof Alternatives alternatives) {
            out.append("(?:");
            String between = "";
            for (RegexNode branch : alternatives.branches()) {
                out.append(between);
                readFirst(branch);
                write(branch);
                between = "|";
            }
            out.append(')');
        } else {
            write(node);
        }
    }

    private void readFirst(RegexNode node) {
        if (!reads(node)) {
            out.append(LOOK);
        }
    }

    private void write(RegexNode node) {
        if (node instanceof Literal literal) {
            literal(literal.codePoint());
        } else if (node instanceof Any) {
            CodePoints not = parsed.dotAll() ? CodePoints.NONE : CodePoints.NONE.with('\n', '\n');
            out.append(oneOf(withoutEdge(not.negated())));
        } else if (node instanceof OneOf oneOf) {
            CodePoints members = parsed.ignoreCase() ? oneOf.members().withBothCases() : oneOf.members();
            out.append(oneOf(withoutEdge(oneOf.negated() ? members.negated() : members)));
        } else if (node instanceof At at) {
            out.append(place(at.place()));
        } else if (node instanceof Sequence sequence) {
            sequence.items().forEach(this::write);
        } else if (node instanceof Repeat repeat) {
            repeat(repeat);
        } else if (node instanceof Group group) {
            group(group);
        } else if (node instanceof Reference reference) {
            out.append("\\k<g").append(reference.group()).append('>');
        } else if (node instanceof Condition condition) {
            condition(condition);
        } else if (node instanceof Look look) {
            out.append(look.ahead() ? "(?" : "(?<").append(look.negative() ? '!' : '=');
            body(look.body());
            out.append(')');
        } else {
            body(node);
        }
    }

    private void literal(int codePoint) {
        int shown = codePoint == GuardedText.EDGE ? GuardedText.REPLACEMENT : codePoint;
        if (shown < 128 && Character.isLetterOrDigit(shown)) {
            out.append((char) shown);
        } else {
            out.append(hex(shown));
        }
    }

    private static String hex(int codePoint) {
        return "\\x{" + Integer.toHexString(codePoint) + "}";
    }

    private void repeat(Repeat repeat) {
        if (repeat.max() == 0 && !refersInto(repeat)) {
            return;
        }
        boolean single =
                repeat.item() instanceof Literal || repeat.item() instanceof Any || repeat.item() instanceof OneOf;
        if (single) {
            write(repeat.item());
        } else {
            out.append("(?:");
            readFirst(repeat.item());
            write(repeat.item());
            if (refersInto(repeat.item())) {
                // without an alternative, the engine matches a repeated group by itself, and what was captured in it
                // stays
                // when it backs off (GroupCurly of the JDK)
                out.append('|').append(NOTHING);
            }
            out.append(')');
        }
        out.append('{').append(repeat.min()).append(',');
        if (repeat.max() != RegexNode.NO_MAXIMUM) {
            out.append(repeat.max());
        }
        out.append('}').append(repeat.lazy() ? "?" : "");
    }

    private boolean refersInto(RegexNode node) {
        return node instanceof Group group && (captured.contains(group.number()) || marked.contains(group.number()))
                || children(node).stream().anyMatch(this::refersInto);
    }

    private void group(Group group) {
        if (captured.contains(group.number())) {
            out.append("(?<g").append(group.number()).append('>');
        } else {
            out.append("(?:");
        }
        body(group.body());
        if (marked.contains(group.number())) {
            out.append("(?<m").append(group.number()).append(">)");
        }
        out.append(')');
    }

    /** Java has no conditions, but an empty group that has been passed matches again, and one that has not does not. */
    private void condition(Condition condition) {
        String passed = "\\k<m" + condition.group() + ">";
        out.append("(?:").append(LOOK).append(passed);
        write(condition.yes());
        out.append('|').append(LOOK).append("(?!").append(passed).append(')');
        write(condition.no());
        out.append(')');
    }

    private String place(Place place) {
        String word = oneOf(CodePoints.WORD);
        String edge = oneOf(edge());
        String lineOrEdge = oneOf(edge().with('\n', '\n'));
        return switch (place) {
            case BEGINNING -> "(?<=" + (parsed.multiLine() ? lineOrEdge : edge) + ")";
            case END -> "(?=" + (parsed.multiLine() ? lineOrEdge : "\\x{a}?" + edge) + ")";
            case BEGINNING_OF_TEXT -> "(?<=" + edge + ")";
            case END_OF_TEXT -> "(?=" + edge + ")";
            case WORD_BOUNDARY -> "(?:(?<=" + word + ")(?!" + word + ")|(?<!" + word + ")(?=" + word + "))";
            // nowhere in an empty text, which is what Python says
            case NO_WORD_BOUNDARY -> {
                String wordOrEdge = oneOf(CodePoints.WORD.with(edge()));
                yield "(?:(?<=" + word + ")(?=" + word + ")|(?<!" + wordOrEdge + ")(?!" + word + ")|(?<!" + word
                        + ")(?!" + wordOrEdge + "))";
            }
        };
    }

    private static CodePoints edge() {
        return CodePoints.NONE.with(GuardedText.EDGE, GuardedText.EDGE);
    }

    /** No expression may take the edge as a character. */
    private static CodePoints withoutEdge(CodePoints members) {
        return members.negated().with(edge()).negated();
    }

    /** A class; one with the highest character in it is shorter as a negated one. */
    private static String oneOf(CodePoints members) {
        List<CodePoints.Range> ranges = members.ranges();
        boolean negate = !ranges.isEmpty() && ranges.get(ranges.size() - 1).last() == Character.MAX_CODE_POINT;
        List<CodePoints.Range> written = negate ? members.negated().ranges() : ranges;
        if (written.isEmpty()) {
            return NOTHING;
        }
        StringBuilder result = new StringBuilder(negate ? "[^" : "[");
        for (CodePoints.Range each : written) {
            result.append(hex(each.first()));
            if (each.last() > each.first()) {
                result.append('-').append(hex(each.last()));
            }
        }
        return result.append(']').toString();
    }
}
