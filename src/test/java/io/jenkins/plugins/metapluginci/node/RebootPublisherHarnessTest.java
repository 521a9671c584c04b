package io.jenkins.plugins.metapluginci.node;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.Launcher;
import hudson.model.AbstractBuild;
import hudson.model.BuildListener;
import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Result;
import hudson.slaves.DumbSlave;
import hudson.tasks.BuildStepMonitor;
import hudson.tasks.Publisher;
import io.jenkins.plugins.metapluginci.HarnessCase;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.jvnet.hudson.test.TestBuilder;

/** The post-build step in a controller of the core's test harness, with a real agent process. */
public class RebootPublisherHarnessTest extends HarnessCase {
    private HarnessNode bed;

    @Override
    protected void setUp() throws Exception {
        super.setUp();
        bed = new HarnessNode(createTmpDir());
    }

    @Override
    protected void tearDown() throws Exception {
        bed.close();
        super.tearDown();
    }

    private RebootPublisher configured(FreeStyleProject job) throws Exception {
        submit(client().getPage(job, "configure").getFormByName("config"));
        return job.getPublishersList().get(RebootPublisher.class);
    }

    public void testFormRoundTrip() throws Exception {
        FreeStyleProject job = createFreeStyleProject();
        job.getPublishersList().add(new RebootPublisher("sudo -n reboot \"now\" <&>"));
        assertThat(configured(job).getRebootCommand()).isEqualTo("sudo -n reboot \"now\" <&>");
    }

    public void testAnEmptyCommandIsTheDefault() {
        assertThat(new RebootPublisher("  ").getRebootCommand()).isEqualTo("sudo -n /sbin/shutdown -r now");
        assertThat(new RebootPublisher(null).getRebootCommand())
                .isEqualTo(new RebootPublisher.DescriptorImpl().getDefaultCommand());
    }

