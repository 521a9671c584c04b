package io.jenkins.plugins.metapluginci.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.gargoylesoftware.htmlunit.html.HtmlPage;
import hudson.Launcher;
import hudson.model.AbstractBuild;
import hudson.model.BuildListener;
import hudson.model.FreeStyleProject;
import hudson.model.ParametersAction;
import hudson.model.Queue;
import hudson.model.Result;
import hudson.model.StringParameterValue;
import hudson.slaves.DumbSlave;
import io.jenkins.plugins.metapluginci.HarnessCase;
import io.jenkins.plugins.metapluginci.scheduler.BuildLauncher;
import io.jenkins.plugins.metapluginci.scheduler.BuildRecord;
import io.jenkins.plugins.metapluginci.scheduler.BuildRecord.Logs;
import io.jenkins.plugins.metapluginci.scheduler.BuildRecord.Outcome;
import io.jenkins.plugins.metapluginci.scheduler.BuildRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.jvnet.hudson.test.TestBuilder;

/** Builds of the job on real agent processes, in the core's own harness. */
public class DevstackGateProjectHarnessTest extends HarnessCase {
    private static final String LINE = "\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{3} \\| .*";

    private Bed bed;
    private DumbSlave node;
    private DevstackGateProject job;

    @Override
    protected void setUp() throws Exception {
        super.setUp();
        bed = new Bed(hudson, createTmpDir().toPath());
        node = createSlave("devstack_slave", null);
        node.toComputer().connect(false).get(60, TimeUnit.SECONDS);
        job = hudson.createProject(DevstackGateProject.class, "check metaplugin");
        job.setSettings(bed.settings().settings());
    }

    @Override
    protected void tearDown() throws Exception {
        bed.close();
        super.tearDown();
    }

    public void testBuildNowTellsDevstackGateWhereTheTipOfTheBranchIs() throws Exception {
        bed.wrap("env | grep -E '^(ZUUL_|BASE_LOG_PATH)' | sort | sed 's/^/> /'");
        DevstackGateBuild unknown = runOnce(new StringParameterValue("ZUUL_BRANCH", "master"));
        assertThat(unknown.getLog())
                .contains("the tip of the branch master is tested. No watched project names this job")
                .contains("ZUUL_URL is not set")
                .doesNotContain("> ZUUL_PROJECT", "> ZUUL_URL");
        bed.projects.put(job.getFullName(), "openstack/neutron");
        DevstackGateBuild build = runOnce(new StringParameterValue("ZUUL_BRANCH", "stable/juno"));
        assertThat(build.getLog())
                .contains("No change: the tip of the branch stable/juno of openstack/neutron is tested")
                .contains("> ZUUL_PROJECT=openstack/neutron\n", "> ZUUL_URL=https://git.example.org\n")
                .contains("> ZUUL_BRANCH=stable/juno\n", "> ZUUL_PIPELINE=manual\n", "> ZUUL_VOTING=0\n")
                .contains("> BASE_LOG_PATH=manual/check_metaplugin\n")
                .doesNotContain("ZUUL_URL is not set", "> ZUUL_REF", "> ZUUL_CHANGE", "> ZUUL_COMMIT");
    }

