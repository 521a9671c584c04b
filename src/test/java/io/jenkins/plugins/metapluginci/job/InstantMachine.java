package io.jenkins.plugins.metapluginci.job;

import io.jenkins.plugins.metapluginci.node.BuildRef;
import io.jenkins.plugins.metapluginci.node.Machine;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** Nodes whose reboot is only counted: agents of the harness are processes of this very machine. */
final class InstantMachine implements Machine {
    private final Supplier<Collection<String>> nodes;
    private final Runnable changed;
    final Map<String, Integer> boots = new ConcurrentHashMap<>();

    InstantMachine(Supplier<Collection<String>> nodes, Runnable changed) {
        this.nodes = nodes;
        this.changed = changed;
    }

    @Override
    public Collection<String> nodes() {
        return nodes.get();
    }

    @Override
    public boolean isConnected(String node) {
        return true;
    }

    @Override
    public String bootId(String node) {
        return node + "-boot-" + boots.getOrDefault(node, 0);
    }

    @Override
    public String controllerBootId() {
        return null;
    }

    @Override
    public void reboot(String node, String command) {
        boots.merge(node, 1, Integer::sum);
    }

    @Override
    public void disconnect(String node, String reason) {}

    @Override
    public void connect(String node) {}

    @Override
    public List<String> others(String node, BuildRef build) {
        return List.of();
    }

    @Override
    public void abortOthers(String node, BuildRef build, String reason) {}

    @Override
    public Output run(String node, String script, long deadline, int most) {
        return new Output(0, "");
    }

    @Override
    public boolean answers(String node) {
        return true;
    }

    @Override
    public boolean isBuilding(String node, BuildRef build) {
        return true;
    }

    @Override
    public Offline offline(String node) {
        return Offline.NONE;
    }

    @Override
    public void setOffline(String node, String reason) {}

    @Override
    public void clearOffline(String node) {}

    @Override
    public void changed() {
        changed.run();
    }
}
