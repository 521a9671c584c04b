package io.jenkins.plugins.metapluginci.merger;

import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * What is to be merged for one queue item. Immutable.
 *
 * @param uuid names the results: {@code refs/zuul/<branch>/Z<uuid>} in each project and branch that an item touches. Letters,
 *     digits, {@code -} and {@code _}. Asking again with the same uuid merges again, onto the tips of then, and replaces them.
 * @param items oldest first: what the change needs, the change itself last; not empty
 */
public record MergeRequest(String uuid, List<MergeItem> items) {
    private static final Pattern UUID = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    /** @throws IllegalArgumentException when the uuid is no name for a ref, or there is nothing to merge */
    public MergeRequest {
        Objects.requireNonNull(uuid);
        items = List.copyOf(items);
        if (!UUID.matcher(uuid).matches() || items.isEmpty()) {
            throw new IllegalArgumentException("not a merge request: " + uuid + ", " + items.size() + " items");
        }
    }

    /** The change under test. */
    public MergeItem last() {
        return items.get(items.size() - 1);
    }
}