    public void testBuildNowTestsABranchAndPublishesEvenAfterAFailure() throws Exception {
        job.setSettings(bed.settings()
                .text("gateHook", "echo \"hook on $ZUUL_BRANCH, ref ${ZUUL_REF-none}, it's $QUOTED\"\nreturn $STATUS")
                .environment(List.of(
                        new EnvironmentVariable("BASE", bed.base.toString()),
                        new EnvironmentVariable("QUOTED", "'\"$HOME\"'"),
                        new EnvironmentVariable("STATUS", "0")))
                .settings());
        bed.wrap("mkdir -p \"$BASE/logs\"; ln -s \"$BASE/logs\" logs; echo log >logs/gate.txt\n"
                + "[ ! -e leftover ] || { echo not clean; exit 9; }; touch leftover\n"
                + "echo \"$JENKINS_URL $BUILD_URL cookie $HUDSON_SERVER_COOKIE.\"; gate_hook");
        DevstackGateBuild build = runOnce(new StringParameterValue("ZUUL_BRANCH", "stable/juno"));
        String console = build.getLog();
        assertThat(build.getResult()).describedAs(console).isEqualTo(Result.SUCCESS);
        BuildRecord record = record(build);
        assertThat(console.lines()).allMatch(line -> line.matches(LINE));
        assertThat(console.lines().findFirst().orElseThrow())
                .endsWith(" | Logs: http://logs.example.org/ci/" + record.logPath() + "/");
        assertThat(record.logPath())
                .isEqualTo("manual/check_metaplugin/" + record.uuid().substring(0, 7));
        assertThat(console)
                .contains("=== Cleanup\n", "=== Run\n", "=== Publish\n")
                .containsPattern("=== Cleanup took \\d+\\.\\d s")
                .containsPattern("=== Run took \\d+\\.\\d s")
                .containsPattern("=== Publish took \\d+\\.\\d s")
                .contains("hook on stable/juno, ref none, it's '\"$HOME\"'")
                .contains("http://controller:8080/ci/ http://controller:8080/ci/" + build.getUrl())
                .doesNotContain(build.getCharacteristicEnvVars().get("HUDSON_SERVER_COOKIE"))
                .contains("devstack-gate ended with status 0");
        assertThat(record.outcome()).isEqualTo(Outcome.SUCCESS);
        assertThat(record.exitStatus()).isZero();
        assertThat(record.node()).isEqualTo(node.getNodeName());
        assertThat(record.logs()).isEqualTo(Logs.PUBLISHED);
        assertThat(page(build))
                .contains("Verdict: SUCCESS: devstack-gate ended with status 0")
                .contains("Logs: http://logs.example.org/ci/" + record.logPath() + "/");
        Path place = bed.published.resolve(record.logPath());
        assertThat(place.resolve("logs/gate.txt")).hasContent("log");
        assertThat(place.resolve("console.txt")).content().contains("hook on stable/juno", "Finished: SUCCESS");
        assertThat(bed.events).isEmpty();

        job.setSettings(job.getSettings()
                .draft()
                .environment(List.of(
                        new EnvironmentVariable("BASE", bed.base.toString()), new EnvironmentVariable("STATUS", "7")))
                .settings());
        DevstackGateBuild second = runOnce(new StringParameterValue("ZUUL_BRANCH", "master"));
        assertThat(second.getResult()).describedAs(second.getLog()).isEqualTo(Result.FAILURE);
        BuildRecord failed = record(second);
        assertThat(failed.outcome()).isEqualTo(Outcome.FAILURE);
        assertThat(failed.exitStatus()).isEqualTo(7);
        assertThat(bed.published.resolve(failed.logPath()).resolve("logs/gate.txt"))
                .exists();
    }

    public void testTimeOutAndAbortCollectWhatTheRunLeft() throws Exception {
        DevstackGateStep.secondsPerMinute = 1;
        job.setSettings(bed.settings()
                .text("timeLimit", "2")
                .environment(List.of(
                        new EnvironmentVariable("BASE", bed.base.toString()),
                        new EnvironmentVariable("DEVSTACK_GATE_TIMEOUT", "1")))
                .settings());
        bed.wrap("mkdir -p \"$BASE/new/screen-logs\" logs; echo d >\"$BASE/new/devstacklog.txt\"\n"
                + "echo s >\"$BASE/new/screen-logs/n-api.log\"; echo w >logs/setup.txt\n"
                + "echo waiting; sleep 654 & echo $! >\"$BASE/pid\"; sleep 654");
        DevstackGateBuild late = runOnce();
        assertThat(late.getResult()).describedAs(late.getLog()).isEqualTo(Result.FAILURE);
        assertThat(late.getLog()).contains("stopped after its time limit of 2 minutes");
        BuildRecord timedOut = record(late);
        assertThat(timedOut.outcome()).isEqualTo(Outcome.TIMED_OUT);
        assertCollected(timedOut);
        assertEnded();

        DevstackGateStep.secondsPerMinute = 600;
        Future<DevstackGateBuild> future = start();
        await().until(() -> job.getLastBuild() != late
                && job.getLastBuild() != null
                && job.getLastBuild().getLog().contains("| waiting"));
        DevstackGateBuild stopped = job.getLastBuild();
        stopped.getExecutor().interrupt();
        assertThat(future.get(120, TimeUnit.SECONDS).getResult())
                .describedAs(stopped.getLog())
                .isEqualTo(Result.ABORTED);
        BuildRecord aborted = record(stopped);
        assertThat(aborted.outcome()).isEqualTo(Outcome.ABORTED);
        assertCollected(aborted);
        assertEnded();
    }

