package io.jenkins.plugins.metapluginci.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Whole lives of nodes on a simulated clock. */
public class NodeLifecycleTest {
    private static final BuildRef BUILD = new BuildRef("gate", 7, "aa");
    private static final BuildRef NEXT = new BuildRef("gate", 8, "bb");
    private static final String N = "n1";

    @Rule
    public TemporaryFolder folder = new TemporaryFolder();

    private Simulation world;
    private FakeMachine.Box box;

    @Before
    public void oneNode() throws IOException {
        world = new Simulation(folder.getRoot().toPath().resolve("nodes"));
        box = world.machine.box(N);
    }

    private NodeRecord record() {
        return world.lifecycle.record(N);
    }

    private void introduce() {
        assertThat(world.lifecycle.blocked(N, NodeUse.EXCLUSIVE)).contains("not looked at yet");
        world.until(N, NodePhase.READY);
    }

    private String start(BuildRef build, NodeUse use) throws Exception {
        box.building.add(build);
        return world.lifecycle.started(N, build, "sudo reboot", use);
    }

    private void end(BuildRef build) {
        world.lifecycle.completed(build);
        world.lifecycle.finished(build);
        box.building.remove(build);
    }

    private void startAndEnd() throws Exception {
        assertThat(start(BUILD, NodeUse.EXCLUSIVE)).isNull();
        end(BUILD);
    }

    @Test
    public void aNodeThatNobodyAskedForTakesPlainTasksAndHasNoRecord() {
        assertThat(world.lifecycle.blocked(N, NodeUse.PLAIN)).isNull();
        world.pass(60_000);
        assertThat(world.lifecycle.snapshot()).isEmpty();
    }

    @Test
    public void aNewNodeIsIntroducedByItsBootIdAndTheQueueIsTold() {
        int changes = world.machine.changes;
        introduce();
        assertThat(record().bootId()).isEqualTo("boot-id-1");
        assertThat(world.lifecycle.blocked(N, NodeUse.EXCLUSIVE)).isNull();
        assertThat(world.machine.changes).isGreaterThan(changes);
        assertThat(box.commands).isEmpty();
    }

    @Test
    public void aNewNodeThatIsAwayIsIntroducedWhenItComes() {
        box.connected = false;
        assertThat(world.lifecycle.blocked(N, NodeUse.REBOOTS)).isNotNull();
        world.pass(120_000);
        assertThat(record().phase()).isEqualTo(NodePhase.PROVISIONING);
        assertThat(world.lifecycle.blocked(N, NodeUse.EXCLUSIVE)).contains("PROVISIONING");
        assertThat(world.lifecycle.blocked(N, NodeUse.PLAIN)).isNull();
        world.machine.connect(N);
        assertThat(world.until(N, NodePhase.READY)).isZero();
    }

    @Test
    public void theWholeRound() throws Exception {
        introduce();
        assertThat(start(BUILD, NodeUse.EXCLUSIVE)).isNull();
        assertThat(world.lifecycle.mayRun(N, BUILD.key())).isTrue();
        assertThat(record().phase()).isEqualTo(NodePhase.RUNNING);
        assertThat(Files.readString(folder.getRoot().toPath().resolve("nodes/n1.json")))
                .contains("RUNNING", "gate", "aa");
        assertThat(world.lifecycle.blocked(N, NodeUse.PLAIN))
                .contains("RUNNING")
                .contains("gate #7");
        assertThat(box.flag).isEqualTo(Machine.Offline.NONE);
        world.pass(3_600_000);
        assertThat(record().phase()).as("as long as it builds").isEqualTo(NodePhase.RUNNING);

        world.lifecycle.completed(BUILD);
        assertThat(box.flag).as("offline before its executor is free").isEqualTo(Machine.Offline.OURS);
        assertThat(record().offlineByUs()).isTrue();
        assertThat(box.commands).isEmpty();
        world.lifecycle.finished(BUILD);
        assertThat(world.lifecycle.mayRun(N, BUILD.key())).isFalse();
        box.building.clear();

        world.until(N, NodePhase.RETURNING);
        assertThat(box.commands).containsExactly("sudo reboot");
        assertThat(box.connected).as("dropped by us").isFalse();
        assertThat(box.flag).isEqualTo(Machine.Offline.OURS);
        long took = world.until(N, NodePhase.READY);
        assertThat(took).isBetween(42_000L, 42_000L + 16_000);
        assertThat(record().bootId()).isEqualTo("boot-id-2");
        assertThat(box.flag).isEqualTo(Machine.Offline.NONE);
        assertThat(world.lifecycle.blocked(N, NodeUse.EXCLUSIVE)).isNull();
        assertThat(box.commands).hasSize(1);
    }

