package io.jenkins.plugins.metapluginci.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** What people and others do to nodes, on a simulated clock: checks, preparation, rescue, hold, drain, history, numbers. */
public class NodeCareLifecycleTest {
    private static final BuildRef BUILD = new BuildRef("gate", 7, "aa");
    private static final BuildRef PLAIN = new BuildRef("plain", 1, null);
    private static final String N = "n1";
    private static final long DAY = 86_400_000;

    @Rule
    public TemporaryFolder folder = new TemporaryFolder();

    private final List<String> said = new ArrayList<>();
    private String failing;
    private boolean unanswered;
    private String unprepared;
    private Simulation world;
    private FakeMachine.Box box;

    @Before
    public void oneNode() throws IOException {
        world = new Simulation(folder.getRoot().toPath().resolve("nodes"), this::install);
        box = world.machine.box(N);
    }

    private void install(NodeLifecycle lifecycle) {
        lifecycle.install((NodeChecks) node -> {
            said.add("checked in boot " + box.boots);
            if (unanswered) {
                throw new MachineException("it did not answer");
            }
            return new CheckReport(List.of(
                    new CheckResult("git", true, "2.39"),
                    new CheckResult("disk", failing == null, failing == null ? "20 GB" : failing)));
        });
        lifecycle.install((NodePreparation) (node, progress) -> {
            progress.accept("packages");
            said.add("prepared: " + record().reason());
            if (unprepared != null) {
                throw new PreparationException(unprepared);
            }
        });
        lifecycle.install((LogRescue) (node, build) -> {
            said.add("rescued " + build + " in boot " + box.boots);
            throw new IOException("they are gone");
        });
    }

    private NodeRecord record() {
        return world.lifecycle.record(N);
    }

    private void introduce() {
        world.lifecycle.blocked(N, NodeUse.EXCLUSIVE);
        world.until(N, NodePhase.READY);
        said.clear();
    }

    private void start() throws Exception {
        box.building.add(BUILD);
        assertThat(world.lifecycle.started(N, BUILD, "sudo reboot", NodeUse.EXCLUSIVE))
                .isNull();
    }

    private void end() {
        world.lifecycle.completed(BUILD);
        world.lifecycle.finished(BUILD);
        box.building.remove(BUILD);
    }

    @Test
    public void logsAreRescuedOnceAfterTheReturnAndBeforeTheChecks() throws Exception {
        introduce();
        start();
        end();
        world.until(N, NodePhase.READY);
        assertThat(said).containsExactly("rescued gate #7 in boot 2", "checked in boot 2");
        assertThat(world.lifecycle.recheck(N, "kim")).isNull();
        world.until(N, NodePhase.READY);
        assertThat(said).endsWith("checked in boot 2").hasSize(3);
    }

    @Test
    public void aFailedCheckHoldsTheNodeUntilItPassesByItself() throws Exception {
        introduce();
        failing = "2 GB free of 10";
        start();
        end();
        world.until(N, NodePhase.HELD);
        assertThat(record().reason()).isEqualTo("Check failed: disk: 2 GB free of 10");
        assertThat(world.lifecycle.checks(N).firstFailure().name()).isEqualTo("disk");
        assertThat(world.lifecycle.blocked(N, NodeUse.PLAIN)).contains("HELD", "2 GB");
        world.pass(1_000);
        assertThat(box.flag).isEqualTo(Machine.Offline.OURS);
        failing = null;
        long took = world.until(N, NodePhase.READY);
        assertThat(took).isBetween(290_000L, 310_000L);
        assertThat(box.commands).hasSize(1);
        assertThat(box.flag).isEqualTo(Machine.Offline.NONE);
    }

