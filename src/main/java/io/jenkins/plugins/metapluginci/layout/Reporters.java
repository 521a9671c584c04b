package io.jenkins.plugins.metapluginci.layout;

import java.util.List;

/**
 * What reports at each turn of an item; an empty list reports nothing, not even a comment.
 *
 * @param mergeFailure already those of failure when the layout names none
 * @param disabled in use only while the pipeline is disabled by too many failures in a row
 */
public record Reporters(
        List<Reporter> start,
        List<Reporter> success,
        List<Reporter> failure,
        List<Reporter> mergeFailure,
        List<Reporter> disabled) {
    public Reporters {
        start = List.copyOf(start);
        success = List.copyOf(success);
        failure = List.copyOf(failure);
        mergeFailure = List.copyOf(mergeFailure);
        disabled = List.copyOf(disabled);
    }
}
