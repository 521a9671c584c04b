package io.jenkins.plugins.metapluginci.layout;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A regular expression of Python 2's {@code re}, without flags but those within it, which is what layouts are written in.
 * It is matched by {@code java.util.regex} ({@link JavaRegex}), with a bound: a match that reads the text more than
 * {@link #budget} times, or runs deeper than a stack of 64 MB, is given up, counts as none, and is
 * counted. Patterns and texts of strangers are safe with it: it ends soon and throws nothing. Immutable but for its count;
 * any thread.
 */
public final class PythonPattern {
    private static final Logger LOGGER = Logger.getLogger(PythonPattern.class.getName());

    /** Reads that any text may cost. */
    private static final long BUDGET = 1_000_000;
    /** And those for each of its characters: enough for a search that tries some twenty words at each. */
    private static final long BUDGET_PER_CHARACTER = 64;
    /** Frames that a match may need on the caller's stack; some 150 bytes each, of the megabyte that threads have. */
    private static final long FRAMES_HERE = 3000;
    /** Parts of a pattern that may be compiled on the caller's stack. */
    private static final long PARTS_HERE = 500;

    private static final AtomicLong GIVEN_UP = new AtomicLong();

    private final String source;
    private final Pattern pattern;

    @CheckForNull
    private final LiteralRegex literal;

    private final boolean onlyAtStart;
    private final RegexDepth depth;
    private final AtomicLong givenUp = new AtomicLong();

    /**
     * How a match went.
     *
     * @param matched false too when it was given up
     * @param reads of characters that it took
     */
    record Attempt(boolean matched, boolean gaveUp, long reads) {}

    private PythonPattern(
            String source, Pattern pattern, @CheckForNull LiteralRegex literal, boolean onlyAtStart, RegexDepth depth) {
        this.source = source;
        this.pattern = pattern;
        this.literal = literal;
        this.onlyAtStart = onlyAtStart;
        this.depth = depth;
    }

    /** @throws PatternProblem when Python 2 would not take it, or it is beyond what is supported */
    public static PythonPattern compile(String source) throws PatternProblem {
        PythonRegexParser.Parsed parsed = PythonRegexParser.parse(source);
        RegexDepth depth = RegexDepth.of(parsed.root());
        Pattern pattern;
        try {
            pattern = depth.parts() <= PARTS_HERE ? compiled(parsed) : DeepStack.call(() -> compiled(parsed));
        } catch (PatternSyntaxException e) {
            // an odd look-behind, perhaps: what Python takes and we do not must not pass for something else
            throw new PatternProblem("not supported here (" + e.getDescription() + ")", 0);
        }
        if (pattern == null) {
            throw new PatternProblem("too many parts", 0);
        }
        return new PythonPattern(source, pattern, LiteralRegex.of(parsed), JavaRegex.onlyAtStart(parsed), depth);
    }

    private static Pattern compiled(PythonRegexParser.Parsed parsed) {
        return Pattern.compile(JavaRegex.of(parsed), parsed.ignoreCase() ? Pattern.CASE_INSENSITIVE : 0);
    }

    /** {@code re.match}: whether it matches at the start; the text may go on. */
    public boolean match(CharSequence text) {
        return judged(text.toString(), false);
    }

    /** {@code re.search}: whether it matches anywhere. */
    public boolean search(CharSequence text) {
        return judged(text.toString(), true);
    }

    /** As the layout spells it. */
    public String source() {
        return source;
    }

    /** How many matches of this pattern were given up. */
    public long givenUp() {
        return givenUp.get();
    }

    /** How many matches of all patterns were given up, since the start. */
    public static long allGivenUp() {
        return GIVEN_UP.get();
    }

    private boolean judged(String text, boolean anywhere) {
        if (literal != null) {
            return literal.matches(text, anywhere);
        }
        Attempt attempt = attempt(text, anywhere);
        if (attempt.gaveUp()) {
            GIVEN_UP.incrementAndGet();
            if (givenUp.incrementAndGet() == 1) {
                LOGGER.log(
                        Level.WARNING,
                        "The pattern {0} takes too long on a text of {1} characters: taken as no match. Further such"
                                + " texts are counted only",
                        new Object[] {source, text.length()});
            }
        }
        return attempt.matched();
    }

    /** Most reads of characters for a text. */
    static long budget(int length) {
        return BUDGET + BUDGET_PER_CHARACTER * length;
    }

    Attempt attempt(String text, boolean anywhere) {
        long whole = budget(text.length());
        // What reads little is not deep, however long the text: most comments are refused by their first words.
        boolean flat = depth.frames(text.length()) <= FRAMES_HERE;
        long here = flat ? whole : Math.min(whole, depth.characters(FRAMES_HERE));
        try {
            Attempt attempt = run(new GuardedText(text, here), anywhere);
            if (!attempt.gaveUp() || here == whole) {
                return attempt;
            }
        } catch (StackOverflowError e) {
            // the caller's stack was nearly full already
            LOGGER.log(Level.FINE, "Trying again on a stack of its own: {0}", source);
        }
        GuardedText guarded = new GuardedText(text, whole);
        Attempt attempt = DeepStack.call(() -> run(guarded, anywhere));
        return attempt == null ? new Attempt(false, true, guarded.reads()) : attempt;
    }

    private Attempt run(GuardedText guarded, boolean anywhere) {
        Matcher matcher = pattern.matcher(guarded)
                .region(1, guarded.length())
                .useTransparentBounds(true)
                .useAnchoringBounds(false);
        try {
            boolean matched = anywhere && !onlyAtStart ? matcher.find() : matcher.lookingAt();
            return new Attempt(matched, false, guarded.reads());
        } catch (GuardedText.OverBudget e) {
            return new Attempt(false, true, guarded.reads());
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PythonPattern that && that.source.equals(source);
    }

    @Override
    public int hashCode() {
        return source.hashCode();
    }

    @Override
    public String toString() {
        return source;
    }
}
