package io.jenkins.plugins.metapluginci.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.metapluginci.testbed.GerritClient.Change;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.Before;
import org.junit.Test;

/** Gerrit does what the tests rely on: changes over git, events and votes over SSH, everything read back over REST. */
public class GerritServerIT {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String NEUTRON = "openstack/neutron";

    private final GerritServer gerrit = TestBed.get().gerrit();
    private final GerritClient developer = gerrit.developer();
    private final Path directory = TestBed.get().directory().resolve("gerrit-it");

    @Before
    public void knownHost() throws IOException {
        Files.createDirectories(directory);
        Files.writeString(knownHosts(), "[127.0.0.1]:" + gerrit.sshPort() + " " + gerrit.hostKey() + "\n");
    }

    @Test
    public void aPushedChangeCarriesItsScript() {
        Change change = developer.pushChange(NEUTRON, "stable/juno", "Carry a script", Gate.failing("no"));

        assertThat(change.status()).isEqualTo("NEW");
        assertThat(change.branch()).isEqualTo("stable/juno");
        assertThat(change.patchset()).isEqualTo(1);
        assertThat(change.ref()).endsWith("/" + change.number() + "/1");
        assertThat(change.ciVote()).isZero();
        Path clone = directory.resolve("clone-" + change.number());
        Commands.run(directory, SOON, "git", "init", "-q", clone.toString());
        Commands.run(clone, SOON, "git", "fetch", "-q", gerrit.gitUrl() + "/" + NEUTRON, change.ref());
        Commands.run(clone, SOON, "git", "checkout", "-q", "FETCH_HEAD");
        assertThat(clone.resolve(Gate.SCRIPT)).isExecutable().hasContent("#!/bin/bash\necho 'no'\nexit 1");
        assertThat(clone.resolve("README.rst")).exists();
    }

    @Test
    public void theCiSeesEventsAndVotes() {
        BedProcess stream = BedProcess.start(
                "stream-events",
                directory.resolve("events.log"),
                Map.of(),
                ssh(gerrit.ciKeyFile(), "gerrit stream-events"));
        try {
            Change change = awaitStreaming(stream);
            String message = "\"Build succeeded.\n\n- it's `fine`\"";
            review(change, "--message " + message.replace("`", "\\`").replace("'", "\\'") + " --label Verified=1");

            Change voted = developer.awaitCiVote(change, 1, SOON);
            assertThat(voted.ciMessages(1))
                    .singleElement()
                    .satisfies(m -> assertThat(m.text()).startsWith("Patch Set 1: Verified+1\n\nBuild succeeded."));

            Change second = developer.pushPatchset(change, Gate.passing("again"));
            assertThat(second.number()).isEqualTo(change.number());
            assertThat(second.patchset()).isEqualTo(2);
            assertThat(second.ciVote()).as("a new patchset has no vote").isZero();

            gerrit.reviewer().comment(second, "metaplugin-recheck");
            gerrit.reviewer().commentInline(second, "metaplugin-recheck", Gate.SCRIPT, 1, "why?");
            developer.abandon(second);
            developer.restore(second);
            Await.until("all events", SOON, stream::tail, () -> stream.log().contains("change-restored"));
            assertThat(stream.log())
                    .contains("\"type\":\"patchset-created\"")
                    .contains("\"type\":\"comment-added\"")
                    .contains("Patch Set 2:\\n\\nmetaplugin-recheck")
                    .contains("Patch Set 2:\\n\\n(1 comment)\\n\\nmetaplugin-recheck")
                    .contains("\"type\":\"change-abandoned\"");
            assertThat(developer.read(second).status()).isEqualTo("NEW");
        } finally {
            stream.close();
        }
    }

    @Test
    public void changesCanBeReadInABrowser() {
        HttpSession browser = new HttpSession(gerrit.url(), null);
        String script = gerrit.url() + "static/elements/gr-app.js";
        for (String path : List.of("", "c/openstack/neutron/+/1")) {
            assertThat(browser.get(path).body()).contains(script);
        }
        assertThat(browser.get(script).body()).contains("metaplugin-recheck");
    }

    @Test
    public void anUnknownKeyIsRefused() {
        assertThat(ssh("gerrit version", gerrit.wrongKeyFile()).output()).contains("Permission denied");
        assertThat(ssh("gerrit version", gerrit.ciKeyFile()).ok()).startsWith("gerrit version");
        assertThat(gerrit.wrongHostKey()).isNotEqualTo(gerrit.hostKey());
    }

    @Test
    public void aRestartKeepsChangesVotesAndPorts() {
        Change change = developer.pushChange(NEUTRON, "master", "Survive a restart", Gate.passing("yes"));
        review(change, "--label Verified=1");
        String hostKey = gerrit.hostKey();
        int port = gerrit.sshPort();

        gerrit.stop();
        assertThatThrownBy(() -> developer.read(change)).isInstanceOf(UncheckedIOException.class);
        gerrit.start();

        assertThat(developer.read(change).ciVote()).isEqualTo(1);
        assertThat(gerrit.hostKey()).isEqualTo(hostKey);
        assertThat(gerrit.sshPort()).isEqualTo(port);
        assertThat(developer
                        .pushChange(NEUTRON, "master", "After it", Gate.passing("yes"))
                        .number())
                .isGreaterThan(change.number());
    }

    /** The stream says nothing until something happens: pushes changes until one is seen. */
    private Change awaitStreaming(BedProcess stream) {
        List<Change> pushed = new ArrayList<>();
        Await.until("an event", SOON, stream::tail, () -> {
            pushed.add(developer.pushChange(NEUTRON, "master", "Be seen", Gate.passing("yes")));
            return stream.log().contains("patchset-created");
        });
        return pushed.get(0);
    }

    private void review(Change change, String options) {
        ssh(
                        "gerrit review --project openstack/neutron " + options + " " + change.number() + ","
                                + change.patchset(),
                        gerrit.ciKeyFile())
                .ok();
    }

    private Commands.Result ssh(String command, Path key) {
        return Commands.run(directory, SOON, Map.of(), null, ssh(key, command));
    }

    private List<String> ssh(Path key, String command) {
        return OpenSsh.command(
                "ssh",
                key,
                knownHosts(),
                "-p",
                String.valueOf(gerrit.sshPort()),
                GerritServer.CI_USER + "@127.0.0.1",
                command);
    }

    private Path knownHosts() {
        return directory.resolve("known_hosts");
    }
}