    public void testWhatIsNotTheChangesFailureIsInfrastructure() throws Exception {
        assertInfrastructure(
                bed.settings().text("gateHook", "if true; then\n"),
                "the gate_hook of the job is not valid bash: line ");
        assertInfrastructure(bed.settings().text("gateDirectory", "/opt/no-such"), "no devstack-vm-gate-wrap.sh");
        assertInfrastructure(bed.settings().text("timeLimit", "soon"), "whole number of minutes");
        assertThat(page(job.getLastBuild())).contains("The logs are missing: the node could not be asked for them");
        assertInfrastructure(
                bed.settings().text("cleanupPaths", node.getRemoteFS()), "holds the build's own workspace");
    }

    public void testABranchThatCannotBeOneIsRefusedBeforeANodeIsUsed() throws Exception {
        await().until(() -> bed.isReady(node));
        assertThat(job.scheduleBuild2(
                        0,
                        new hudson.model.Cause.UserCause(),
                        new ParametersAction(new StringParameterValue("ZUUL_BRANCH", "$(id)"))))
                .isNull();
        WebClient client = client();
        client.setThrowExceptionOnFailingStatusCode(false);
        String build = job.getUrl() + "buildWithParameters?delay=0sec&ZUUL_BRANCH=";
        HtmlPage page = client.goTo(build + "a..b");
        assertThat(page.asText()).contains("\"a..b\" is not the name of a branch.");
        assertThat(hudson.getQueue().getItems()).isEmpty();
        assertThat(job.getLastBuild()).isNull();
        client.goTo(build + "stable/juno");
        await().until(() -> job.getLastBuild() != null && !job.getLastBuild().isBuilding());
        assertThat(record(job.getLastBuild()).outcome()).isEqualTo(Outcome.SUCCESS);
    }

    public void testNothingRunsOnTheControllersOwnExecutors() throws Exception {
        DevstackGateBuild done = runOnce();
        AtomicReference<Ending> result = new AtomicReference<>();
        FreeStyleProject onController = createFreeStyleProject();
        onController.setAssignedLabel(hudson.getSelfLabel());
        onController.getBuildersList().add(new TestBuilder() {
            @Override
            public boolean perform(AbstractBuild<?, ?> build, Launcher launcher, BuildListener listener) {
                result.set(new GateRun(done, launcher, listener, 60).perform());
                return true;
            }
        });
        String console = buildAndAssertSuccess(onController).getLog();
        assertThat(result.get().outcome()).isEqualTo(Outcome.INFRASTRUCTURE);
        assertThat(console).contains("This build says nothing about the change").doesNotContain("=== Cleanup");
    }

    public void testTheSchedulersBuildsRunConcurrentlyAndOnce() throws Exception {
        DumbSlave other = createSlave("devstack_slave", null);
        other.toComputer().connect(false).get(60, TimeUnit.SECONDS);
        bed.wrap(
                "touch \"$MEETING/$ZUUL_CHANGE\"\n"
                        + "for (( i = 0; i < 600; i++ )); do [ -e \"$MEETING/1\" ] && [ -e \"$MEETING/2\" ] && exit 0; sleep 0.1; done; exit 1");
        Path meeting = Files.createDirectories(bed.base.resolve("meeting"));
        job.setSettings(bed.settings()
                .environment(List.of(new EnvironmentVariable("MEETING", meeting.toString())))
                .settings());
        BuildLauncher launcher = bed.room.launcher();
        launcher.launch(request("1", "a".repeat(32)));
        launcher.launch(request("2", "b".repeat(32)));
        assertThat(launcher.alive()).contains("a".repeat(32), "b".repeat(32));
        await().until(() -> bed.finished.size() == 2);
        assertThat(bed.finished).allSatisfy(record -> {
            assertThat(record.outcome()).isEqualTo(Outcome.SUCCESS);
            assertThat(record.logs()).isEqualTo(Logs.PUBLISHED);
        });
        assertThat(bed.finished).extracting(BuildRecord::node).doesNotHaveDuplicates();
        assertThat(bed.events).contains("started " + "a".repeat(32), "started " + "b".repeat(32));
        await().until(() -> launcher.alive().isEmpty());

        launcher.launch(request("1", "a".repeat(32)));
        await().until(() ->
                job.getLastBuild().getNumber() == 3 && !job.getLastBuild().isBuilding());
        assertThat(job.getLastBuild().getLog()).contains("This build says nothing about the change");
        assertThat(bed.records.get("a".repeat(32)).number()).isLessThan(3);
        assertThat(bed.finished).hasSize(2);
        assertThat(new ChangeCause("x <b>", "javascript:alert(1)").getLink()).isNull();
        String page = client().getPage(
                        job.getBuildByNumber(bed.records.get("a".repeat(32)).number()))
                .getWebResponse()
                .getContentAsString();
        assertThat(page)
                .contains("href=\"https://review.example.org/1\"", "neutron &lt;1")
                .doesNotContain("<1>");
    }