    @Test
    public void aNewNodeThatFailsACheckTakesPlainBuildsAsBeforeAndIsCheckedAgainOnDemand() {
        failing = "no";
        world.lifecycle.blocked(N, NodeUse.EXCLUSIVE);
        world.until(N, NodePhase.HELD);
        world.pass(5_000);
        assertThat(world.lifecycle.blocked(N, NodeUse.PLAIN)).isNull();
        assertThat(world.lifecycle.blocked(N, NodeUse.EXCLUSIVE)).contains("Check failed");
        assertThat(box.flag).isEqualTo(Machine.Offline.NONE);
        failing = null;
        assertThat(world.lifecycle.recheck(N, "kim")).isNull();
        assertThat(world.until(N, NodePhase.READY)).isLessThan(10_000);
    }

    @Test
    public void aNodeThatComesBackAndCannotBeCheckedIsFailedAndTakenUpAgain() throws Exception {
        introduce();
        unanswered = true;
        start();
        end();
        world.until(N, NodePhase.FAILED);
        assertThat(record().reason()).contains("came back and was lost again", "did not answer");
        assertThat(box.commands).as("it was rebooted, and is clean").hasSize(1);
        unanswered = false;
        world.until(N, NodePhase.READY);
        assertThat(box.commands).hasSize(1);
    }

    @Test
    public void anAddedNodeIsConnectedPreparedCheckedAndTaken() {
        box.connected = false;
        assertThat(world.lifecycle.provision(N, "kim", true)).isNull();
        assertThat(record().phase()).isEqualTo(NodePhase.PROVISIONING);
        world.until(N, NodePhase.READY);
        assertThat(said).containsExactly("prepared: Preparing: packages", "checked in boot 1");
        assertThat(box.commands).isEmpty();
        assertThat(record().by()).isEqualTo("kim");
    }

    @Test
    public void aNodeThatCannotBePreparedIsHeldUntilSomebodyPreparesIt() {
        unprepared = "no mirror";
        world.lifecycle.provision(N, "kim", true);
        world.until(N, NodePhase.HELD);
        assertThat(record().reason()).contains("could not be prepared: no mirror");
        world.pass(DAY);
        assertThat(record().phase()).isEqualTo(NodePhase.HELD);
        unprepared = null;
        assertThat(world.lifecycle.prepare(N, "kim")).isNull();
        world.until(N, NodePhase.READY);
        assertThat(box.commands).isEmpty();
    }

    @Test
    public void aDirtyNodeIsRebootedAfterItsPreparation() throws Exception {
        introduce();
        box.deaf = true;
        start();
        end();
        world.until(N, NodePhase.FAILED);
        box.deaf = false;
        int before = box.commands.size();
        assertThat(world.lifecycle.prepare(N, "kim")).isNull();
        world.until(N, NodePhase.READY);
        assertThat(box.commands).hasSize(before + 1);
        assertThat(box.boots).isEqualTo(2);
    }

    @Test
    public void aHoldKeepsTheNodeAsTheRunLeftItUntilItIsReleased() throws Exception {
        introduce();
        start();
        assertThat(world.lifecycle.hold(N, "kim", 0)).isNull();
        assertThat(record().phase()).isEqualTo(NodePhase.RUNNING);
        assertThat(world.lifecycle.mayRun(N, BUILD.key())).isTrue();
        end();
        world.until(N, NodePhase.HELD);
        assertThat(record().hold())
                .isEqualTo(new NodeHold(
                        NodeHold.Kind.PERSON, "kim", record().hold().until()));
        world.pass(DAY / 2);
        assertThat(record().phase()).isEqualTo(NodePhase.HELD);
        assertThat(box.commands).isEmpty();
        assertThat(box.connected).isTrue();
        world.killAndBoot();
        box.connected = true;
        world.pass(3_600_000);
        assertThat(record().phase()).as("a restart changes nothing").isEqualTo(NodePhase.HELD);
        assertThat(box.flag).isEqualTo(Machine.Offline.OURS);
        assertThat(world.lifecycle.release(N, "lee")).isNull();
        world.until(N, NodePhase.READY);
        assertThat(box.commands).hasSize(1);
        assertThat(said).contains("rescued gate #7 in boot 2");
    }