    @Test
    public void whatIsWaitedForIsShownBetweenTriesToConnectToo() throws Exception {
        introduce();
        startAndEnd();
        world.until(N, NodePhase.RETURNING);
        for (int second = 0; second < 30; second++) {
            world.pass(1_000);
            assertThat(box.flag).as("after " + second + " s").isEqualTo(Machine.Offline.OURS);
        }
        assertThat(record().reason()).contains("its SSH port does not answer yet");
    }

    @Test
    public void aConnectionToTheMachineThatIsStillGoingDownProvesNothing() throws Exception {
        box.goesDownAfter = 45_000;
        startAndEnd();
        world.pass(30_000);
        assertThat(box.connected).as("sshd still answers").isTrue();
        assertThat(record().phase()).isEqualTo(NodePhase.RETURNING);
        world.until(N, NodePhase.READY);
        assertThat(box.commands).hasSize(1);
        assertThat(record().bootId()).isEqualTo("boot-id-2");
    }

    @Test
    public void anUnchangedBootIdIsAnsweredByTheCommandAgainAndThenByFailure() throws Exception {
        box.deaf = true;
        startAndEnd();
        world.until(N, NodePhase.FAILED);
        assertThat(box.commands).hasSize(3);
        assertThat(record().reason()).contains("boot id is still boot-id-1", "3 times");
        assertThat(world.lifecycle.blocked(N, NodeUse.PLAIN)).contains("FAILED");
        assertThat(box.flag).isEqualTo(Machine.Offline.OURS);

        world.pass(3_600_000);
        assertThat(record().phase()).isEqualTo(NodePhase.FAILED);
        assertThat(box.commands).hasSize(3);
        world.machine.restart(box, N);
        world.until(N, NodePhase.READY);
        assertThat(box.flag).isEqualTo(Machine.Offline.NONE);
    }

    @Test
    public void aFailedNodeIsRebootedWhenAPersonWantsIt() throws Exception {
        box.deaf = true;
        startAndEnd();
        world.until(N, NodePhase.FAILED);
        box.deaf = false;
        assertThat(world.lifecycle.rebootNow(N, "kim")).isNull();
        assertThat(record().by()).isEqualTo("kim");
        world.until(N, NodePhase.READY);
        assertThat(box.commands).hasSize(4);
    }

    @Test
    public void aNodeThatNeverComesBackIsFailedAndTakenUpWhenItDoes() throws Exception {
        box.comesBack = false;
        startAndEnd();
        long took = world.until(N, NodePhase.FAILED);
        assertThat(took).isBetween(600_000L, 640_000L);
        assertThat(record().reason()).contains("did not come back");
        world.pass(86_400_000L / 2);
        assertThat(record().phase()).isEqualTo(NodePhase.FAILED);
        box.up = true;
        box.boots++;
        world.until(N, NodePhase.READY);
        assertThat(box.commands).hasSize(1);
    }

    @Test
    public void aNodeThatComesBackAndDropsIsConnectedAgain() throws Exception {
        box.flaky = 4;
        startAndEnd();
        world.until(N, NodePhase.READY);
        assertThat(box.commands).hasSize(1);
        assertThat(box.connected).isTrue();
    }

