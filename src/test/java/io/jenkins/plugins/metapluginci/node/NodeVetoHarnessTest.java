package io.jenkins.plugins.metapluginci.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hudson.Launcher;
import hudson.model.AbstractBuild;
import hudson.model.BuildListener;
import hudson.model.Cause;
import hudson.model.Computer;
import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Hudson;
import hudson.model.Label;
import hudson.model.Node;
import hudson.model.ParametersAction;
import hudson.model.Queue;
import hudson.model.StringParameterValue;
import hudson.model.listeners.RunListener;
import hudson.model.queue.CauseOfBlockage;
import hudson.model.queue.QueueTaskDispatcher;
import hudson.slaves.ComputerListener;
import hudson.slaves.DumbSlave;
import hudson.slaves.OfflineCause;
import hudson.slaves.RetentionStrategy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.jvnet.hudson.test.HudsonTestCase;
import org.jvnet.hudson.test.TestBuilder;

/** Who may have a node and when, in a controller of the core's test harness with real agent processes. */
public class NodeVetoHarnessTest extends HudsonTestCase {
    private HarnessNode bed;
    private final NodeVeto veto = new NodeVeto();

    @Override
    protected void setUp() throws Exception {
        super.setUp();
        bed = new HarnessNode(createTmpDir());
        RebootingProject.command = bed.rebootCommand();
    }

    @Override
    protected void tearDown() throws Exception {
        bed.close();
        super.tearDown();
    }

    private String why(Node node, Queue.Task task) {
        CauseOfBlockage cause = veto.canTake(node, task);
        return cause == null ? null : cause.getShortDescription();
    }

    private RebootingProject rebootingProject(Label label) throws Exception {
        RebootingProject job = (RebootingProject) hudson.createProject(new RebootingProject.Maker(), "rebooting");
        job.setAssignedLabel(label);
        return job;
    }

    private static OfflineCause byAPerson() {
        return new OfflineCause.ByCLI("mine");
    }

    private DumbSlave twoExecutors() throws Exception {
        DumbSlave node = new DumbSlave(
                "two",
                "two executors",
                createTmpDir().getPath(),
                "2",
                Node.Mode.NORMAL,
                "",
                createComputerLauncher(null),
                RetentionStrategy.NOOP,
                Collections.emptyList());
        hudson.addNode(node);
        node.toComputer().connect(false).get(60, TimeUnit.SECONDS);
        return node;
    }

    public void testItIsAmongTheCoresDispatchers() {
        assertThat(QueueTaskDispatcher.all()).hasAtLeastOneElementOfType(NodeVeto.class);
        assertThat(ComputerListener.all()).hasAtLeastOneElementOfType(NodeListener.class);
        assertThat(RunListener.all()).hasAtLeastOneElementOfType(NodeRunListener.class);
    }

    public void testBeforeThePluginIsUpNoNodeTakesAnythingAndTheControllerDoes() throws Exception {
        DumbSlave node = createOnlineSlave();
        FreeStyleProject plain = createFreeStyleProject();
        Nodes.install((NodeLifecycle) null);
        assertThat(why(node, plain)).contains("not up yet");
        assertThat(why(hudson, plain)).isNull();
        Future<FreeStyleBuild> waiting = labelled(plain, node).scheduleBuild2(0);
        Awaitility.await().until(() -> hudson.getQueue().getBuildableItems().size() == 1);
        assertThat(waiting.isDone()).isFalse();
        Nodes.install(bed.room.lifecycle());
        hudson.getQueue().scheduleMaintenance();
        assertBuildStatusSuccess(waiting.get(60, TimeUnit.SECONDS));
    }

    private static FreeStyleProject labelled(FreeStyleProject job, Node node) throws Exception {
        job.setAssignedLabel(node.getSelfLabel());
        return job;
    }

    public void testAnUnknownNodeTakesPlainTasksAndIsIntroducedToTheOthers() throws Exception {
        DumbSlave node = createOnlineSlave();
        RebootingProject rebooting = rebootingProject(node.getSelfLabel());
        FreeStyleProject plain = createFreeStyleProject();
        assertThat(why(node, plain)).isNull();
        assertThat(why(node, rebooting)).contains("not looked at yet");
        assertThat(bed.awaitPhase(node.getNodeName(), NodePhase.READY).bootId()).isEqualTo("boot-id-0");
        assertThat(why(node, rebooting)).isNull();
    }

    public void testTheControllersOwnExecutorsNeverTakeABuildThatReboots() throws Exception {
        RebootingProject rebooting = rebootingProject(null);
        assertThat(why(hudson, rebooting)).contains("controller's own host");
        assertThat(why(Hudson.getInstance(), createFreeStyleProject())).isNull();
    }

