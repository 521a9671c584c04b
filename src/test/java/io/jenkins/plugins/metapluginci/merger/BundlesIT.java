package io.jenkins.plugins.metapluginci.merger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Bundles of real mirrors, judged by the real git. */
public class BundlesIT {
    private static final String A = "openstack/alpha";

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private GitBed bed;
    private Merger merger;
    private Bundles bundles;
    private Path clone;

    @Before
    public void start() throws IOException {
        bed = new GitBed(folder.getRoot().toPath()).project(A);
        merger = bed.merger(folder.getRoot().toPath().resolve("mirrors"));
        bundles = merger.bundles();
        clone = folder.newFolder("clone").toPath();
        GitBed.git(clone, "init", "-q", "--bare", ".");
    }

    @After
    public void stop() {
        merger.close();
    }

    private long take(Map<String, String> refs, List<String> have) throws IOException {
        Path file = folder.getRoot().toPath().resolve("bundle");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        bundles.write(A, refs, have, out);
        Files.write(file, out.toByteArray());
        GitBed.git(clone, "fetch", "-q", "--prune", file.toString(), "+refs/heads/*:refs/heads/*");
        return out.size();
    }

    @Test
    public void branchesAndNothingElse() throws Exception {
        var change = bed.change(A, "master", () -> bed.edit(A, 2, "not yet merged"));
        merger.merge(new MergeRequest("0".repeat(32), List.of(change.item()))).get(60, TimeUnit.SECONDS);
        Map<String, String> branches = bundles.branches(A);

        assertThat(branches).containsOnlyKeys("refs/heads/master");
        take(branches, List.of());
        assertThat(GitBed.git(clone, "rev-parse", "master").strip()).isEqualTo(branches.get("refs/heads/master"));
        assertThat(GitBed.tryGit(clone, "cat-file", "-e", change.commit()).status())
                .as("what is under test")
                .isNotZero();
        assertThatThrownBy(() -> take(Map.of("refs/heads/x", change.commit()), List.of()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("No branch of " + A);
    }

    @Test
    public void onlyWhatIsMissingIsInIt() throws Exception {
        bed.land(A, "master", () -> bed.write(A, "big", "0123456789abcdef\n".repeat(10_000) + System.nanoTime()));
        Map<String, String> before = bundles.branches(A);
        take(before, List.of());
        String landed = bed.land(A, "master", () -> bed.edit(A, 1, "small"));
        Map<String, String> after = bundles.branches(A);

        // A commit that the mirror never had says nothing of what is there.
        take(after, List.of(before.get("refs/heads/master"), "0123456789".repeat(4)));

        assertThat(GitBed.git(clone, "rev-parse", "master").strip()).isEqualTo(landed);
        assertThat(GitBed.tryGit(clone, "fsck", "--strict").status()).isZero();
        assertThat(GitBed.git(folder.getRoot().toPath(), "bundle", "list-heads", "bundle"))
                .contains(landed);
        assertThat(new String(Files.readAllBytes(folder.getRoot().toPath().resolve("bundle")), "ISO-8859-1"))
                .contains("-" + before.get("refs/heads/master"));
    }

    @Test
    public void whatIsNotThereIsSaid() {
        assertThatThrownBy(() -> bundles.branches("no/such")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> bundles.branches("../x")).hasMessageContaining("../x");
    }
}