    public void testWhatCannotBeQueuedIsRefusedAndWhatIsCancelledIsTold() throws Exception {
        BuildLauncher launcher = bed.room.launcher();
        job.setSettings(bed.settings().text("nodeLabel", "nowhere").settings());
        launcher.launch(request("1", "c".repeat(32)));
        launcher.launch(request("2", "d".repeat(32)));
        assertThat(hudson.getQueue().getItems()).hasSize(2);
        Queue.Item first = hudson.getQueue().getItems()[0];
        String cancelled = GateParameters.among(first.getActions()).getUuid();
        hudson.getQueue().cancel(first);
        bed.room.checkQueue();
        assertThat(bed.events).isEmpty();
        bed.room.checkQueue();
        bed.room.checkQueue();
        assertThat(bed.events).containsExactly("cancelled " + cancelled);
        launcher.cancelQueued();
        assertThat(hudson.getQueue().getItems()).isEmpty();
        job.makeDisabled(true);
        assertThatThrownBy(() -> launcher.launch(request("1", "e".repeat(32)))).hasMessageContaining("disabled");
        assertThatThrownBy(() -> launcher.launch(new BuildRequest("f".repeat(32), "no such job", Map.of(), "x", null)))
                .hasMessageContaining("no such job");
    }

    private BuildRequest request(String change, String uuid) {
        return new BuildRequest(
                uuid,
                job.getFullName(),
                Map.of(
                        "ZUUL_CHANGE",
                        change,
                        "ZUUL_BRANCH",
                        "master",
                        "ZUUL_UUID",
                        uuid,
                        "LOG_PATH",
                        "x/" + change + "/1"),
                "openstack/neutron <" + change + ">,1",
                "https://review.example.org/" + change);
    }

    private void assertInfrastructure(GateSettings.Draft settings, String reason) throws Exception {
        job.setSettings(settings.settings());
        DevstackGateBuild build = runOnce();
        assertThat(build.getLog()).contains("This build says nothing about the change: ", reason);
        assertThat(build.getResult()).isEqualTo(Result.NOT_BUILT);
        assertThat(record(build).outcome()).isEqualTo(Outcome.INFRASTRUCTURE);
        assertThat(record(build).reason()).contains(reason);
        assertThat(page(build)).contains("No verdict on the change. INFRASTRUCTURE: ", reason);
    }

    /** What a person sees of a build whose record is closed. */
    private String page(DevstackGateBuild build) throws Exception {
        return client().getPage(build).getElementById("main-panel").asText();
    }

    private void assertCollected(BuildRecord record) {
        Path logs = bed.published.resolve(record.logPath()).resolve("logs");
        assertThat(logs.resolve("setup.txt")).hasContent("w");
        assertThat(logs.resolve("devstacklog.txt")).hasContent("d");
        assertThat(logs.resolve("screen-logs/n-api.log")).hasContent("s");
    }

    private void assertEnded() throws Exception {
        long pid = Long.parseLong(Files.readString(bed.base.resolve("pid")).trim());
        await().until(() -> ProcessHandle.of(pid).map(p -> !p.isAlive()).orElse(true));
    }

    private BuildRecord record(DevstackGateBuild build) throws Exception {
        String uuid = GateParameters.of(build).getUuid();
        await().until(() ->
                bed.records.get(uuid) != null && bed.records.get(uuid).logs() != Logs.PENDING);
        return bed.records.get(uuid);
    }

    private Future<DevstackGateBuild> start(StringParameterValue... values) {
        await().until(() -> bed.isReady(node));
        return job.scheduleBuild2(0, new hudson.model.Cause.UserCause(), new ParametersAction(values));
    }

    private DevstackGateBuild runOnce(StringParameterValue... values) throws Exception {
        return start(values).get(120, TimeUnit.SECONDS);
    }

    private static ConditionFactory await() {
        return Awaitility.await().atMost(Duration.ofSeconds(120));
    }
}