    public void testAnAgentOnTheControllersHostNeverTakesABuildThatReboots() throws Exception {
        Files.copy(Path.of(JenkinsMachine.BOOT_ID), bed.bootId, StandardCopyOption.REPLACE_EXISTING);
        DumbSlave node = createOnlineSlave();
        RebootingProject rebooting = rebootingProject(node.getSelfLabel());
        why(node, rebooting);
        Awaitility.await().until(() -> why(node, rebooting).contains("controller's own host"));
        assertThat(why(node, createFreeStyleProject())).isNull();
    }

    public void testANodeIsVetoedForEveryJobFromTheBuildsStartToTheVerifiedReboot() throws Exception {
        DumbSlave node = createOnlineSlave();
        RebootingProject rebooting = rebootingProject(node.getSelfLabel());
        FreeStyleProject plain = labelled(createFreeStyleProject(), node);
        Meeting meeting = new Meeting();
        rebooting.getBuildersList().add(meeting);
        Future<RebootingBuild> build = rebooting.scheduleBuild2(0);
        meeting.awaitInside(1);
        assertThat(why(node, plain)).contains("RUNNING", "rebooting #1 runs on it");
        Future<FreeStyleBuild> next = plain.scheduleBuild2(0);
        meeting.release();
        assertBuildStatusSuccess(build.get(60, TimeUnit.SECONDS));
        FreeStyleBuild after = assertBuildStatusSuccess(next.get(60, TimeUnit.SECONDS));
        NodeRecord record = bed.room.lifecycle().record(node.getNodeName());
        assertThat(record.phase()).isEqualTo(NodePhase.READY);
        assertThat(after.getTimestamp().getTimeInMillis()).isLessThanOrEqualTo(System.currentTimeMillis());
        assertThat(bed.reboots()).isEqualTo(1);
        assertThat(record.bootId()).isEqualTo("boot-id-1");
    }