    @Test
    public void aHoldEndsByItself() throws Exception {
        introduce();
        assertThat(world.lifecycle.hold(N, "kim", world.now + 7_200_000)).isNull();
        assertThat(record().phase()).isEqualTo(NodePhase.HELD);
        long took = world.until(N, NodePhase.REBOOTING);
        assertThat(took).isBetween(7_200_000L, 7_201_000L);
        assertThat(record().reason()).contains("kim");
        world.until(N, NodePhase.READY);
    }

    @Test
    public void releasedWithoutARebootTheNodeIsCheckedAndTaken() throws Exception {
        introduce();
        start();
        end();
        world.lifecycle.hold(N, "kim", 0);
        world.until(N, NodePhase.HELD);
        assertThat(world.lifecycle.releaseWithoutReboot(N, "kim")).isNull();
        world.until(N, NodePhase.READY);
        assertThat(box.commands).isEmpty();
        assertThat(said).containsExactly("rescued gate #7 in boot 1", "checked in boot 1");
        assertThat(box.flag).isEqualTo(Machine.Offline.NONE);
    }

    @Test
    public void onceTheCommandIsSentAHoldIsRefused() throws Exception {
        introduce();
        start();
        end();
        world.until(N, NodePhase.RETURNING);
        assertThat(world.lifecycle.hold(N, "kim", 0)).contains("RETURNING", "once it is back");
        assertThat(record().phase()).isEqualTo(NodePhase.RETURNING);
        assertThat(world.lifecycle.release(N, "kim")).contains("not held");
        assertThat(world.lifecycle.hold("unknown", "kim", 0)).contains("none of Metaplugin CI's");
    }

    @Test
    public void whatAPersonBringsOnlineGoesOfflineAgain() throws Exception {
        introduce();
        start();
        box.comesBack = false;
        end();
        world.until(N, NodePhase.FAILED);
        for (int i = 0; i < 5; i++) {
            box.flag = Machine.Offline.NONE;
            assertThat(world.lifecycle.blocked(N, NodeUse.PLAIN)).contains("FAILED");
            world.pass(1_000);
            assertThat(box.flag).isEqualTo(Machine.Offline.OURS);
        }
        box.flag = Machine.Offline.NONE;
        world.lifecycle.broughtOnline(N);
        world.pass(0);
        assertThat(box.flag).as("at once where the core tells").isEqualTo(Machine.Offline.OURS);
    }

    @Test
    public void ofOthersThatDoNotEndTheNamesAreShownThenTheyAreAbortedThenItReboots() throws Exception {
        introduce();
        start();
        box.building.add(PLAIN);
        end();
        world.pass(60_000);
        assertThat(record().reason()).contains("waiting for plain #1", "for 29 more min");
        assertThat(box.aborts).isZero();
        long took = world.until(N, NodePhase.REBOOTING);
        assertThat(took).isBetween(1_740_000L, 1_745_000L);
        assertThat(box.aborts).isEqualTo(1);
        assertThat(record().reason()).contains("aborted", "plain #1");
    }

    @Test
    public void whatDoesNotHeedBeingAbortedDoesNotKeepTheNode() throws Exception {
        introduce();
        start();
        box.building.add(PLAIN);
        box.stubborn = true;
        end();
        world.until(N, NodePhase.READY);
        assertThat(box.aborts).isEqualTo(1);
        assertThat(box.commands).hasSize(1);
    }

    @Test
    public void aPersonsRebootDrainsToo() {
        introduce();
        box.building.add(PLAIN);
        assertThat(world.lifecycle.rebootNow(N, "kim")).isNull();
        world.pass(60_000);
        assertThat(record().phase()).isEqualTo(NodePhase.DRAINING);
        assertThat(box.commands).isEmpty();
        box.building.clear();
        world.until(N, NodePhase.READY);
        assertThat(box.commands).containsExactly(NodeLifecycle.DEFAULT_COMMAND);
    }

