package io.jenkins.plugins.metapluginci.scheduler;

import edu.umd.cs.findbugs.annotations.CheckForNull;

/**
 * A build that is of no more use and was asked to end. Immutable; persisted as part of its {@link Item} until it has ended, so
 * that its mutex is free no sooner, and a crash does not forget to end it.
 *
 * @param uuid of the attempt
 * @param job full name of the Jenkins job
 * @param mutex that it holds; null for none
 * @param since when it was asked to end, epoch milliseconds
 */
public record DyingBuild(
        String uuid, String job, @CheckForNull String mutex, long since) {}
