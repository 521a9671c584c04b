package io.jenkins.plugins.metapluginci.gerrit;

import java.util.List;

/**
 * What the stream did not tell. Immutable.
 *
 * @param events to be handled as if they had come from the stream; oldest first
 * @param later events that are older than was asked for, or more than was asked for: to be shown, not to be handled; oldest
 *     first
 * @param whole false when {@code later} is not all, since the questions were given up at a bound
 */
public record Missed(List<GerritEvent> events, List<GerritEvent> later, boolean whole) {
    public Missed {
        events = List.copyOf(events);
        later = List.copyOf(later);
    }
}
