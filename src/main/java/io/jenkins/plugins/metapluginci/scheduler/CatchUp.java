package io.jenkins.plugins.metapluginci.scheduler;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.time.Instant;

/**
 * What is to be asked of Gerrit after the stream was connected.
 *
 * @param since from when on events may have been missed, by Gerrit's clock; null at the very first connection, before which
 *     nothing matters
 * @param turn which connection it is for
 */
public record CatchUp(@CheckForNull Instant since, int turn) {}
