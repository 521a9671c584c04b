package io.jenkins.plugins.metapluginci.gerrit;

import java.time.Instant;

/**
 * A comment on a change as a whole.
 *
 * @param at when it was made, to the second, by Gerrit's clock
 * @param author who made it
 * @param patchset which patchset it is about; 0 where its text does not say
 * @param text with the line that Gerrit puts before it ({@code Patch Set 3: Verified+1})
 */
public record GerritMessage(Instant at, GerritAccount author, int patchset, String text) {}
