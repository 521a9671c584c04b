package io.jenkins.plugins.metapluginci.layout;

import java.util.regex.Pattern;

/** A regular expression of Python 2's {@code re}, which layouts are written in. Immutable. */
public final class PythonPattern {
    private final String source;
    private final Pattern pattern;

    private PythonPattern(String source, Pattern pattern) {
        this.source = source;
        this.pattern = pattern;
    }

    /** @throws PatternProblem when Python 2 would not take it */
    public static PythonPattern compile(String source) throws PatternProblem {
        try {
            return new PythonPattern(source, Pattern.compile(source, Pattern.UNIX_LINES));
        } catch (java.util.regex.PatternSyntaxException e) {
            throw new PatternProblem(e.getDescription(), Math.max(0, e.getIndex()));
        }
    }

    /** {@code re.match}: whether it matches at the start; the text may go on. */
    public boolean match(CharSequence text) {
        return pattern.matcher(text).lookingAt();
    }

    /** {@code re.search}: whether it matches anywhere. */
    public boolean search(CharSequence text) {
        return pattern.matcher(text).find();
    }

    /** As the layout spells it. */
    public String source() {
        return source;
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