    @Test
    public void aFrozenConnectionIsDroppedAndTheCommandSentThroughANewOne() throws Exception {
        assertThat(start(BUILD, NodeUse.EXCLUSIVE)).isNull();
        box.frozen = true;
        end(BUILD);
        long took = world.until(N, NodePhase.RETURNING);
        assertThat(took).isLessThan(30_000);
        assertThat(box.commands).hasSize(1);
        assertThat(box.disconnects).isEqualTo(2);
        world.until(N, NodePhase.READY);
        assertThat(record().bootId()).isEqualTo("boot-id-2");
    }

    @Test
    public void aFrozenConnectionDoesNotHoldUpAnotherNode() throws Exception {
        FakeMachine.Box second = world.machine.box("n2");
        assertThat(start(BUILD, NodeUse.EXCLUSIVE)).isNull();
        assertThat(world.lifecycle.started("n2", NEXT, null, NodeUse.EXCLUSIVE)).isNull();
        box.frozen = true;
        box.comesBack = false;
        end(BUILD);
        world.lifecycle.finished(NEXT);
        world.until("n2", NodePhase.READY);
        assertThat(second.commands).containsExactly(NodeLifecycle.DEFAULT_COMMAND);
        assertThat(record().phase()).isNotEqualTo(NodePhase.READY);
    }

    @Test
    public void aBuildWhoseNodeDoesNotTellItsBootIdMustNotRunAndItsNodeIsMended() throws Exception {
        introduce();
        box.frozen = true;
        assertThat(start(BUILD, NodeUse.EXCLUSIVE)).contains("boot id of n1 could not be read");
        assertThat(world.lifecycle.mayRun(N, BUILD.key())).isFalse();
        end(BUILD);
        world.until(N, NodePhase.READY);
        assertThat(box.commands).hasSize(1);
    }

    @Test
    public void aBuildWhoseNodeCannotBeRecordedMustNotRun() throws Exception {
        introduce();
        File nodes = new File(folder.getRoot(), "nodes");
        assertThat(nodes.renameTo(new File(folder.getRoot(), "away"))).isTrue();
        assertThat(nodes.createNewFile()).isTrue();
        assertThat(start(BUILD, NodeUse.EXCLUSIVE)).contains("could not be written");
        assertThat(world.lifecycle.mayRun(N, BUILD.key())).isFalse();
        assertThat(record().phase()).as("nothing ran there").isEqualTo(NodePhase.READY);
    }

    @Test
    public void aBuildThatWasNeverStartedMustNotRun() throws Exception {
        assertThat(world.lifecycle.refusal(N, "gate#99")).contains("not taken for this build");
        assertThat(start(BUILD, NodeUse.EXCLUSIVE)).isNull();
        assertThat(world.lifecycle.mayRun("n2", BUILD.key())).isFalse();
    }

    @Test
    public void aBootIdThatTheBuildPutThereProvesNothing() throws Exception {
        assertThat(start(BUILD, NodeUse.EXCLUSIVE)).isNull();
        box.fakeBootId = "boot-id-of-a-liar";
        box.deaf = true;
        end(BUILD);
        world.pass(30_000);
        assertThat(box.commands).hasSize(1);
        assertThat(record().phase()).isEqualTo(NodePhase.RETURNING);
        assertThat(record().bootId()).isEqualTo("boot-id-of-a-liar");
        box.deaf = false;
        world.until(N, NodePhase.READY);
        assertThat(record().bootId()).isEqualTo("boot-id-2");
    }

    @Test
    public void theControllersOwnHostIsRefused() throws Exception {
        box.fakeBootId = world.machine.controller;
        assertThat(world.lifecycle.blocked(N, NodeUse.EXCLUSIVE)).isNotNull();
        world.pass(60_000);
        assertThat(world.lifecycle.blocked(N, NodeUse.EXCLUSIVE)).contains("controller's own host");
        assertThat(world.lifecycle.blocked(N, NodeUse.PLAIN)).isNull();
        assertThat(start(BUILD, NodeUse.EXCLUSIVE)).contains("controller's own host");
        assertThat(world.lifecycle.mayRun(N, BUILD.key())).isFalse();
        end(BUILD);
        world.pass(3_600_000);
        assertThat(box.commands).isEmpty();
        assertThat(record()).isNull();
    }

