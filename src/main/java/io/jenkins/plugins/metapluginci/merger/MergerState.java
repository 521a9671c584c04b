package io.jenkins.plugins.metapluginci.merger;

import java.util.List;

/**
 * A snapshot for pages. Immutable.
 *
 * @param mirrors by name
 * @param waiting requests that wait for a mirror or a thread
 * @param running requests under way
 */
public record MergerState(List<MirrorState> mirrors, int waiting, int running) {
    public MergerState {
        mirrors = List.copyOf(mirrors);
    }
}