    public void testConfigXmlRoundTrip() throws Exception {
        FreeStyleProject job = createFreeStyleProject();
        job.getPublishersList().add(new RebootPublisher("poweroff"));
        String xml = Files.readString(job.getConfigFile().getFile().toPath());
        assertThat(xml).contains("<io.jenkins.plugins.metapluginci.node.RebootPublisher", "poweroff");
        FreeStyleProject copy = (FreeStyleProject)
                hudson.createProjectFromXML("copy", new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)));
        assertThat(copy.getPublishersList().get(RebootPublisher.class).getRebootCommand())
                .isEqualTo("poweroff");
        assertThat(copy.getPublishersList().get(RebootPublisher.class).getRequiredMonitorService())
                .isEqualTo(BuildStepMonitor.NONE);
    }

    public void testHelp() throws Exception {
        assertHelpExists(RebootPublisher.class, "-rebootCommand");
        executeOnServer(() -> {
            assertThat(hudson.getDescriptorByType(RebootPublisher.DescriptorImpl.class)
                            .getHelpFile())
                    .isNotNull();
            return null;
        });
    }

    public void testIsOfferedWhereJobsHavePostBuildActionsAndDoNotRebootAnyway() {
        RebootPublisher.DescriptorImpl descriptor = new RebootPublisher.DescriptorImpl();
        assertThat(descriptor.isApplicable(FreeStyleProject.class)).isTrue();
        assertThat(descriptor.isApplicable(RebootingProject.class)).isFalse();
    }

    public void testTheNodeIsRebootedAfterEachBuildAndTheNextBuildWaitsForIt() throws Exception {
        DumbSlave node = createOnlineSlave();
        Watcher watcher = new Watcher(bed);
        FreeStyleProject job = rebootingJob(node, watcher);
        Future<FreeStyleBuild> first = job.scheduleBuild2(0);
        FreeStyleBuild one = first.get();
        assertBuildStatus(Result.SUCCESS, one);
        assertLogContains("Node " + node.getNodeName() + " will be taken offline now and rebooted", one);
        FreeStyleBuild two = job.scheduleBuild2(0).get();
        assertBuildStatus(Result.SUCCESS, two);
        NodeRecord record = bed.awaitPhase(node.getNodeName(), NodePhase.READY);

        assertThat(watcher.seen).containsExactly("boot-id-0 RUNNING null", "boot-id-1 RUNNING null");
        assertThat(record.bootId()).isEqualTo("boot-id-2");
        assertThat(bed.reboots()).isEqualTo(2);
        assertThat(node.toComputer().isTemporarilyOffline()).isFalse();
        assertThat(one.getLog()).as("1.395 must not take it for a lost node").doesNotContain("went offline during");
    }

    public void testTheNodeIsRebootedAfterAFailureToo() throws Exception {
        DumbSlave node = createOnlineSlave();
        FreeStyleProject job = rebootingJob(node, new Fails());
        assertBuildStatus(Result.FAILURE, job.scheduleBuild2(0).get());
        bed.awaitPhase(node.getNodeName(), NodePhase.READY);
        assertThat(bed.reboots()).isEqualTo(1);
    }

    public void testTheNodeIsShownOfflineWhileItReboots() throws Exception {
        DumbSlave node = createOnlineSlave();
        FreeStyleProject job = rebootingJob(node, new Watcher(bed));
        job.getPublishersList().replaceBy(Collections.singleton((Publisher) new RebootPublisher("true")));
        job.scheduleBuild2(0).get();
        bed.awaitPhase(node.getNodeName(), NodePhase.RETURNING);
        assertThat(node.toComputer().isTemporarilyOffline()).isTrue();
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> node.toComputer().getOfflineCause() instanceof RebootOfflineCause);
        assertThat(node.toComputer().getOfflineCause().toString())
                .startsWith("Kept from builds by Metaplugin CI. RETURNING: The reboot command was sent");
        NodeRecord failed = bed.awaitPhase(node.getNodeName(), NodePhase.FAILED);
        assertThat(failed.reason()).contains("boot id is still boot-id-0", "2 times");
        assertThat(node.toComputer().isTemporarilyOffline()).isTrue();
        assertThat(client().goTo("computer/" + node.getNodeName()).asText())
                .contains("Kept from builds by Metaplugin CI. FAILED: It did not reboot");

        Files.writeString(bed.bootId, "boot-id-9\n");
        bed.room.lifecycle().rebootNow(node.getNodeName(), "test");
        bed.room.lifecycle().online(node.getNodeName());
        bed.awaitPhase(node.getNodeName(), NodePhase.RETURNING);
        Files.writeString(bed.bootId, "boot-id-10\n");
        bed.awaitPhase(node.getNodeName(), NodePhase.READY);
        assertThat(node.toComputer().isTemporarilyOffline()).isFalse();
    }

    public void testTheControllersOwnExecutorsAreNotRebooted() throws Exception {
        FreeStyleProject job = createFreeStyleProject();
        job.getPublishersList().add(new RebootPublisher(bed.rebootCommand()));
        FreeStyleBuild build = buildAndAssertSuccess(job);
        assertLogContains("which is never rebooted", build);
        assertThat(bed.room.lifecycle().snapshot()).isEmpty();
        assertThat(bed.reboots()).isZero();
    }

    public void testAnAgentOnTheControllersHostIsNotRebooted() throws Exception {
        Files.copy(Path.of(JenkinsMachine.BOOT_ID), bed.bootId, StandardCopyOption.REPLACE_EXISTING);
        DumbSlave node = createOnlineSlave();
        FreeStyleProject job = rebootingJob(node, new Watcher(bed));
        FreeStyleBuild build = job.scheduleBuild2(0).get();
        assertBuildStatus(Result.SUCCESS, build);
        assertLogContains("which is never rebooted", build);
        assertThat(bed.room.lifecycle().snapshot()).isEmpty();
        assertThat(bed.reboots()).isZero();
        assertThat(node.toComputer().isOffline()).isFalse();
    }

    private FreeStyleProject rebootingJob(DumbSlave node, TestBuilder builder) throws Exception {
        FreeStyleProject job = createFreeStyleProject();
        job.setAssignedLabel(node.getSelfLabel());
        job.getBuildersList().add(builder);
        job.getPublishersList().add(new RebootPublisher(bed.rebootCommand()));
        return job;
    }

    /** Notes what a build finds of its node at its first command. */
    private static final class Watcher extends TestBuilder {
        private final transient HarnessNode bed;
        private final transient List<String> seen = Collections.synchronizedList(new ArrayList<>());

        Watcher(HarnessNode bed) {
            this.bed = bed;
        }

        @Override
        public boolean perform(AbstractBuild<?, ?> build, Launcher launcher, BuildListener listener)
                throws InterruptedException, IOException {
            NodeRecord record = bed.room.lifecycle().record(NodeBuilds.currentNode());
            seen.add(bed.bootId() + " " + (record == null ? null : record.phase()) + " " + NodeBuilds.refusal(build));
            return true;
        }
    }

    private static final class Fails extends TestBuilder {
        @Override
        public boolean perform(AbstractBuild<?, ?> build, Launcher launcher, BuildListener listener) {
            return false;
        }
    }
}
