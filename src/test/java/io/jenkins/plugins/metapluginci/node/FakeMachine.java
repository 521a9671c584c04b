package io.jenkins.plugins.metapluginci.node;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Machines and the controller's view of them, in memory. */
final class FakeMachine implements Machine {
    /** One machine. */
    static final class Box {
        int boots = 1;
        boolean up = true;
        boolean connected = true;
        /** Whether the connection of this moment takes calls and answers none. */
        boolean frozen;
        /** Whether the command does nothing, as a sudo that asks for a password. */
        boolean deaf;
        /** Milliseconds from the command to its end, and from there to its return. */
        long goesDownAfter = 2_000;

        long comesBackAfter = 40_000;
        boolean comesBack = true;
        /** How many connections after a return drop at once. */
        int flaky;

        boolean drops;
        /** Whether the controller can start its agent. */
        boolean launchable = true;

        String fakeBootId;
        Offline flag = Offline.NONE;
        List<BuildRef> building = new ArrayList<>();
        List<String> commands = new ArrayList<>();
        int disconnects;
        int aborts;
        /** Whether what runs on it does not end when it is aborted. */
        boolean stubborn;

        /** What the loss of the connection ends. */
        Runnable onDisconnect = () -> {};

        String bootId() {
            return "boot-id-" + boots;
        }
    }

    private final Simulation world;
    final Map<String, Box> boxes = new TreeMap<>();
    final String controller = "boot-id-of-the-controller";
    Consumer<String> onOnline = node -> {};
    int changes;

    FakeMachine(Simulation world) {
        this.world = world;
    }

    Box box(String node) {
        return boxes.computeIfAbsent(node, name -> new Box());
    }

    private Box at(String node) {
        Box box = boxes.get(node);
        if (box == null) {
            box = new Box();
            box.up = false;
            box.connected = false;
        }
        return box;
    }

    /** The connections and, as on 1.395, the flags go with the controller. */
    void controllerKilled() {
        for (Box box : boxes.values()) {
            box.connected = false;
            box.frozen = false;
            box.building.clear();
            box.flag = Offline.NONE;
        }
    }

    /** The machine goes down and up again by itself or by a command. */
    void restart(Box box, String node) {
        world.later(
                () -> {
                    box.up = false;
                    box.connected = box.connected && box.frozen;
                    world.later(
                            () -> {
                                if (box.comesBack) {
                                    box.up = true;
                                    box.boots++;
                                    box.fakeBootId = null;
                                    if (!box.launchable) {
                                        box.connected = true;
                                        onOnline.accept(node);
                                    }
                                }
                            },
                            box.comesBackAfter);
                },
                box.goesDownAfter);
    }

    @Override
    public Collection<String> nodes() {
        return new ArrayList<>(boxes.keySet());
    }

    @Override
    public boolean isConnected(String node) {
        return at(node).connected;
    }

    @Override
    public String bootId(String node) throws MachineException {
        Box box = at(node);
        if (box.frozen) {
            world.now += Simulation.TIMINGS.call();
            throw new FrozenException("its connection is frozen", null);
        }
        if (!box.connected || box.drops) {
            box.connected = false;
            box.drops = false;
            throw new MachineException("it is not connected");
        }
        return box.fakeBootId != null ? box.fakeBootId : box.bootId();
    }

    @Override
    public String controllerBootId() {
        return controller;
    }

    @Override
    public void reboot(String node, String command) throws MachineException {
        Box box = at(node);
        if (!box.connected || box.frozen) {
            throw new MachineException("it did not take the command");
        }
        box.commands.add(command);
        if (!box.deaf) {
            restart(box, node);
        }
    }

    @Override
    public void disconnect(String node, String reason) {
        Box box = at(node);
        box.disconnects++;
        box.connected = false;
        box.frozen = false;
        box.onDisconnect.run();
    }

    @Override
    public void connect(String node) {
        Box box = at(node);
        if (!box.connected && box.up && box.launchable) {
            box.connected = true;
            box.drops = box.flaky > 0;
            box.flaky--;
            onOnline.accept(node);
        } else if (!box.connected && box.flag == Offline.OURS) {
            // 1.395: a launch that failed takes the place of the cause.
            box.flag = Offline.UNKNOWN;
        }
    }

    @Override
    public List<String> others(String node, BuildRef build) {
        List<String> others = new ArrayList<>();
        for (BuildRef other : at(node).building) {
            if (!other.isSame(build)) {
                others.add(other.toString());
            }
        }
        return others;
    }

    @Override
    public void abortOthers(String node, BuildRef build, String reason) {
        Box box = at(node);
        box.aborts++;
        if (!box.stubborn) {
            box.building.removeIf(other -> !other.isSame(build));
        }
    }

    @Override
    public Output run(String node, String script, long deadline, int most) throws MachineException {
        bootId(node);
        return new Output(0, "");
    }

    @Override
    public boolean answers(String node) {
        return at(node).up;
    }

    @Override
    public boolean isBuilding(String node, BuildRef build) {
        return at(node).building.contains(build);
    }

    @Override
    public Offline offline(String node) {
        return at(node).flag;
    }

    @Override
    public void setOffline(String node, String reason) {
        at(node).flag = Offline.OURS;
    }

    @Override
    public void clearOffline(String node) {
        at(node).flag = Offline.NONE;
    }

    @Override
    public void changed() {
        changes++;
    }
}
