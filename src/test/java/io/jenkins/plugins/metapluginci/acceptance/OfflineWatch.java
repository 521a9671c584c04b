package io.jenkins.plugins.metapluginci.acceptance;

import io.jenkins.plugins.metapluginci.testbed.JenkinsClient;
import io.jenkins.plugins.metapluginci.testbed.Node;
import io.jenkins.plugins.metapluginci.testbed.Site;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Counts how often each node goes offline, as anyone who looks at the controller's node list would. */
final class OfflineWatch {
    private static final long INTERVAL_MS = 200;

    private final Site site;
    private final Map<String, Integer> offlines = new ConcurrentHashMap<>();
    private final Map<String, Boolean> last = new ConcurrentHashMap<>();
    private final Thread thread = new Thread(this::watch, "Watches who is offline");
    private volatile boolean stopped;

    OfflineWatch(Site site) {
        this.site = site;
        thread.setDaemon(true);
        thread.start();
    }

    /** How often a node went offline. */
    int offlines(String node) {
        return offlines.getOrDefault(node, 0);
    }

    void stop() throws InterruptedException {
        stopped = true;
        thread.join();
    }

    private void watch() {
        JenkinsClient admin = site.controller().admin();
        while (!stopped) {
            for (JenkinsClient.Computer computer : admin.computers()) {
                Boolean before = last.put(computer.name(), computer.offline());
                if (computer.offline() && Boolean.FALSE.equals(before)) {
                    offlines.merge(computer.name(), 1, Integer::sum);
                }
            }
            try {
                Thread.sleep(INTERVAL_MS);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    @Override
    public String toString() {
        return offlines + " of " + site.nodes().stream().map(Node::name).toList();
    }
}
