package io.jenkins.plugins.metapluginci.layout;

import io.jenkins.plugins.metapluginci.layout.RegexNode.Alternatives;
import io.jenkins.plugins.metapluginci.layout.RegexNode.Any;
import io.jenkins.plugins.metapluginci.layout.RegexNode.At;
import io.jenkins.plugins.metapluginci.layout.RegexNode.Condition;
import io.jenkins.plugins.metapluginci.layout.RegexNode.Group;
import io.jenkins.plugins.metapluginci.layout.RegexNode.Literal;
import io.jenkins.plugins.metapluginci.layout.RegexNode.Look;
import io.jenkins.plugins.metapluginci.layout.RegexNode.Place;
import io.jenkins.plugins.metapluginci.layout.RegexNode.Reference;
import io.jenkins.plugins.metapluginci.layout.RegexNode.Repeat;
import io.jenkins.plugins.metapluginci.layout.RegexNode.Sequence;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads a regular expression as Python 2.7 does (its documentation of {@code re}; what that leaves open is as
 * {@code sre_parse} of 2.7 decides it), its errors in Python's words. Departures: nested repetitions of what may be empty
 * are taken, as by 2.7's last releases; {@code (?u)} is refused; so are a condition on a group that is not closed and a
 * reference within a look-behind, for which java.util.regex has nothing.
 */
final class PythonRegexParser {
    /** Longest pattern, in characters; OpenStack's longest had a few hundred. Each may cost the engine a stack frame. */
    static final int MAX_LENGTH = 8192;
    /** Deepest nesting of parentheses. */
    static final int MAX_NESTING = 100;
    /** Python 2's own limit, the whole match counted. */
    private static final int MAX_GROUPS = 100;

    /** An expression and the flags that are set anywhere in it. */
    record Parsed(RegexNode root, boolean ignoreCase, boolean multiLine, boolean dotAll) {}

    private final String pattern;
    private final PythonTokens tokens;
    private final boolean verbose;
    private final Set<Integer> flags = new HashSet<>();
    private final Map<String, Integer> names = new HashMap<>();
    private final Set<Integer> open = new HashSet<>();
    private int groups = 1;
    private int nesting;
    private boolean behind;

    private PythonRegexParser(String pattern, boolean verbose) throws PatternProblem {
        this.pattern = pattern;
        this.tokens = new PythonTokens(pattern);
        this.verbose = verbose;
    }

    /** @throws PatternProblem when Python 2 would not take the pattern, or it is beyond a limit */
    static Parsed parse(String pattern) throws PatternProblem {
        if (pattern.length() > MAX_LENGTH) {
            throw new PatternProblem("longer than " + MAX_LENGTH + " characters", MAX_LENGTH);
        }
        return new PythonRegexParser(pattern, false).whole();
    }

    private Parsed whole() throws PatternProblem {
        RegexNode root = alternatives();
        if (!tokens.atEnd()) {
            throw tokens.problem("unbalanced parenthesis");
        }
        if (flags.contains((int) 'x') && !verbose) {
            return new PythonRegexParser(pattern, true).whole();
        }
        return new Parsed(root, flags.contains((int) 'i'), flags.contains((int) 'm'), flags.contains((int) 's'));
    }

    private RegexNode alternatives() throws PatternProblem {
        List<RegexNode> branches = new ArrayList<>();
        do {
            branches.add(sequence());
        } while (tokens.take('|'));
        return branches.size() == 1 ? branches.get(0) : new Alternatives(branches);
    }

    private RegexNode sequence() throws PatternProblem {
        List<RegexNode> items = new ArrayList<>();
        while (!tokens.atEnd() && !tokens.isNext('|') && !tokens.isNext(')')) {
            int token = tokens.take();
            if (verbose() && PythonTokens.isSpace(token)) {
                continue;
            }
            if (verbose() && token == '#') {
                tokens.skipLine();
                continue;
            }
            switch (token) {
                case '*', '+', '?' -> repeat(items, token == '+' ? 1 : 0, token == '?' ? 1 : RegexNode.NO_MAXIMUM);
                case '{' -> braces(items);
                case '(' -> group(items);
                case '[' -> items.add(PythonEscapes.characterClass(tokens));
                case '.' -> items.add(new Any());
                case '^' -> items.add(new At(Place.BEGINNING));
                case '$' -> items.add(new At(Place.END));
                default -> items.add(PythonTokens.isEscape(token) ? escape(token) : new Literal(token));
            }
        }
        return items.size() == 1 ? items.get(0) : new Sequence(items);
    }

    /** In Python 2, (?x) is heeded from where it stands, and then the whole is read again. */
    private boolean verbose() {
        return verbose || flags.contains((int) 'x');
    }

    private RegexNode escape(int token) throws PatternProblem {
        int group = PythonEscapes.groupNumber(tokens, token);
        if (group == 0) {
            return PythonEscapes.outsideClass(tokens, token);
        }
        return reference(group);
    }

    private RegexNode reference(int group) throws PatternProblem {
        if (group >= groups) {
            throw tokens.problemBefore("bogus escape: there is no group " + group + " yet");
        }
        if (open.contains(group)) {
            throw tokens.problemBefore("cannot refer to open group");
        }
        refuseBehind();
        return new Reference(group);
    }

    private void refuseBehind() throws PatternProblem {
        if (behind) {
            throw tokens.problemBefore("a reference to a group within a look-behind is not supported");
        }
    }

