package io.jenkins.plugins.metapluginci.layout;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.List;

/**
 * A job with all that it inherited (Job, model.py of Zuul 2.5.2).
 *
 * @param successMessage replaces the word SUCCESS in the report; null to keep it
 * @param failureMessage replaces the word FAILURE in the report; null to keep it
 * @param successPattern url in the report, as Python's str.format takes it; null for the general one
 * @param failurePattern likewise
 * @param attempts launches in total before infrastructure is given up on, 1 or more
 * @param mutex which no two builds of any pipeline hold at a time; null for none
 * @param parameterFunction null for none
 * @param noop built in: succeeds at once, without a build
 */
public record Job(
        String name,
        boolean voting,
        @CheckForNull String successMessage,
        @CheckForNull String failureMessage,
        @CheckForNull String successPattern,
        @CheckForNull String failurePattern,
        int attempts,
        @CheckForNull String mutex,
        List<String> tags,
        JobMatcher matcher,
        @CheckForNull ParameterFunction parameterFunction,
        boolean noop) {

    /** The name of the job that is built in. */
    public static final String NOOP = "noop";

    /** How often a job is launched when the layout does not say. */
    public static final int ATTEMPTS = 3;

    public Job {
        tags = List.copyOf(tags);
    }

    /** A job of which the layout says no more than its name. */
    public static Job named(String name) {
        return new Job(
                name,
                true,
                null,
                null,
                null,
                null,
                ATTEMPTS,
                null,
                List.of(),
                JobMatcher.ALWAYS,
                null,
                name.equals(NOOP));
    }

    /** Whether the change is one that this job is for. */
    public boolean appliesTo(ChangeState change) {
        return matcher.matches(change);
    }
}
