package io.jenkins.plugins.metapluginci.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.gargoylesoftware.htmlunit.html.HtmlPage;
import hudson.Util;
import hudson.XmlFile;
import hudson.model.Cause;
import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Items;
import hudson.model.ParametersAction;
import hudson.model.ParametersDefinitionProperty;
import hudson.model.Result;
import hudson.model.Run;
import hudson.model.StringParameterDefinition;
import hudson.model.StringParameterValue;
import hudson.slaves.DumbSlave;
import hudson.tasks.Shell;
import hudson.util.FormValidation;
import io.jenkins.plugins.metapluginci.HarnessCase;
import io.jenkins.plugins.metapluginci.ssh.HostKeys;
import io.jenkins.plugins.metapluginci.ssh.SshConnector;
import io.jenkins.plugins.metapluginci.ssh.SshHost;
import io.jenkins.plugins.metapluginci.ssh.SshTarget;
import java.io.File;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;

/** The post-build action in the core's own harness: its form, its config.xml, builds on a real agent to a real SFTP server. */
public class LogPublisherHarnessTest extends HarnessCase {
    static {
        // XStream 1.3 knows this JVM under that name only, and asks once
        System.setProperty("java.vm.vendor", "Sun Microsystems Inc.");
    }

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
        FreeStyleProject job = createFreeStyleProject("check-job");
        DumbSlave node = createSlave();
        job.setAssignedLabel(node.getSelfLabel());
        job.getBuildersList().add(new Shell(script));
        job.getPublishersList().add(publisher);
        return job;
    }

    private FreeStyleBuild build(FreeStyleProject job) throws Exception {
        return job.scheduleBuild2(0, new Cause.UserCause()).get(120, TimeUnit.SECONDS);
    }

    private Document page(String destination) {
        Path index = directory.resolve("www/" + destination + "/index.html");
        await().atMost(60, TimeUnit.SECONDS)
                .until(() -> Files.exists(index) && !Files.readString(index).contains(">running<"));
        try {
            return Jsoup.parse(Files.readString(index));
        } catch (java.io.IOException e) {
            throw new AssertionError(e);
        }
    }

    private void assertRoundTrip(LogPublisher before) throws Exception {
        FreeStyleProject job = createFreeStyleProject();
        job.getPublishersList().add(before);
        HtmlPage configure = client().getPage(job, "configure");
        submit(configure.getFormByName("config"));
        LogPublisher after = job.getPublishersList().get(LogPublisher.class);
        assertThat(after).isNotSameAs(before);
        assertSame(before, after);
        FreeStyleProject loaded =
                (FreeStyleProject) new XmlFile(Items.XSTREAM, new File(job.getRootDir(), "config.xml")).read();
        assertSame(before, loaded.getPublishersList().get(LogPublisher.class));
    }

    private static void assertSame(LogPublisher before, LogPublisher after) {
        assertThat(after.getFiles()).isEqualTo(before.getFiles());
        assertThat(after.getDestination()).isEqualTo(before.getDestination());
        assertThat(after.getFailurePolicy()).isEqualTo(before.getFailurePolicy());
        assertThat(after.getServer()).isEqualTo(before.getServer());
    }

    public void testEveryFieldSurvivesTheFormAndConfigXml() throws Exception {
        assertRoundTrip(new LogPublisher("target/**, a b/*.log", "per/$JOB_NAME/<&\"'>", FailurePolicy.FAILURE));
        assertRoundTrip(new LogPublisher(null, null, FailurePolicy.IGNORE, "second"));
    }

    public void testANewActionHasItsDefaults() throws Exception {
        LogPublisher plain = new LogPublisher(null, null, null);
        assertThat(plain.getFiles()).isEqualTo("logs/**");
        assertThat(plain.getDestination()).isNull();
        assertThat(plain.getFailurePolicy()).isEqualTo(FailurePolicy.UNSTABLE);
        LogPublisher blank = new LogPublisher("", " ", FailurePolicy.FAILURE);
        assertThat(blank.getFiles()).isEqualTo("logs/**");
        assertThat(blank.getDestination()).isNull();
    }

    public void testEveryFieldHasHelpAndItsCheck() throws Exception {
        LogPublisher.DescriptorImpl descriptor =
                (LogPublisher.DescriptorImpl) hudson.getDescriptorOrDie(LogPublisher.class);
        for (String field : new String[] {"files", "destination", "failurePolicy", "server"}) {
            String help = "descriptor/" + descriptor.getId() + "/help/" + field;
            assertThat(client().goTo(help, "text/html").getWebResponse().getContentAsString())
                    .as(field)
                    .contains("<div>");
        }
        assertThat(descriptor.doCheckFiles("a/**, b").kind).isEqualTo(FormValidation.Kind.OK);
        assertThat(descriptor.doCheckFiles("../a").kind).isEqualTo(FormValidation.Kind.ERROR);
        assertThat(descriptor.doCheckDestination("$X/y").kind).isEqualTo(FormValidation.Kind.OK);
        assertThat(descriptor.doCheckDestination("/etc").kind).isEqualTo(FormValidation.Kind.ERROR);
    }

    public void testAFailedBuildOnAnAgentIsPublishedWithItsWholeConsole() throws Exception {
        String script = "rm -rf logs stack && mkdir -p stack/deep && echo hello > stack/deep/a.txt && chmod 600"
                + " stack/deep/a.txt && ln -s /etc/passwd stack/passwd && ln -s stack logs\necho '<b>not bold</b>'\nexit 3";
        FreeStyleProject job = job(new LogPublisher(null, null, null), script);
        job.addProperty(new ParametersDefinitionProperty(new StringParameterDefinition("LOG_PATH", "none")));
        FreeStyleBuild build = job.scheduleBuild2(
                        0,
                        new Cause.UserCause(),
                        new ParametersAction(new StringParameterValue("LOG_PATH", "31/98731/2/check/job/4f2c9aa")))
                .get(120, TimeUnit.SECONDS);
        assertBuildStatus(Result.FAILURE, build);
        assertThat(build.getLog())
                .contains("http://logs.example.org/ci/31/98731/2/check/job/4f2c9aa/")
                .contains("left out, a symbolic link to /etc/passwd: ./passwd")
                .doesNotContain("sudo", "as_root");
        Path place = directory.resolve("www/31/98731/2/check/job/4f2c9aa");
        assertThat(place.resolve("logs/deep/a.txt")).hasContent("hello\n");
        assertThat(place.resolve("logs/passwd")).doesNotExist();
        Document page = page("31/98731/2/check/job/4f2c9aa");
        assertThat(page.select("dl").text()).contains("Result FAILURE", "Job check-job", "Started by user");
        assertThat(page.select("a[href=logs/]")).hasSize(1);
        assertThat(Jsoup.parse(Files.readString(place.resolve("console.html"))).select("pre b"))
                .isEmpty();
        assertThat(Files.readString(place.resolve("console.txt")))
                .contains("<b>not bold</b>")
                .endsWith("Finished: FAILURE\n")
                .doesNotContain("\u001B[8mha:");
        assertThat(DirectoryFiles.tree(place))
                .noneMatch(name -> name.startsWith(".") && !name.equals(RunSending.MARKER));
        assertThat(client().getPage(build).getElementById("main-panel").asText())
                .contains("http://logs.example.org/ci/31/98731/2/check/job/4f2c9aa/");
        FreeStyleBuild loaded =
                (FreeStyleBuild) new XmlFile(Run.XSTREAM, new File(build.getRootDir(), "build.xml")).read();
        assertThat(loaded.getAction(LogsAction.class).getUrl()).endsWith("/4f2c9aa/");
    }

    public void testTenMegabytesFromAnAgentArriveByteForByte() throws Exception {
        FreeStyleProject job = job(
                new LogPublisher("out/**", "big/$BUILD_NUMBER", null),
                "mkdir -p out && head -c 10000000 /dev/urandom > out/big && cd out && for i in $(seq 200); do echo $i > $i; done"
                        + "\nsha256sum big");
        FreeStyleBuild build = build(job);
        assertBuildStatusSuccess(build);
        Path out = directory.resolve("www/big/1/logs/out");
        assertThat(DirectoryFiles.tree(out)).hasSize(201);
        byte[] digest =
                java.security.MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(out.resolve("big")));
        assertThat(build.getLog()).contains(Util.toHexString(digest) + "  big");
    }

    public void testNothingMatchedIsPublishedAndSaid() throws Exception {
        FreeStyleBuild build = build(job(new LogPublisher(null, null, null), "true"));
        assertBuildStatusSuccess(build);
        assertThat(build.getLog()).contains("no file matched");
        Document page = page("check-job/1");
        assertThat(page.select("a[href=logs/]")).isEmpty();
        assertThat(page.select(".problem")).isEmpty();
    }

    public void testLogsWaitForALogServerThatIsAwayAndAreMissedWithoutOne() throws Exception {
        SshTarget right = server.target();
        server = new LogServer(
                new SshTarget(
                        right.host(),
                        right.port(),
                        right.user(),
                        right.login(),
                        new HostKeys(
                                "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBVBJ6y1T3zTsvvKwR7B3b4yzdv1mK8oQyM5yfVxKzvB")),
                server.root(),
                server.baseUrl());
        FreeStyleProject job = job(new LogPublisher(null, null, null), "true");
        FreeStyleBuild build = build(job);
        assertBuildStatusSuccess(build);
        assertThat(build.getLog())
                .contains(
                        "The logs will be there later, at http://logs.example.org/ci/check-job/1/: the log server's host key is"
                                + " not the configured one");
        assertThat(build.getAction(LogsAction.class).isLate()).isTrue();
        assertThat(client().getPage(build).getElementById("main-panel").asText())
                .contains("The logs will be there later: the log server's host key is not the configured one");
        assertThat(room.views().runs())
                .singleElement()
                .satisfies(run -> assertThat(run.problem()).contains("host key"));
        assertThat(room.problems()).anyMatch(problem -> problem.contains("takes no logs"));
        server = new LogServer(right, server.root(), server.baseUrl());
        assertThat(room.retry(room.views().runs().get(0).id())).isNull();
        page("check-job/1");
        await().atMost(60, TimeUnit.SECONDS)
                .until(() -> !build.getAction(LogsAction.class).isLate());
        server = null;
        job.getPublishersList().replace(new LogPublisher(null, null, FailurePolicy.UNSTABLE));
        assertBuildStatus(Result.UNSTABLE, build(job));
        job.getPublishersList().replace(new LogPublisher(null, null, FailurePolicy.IGNORE));
        FreeStyleBuild ignored = build(job);
        assertBuildStatusSuccess(ignored);
        assertThat(ignored.getLog()).contains("The logs are missing: no log server is configured");
        job.getPublishersList().replace(new LogPublisher("/etc/**", null, FailurePolicy.FAILURE));
        assertBuildStatus(Result.FAILURE, build(job));
    }

    public void testTheSettingsCanBeTried() throws Exception {
        assertThat(room.testLogServer(new LogServer(server.target(), server.root(), null))
                        .problem())
                .isNull();
        host.userKey(SshHost.generate("ssh-ed25519"));
        assertThat(room.testLogServer(server).problem()).startsWith("the log server refused the login: ");
    }

    public void testACloseKeepsItsPromises() throws Exception {
        FreeStyleBuild build = build(createFreeStyleProject());
        LogsResult result = room.publishConsole(build, "x/1", null, null).get(60, TimeUnit.SECONDS);
        assertThat(result.problem()).isNull();
        assertThat(directory.resolve("www/x/1/console.txt")).exists();
        room.close();
        assertThat(room.publishConsole(build, "x/2", null, null)
                        .get(1, TimeUnit.SECONDS)
                        .published())
                .isFalse();
        assertThat(LogRoom.publisher()
                        .publishConsole(build, "x/3", null, null)
                        .get(10, TimeUnit.SECONDS)
                        .problem())
                .isEqualTo("no log server is configured");
    }
}
