package io.jenkins.plugins.metapluginci.gerrit;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.io.IOException;

/** Asks Gerrit for all that a decision about a patchset needs. Any thread. */
public final class ChangeLookup {
    private final GerritConnection connection;

    ChangeLookup(GerritConnection connection) {
        this.connection = connection;
    }

    /**
     * One patchset with what it needs.
     *
     * @param patchset 0 for the current one
     * @return null when Gerrit has no such patchset, or our account may not see it
     * @throws IOException when Gerrit could not be asked or did not answer as Gerrit does, or when its index does not know yet
     *     what its stream told: to be tried again
     */
    @CheckForNull
    public LookedUpChange look(int number, int patchset) throws IOException, InterruptedException {
        throw new IOException("not answered " + connection);
    }
}