    @Test
    public void historyAndNumbersSurviveARestart() throws Exception {
        introduce();
        start();
        world.lifecycle.lost(BUILD.key(), "the connection was lost");
        world.pass(60_000);
        end();
        world.until(N, NodePhase.READY);
        world.pass(1_000);
        List<NodeHistoryEntry> before = world.lifecycle.history(N, 100);
        assertThat(before.stream().map(NodeHistoryEntry::phase))
                .containsExactly(
                        NodePhase.READY,
                        NodePhase.CHECKING,
                        NodePhase.RETURNING,
                        NodePhase.REBOOTING,
                        NodePhase.DRAINING,
                        NodePhase.RUNNING,
                        NodePhase.READY,
                        NodePhase.CHECKING,
                        NodePhase.PROVISIONING);
        assertThat(before.get(4).reason()).contains("lost", "the connection was lost");
        assertThat(before.get(4).build()).isEqualTo("gate#7");
        NodeStats stats = world.lifecycle.stats(N);
        assertThat(stats.runs()).isEqualTo(1);
        assertThat(stats.lost()).isEqualTo(1);
        assertThat(stats.lostShare()).isEqualTo(1);
        assertThat(stats.reboots()).isEqualTo(1);
        assertThat(stats.failedReboots()).isZero();
        assertThat(stats.inPhase().get(NodePhase.RUNNING)).isEqualTo(60_000);
        world.killAndBoot();
        assertThat(world.lifecycle.history(N, 100)).isEqualTo(before);
        assertThat(world.lifecycle.stats(N)).isEqualTo(stats);
        assertThat(world.lifecycle.poolStats()).isEqualTo(stats);
        assertThat(world.lifecycle.history(N, 2)).hasSize(2);
    }

    @Test
    public void aFileOfAHistoryThatIsDamagedCostsItsBadLinesOnly() throws Exception {
        introduce();
        world.pass(1);
        Path file = folder.getRoot().toPath().resolve("nodes/history/n1.jsonl");
        Files.writeString(
                file, Files.readString(file) + "{\"at\": 1, \"phase\": \"NO\n\n{\"phase\":\"READY\"}\nnull\n");
        int known = world.lifecycle.history(N, 100).size();
        world.killAndBoot();
        assertThat(world.lifecycle.history(N, 100)).hasSize(known);
    }

    @Test
    public void recordsOfTheFirstReleasesAreRead() throws Exception {
        Path file = folder.getRoot().toPath().resolve("nodes/n1.json");
        Files.createDirectories(file.getParent());
        String old =
                "{\"version\": 1, \"record\": {\"node\": \"n1\", \"phase\": \"%s\", \"since\": 1, \"reason\": \"why\","
                        + " \"by\": \"gate #7\", \"bootId\": \"boot-id-1\", \"build\": {\"job\": \"gate\", \"number\": 7},"
                        + " \"offlineByUs\": true, \"attempts\": %d}}";
        Files.writeString(file, String.format(old, "RETURNING", 1));
        world.killAndBoot();
        assertThat(record().phase()).isEqualTo(NodePhase.RETURNING);
        world.pass(10_000);
        assertThat(record().phase()).as("its boot id is the old one").isEqualTo(NodePhase.RETURNING);
        box.boots = 2;
        world.until(N, NodePhase.READY);
        assertThat(box.commands).isEmpty();

        Files.writeString(file, String.format(old, "FAILED", 0));
        world.killAndBoot();
        world.until(N, NodePhase.REBOOTING);
        world.until(N, NodePhase.READY);
        assertThat(box.boots).isEqualTo(3);

        Files.writeString(file, String.format(old, "READY", 0));
        world.killAndBoot();
        assertThat(record().isReady()).isTrue();
    }
}
