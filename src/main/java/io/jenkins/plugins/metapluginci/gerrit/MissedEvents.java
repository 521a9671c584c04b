package io.jenkins.plugins.metapluginci.gerrit;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;

/** Asks Gerrit what happened while the stream was not read. Any thread; takes seconds to minutes. */
public final class MissedEvents {
    /**
     * By how much a caller should set its position back: a patchset or comment is up to some seconds older than the event that
     * the stream made of it. What was heard already is known by {@link GerritEvent#key}.
     */
    public static final Duration OVERLAP = Duration.ofMinutes(1);

    private final GerritConnection connection;

    MissedEvents(GerritConnection connection) {
        this.connection = connection;
    }

    /**
     * What happened to the open changes of some projects: new current patchsets, comments on the current patchset with their
     * votes, changes that were restored.
     *
     * @param position by Gerrit's clock; what is older is left out
     * @param projects names; each costs a part of a query, so only those that a pipeline uses
     * @param back what is older than this, seen from now, is listed only
     * @param limit the most events to hand back for handling, the newest ones; the others are listed only
     * @throws IOException when Gerrit could not be asked, or did not answer as Gerrit does: nothing is known then
     */
    public Missed since(Instant position, Collection<String> projects, Duration back, int limit)
            throws IOException, InterruptedException {
        throw new IOException("not answered " + connection);
    }
}
