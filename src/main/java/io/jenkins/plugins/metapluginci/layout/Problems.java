package io.jenkins.plugins.metapluginci.layout;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Collects what is wrong with one layout. For one thread. */
final class Problems {
    /** Of each kind: nobody reads more, and a broken file of megabytes has as many as it has lines. */
    static final int MAX = 500;

    private static final Comparator<Problem> BY_PLACE =
            Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column);

    /** Sets: a piece that aliases repeat is wrong once. */
    private final Set<Problem> errors = new LinkedHashSet<>();

    private final Set<Problem> warnings = new LinkedHashSet<>();

    void error(Value at, String message) {
        add(errors, new Problem(at.line(), at.column(), message));
    }

    /** In the words of Zuul's validator. */
    void error(Value at, String message, Path path) {
        if (!full()) {
            error(at, message + " @ " + path);
        }
    }

    /** In the words of Zuul's validator, and what helps to understand them. */
    void error(Value at, String message, Path path, String hint) {
        if (!full()) {
            error(at, message + " @ " + path + " (" + hint + ")");
        }
    }

    void warning(Value at, String message) {
        add(warnings, new Problem(at.line(), at.column(), message));
    }

    private static void add(Set<Problem> to, Problem problem) {
        if (to.size() < MAX) {
            to.add(problem);
        } else if (to.size() == MAX) {
            to.add(new Problem(Integer.MAX_VALUE, 0, "More than " + MAX + " problems; the rest is not listed."));
        }
    }

    /** Whether there are so many errors that no more is collected. */
    boolean full() {
        return errors.size() > MAX;
    }

    List<Problem> errors() {
        return sorted(errors);
    }

    List<Problem> warnings() {
        return sorted(warnings);
    }

    private static List<Problem> sorted(Set<Problem> problems) {
        List<Problem> sorted = new ArrayList<>(problems);
        sorted.sort(BY_PLACE);
        sorted.replaceAll(each -> each.line() == Integer.MAX_VALUE ? new Problem(0, 0, each.message()) : each);
        return List.copyOf(sorted);
    }
}
