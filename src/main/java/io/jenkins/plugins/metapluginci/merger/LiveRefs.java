package io.jenkins.plugins.metapluginci.merger;

import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

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
        add(uuid, projects);
    }

    /** @return the projects that may have refs of it */
    Collection<String> forget(String uuid) {
        if (!complete) {
            forgotten.add(uuid);
        }
        Set<String> projects = live.remove(uuid);
        return projects == null ? Set.of() : Set.copyOf(projects);
    }

    /** From now on every ref of another request is known to be of no use. @param kept each with the projects of its refs */
    void keepOnly(Map<String, Set<String>> kept) {
        live.keySet().retainAll(kept.keySet());
        kept.forEach(this::add);
        complete = true;
        forgotten.clear();
    }

    private void add(String uuid, Set<String> projects) {
        live.computeIfAbsent(uuid, key -> ConcurrentHashMap.newKeySet()).addAll(projects);
    }

    /** The live requests that have refs in a project, as far as is known. */
    Set<String> in(String project) {
        return live.entrySet().stream()
                .filter(each -> each.getValue().contains(project))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
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