    @Test
    public void aBuildThatNeedsNotBeAloneRunsOnTheControllersHostAndLeavesItAlone() throws Exception {
        box.fakeBootId = world.machine.controller;
        assertThat(start(BUILD, NodeUse.REBOOTS)).isNull();
        assertThat(world.lifecycle.mayRun(N, BUILD.key())).isTrue();
        end(BUILD);
        world.pass(3_600_000);
        assertThat(box.commands).isEmpty();
        assertThat(box.flag).isEqualTo(Machine.Offline.NONE);
        assertThat(world.lifecycle.blocked(N, NodeUse.REBOOTS)).isNull();
    }

    @Test
    public void anAdministratorsOfflineFlagOutlivesTheReboot() throws Exception {
        assertThat(start(BUILD, NodeUse.EXCLUSIVE)).isNull();
        box.flag = Machine.Offline.OTHER;
        end(BUILD);
        world.until(N, NodePhase.READY);
        assertThat(box.commands).hasSize(1);
        assertThat(box.flag).isEqualTo(Machine.Offline.OTHER);
        assertThat(record().offlineByUs()).isFalse();
    }

    @Test
    public void aFlagThatAnAdministratorTookOverDuringTheRebootStays() throws Exception {
        startAndEnd();
        world.until(N, NodePhase.RETURNING);
        assertThat(box.flag).isEqualTo(Machine.Offline.OURS);
        box.flag = Machine.Offline.OTHER;
        world.until(N, NodePhase.READY);
        assertThat(box.flag).isEqualTo(Machine.Offline.OTHER);
    }

    @Test
    public void ourFlagIsClearedThoughTheCoreHasOverwrittenItsCause() throws Exception {
        startAndEnd();
        world.until(N, NodePhase.RETURNING);
        box.flag = Machine.Offline.UNKNOWN;
        world.until(N, NodePhase.READY);
        assertThat(box.flag).isEqualTo(Machine.Offline.NONE);
    }

    @Test
    public void aFlagOfOursThatNothingStandsForIsClearedAtTheStart() throws Exception {
        box.flag = Machine.Offline.OURS;
        world.lifecycle.start();
        assertThat(box.flag).isEqualTo(Machine.Offline.NONE);
    }

    @Test
    public void theRebootWaitsForOtherBuildsOnTheNode() throws Exception {
        BuildRef plain = new BuildRef("plain", 1, null);
        box.building.add(plain);
        startAndEnd();
        world.pass(600_000);
        assertThat(record().phase()).isEqualTo(NodePhase.DRAINING);
        assertThat(record().reason()).contains("gate #7 ended on it; waiting for plain #1", "20 more min");
        assertThat(box.commands).isEmpty();
        box.building.remove(plain);
        world.until(N, NodePhase.READY);
    }

    @Test
    public void theRebootWaitsForOtherBuildsNoLongerThanTheLimit() throws Exception {
        box.building.add(new BuildRef("plain", 1, null));
        startAndEnd();
        long took = world.until(N, NodePhase.REBOOTING);
        assertThat(took).isBetween(1_800_000L, 1_802_000L);
        assertThat(record().reason()).contains("did not end in time");
        world.until(N, NodePhase.READY);
    }

