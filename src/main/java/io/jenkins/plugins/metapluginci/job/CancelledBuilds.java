package io.jenkins.plugins.metapluginci.job;

import java.util.LinkedHashMap;
import java.util.Map;

/** The last builds that the scheduler did not want any more. Its monitor guards it. */
final class CancelledBuilds {
    /** Far more than can be on their way at once; those that left the queue are never heard of again. */
    private static final int MAX = 10_000;

    /** By uuid, oldest first; the value says whether its executor was told. */
    private final Map<String, Boolean> told = new LinkedHashMap<>();

    synchronized void add(String uuid) {
        if (told.putIfAbsent(uuid, false) == null && told.size() > MAX) {
            told.remove(told.keySet().iterator().next());
        }
    }

    synchronized boolean contains(String uuid) {
        return told.containsKey(uuid);
    }

    /** @return whether the build is one of these and its executor is to be told now: true once */
    synchronized boolean stop(String uuid) {
        return told.replace(uuid, false, true);
    }
}
