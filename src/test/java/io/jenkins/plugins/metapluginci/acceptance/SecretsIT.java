package io.jenkins.plugins.metapluginci.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.metapluginci.testbed.Await;
import io.jenkins.plugins.metapluginci.testbed.GerritClient.Change;
import io.jenkins.plugins.metapluginci.testbed.JenkinsClient;
import io.jenkins.plugins.metapluginci.testbed.Node;
import io.jenkins.plugins.metapluginci.testbed.NodeProcess;
import io.jenkins.plugins.metapluginci.testbed.Site;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.Before;
import org.junit.Test;

/** Decision 2: keys and passwords are on the controller and nowhere else. Looks for them where strangers can look. */
public class SecretsIT {
    private static final Duration ONE_BUILD = Duration.ofSeconds(150);
    private static final String PASSWORD = "canary-password-Xk29vQ";

    private Site site;
    /** What must not be found, by what it is. */
    private final Map<String, byte[]> canaries = new LinkedHashMap<>();

    @Before
    public void canaries() throws IOException {
        site = Site.get();
        site.awaitQuiet();
        canary("the log server's password", PASSWORD);
        key("Gerrit's key", site.gerrit().ciKeyFile());
        key("the log server's key", site.logHost().userKeyFile());
    }

    private void key(String name, Path file) throws IOException {
        List<String> lines = Files.readAllLines(file);
        // The first lines of an OpenSSH key are the same in every key: format, cipher, kind.
        for (int n = 2; n < lines.size() - 1; n++) {
            canary("line " + (n + 1) + " of " + name, lines.get(n));
        }
        canary(name, Files.readString(file));
    }

    private void canary(String name, String secret) {
        canaries.put(name, secret.getBytes(StandardCharsets.UTF_8));
        canaries.put(
                name + " in base64",
                Base64.getEncoder().withoutPadding().encode(secret.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    public void secretsStayOnTheController() throws Exception {
        // The key comes first when both are set; the password is there to be looked for.
        site.configure(form -> form.set("logServerPassword", PASSWORD));
        Change change = site.developer()
                .pushChange(Site.PROJECT, Site.BRANCH, "Looks around", Journal.script("env\nsleep 3\n"));
        String id = change.number() + ",1";
        Await.until("the build runs", ONE_BUILD, () -> !Journal.starts(site, id).isEmpty());
        Node node = site.node(Journal.starts(site, id).get(0).node());
        List<NodeProcess> processes = node.processes();
        assertThat(processes).as("processes during the build").hasSizeGreaterThan(5);
        for (NodeProcess process : processes) {
            assertClean(node.name() + ": " + process, process.toString());
        }
        site.developer().awaitCiVote(change, 1, ONE_BUILD);
        site.awaitQuiet();

        int files = 0;
        for (Node each : site.nodes()) {
            files += assertDiskClean(each.disk());
        }
        assertThat(files).as("files on the nodes' disks").isGreaterThan(20);
        assertDiskClean(site.logHost().docroot());
        assertPagesClean();
        site.configure(form -> form.check("clearLogServerPassword", true));
    }

    private void assertPagesClean() {
        JenkinsClient admin = site.admin();
        String job = JenkinsClient.job(Site.JOB);
        List<String> pages = new ArrayList<>(List.of(
                Site.PAGE + "/",
                Site.PAGE + "/status",
                job,
                job + "configure",
                job + "config.xml",
                "manage",
                "configure"));
        for (JenkinsClient.Build build : admin.builds(Site.JOB)) {
            pages.add(job + build.number() + "/");
            pages.add(job + build.number() + "/consoleText");
            pages.add(job + build.number() + "/api/xml");
        }
        for (Node node : site.nodes()) {
            pages.add("computer/" + node.name() + "/");
            pages.add("computer/" + node.name() + "/configure");
        }
        for (String page : pages) {
            assertClean(page, admin.get(page).ok().body());
        }
        String form = admin.get(Site.PAGE + "/").ok().body();
        assertThat(form).contains("A password is set").doesNotContain("{AQA");
    }

    private void assertClean(String where, String text) {
        assertClean(where, text.getBytes(StandardCharsets.UTF_8));
    }

    private void assertClean(String where, byte[] bytes) {
        canaries.forEach((name, secret) ->
                assertThat(contains(bytes, secret)).as(name + " in " + where).isFalse());
    }

    /** Looks into every file below a directory; returns how many there were. */
    private int assertDiskClean(Path directory) throws IOException {
        int[] files = {0};
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (attributes.isRegularFile()) {
                    files[0]++;
                    try (InputStream in = Files.newInputStream(file)) {
                        assertClean(file.toString(), in.readNBytes(64 << 20));
                    }
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
                // Files of a running machine come and go.
                return FileVisitResult.CONTINUE;
            }
        });
        return files[0];
    }

    private static boolean contains(byte[] bytes, byte[] wanted) {
        return new String(bytes, StandardCharsets.ISO_8859_1).contains(new String(wanted, StandardCharsets.ISO_8859_1));
    }
}
