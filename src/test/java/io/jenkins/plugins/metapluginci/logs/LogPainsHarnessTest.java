package io.jenkins.plugins.metapluginci.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import hudson.Util;
import hudson.model.Cause;
import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Result;
import hudson.tasks.Shell;
import io.jenkins.plugins.metapluginci.HarnessCase;
import io.jenkins.plugins.metapluginci.ssh.SshConnector;
import io.jenkins.plugins.metapluginci.ssh.SshHost;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;

/** The pains of other publishers that are Jenkins' side, by their numbers; {@code LogPainsIT} has the others. */
public class LogPainsHarnessTest extends HarnessCase {
    private Path directory;
    private SshHost host;
    private SshConnector connector;
    private LogRoom room;
    private volatile LogServer server;

    @Override
    protected void setUp() throws Exception {
        super.setUp();
        directory = Files.createTempDirectory("logs");
        host = new SshHost("ssh-ed25519");
        connector = new SshConnector();
        Path key = SshHost.write(host.userKey(), directory.resolve("id"), null);
        server = new LogServer(
                host.target(host.port(), key), directory + "/www", URI.create("http://logs.example.org/ci/"));
        room = LogRoom.install(
                () -> server == null ? LogSettings.NONE : LogSettings.of(server),
                connector::connect,
                directory.resolve("home"));
    }

    @Override
    protected void tearDown() throws Exception {
        try {
            room.close();
            connector.close();
            host.close();
            Util.deleteRecursive(directory.toFile());
        } finally {
            super.tearDown();
        }
    }

    private FreeStyleProject job(LogPublisher publisher, String script) throws Exception {
        FreeStyleProject job = createFreeStyleProject();
        job.setAssignedLabel(createSlave().getSelfLabel());
        job.getBuildersList().add(new Shell(script));
        job.getPublishersList().add(publisher);
        return job;
    }

    private String published(String path) {
        Path file = directory.resolve("www").resolve(path);
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private Document index(String destination) {
        await().atMost(60, TimeUnit.SECONDS)
                .until(
                        () -> published(destination + "/index.html"),
                        is -> is.contains("</html>") && !is.contains(">running<"));
        return Jsoup.parse(published(destination + "/index.html"));
    }

    public void testL4_aFailureIsSeenAndMakesOfTheBuildWhatTheJobSays() throws Exception {
        server = null;
        for (FailurePolicy policy : FailurePolicy.values()) {
            FreeStyleBuild build = job(new LogPublisher(null, "l4/" + policy, policy), "true")
                    .scheduleBuild2(0, new Cause.UserCause())
                    .get(120, TimeUnit.SECONDS);
            assertBuildStatus(policy.result() == null ? Result.SUCCESS : policy.result(), build);
            assertThat(build.getLog()).contains("The logs are missing: no log server is configured");
            assertThat(build.getAction(LogsAction.class).getUrl()).isNull();
            assertThat(build.getAction(LogsAction.class).getProblem()).isNotNull();
        }
    }

    public void testL5_logsOfAbortedAndOfFailedBuildsArePublished() throws Exception {
        FreeStyleProject job = job(
                new LogPublisher(null, "l5/$BUILD_NUMBER", null), "mkdir logs; echo x >logs/x; touch begun; sleep 600");
        Future<FreeStyleBuild> future = job.scheduleBuild2(0, new Cause.UserCause());
        await().atMost(60, TimeUnit.SECONDS)
                .until(() -> published("l5/1/console.txt"), is -> is.contains("touch begun"));
        assertThat(published("l5/1/index.html")).contains(">running<");
        job.getLastBuild().getExecutor().interrupt();
        assertBuildStatus(Result.ABORTED, future.get(120, TimeUnit.SECONDS));
        assertThat(index("l5/1").select(".result").text()).isEqualTo("ABORTED");
        assertThat(published("l5/1/logs/x")).isEqualTo("x\n");
        assertThat(published("l5/1/console.txt")).endsWith("Finished: ABORTED\n");

        job.getBuildersList().replaceBy(java.util.List.of(new Shell("mkdir -p logs; echo y >logs/y; exit 3")));
        assertBuildStatus(
                Result.FAILURE, job.scheduleBuild2(0, new Cause.UserCause()).get(120, TimeUnit.SECONDS));
        assertThat(index("l5/2").select(".result").text()).isEqualTo("FAILURE");
        assertThat(published("l5/2/logs/y")).isEqualTo("y\n");
    }

    public void testL7_namesAndTextsThatStrangersChooseAreTextOnEveryPage() throws Exception {
        String script = "mkdir -p logs; echo z >'logs/<script>alert(1)<'; echo '<script>alert(2)</script>';"
                + " ln -s '<script>alert(3)</script>' logs/link";
        FreeStyleBuild build = job(new LogPublisher(null, "l7/<script>x", null), script)
                .scheduleBuild2(0, new Cause.UserCause())
                .get(120, TimeUnit.SECONDS);
        Document index = index("l7/_script_x");
        assertThat(index.select("script")).isEmpty();
        assertThat(index.select(".files").text()).contains("<script>alert(1)<");
        assertThat(Jsoup.parse(published("l7/_script_x/console.html")).select("script"))
                .isEmpty();
        assertThat(client().getPage(build).getElementById("main-panel").asXml()).doesNotContain("<script>x");
    }
}