    public void testBuildsThatNeedTheirNodeToThemselvesDoNotMeetOnTwoExecutors() throws Exception {
        DumbSlave node = twoExecutors();
        RebootingProject rebooting = rebootingProject(node.getSelfLabel());
        Meeting meeting = new Meeting();
        meeting.release();
        rebooting.getBuildersList().add(meeting);
        bed.room.lifecycle().blocked("two", NodeUse.EXCLUSIVE);
        bed.awaitPhase("two", NodePhase.READY);
        List<Future<RebootingBuild>> builds = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            builds.add(rebooting.scheduleBuild2(
                    0, new Cause.UserCause(), new ParametersAction(new StringParameterValue("N", "" + i))));
        }
        for (Future<RebootingBuild> build : builds) {
            assertBuildStatusSuccess(build.get(120, TimeUnit.SECONDS));
        }
        assertThat(meeting.most.get()).as("at once").isEqualTo(1);
        assertThat(meeting.refusals).as("refused after they had started").isEmpty();
        bed.awaitPhase("two", NodePhase.READY);
        assertThat(bed.reboots()).isEqualTo(3);
    }

    public void testABuildThatNeedsItsNodeToItselfWaitsForWhatRunsThere() throws Exception {
        DumbSlave node = twoExecutors();
        FreeStyleProject plain = labelled(createFreeStyleProject(), node);
        Meeting meeting = new Meeting();
        plain.getBuildersList().add(meeting);
        Future<FreeStyleBuild> running = plain.scheduleBuild2(0);
        meeting.awaitInside(1);
        RebootingProject rebooting = rebootingProject(node.getSelfLabel());
        bed.room.lifecycle().blocked("two", NodeUse.EXCLUSIVE);
        bed.awaitPhase("two", NodePhase.READY);
        assertThat(why(node, rebooting)).contains("needs two to itself");
        assertThat(why(node, createFreeStyleProject())).isNull();
        meeting.release();
        assertBuildStatusSuccess(running.get(60, TimeUnit.SECONDS));
        Awaitility.await().until(() -> why(node, rebooting) == null);
    }

    public void testTheFlagOfAnAdministratorIsToldFromOurs() throws Exception {
        DumbSlave node = createOnlineSlave();
        String name = node.getNodeName();
        Computer computer = node.toComputer();
        try (JenkinsMachine machine = new JenkinsMachine(HarnessNode.TIMINGS, bed.bootId.toString())) {
            assertThat(machine.offline(name)).isEqualTo(Machine.Offline.NONE);
            computer.setTemporarilyOffline(true, byAPerson());
            assertThat(machine.offline(name)).isEqualTo(Machine.Offline.OTHER);
            machine.setOffline(name, "reason");
            assertThat(machine.offline(name)).isEqualTo(Machine.Offline.OURS);
            assertThat(computer.getOfflineCause().toString()).contains("reason");
            machine.clearOffline(name);
            assertThat(machine.offline(name)).isEqualTo(Machine.Offline.NONE);
            machine.setOffline("no such node", "reason");
            assertThat(machine.offline("no such node")).isEqualTo(Machine.Offline.NONE);
        }
    }

    public void testANodeThatAnAdministratorTookOfflineStaysSoAfterItsReboot() throws Exception {
        DumbSlave node = createOnlineSlave();
        RebootingProject rebooting = rebootingProject(node.getSelfLabel());
        Meeting meeting = new Meeting();
        rebooting.getBuildersList().add(meeting);
        Future<RebootingBuild> build = rebooting.scheduleBuild2(0);
        meeting.awaitInside(1);
        node.toComputer().setTemporarilyOffline(true, byAPerson());
        meeting.release();
        build.get(60, TimeUnit.SECONDS);
        NodeRecord record = bed.awaitPhase(node.getNodeName(), NodePhase.READY);
        assertThat(record.bootId()).isEqualTo("boot-id-1");
        assertThat(record.offlineByUs()).isFalse();
        assertThat(node.toComputer().isTemporarilyOffline()).isTrue();
    }

    public void testTheCauseSurvivesTheCoresOwnFiles() {
        String xml = Hudson.XSTREAM.toXML(new RebootOfflineCause("n1", "why"));
        assertThat(xml).contains("<io.jenkins.plugins.metapluginci.node.RebootOfflineCause>", "n1", "why");
        assertThat(Hudson.XSTREAM.fromXML(xml)).hasToString("Kept from builds by Metaplugin CI. why");
    }

    public void testARemovedNodeLosesItsRecord() throws Exception {
        DumbSlave node = createOnlineSlave();
        bed.room.lifecycle().blocked(node.getNodeName(), NodeUse.EXCLUSIVE);
        bed.awaitPhase(node.getNodeName(), NodePhase.READY);
        hudson.removeNode(node);
        Awaitility.await().until(() -> bed.room.lifecycle().snapshot().isEmpty());
    }

    /** A frozen agent takes bytes and answers nothing: it is stopped, not killed. */
    public void testAFrozenConnectionIsReplaced() throws Exception {
        DumbSlave node = createOnlineSlave();
        String name = node.getNodeName();
        String pid = RemoteCommand.of("sh", "-c", "echo $PPID").ask(node.getChannel());
        assertThat(pid).matches("[0-9]+");
        try (JenkinsMachine machine = new JenkinsMachine(HarnessNode.TIMINGS, bed.bootId.toString())) {
            assertThat(machine.bootId(name)).isEqualTo("boot-id-0");
            signal("STOP", pid);
            Object frozen = node.getChannel();
            long begin = System.nanoTime();
            assertThatThrownBy(() -> machine.bootId(name))
                    .isInstanceOf(MachineException.class)
                    .hasMessageContaining("frozen");
            machine.disconnect(name, "test");
            assertThat(node.getChannel()).isNotSameAs(frozen);
            Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> {
                machine.connect(name);
                return machine.isConnected(name);
            });
            assertThat(machine.bootId(name)).isEqualTo("boot-id-0");
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(60));
        } finally {
            signal("KILL", pid);
        }
    }

    private static void signal(String what, String pid) throws Exception {
        new ProcessBuilder("kill", "-" + what, pid).start().waitFor();
    }

    /** Holds builds inside until it is released, and counts how many are inside at once. */
    private static final class Meeting extends TestBuilder {
        private final transient AtomicInteger inside = new AtomicInteger();
        private final transient AtomicInteger most = new AtomicInteger();
        private final transient List<String> refusals = Collections.synchronizedList(new ArrayList<>());
        private final transient CountDownLatch gate = new CountDownLatch(1);

        void awaitInside(int count) {
            Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> inside.get() == count);
        }

        void release() {
            gate.countDown();
        }

        @Override
        public boolean perform(AbstractBuild<?, ?> build, Launcher launcher, BuildListener listener)
                throws InterruptedException {
            int now = inside.incrementAndGet();
            most.accumulateAndGet(now, Math::max);
            if (build.getProject() instanceof RebootsNode && NodeBuilds.refusal(build) != null) {
                refusals.add(NodeBuilds.refusal(build));
            }
            try {
                return gate.await(60, TimeUnit.SECONDS);
            } finally {
                inside.decrementAndGet();
            }
        }
    }
}
