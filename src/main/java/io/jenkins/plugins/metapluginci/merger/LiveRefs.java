package io.jenkins.plugins.metapluginci.merger;

import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Which requests' refs nodes may fetch, and which may be deleted. Any thread. */
final class LiveRefs {
    /** Each live request with the projects that are known to be of it. */
    private final Map<String, Set<String>> live = new ConcurrentHashMap<>();
    /** Forgotten before it was said which ones of the last run are to be kept. */
    private final Set<String> forgotten = ConcurrentHashMap.newKeySet();

    private volatile boolean complete;

    /** A request is about to make refs in these projects: they must not be taken for old ones. */
    void begin(String uuid, Set<String> projects) {
        forgotten.remove(uuid);
        live.computeIfAbsent(uuid, key -> ConcurrentHashMap.newKeySet()).addAll(projects);
    }

    /** @return the projects that may have refs of it */
    Collection<String> forget(String uuid) {
        if (!complete) {
            forgotten.add(uuid);
        }
        Set<String> projects = live.remove(uuid);
        return projects == null ? Set.of() : Set.copyOf(projects);
    }

    /** From now on every ref of another request is known to be of no use. */
    void keepOnly(Set<String> uuids) {
        live.keySet().retainAll(uuids);
        uuids.forEach(uuid -> live.computeIfAbsent(uuid, key -> ConcurrentHashMap.newKeySet()));
        complete = true;
        forgotten.clear();
    }

    boolean any() {
        return !live.isEmpty();
    }

    boolean isLive(String ref) {
        String uuid = MirrorRefs.uuid(ref);
        return uuid != null && live.containsKey(uuid);
    }

    /** Whether a ref may be deleted; a live one is noted as being in the project. */
    boolean isDead(String project, String ref) {
        String uuid = MirrorRefs.uuid(ref);
        if (uuid == null) {
            return true;
        }
        Set<String> projects = live.get(uuid);
        if (projects != null) {
            projects.add(project);
            return false;
        }
        return complete || forgotten.contains(uuid);
    }
}
