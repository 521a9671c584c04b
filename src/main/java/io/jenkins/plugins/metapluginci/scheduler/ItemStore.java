package io.jenkins.plugins.metapluginci.scheduler;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The items in memory, and on disk as soon as the disk takes them. Owned by the scheduler's thread. An item whose last
 * change is not on disk yet is {@link #pending}: nothing that others see (a launch, a report) is done for it.
 */
final class ItemStore {
    private static final Logger LOGGER = Logger.getLogger(ItemStore.class.getName());

    private final Disk<Item> disk;
    private final Map<String, Item> items = new LinkedHashMap<>();
    /** Ids whose file is not as memory has it: a removal where {@link #items} has none. */
    private final Set<String> pending = new TreeSet<>();

    @CheckForNull
    private String problem;

    ItemStore(Disk<Item> disk) {
        this.disk = disk;
    }

    void load() throws IOException {
        List<Item> found = new ArrayList<>(disk.all().values());
        found.sort(Comparator.comparingLong(Item::order)
                .thenComparingLong(Item::createdAt)
                .thenComparing(Item::id));
        items.clear();
        found.forEach(item -> items.put(item.id(), item));
    }

    /** Every item, oldest first: a copy. */
    List<Item> all() {
        return List.copyOf(items.values());
    }

    @CheckForNull
    Item get(String id) {
        return items.get(id);
    }

    /** The item of an id that is known to be here. */
    Item require(String id) {
        Item item = items.get(id);
        if (item == null) {
            throw new IllegalStateException("no item " + id);
        }
        return item;
    }

    /** Takes an item's new state. @return whether it is on disk */
    boolean put(Item item) {
        items.put(item.id(), item);
        return flush(item.id());
    }

    void remove(String id) {
        items.remove(id);
        flush(id);
    }

    boolean pending(String id) {
        return pending.contains(id);
    }

    /** Tries again what the disk would not take. */
    void flush() {
        for (String id : new ArrayList<>(pending)) {
            flush(id);
        }
        if (pending.isEmpty() && problem != null) {
            LOGGER.info("The scheduler's items are on disk again");
            problem = null;
        }
    }

    /** Why items are not on disk, or null. */
    @CheckForNull
    String problem() {
        return problem;
    }

    private boolean flush(String id) {
        try {
            Item item = items.get(id);
            if (item == null) {
                disk.remove(id);
            } else {
                disk.put(id, item);
            }
            pending.remove(id);
            return true;
        } catch (IOException e) {
            pending.add(id);
            if (problem == null) {
                LOGGER.log(
                        Level.WARNING, "Cannot write item " + id + ": nothing is launched for it until that works", e);
            }
            problem = "Cannot write the scheduler's items: " + e.getMessage();
            return false;
        }
    }
}
