package io.jenkins.plugins.metapluginci.job.gate;

import java.util.List;
import java.util.stream.Collectors;

/** A job's settings cannot be run. The message names every problem. */
public final class UnusablePlanException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;

    public UnusablePlanException(List<Problem> problems) {
        super(problems.stream().map(Problem::message).collect(Collectors.joining(" ")));
        this.problems = List.copyOf(problems);
    }

    /** At least one. */
    public List<Problem> problems() {
        return problems;
    }
}