    @Test
    public void ofTwoExclusiveBuildsOnANodeOnlyTheFirstMayRun() throws Exception {
        assertThat(start(BUILD, NodeUse.EXCLUSIVE)).isNull();
        assertThat(start(NEXT, NodeUse.EXCLUSIVE)).contains("RUNNING").contains("gate #7");
        assertThat(world.lifecycle.mayRun(N, BUILD.key())).isTrue();
        assertThat(world.lifecycle.mayRun(N, NEXT.key())).isFalse();
        end(NEXT);
        world.pass(60_000);
        assertThat(record().phase()).as("the first one still has it").isEqualTo(NodePhase.RUNNING);
        end(BUILD);
        world.until(N, NodePhase.READY);
        assertThat(box.commands).hasSize(1);
    }

    @Test
    public void twoBuildsThatNeedNotBeAloneShareOneReboot() throws Exception {
        assertThat(start(BUILD, NodeUse.REBOOTS)).isNull();
        assertThat(start(NEXT, NodeUse.REBOOTS)).isNull();
        end(BUILD);
        world.pass(60_000);
        assertThat(record().phase()).isEqualTo(NodePhase.DRAINING);
        assertThat(world.lifecycle.mayRun(N, NEXT.key())).isTrue();
        end(NEXT);
        world.until(N, NodePhase.READY);
        assertThat(box.commands).hasSize(1);
    }

    @Test
    public void aBuildThatVanishesWithoutAWordIsNoticed() throws Exception {
        assertThat(start(BUILD, NodeUse.EXCLUSIVE)).isNull();
        world.pass(1);
        box.building.clear();
        world.pass(31_000);
        assertThat(record().phase()).as("one look may be too early").isEqualTo(NodePhase.RUNNING);
        world.until(N, NodePhase.READY);
        assertThat(box.commands).hasSize(1);
    }

    @Test
    public void aConnectionThatFreezesUnderABuildIsDroppedInTheEnd() throws Exception {
        assertThat(start(BUILD, NodeUse.EXCLUSIVE)).isNull();
        world.pass(60_000);
        box.frozen = true;
        box.onDisconnect = () -> {
            if (box.building.contains(BUILD)) {
                end(BUILD);
            }
        };
        world.pass(120_000);
        assertThat(record().reason()).contains("gate #7 runs on it, but its connection is frozen");
        assertThat(box.disconnects).isZero();
        long took = world.until(N, NodePhase.DRAINING);
        assertThat(took).isLessThan(240_000);
        world.until(N, NodePhase.READY);
        assertThat(box.commands).hasSize(1);
    }

    @Test
    public void aConnectionThatIsSilentForAWhileUnderABuildIsLeftAlone() throws Exception {
        assertThat(start(BUILD, NodeUse.EXCLUSIVE)).isNull();
        for (int i = 0; i < 10; i++) {
            box.frozen = true;
            world.pass(180_000);
            box.frozen = false;
            world.pass(60_000);
        }
        assertThat(record().phase()).isEqualTo(NodePhase.RUNNING);
        assertThat(record().reason()).isEqualTo("gate #7 runs on it");
        assertThat(box.disconnects).isZero();
    }

    @Test
    public void anAgentThatConnectsFromItsSideIsAwaited() throws Exception {
        box.launchable = false;
        startAndEnd();
        world.until(N, NodePhase.READY);
        assertThat(box.commands).hasSize(1);
    }

    @Test
    public void aRemovedNodeIsForgotten() throws Exception {
        startAndEnd();
        world.until(N, NodePhase.RETURNING);
        world.machine.boxes.remove(N);
        world.lifecycle.nodesChanged();
        world.pass(60_000);
        assertThat(world.lifecycle.snapshot()).isEmpty();
        assertThat(new File(folder.getRoot(), "nodes/n1.json")).doesNotExist();
    }

    @Test
    public void anUncleanNodeStaysUncleanUnderANewName() throws Exception {
        box.deaf = true;
        startAndEnd();
        world.until(N, NodePhase.FAILED);
        world.machine.boxes.remove(N);
        box.deaf = false;
        box.connected = true;
        world.machine.boxes.put("renamed", box);
        world.lifecycle.nodesChanged();
        assertThat(world.lifecycle.blocked("renamed", NodeUse.EXCLUSIVE)).isNotNull();
        world.until("renamed", NodePhase.REBOOTING);
        assertThat(world.lifecycle.record("renamed").reason()).contains("under the name that it had before");
        world.until("renamed", NodePhase.READY);
        assertThat(box.boots).isEqualTo(2);
    }

