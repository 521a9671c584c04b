package io.jenkins.plugins.metapluginci.layout;

/** A regular expression that Python 2 would not take, or that is beyond what is allowed here. */
public final class PatternProblem extends Exception {
    private static final long serialVersionUID = 1L;

    private final int position;

    /**
     * @param problem what is wrong, in Python's words where it has some
     * @param position in the pattern, in characters, from 0
     */
    PatternProblem(String problem, int position) {
        super(problem + " at position " + position);
        this.position = position;
    }

    /** Where in the pattern, in characters, from 0. */
    public int position() {
        return position;
    }
}
