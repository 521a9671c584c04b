package io.jenkins.plugins.metapluginci.merger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.metapluginci.merger.GitBed.Patchset;
import io.jenkins.plugins.metapluginci.merger.MergeResult.Failed;
import io.jenkins.plugins.metapluginci.merger.MergeResult.Merged;
import io.jenkins.plugins.metapluginci.ssh.SshConnector;
import io.jenkins.plugins.metapluginci.ssh.SshHost;
import io.jenkins.plugins.metapluginci.ssh.SshTimeouts;
import io.jenkins.plugins.metapluginci.ssh.TcpRelay;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** The way over SSH, with a server that runs the real {@code git upload-pack}. */
public class SshRemoteIT {
    private static final String A = "openstack/alpha";
    private static final Pattern COMMAND = Pattern.compile("git-upload-pack '([^']+)'");

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private final SshConnector connector = new SshConnector(new SshTimeouts(
            Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofSeconds(2), Duration.ofSeconds(1), 3));
    private GitBed bed;
    private SshHost host;
    private TcpRelay relay;
    private Merger merger;
    private Path key;
    private volatile String protocol;
    private volatile boolean cut;
    private int requests;

    @Before
    public void start() throws Exception {
        bed = new GitBed(folder.getRoot().toPath()).project(A);
        host = new SshHost("ssh-ed25519");
        host.program(this::run);
        relay = new TcpRelay(host.port(), 0);
        key = SshHost.write(host.userKey(), folder.getRoot().toPath().resolve("key"), null);
        merger = new Merger(folder.getRoot().toPath().resolve("mirrors"), connector);
        merger.reconfigure(new MergerSettings("CI", "ci@example.org", host.target(relay.port(), key)));
    }

    @After
    public void stop() throws IOException {
        merger.close();
        connector.close();
        relay.close();
        host.close();
    }

    /** What Gerrit does with a command. */
    private int run(SshHost.Call call) throws Exception {
        Matcher project = COMMAND.matcher(call.command());
        if (!project.matches() || !bed.bare(project.group(1)).toFile().exists()) {
            call.complain("fatal: project not found\n");
            return 1;
        }
        protocol = call.environment().getOrDefault("GIT_PROTOCOL", "");
        Process git = bed.uploadPack(project.group(1), protocol);
        Thread in = new Thread(() -> copy(call.in(), git.getOutputStream()));
        in.setDaemon(true);
        in.start();
        if (cut) {
            call.out().write(git.getInputStream().readNBytes(100));
            call.out().flush();
            call.disconnect().run();
        }
        copy(git.getInputStream(), call.out());
        int status = git.waitFor();
        call.out().flush();
        return status;
    }

    private static void copy(InputStream from, OutputStream to) {
        byte[] buffer = new byte[8192];
        try (to) {
            for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
                to.write(buffer, 0, count);
                to.flush();
            }
        } catch (IOException e) {
            // The other side is gone; so is this.
            return;
        }
    }

    private MergeResult merge(MergeItem item) {
        try {
            return merger.merge(new MergeRequest(String.format("%032x", ++requests), List.of(item)))
                    .get(60, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private Patchset change() {
        return bed.change(A, "master", () -> bed.edit(A, 2, "changed " + requests));
    }

    @Test
    public void mirrorsAreFetchedOverOneKeptConnection() {
        for (int run = 0; run < 3; run++) {
            Patchset change = change();
            bed.land(A, "master", () -> bed.edit(A, 8, "landed " + requests));
            assertThat(merge(change.item())).isInstanceOf(Merged.class);
        }
        assertThat(host.commands()).hasSize(4).containsOnly("git-upload-pack '" + A + "'");
        assertThat(protocol).isEqualTo("version=2");
        assertThat(host.sessions()).isEqualTo(1);
    }

    @Test
    public void bigPacksPass() {
        bed.land(A, "master", () -> {
            byte[] noise = new byte[3 << 20];
            new java.util.Random(1).nextBytes(noise);
            bed.write(A, "noise", java.util.Base64.getEncoder().encodeToString(noise));
        });
        assertThat(merge(change().item())).isInstanceOf(Merged.class);
    }

    @Test
    public void whatGerritSaysIsTheReason() {
        MergeResult result = merge(
                new MergeItem("no/such", "master", 1, 1, "refs/changes/01/1/1", null, MergeItem.Mode.MERGE_RESOLVE));
        assertThat(((Failed) result).reason()).contains("no/such").contains("project not found");
    }

    @Test
    public void aCutConnectionIsNotAConflictAndIsMadeAgain() throws IOException {
        Patchset change = change();
        assertThat(merge(change.item())).isInstanceOf(Merged.class);
        cut = true;
        bed.land(A, "master", () -> bed.edit(A, 8, "landed"));
        assertThat(merge(change.item())).isInstanceOf(Failed.class);
        cut = false;
        assertThat(merge(change.item())).isInstanceOf(Merged.class);
        relay.close();
        assertThat(merge(change.item())).isInstanceOf(Failed.class);
    }

    @Test
    public void aKeptConnectionThatDiedIsReplacedUnnoticed() {
        Patchset change = change();
        assertThat(merge(change.item())).isInstanceOf(Merged.class);
        relay.cut();
        assertThat(merge(change.item())).isInstanceOf(Merged.class);
    }

    @Test
    public void aFrozenConnectionEndsInTime() {
        Patchset change = change();
        assertThat(merge(change.item())).isInstanceOf(Merged.class);
        relay.freeze();
        assertThat(merge(change.item())).isInstanceOf(Failed.class);
        relay.thaw();
        assertThat(merge(change.item())).isInstanceOf(Merged.class);
    }

    @Test
    public void wrongSettingsAreNamed() throws Exception {
        host.userKey(SshHost.generate("ssh-ed25519"));
        MergeResult refused = merge(change().item());
        assertThat(((Failed) refused).reason()).contains("refused the account");
        merger.reconfigure(null);
        assertThat(((Failed) merge(change().item())).reason()).isEqualTo("No Gerrit is configured.");
        host.userKey(SshHost.generate("ssh-ed25519"));
        Path other = SshHost.write(host.userKey(), folder.getRoot().toPath().resolve("other"), null);
        merger.reconfigure(new MergerSettings("CI", "ci@example.org", host.target(relay.port(), other)));
        assertThat(merge(change().item())).isInstanceOf(Merged.class);
        await().until(() -> merger.state().running() == 0);
    }
}