    /** What is between braces is a count, or the brace stands for itself. */
    private void braces(List<RegexNode> items) throws PatternProblem {
        PythonTokens.Mark mark = tokens.mark();
        if (tokens.isNext('}')) {
            items.add(new Literal('{'));
            return;
        }
        String low = tokens.digits();
        String high = tokens.take(',') ? tokens.digits() : low;
        if (!tokens.take('}')) {
            items.add(new Literal('{'));
            tokens.back(mark);
            return;
        }
        int min = low.isEmpty() ? 0 : count(low);
        int max = high.isEmpty() ? RegexNode.NO_MAXIMUM : count(high);
        if (max < min) {
            throw tokens.problemBefore("bad repeat interval");
        }
        repeat(items, min, max);
    }

    private int count(String digits) throws PatternProblem {
        String number = digits.replaceFirst("^0+(?=.)", "");
        if (number.length() > 9) {
            throw tokens.problemBefore("the repetition number is too large");
        }
        return Integer.parseInt(number);
    }

    private void repeat(List<RegexNode> items, int min, int max) throws PatternProblem {
        int last = items.size() - 1;
        if (last < 0 || items.get(last) instanceof At) {
            throw tokens.problemBefore("nothing to repeat");
        }
        if (items.get(last) instanceof Repeat) {
            throw tokens.problemBefore("multiple repeat");
        }
        boolean lazy = tokens.take('?');
        items.set(last, new Repeat(items.get(last), min, max, lazy));
    }

    private void group(List<RegexNode> items) throws PatternProblem {
        if (++nesting > MAX_NESTING) {
            throw tokens.problemBefore("more than " + MAX_NESTING + " nested parentheses");
        }
        if (!tokens.take('?')) {
            items.add(capturing(null));
        } else if (tokens.take('P')) {
            items.add(python());
        } else if (tokens.take(':')) {
            items.add(new Group(0, alternatives()));
            close();
        } else if (tokens.take('#')) {
            tokens.skipTo(')');
            close();
        } else if (tokens.isNext('=') || tokens.isNext('!') || tokens.isNext('<')) {
            items.add(look());
        } else if (tokens.take('(')) {
            items.add(condition());
        } else {
            flags();
        }
        nesting--;
    }

    private RegexNode capturing(String name) throws PatternProblem {
        int number = groups++;
        if (groups > MAX_GROUPS) {
            throw tokens.problemBefore("more than " + (MAX_GROUPS - 1) + " groups");
        }
        if (name != null && names.putIfAbsent(name, number) != null) {
            throw tokens.problemBefore("redefinition of group name '" + name + "'");
        }
        open.add(number);
        RegexNode body = alternatives();
        close();
        open.remove(number);
        return new Group(number, body);
    }

    private void close() throws PatternProblem {
        if (!tokens.take(')')) {
            throw tokens.problem("unbalanced parenthesis");
        }
    }

    private RegexNode python() throws PatternProblem {
        if (tokens.take('<')) {
            return capturing(tokens.name('>'));
        }
        if (tokens.take('=')) {
            Integer group = names.get(tokens.name(')'));
            if (group == null) {
                throw tokens.problemBefore("unknown group name");
            }
            // as in Python 2, which does not ask here whether the group is still open
            refuseBehind();
            return new Reference(group);
        }
        throw tokens.problem(tokens.atEnd() ? "unexpected end of pattern" : "unknown specifier after ?P");
    }

    private RegexNode look() throws PatternProblem {
        boolean ahead = !tokens.take('<');
        if (!tokens.isNext('=') && !tokens.isNext('!')) {
            throw tokens.problem("syntax error: expected (?<=...) or (?<!...)");
        }
        boolean negative = tokens.take() == '!';
        boolean outer = behind;
        behind |= !ahead;
        RegexNode body = alternatives();
        behind = outer;
        close();
        if (!ahead) {
            checkWidth(body);
        }
        return new Look(ahead, negative, body);
    }

    private void checkWidth(RegexNode body) throws PatternProblem {
        long width = RegexWidth.max(body);
        if (RegexWidth.min(body) != width) {
            throw tokens.problemBefore("look-behind requires fixed-width pattern");
        }
        if (width > MAX_LENGTH) {
            throw tokens.problemBefore("a look-behind of more than " + MAX_LENGTH + " characters");
        }
    }

    private RegexNode condition() throws PatternProblem {
        String name = tokens.upTo(')');
        Integer group = names.get(name);
        if (group == null) {
            if (!name.matches("[0-9]{1,9}") || Integer.parseInt(name) == 0) {
                throw tokens.problemBefore("unknown group name in a condition");
            }
            group = Integer.valueOf(name);
        }
        if (group >= groups || open.contains(group)) {
            throw tokens.problemBefore("a condition on a group that is not closed before it is not supported");
        }
        refuseBehind();
        RegexNode yes = sequence();
        RegexNode no = tokens.take('|') ? sequence() : new Sequence(List.of());
        if (tokens.isNext('|')) {
            throw tokens.problem("conditional backref with more than two branches");
        }
        close();
        return new Condition(group, yes, no);
    }

    private void flags() throws PatternProblem {
        boolean any = false;
        while (tokens.isNextOf("iLmsux")) {
            any = true;
            int flag = tokens.take();
            if (flag == 'u') {
                throw tokens.problemBefore("the flag (?u) is not supported");
            }
            flags.add(flag);
        }
        if (tokens.atEnd() || !any) {
            throw tokens.problem(tokens.atEnd() ? "unexpected end of pattern" : "unknown extension");
        }
        if (!tokens.take(')')) {
            throw tokens.problem("unknown extension");
        }
    }
}
