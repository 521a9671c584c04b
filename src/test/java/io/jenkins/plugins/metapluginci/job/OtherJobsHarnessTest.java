package io.jenkins.plugins.metapluginci.job;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.Launcher;
import hudson.matrix.Axis;
import hudson.matrix.AxisList;
import hudson.matrix.MatrixProject;
import hudson.model.AbstractBuild;
import hudson.model.AbstractProject;
import hudson.model.BuildListener;
import hudson.model.FreeStyleProject;
import hudson.model.Result;
import hudson.slaves.DumbSlave;
import hudson.tasks.Shell;
import io.jenkins.plugins.metapluginci.logs.FailurePolicy;
import io.jenkins.plugins.metapluginci.logs.LogPublisher;
import io.jenkins.plugins.metapluginci.scheduler.BuildLauncher;
import io.jenkins.plugins.metapluginci.scheduler.BuildRecord;
import io.jenkins.plugins.metapluginci.scheduler.BuildRecord.Logs;
import io.jenkins.plugins.metapluginci.scheduler.BuildRecord.Outcome;
import io.jenkins.plugins.metapluginci.scheduler.BuildRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.jvnet.hudson.test.HudsonTestCase;
import org.jvnet.hudson.test.TestBuilder;

/** The scheduler's builds of jobs that are not ours, and of builds that it wants no more. */
public class OtherJobsHarnessTest extends HudsonTestCase {
    private Bed bed;
    private DumbSlave node;
    private BuildLauncher launcher;

    @Override
    protected void setUp() throws Exception {
        super.setUp();
        bed = new Bed(hudson, createTmpDir().toPath());
        launcher = bed.room.launcher();
        node = createSlave("devstack_slave", null);
        node.toComputer().connect(false).get(60, TimeUnit.SECONDS);
    }

    @Override
    protected void tearDown() throws Exception {
        bed.close();
        super.tearDown();
    }

    public void testAFreestyleJobGetsTheVariablesAndItsResultIsItsOutcome() throws Exception {
        FreeStyleProject job = onNode(createFreeStyleProject("unit"));
        job.getBuildersList().add(new Shell("echo \"change $ZUUL_CHANGE, logs $LOG_PATH\""));
        BuildRecord passed = run("unit");
        assertThat(passed.outcome()).isEqualTo(Outcome.SUCCESS);
        assertThat(passed.logs()).isEqualTo(Logs.NONE);
        assertThat(passed.logsProblem()).isNull();
        assertThat(passed.node()).isEqualTo(node.getNodeName());
        assertThat(passed.endedAt()).isGreaterThanOrEqualTo(passed.startedAt());
        assertThat(job.getLastBuild().getLog()).contains("change 42, logs 42/logs");
        assertThat(bed.events).containsExactly("started " + passed.uuid(), "finished " + passed.uuid());
        assertThat(bed.published.resolve("42/logs")).doesNotExist();

        job.getBuildersList().add(new EndsAs(Result.UNSTABLE));
        assertThat(run("unit").outcome()).isEqualTo(Outcome.UNSTABLE);
        job.getBuildersList().add(new Shell("exit 3"));
        assertThat(run("unit").outcome()).isEqualTo(Outcome.FAILURE);
    }

    public void testG7WhatJenkinsDidNotBuildIsNoVerdictAndADeletedBuildKeepsItsOwn() throws Exception {
        FreeStyleProject job = onNode(createFreeStyleProject("unit"));
        job.getBuildersList().add(new EndsAs(Result.NOT_BUILT));
        assertThat(run("unit").outcome()).isEqualTo(Outcome.INFRASTRUCTURE);
        job.getBuildersList().replaceBy(List.of(new EndsAs(Result.FAILURE)));
        BuildRecord failed = run("unit");
        job.getLastBuild().delete();
        assertThat(bed.finished).as("what the scheduler was told").contains(failed);
        assertThat(failed.outcome()).isEqualTo(Outcome.FAILURE);
    }

    public void testItsLogsArePublishedIfItHasOurPublisher() throws Exception {
        FreeStyleProject job = onNode(createFreeStyleProject("published"));
        job.getBuildersList().add(new Shell("mkdir -p logs; echo hello >logs/a.txt"));
        job.getPublishersList().add(new LogPublisher("logs/**", null, FailurePolicy.UNSTABLE));
        BuildRecord record = run("published");
        assertThat(record.outcome()).isEqualTo(Outcome.SUCCESS);
        assertThat(record.logs()).isEqualTo(Logs.PUBLISHED);
        assertThat(bed.published.resolve("42/logs/logs/a.txt")).hasContent("hello");
        assertThat(bed.published.resolve("42/logs/console.txt")).content().contains("Finished: SUCCESS");
    }

    public void testAMatrixAndItsPartsGetTheVariables() throws Exception {
        MatrixProject matrix = createMatrixProject("matrix");
        matrix.setAxes(new AxisList(new Axis("FLAVOUR", "a", "b")));
        matrix.getBuildersList().add(new Shell("echo \"$FLAVOUR of $ZUUL_CHANGE\"; [ $FLAVOUR = a ]"));
        BuildRecord record = run("matrix");
        assertThat(record.outcome()).isEqualTo(Outcome.FAILURE);
        assertThat(matrix.getLastBuild().getRuns())
                .hasSize(2)
                .allSatisfy(part -> assertThat(part.getLog()).contains(" of 42"));
        assertThat(bed.finished).hasSize(1);
    }

