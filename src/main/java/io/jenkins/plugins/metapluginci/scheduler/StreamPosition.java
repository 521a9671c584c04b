package io.jenkins.plugins.metapluginci.scheduler;

import java.util.List;

/**
 * How far Gerrit's events are decided. Immutable; persisted.
 *
 * @param seconds by Gerrit's clock, since 1970: everything older is decided
 * @param keys of the decided events that are not older than that; they may come again
 */
public record StreamPosition(long seconds, List<String> keys) {
    public StreamPosition {
        keys = List.copyOf(keys);
    }
}
