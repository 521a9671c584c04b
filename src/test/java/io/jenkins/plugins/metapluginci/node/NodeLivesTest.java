package io.jenkins.plugins.metapluginci.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/**
 * Random lives of nodes on a simulated clock: builds, everything that goes wrong with machines and connections, people, and
 * a controller that is killed at any step. What must never be is judged by the machines' own boots; what must always be is
 * that every node is ready again once nothing goes wrong any more.
 */
public class NodeLivesTest {
    private static final int STEPS = 40;
    private static final List<String> NODES = List.of("a", "b", "c");

    private static final File MEMORY = new File("/dev/shm");

    /** In memory where there is such a file system: nothing of this is about disks. */
    @Rule
    public TemporaryFolder folder = new TemporaryFolder(MEMORY.canWrite() ? MEMORY : null);

    private final class Life {
        private final Random random;
        private final Simulation world;
        /** The boot in which a build of ours last ran on a node, unless a person took it for clean since. */
        private final Map<String, Integer> dirtyBoot = new HashMap<>();

        private final Map<String, BuildRef> running = new HashMap<>();
        private final List<String> told = new ArrayList<>();
        private boolean checksFail;
        private int number;

        Life(long seed) throws IOException {
            random = new Random(seed);
            world = new Simulation(folder.newFolder().toPath().resolve("nodes"), this::install);
            NODES.forEach(world.machine::box);
        }

        private void install(NodeLifecycle lifecycle) {
            lifecycle.install((NodeChecks) node -> {
                world.machine.bootId(node);
                return new CheckReport(List.of(new CheckResult("disk", !checksFail, "")));
            });
            lifecycle.install((NodePreparation) (node, progress) -> {
                if (random.nextInt(4) == 0) {
                    throw new PreparationException("not this time");
                }
            });
        }

        void live(int kill) throws Exception {
            for (int step = 0; step < STEPS; step++) {
                if (step == kill) {
                    kill();
                }
                String node = NODES.get(random.nextInt(NODES.size()));
                act(node, world.machine.box(node));
                world.pass(random.nextInt(90_000));
                look();
            }
            mend();
        }

        private void act(String node, FakeMachine.Box box) throws Exception {
            int what = random.nextInt(22);
            told.add(node + " " + what);
            switch (what) {
                case 0, 1, 2, 3, 4 -> tryToBuild(node, box);
                case 5, 6, 7, 8 -> end(node, box);
                case 9 -> box.frozen = box.connected;
                case 10 -> box.deaf = !box.deaf;
                case 11 -> box.comesBack = !box.comesBack;
                case 12 -> box.connected = false;
                case 13 -> world.machine.restart(box, node);
                case 14 -> box.flag = Machine.Offline.NONE;
                case 15 -> checksFail = !checksFail;
                case 16 -> world.lifecycle.hold(node, "kim", world.now + random.nextInt(600_000));
                case 17 -> world.lifecycle.release(node, "kim");
                case 18 -> world.lifecycle.rebootNow(node, "kim");
                case 19 -> world.lifecycle.prepare(node, "kim");
                case 20 -> world.lifecycle.recheck(node, "kim");
                default -> box.flaky = random.nextInt(3);
            }
            if (random.nextInt(40) == 0 && world.lifecycle.releaseWithoutReboot(node, "lee") == null) {
                dirtyBoot.remove(node);
            }
        }

        private void tryToBuild(String node, FakeMachine.Box box) throws Exception {
            if (running.containsKey(node) || world.lifecycle.blocked(node, NodeUse.EXCLUSIVE) != null) {
                return;
            }
            BuildRef build = new BuildRef("gate", ++number, null);
            box.building.add(build);
            if (world.lifecycle.started(node, build, null, NodeUse.EXCLUSIVE) == null) {
                Integer before = dirtyBoot.put(node, box.boots);
                assertThat(before == null || before < box.boots)
                        .as("clean: " + node + " ran in boot " + before + " of " + box.boots + ", " + told)
                        .isTrue();
                running.put(node, build);
            } else {
                end(node, box);
                world.lifecycle.completed(build);
                world.lifecycle.finished(build);
                box.building.remove(build);
            }
        }

        private void end(String node, FakeMachine.Box box) {
            BuildRef build = running.remove(node);
            if (build != null) {
                world.lifecycle.completed(build);
                world.lifecycle.finished(build);
                box.building.remove(build);
            }
        }

        private void kill() throws IOException {
            told.add("killed");
            running.clear();
            world.killAndBoot();
        }

        /** Nobody but a build of its own may have a node that one of ours was on. */
        private void look() {
            for (String node : NODES) {
                Integer dirty = dirtyBoot.get(node);
                boolean free = world.lifecycle.blocked(node, NodeUse.PLAIN) == null;
                if (free && dirty != null && dirty == world.machine.box(node).boots) {
                    throw new AssertionError(node + " is free in the boot of its last build: " + told);
                }
            }
        }

        private void mend() {
            checksFail = false;
            for (String node : NODES) {
                FakeMachine.Box box = world.machine.box(node);
                end(node, box);
                box.deaf = false;
                box.comesBack = true;
                box.flaky = 0;
                box.up = true;
                box.building.clear();
                // What the core does for a node that nobody holds offline.
                world.machine.connect(node);
            }
            world.pass(3_600_000);
            for (String node : NODES) {
                NodeRecord record = world.lifecycle.record(node);
                if (record == null) {
                    continue;
                }
                boolean needsSomebody = record.phase() == NodePhase.FAILED || record.isHeld(NodeHold.Kind.PREPARATION);
                if (needsSomebody) {
                    world.machine.box(node).up = true;
                    assertThat(world.lifecycle.rebootNow(node, "kim")).isNull();
                }
                world.until(node, NodePhase.READY);
                world.pass(2_000);
                assertThat(world.machine.box(node).flag).isEqualTo(Machine.Offline.NONE);
                look();
            }
        }
    }

    @Test
    public void manyLivesEachWithAKillSomewhere() throws Exception {
        for (int seed = 0; seed < 40; seed++) {
            new Life(seed).live(seed % STEPS);
        }
    }

    @Test
    public void oneLifeWithAKillAtEveryStep() throws Exception {
        for (int kill = 0; kill < STEPS; kill++) {
            new Life(4711).live(kill);
        }
    }
}