    public void testALostNodeIsNotTheChangesFailure() throws Exception {
        FreeStyleProject job = onNode(createFreeStyleProject("lost"));
        job.getBuildersList().add(new Shell("echo waiting; sleep 600"));
        String uuid = launch("lost");
        await().until(() ->
                job.getLastBuild() != null && job.getLastBuild().getLog().contains("waiting"));
        node.toComputer().disconnect(null);
        BuildRecord record = finished(uuid);
        assertThat(record.outcome()).describedAs(job.getLastBuild().getLog()).isEqualTo(Outcome.INFRASTRUCTURE);
        assertThat(record.reason()).contains("the connection to the node " + node.getNodeName() + " was lost");
    }

    public void testG6ABuildThatIsNotWantedIsStoppedWhereverItIsAndNoOther() throws Exception {
        FreeStyleProject job = onNode(createFreeStyleProject("long"));
        job.getBuildersList().add(new Shell("echo waiting; sleep 600"));
        String running = launch("long");
        await().until(() ->
                job.getLastBuild() != null && job.getLastBuild().getLog().contains("waiting"));
        String queued = launch("long");
        String wanted = launch("long");
        launcher.cancel(queued);
        launcher.cancel(queued);
        assertThat(hudson.getQueue().getItems()).hasSize(1);
        assertThat(launcher.alive()).contains(running, wanted).doesNotContain(queued);
        launcher.cancel(wanted);
        launcher.cancel(running);
        launcher.cancel(running);
        assertThat(finished(running).outcome()).isEqualTo(Outcome.ABORTED);
        await().until(() -> launcher.alive().isEmpty());
        assertThat(job.getLastBuild().getLog()).contains("Cancelled by Metaplugin CI: superseded");
        assertThat(job.getLastBuild().getResult()).isEqualTo(Result.ABORTED);
        bed.room.checkQueue();
        bed.room.checkQueue();
        assertThat(bed.events)
                .containsExactly(
                        "started " + running, "cancelled " + queued, "cancelled " + wanted, "finished " + running);

        // It was on its way from the queue to its executor when it was cancelled.
        String late = UUID.randomUUID().toString().replace("-", "");
        launcher.cancel(late);
        launcher.launch(request("long", late));
        assertThat(finished(late).outcome()).isEqualTo(Outcome.ABORTED);
        assertThat(job.getLastBuild().getLog()).doesNotContain("waiting");
    }

    public void testABuildOfOursThatIsNotWantedCleansUpAfterItself() throws Exception {
        DevstackGateProject job = hudson.createProject(DevstackGateProject.class, "gate");
        job.setSettings(bed.settings().settings());
        bed.wrap("mkdir -p logs; echo l >logs/l.txt; echo waiting; sleep 654");
        String uuid = launch("gate");
        await().until(() ->
                job.getLastBuild() != null && job.getLastBuild().getLog().contains("| waiting"));
        launcher.cancel(uuid);
        launcher.cancel(uuid);
        BuildRecord record = finished(uuid);
        assertThat(record.outcome()).isEqualTo(Outcome.ABORTED);
        assertThat(record.reason()).contains("superseded");
        assertThat(record.logs()).isEqualTo(Logs.PUBLISHED);
        assertThat(job.getLastBuild().getLog()).contains("Cancelled by Metaplugin CI: superseded");
        await().until(() -> bed.isReady(node));

        String late = UUID.randomUUID().toString().replace("-", "");
        launcher.cancel(late);
        launcher.launch(request("gate", late));
        assertThat(finished(late).outcome()).isEqualTo(Outcome.ABORTED);
        assertThat(job.getLastBuild().getLog()).doesNotContain("| waiting");
    }

    public void testWhichJobsThereAre() throws Exception {
        FreeStyleProject job = createFreeStyleProject("there");
        assertThat(launcher.exists("there")).isTrue();
        assertThat(launcher.exists("not there")).isFalse();
        job.makeDisabled(true);
        assertThat(launcher.exists("there")).isTrue();
    }

    private <P extends AbstractProject<?, ?>> P onNode(P job) throws Exception {
        job.setAssignedLabel(hudson.getLabel("devstack_slave"));
        return job;
    }

    private BuildRecord run(String job) throws Exception {
        return finished(launch(job));
    }

    private String launch(String job) throws Exception {
        String uuid = UUID.randomUUID().toString().replace("-", "");
        launcher.launch(request(job, uuid));
        return uuid;
    }

    private static BuildRequest request(String job, String uuid) {
        return new BuildRequest(
                uuid,
                job,
                Map.of("ZUUL_CHANGE", "42", "ZUUL_UUID", uuid, "LOG_PATH", "42/logs"),
                "openstack/neutron 42,1",
                "https://review.example.org/42");
    }

    private BuildRecord finished(String uuid) throws Exception {
        await().until(() ->
                bed.finished.stream().anyMatch(record -> record.uuid().equals(uuid)));
        BuildRecord record = bed.records.get(uuid);
        assertThat(bed.finished).contains(record);
        return record;
    }

    private static ConditionFactory await() {
        return Awaitility.await().atMost(Duration.ofSeconds(120)).pollInterval(Duration.ofMillis(50));
    }

    /** Sets a build's result. */
    private static final class EndsAs extends TestBuilder {
        private final Result result;

        EndsAs(Result result) {
            this.result = result;
        }

        @Override
        public boolean perform(AbstractBuild<?, ?> build, Launcher launcher, BuildListener listener) {
            build.setResult(result);
            return true;
        }
    }
}