    @Test
    public void aNodeWhoseRecordCannotBeReadIsRebootedFirst() throws Exception {
        introduce();
        Path file = folder.getRoot().toPath().resolve("nodes/n1.json");
        Files.writeString(file, "{ no");
        world.killAndBoot();
        assertThat(record()).isNull();
        world.killAndBoot();
        box.connected = true;
        assertThat(world.lifecycle.blocked(N, NodeUse.EXCLUSIVE)).isNotNull();
        world.until(N, NodePhase.REBOOTING);
        assertThat(record().reason()).contains("could not be read");
        world.until(N, NodePhase.READY);
        assertThat(box.boots).isEqualTo(2);
    }

    @Test
    public void killedWhileReady() throws Exception {
        introduce();
        world.killAndBoot();
        assertThat(world.lifecycle.blocked(N, NodeUse.EXCLUSIVE)).isNull();
        world.pass(3_600_000);
        assertThat(box.commands).isEmpty();
    }

    @Test
    public void killedWhileRunning() throws Exception {
        assertThat(start(BUILD, NodeUse.EXCLUSIVE)).isNull();
        world.killAndBoot();
        assertThat(record().phase()).isEqualTo(NodePhase.REBOOTING);
        assertThat(record().reason()).contains("controller ended while gate #7 ran");
        assertThat(world.lifecycle.mayRun(N, BUILD.key())).isFalse();
        world.pass(1);
        assertThat(box.flag).as("1.395 forgets it").isEqualTo(Machine.Offline.OURS);
        world.until(N, NodePhase.READY);
        assertThat(box.commands).containsExactly("sudo reboot");
        assertThat(box.flag).isEqualTo(Machine.Offline.NONE);
    }

    @Test
    public void killedWhileDraining() throws Exception {
        box.building.add(new BuildRef("plain", 1, null));
        startAndEnd();
        world.until(N, NodePhase.DRAINING);
        world.killAndBoot();
        world.until(N, NodePhase.READY);
        assertThat(box.commands).hasSize(1);
    }

    @Test
    public void killedWhileRebootingBeforeTheCommandWasSent() throws Exception {
        assertThat(start(BUILD, NodeUse.EXCLUSIVE)).isNull();
        box.connected = false;
        box.up = false;
        end(BUILD);
        world.until(N, NodePhase.REBOOTING);
        world.pass(5_000);
        world.killAndBoot();
        box.up = true;
        world.until(N, NodePhase.READY);
        assertThat(box.commands).hasSize(1);
    }

    @Test
    public void killedWhileReturning() throws Exception {
        startAndEnd();
        world.until(N, NodePhase.RETURNING);
        world.killAndBoot();
        box.up = true;
        box.boots++;
        assertThat(world.until(N, NodePhase.READY)).as("at once").isZero();
        assertThat(box.commands).as("its boot id has changed already").hasSize(1);
    }

    @Test
    public void killedBetweenTheRecordOfTheCommandAndTheCommand() throws Exception {
        box.deaf = true;
        startAndEnd();
        world.until(N, NodePhase.RETURNING);
        world.killAndBoot();
        box.deaf = false;
        world.until(N, NodePhase.READY);
        assertThat(box.commands)
                .as("sent again when the boot id had time to change and did not")
                .hasSize(2);
    }

    @Test
    public void killedWhileFailed() throws Exception {
        box.deaf = true;
        startAndEnd();
        world.until(N, NodePhase.FAILED);
        world.killAndBoot();
        assertThat(record().phase()).isEqualTo(NodePhase.FAILED);
        world.machine.restart(box, N);
        world.until(N, NodePhase.READY);
    }
}
