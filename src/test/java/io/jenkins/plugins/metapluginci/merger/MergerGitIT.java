package io.jenkins.plugins.metapluginci.merger;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.Assume.assumeTrue;

import io.jenkins.plugins.metapluginci.merger.GitBed.Patchset;
import io.jenkins.plugins.metapluginci.merger.MergeItem.Mode;
import io.jenkins.plugins.metapluginci.merger.MergeResult.Conflict;
import io.jenkins.plugins.metapluginci.merger.MergeResult.Failed;
import io.jenkins.plugins.metapluginci.merger.MergeResult.Merged;
import io.jenkins.plugins.metapluginci.merger.MergeResult.Unmergeable;
import io.jenkins.plugins.metapluginci.ssh.HostKeys;
import io.jenkins.plugins.metapluginci.ssh.SshLogin;
import io.jenkins.plugins.metapluginci.ssh.SshTarget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Merges of real repositories, judged by the real git. */
public class MergerGitIT {
    private static final SshTarget NOWHERE =
            new SshTarget("gerrit.example.org", 29418, "ci", new SshLogin.Password("x"), new HostKeys(""));
    private static final String A = "openstack/alpha";
    private static final String B = "openstack/beta";

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private final List<String> asked = new CopyOnWriteArrayList<>();
    private GitBed bed;
    private Path mirrors;
    private Merger merger;
    private int requests;

    @Before
    public void start() {
        bed = new GitBed(folder.getRoot().toPath()).project(A);
        mirrors = folder.getRoot().toPath().resolve("mirrors");
        merger = merger(bed.remote(asked));
    }

    @After
    public void stop() {
        merger.close();
    }

    private Merger merger(GitRemote remote) {
        return merger(remote, MergerLimits.defaults());
    }

    private Merger merger(GitRemote remote, MergerLimits limits) {
        Merger made = new Merger(mirrors, target -> remote, limits);
        made.reconfigure(new MergerSettings("Third Party CI", "ci@example.org", NOWHERE));
        return made;
    }

    private Path mirror(String project) {
        return mirrors.resolve(MirrorName.directory(project));
    }

    private String uuid() {
        return String.format("%032x", ++requests);
    }

    private static <T> T get(CompletableFuture<T> future) {
        try {
            return future.get(60, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private MergeResult merge(MergeItem... items) {
        return get(merger.merge(new MergeRequest(uuid(), List.of(items))));
    }

    private Merged merged(MergeItem... items) {
        MergeResult result = merge(items);
        assertThat(result).isInstanceOf(Merged.class);
        Merged merged = (Merged) result;
        String project = items[items.length - 1].project();
        assertThat(GitBed.git(mirror(project), "rev-parse", merged.zuulRef()).strip())
                .isEqualTo(merged.commit());
        assertThat(GitBed.tryGit(mirror(project), "fsck", "--strict").status()).isZero();
        return merged;
    }

    private String show(String commit, String file) {
        return GitBed.show(mirror(A), commit, file);
    }

    private String log(String commit, String format) {
        return GitBed.git(mirror(A), "log", "-1", "--format=" + format, commit).strip();
    }

    @Test
    public void aChangeOnTheTipIsItsOwnResult() {
        Patchset change = bed.change(A, "master", () -> bed.edit(A, 2, "changed"));
        for (Mode mode : List.of(Mode.MERGE_RESOLVE, Mode.MERGE)) {
            Merged merged = merged(change.item(mode));
            assertThat(merged.commit()).isEqualTo(change.commit());
            assertThat(merged.zuulRef()).isEqualTo("refs/zuul/master/Z" + String.format("%032x", requests));
            assertThat(merged.refs()).containsExactly(new ProjectBranch(A, "master"));
        }
    }

    @Test
    public void aMovedBranchIsMergedWithTheConfiguredIdentity() {
        Patchset change = bed.change(A, "master", () -> bed.edit(A, 2, "changed"));
        String tip = bed.land(A, "master", () -> bed.edit(A, 8, "landed"));
        for (Mode mode : List.of(Mode.MERGE_RESOLVE, Mode.MERGE)) {
            String commit = merged(change.item(mode)).commit();
            assertThat(show(commit, "README")).contains("line 1\nchanged\n", "line 7\nlanded\n");
            assertThat(log(commit, "%P")).isEqualTo(tip + " " + change.commit());
            assertThat(log(commit, "%an <%ae> %cn <%ce>"))
                    .isEqualTo("Third Party CI <ci@example.org> Third Party CI <ci@example.org>");
        }
    }

    @Test
    public void aPickKeepsItsAuthorAndLeavesItsParentsBehind() {
        bed.checkout(A, "master");
        bed.write(A, "parent.txt", "parent");
        bed.commit(A, "unmerged parent");
        Patchset change = bed.changeHere(A, "master", () -> bed.edit(A, 2, "changed"));
        String tip = bed.land(A, "master", () -> bed.edit(A, 8, "landed"));
        String commit = merged(change.item(Mode.CHERRY_PICK)).commit();
        assertThat(log(commit, "%P")).isEqualTo(tip);
        assertThat(log(commit, "%an|%cn|%s")).isEqualTo("Ann Author|Third Party CI|change 1");
        assertThat(GitBed.git(mirror(A), "ls-tree", "--name-only", commit)).isEqualTo("README\n");
        assertThat(show(commit, "README")).contains("changed", "landed");
    }

    @Test
    public void whatIsMergedAlreadyIsTheTip() {
        Patchset change = bed.change(A, "master", () -> bed.edit(A, 2, "changed"));
        bed.push(A, "HEAD:refs/heads/master");
        String tip = bed.land(A, "master", () -> bed.edit(A, 8, "landed"));
        for (Mode mode : Mode.values()) {
            assertThat(merged(change.item(mode)).commit()).as("%s", mode).isEqualTo(tip);
        }
        Patchset same = bed.change(A, "master", () -> bed.edit(A, 9, "same"));
        String landed = bed.land(A, "master", () -> bed.edit(A, 9, "same"));
        assertThat(merged(same.item(Mode.CHERRY_PICK)).commit()).isEqualTo(landed);
    }

    @Test
    public void aConflictIsTheChangesOwn() {
        Patchset change = bed.change(A, "master", () -> bed.edit(A, 2, "changed"));
        bed.land(A, "master", () -> bed.edit(A, 2, "landed"));
        for (Mode mode : Mode.values()) {
            MergeResult result = merge(change.item(mode));
            assertThat(result).isInstanceOf(Conflict.class);
            assertThat(((Conflict) result).item().number()).isEqualTo(change.number());
            assertThat(((Conflict) result).detail())
                    .isEqualTo("1,1 does not merge into master of openstack/alpha: it conflicts in README.");
        }
        assertThat(refs(A)).isEmpty();
    }

    @Test
    public void gitAndWeAgreeOnDeletionsModesAndTypes() {
        bed.land(A, "master", () -> {
            bed.write(A, "gone.txt", "x\n");
            bed.write(A, "script.sh", "echo\n");
            bed.write(A, "dir/file", "x\n");
        });
        Patchset removes = bed.change(A, "master", () -> {
            try {
                Files.delete(bed.work(A).resolve("gone.txt"));
                assertThat(bed.work(A).resolve("script.sh").toFile().setExecutable(true))
                        .isTrue();
                GitBed.git(bed.work(A), "rm", "-q", "-r", "dir");
                Files.createSymbolicLink(bed.work(A).resolve("dir"), Path.of("README"));
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        bed.land(A, "master", () -> bed.edit(A, 8, "landed"));
        String commit = merged(removes.item()).commit();
        assertThat(GitBed.git(mirror(A), "ls-tree", "-r", commit).replaceAll("(?m) .*\t", " "))
                .isEqualTo("100644 README\n120000 dir\n100755 script.sh\n");
        Patchset edits = bed.change(A, "master", () -> bed.write(A, "gone.txt", "edited\n"));
        bed.land(A, "master", () -> GitBed.git(bed.work(A), "rm", "-q", "gone.txt"));
        assertThat(merge(edits.item())).isInstanceOf(Conflict.class);
    }

    @Test
    public void aMissingBranchAndAMissingPatchsetAreNotConflicts() {
        Patchset change = bed.change(A, "master", () -> bed.edit(A, 2, "changed"));
        MergeItem item = change.item();
        MergeResult noBranch = merge(new MergeItem(A, "stable/nope", 1, 1, item.ref(), null, Mode.MERGE));
        assertThat(noBranch).isInstanceOf(Unmergeable.class);
        assertThat(((Unmergeable) noBranch).reason()).isEqualTo("openstack/alpha has no branch stable/nope.");
        MergeResult noPatchset = merge(new MergeItem(A, "master", 1, 7, "refs/changes/01/1/7", null, Mode.MERGE));
        assertThat(((Unmergeable) noPatchset).reason()).isEqualTo("openstack/alpha has no refs/changes/01/1/7.");
        MergeResult other = merge(new MergeItem(A, "master", 1, 1, item.ref(), "0".repeat(40), Mode.MERGE));
        assertThat(((Unmergeable) other).reason()).contains(change.commit()).contains("not 000000");
        for (String bad : List.of("", "a..b", "x.lock", "a b", "-")) {
            MergeResult result = merge(new MergeItem(A, bad, 1, 1, item.ref(), null, Mode.MERGE));
            assertThat(result).as(bad).isInstanceOf(Unmergeable.class);
        }
        GitBed.git(bed.work(A), "tag", "-a", "-m", "x", "t", "HEAD:README");
        bed.push(A, "t:refs/changes/09/9/1");
        MergeResult noCommit = merge(new MergeItem(A, "master", 9, 1, "refs/changes/09/9/1", null, Mode.MERGE));
        assertThat(((Unmergeable) noCommit).reason()).isEqualTo("refs/changes/09/9/1 is not a commit.");
    }

    @Test
    public void troubleWithTheNetworkIsNotAConflict() {
        MergeResult unknown = merge(new MergeItem("no/such", "master", 1, 1, "refs/changes/01/1/1", null, Mode.MERGE));
        assertThat(unknown).isInstanceOf(Failed.class);
        assertThat(((Failed) unknown).reason()).contains("no/such");
        assertThat(merger.state().mirrors()).anySatisfy(mirror -> {
            assertThat(mirror.project()).isEqualTo("no/such");
            assertThat(mirror.phase()).isEqualTo(MirrorState.Phase.IDLE);
            assertThat(mirror.reason()).isNotBlank();
        });
        merger.reconfigure(null);
        MergeResult result =
                merge(bed.change(A, "master", () -> bed.edit(A, 2, "x")).item());
        assertThat(((Failed) result).reason()).isEqualTo("No Gerrit is configured.");
    }

    @Test
    public void itemsAreMergedInTheirOrder() {
        Patchset first = bed.change(A, "master", () -> bed.edit(A, 2, "first"));
        Patchset second = bed.change(A, "master", () -> bed.edit(A, 8, "second"));
        Patchset onFirst = bed.change(A, "master", () -> {
            GitBed.git(bed.work(A), "merge", "-q", "--ff-only", first.commit());
            bed.edit(A, 5, "on first");
        });
        Merged merged = merged(first.item(), second.item(), onFirst.item());
        assertThat(show(merged.commit(), "README")).contains("first", "second", "on first");
        assertThat(log(merged.commit(), "%P")).endsWith(" " + onFirst.commit());
        MergeResult clash = merge(
                first.item(),
                bed.change(A, "master", () -> bed.edit(A, 2, "clash")).item());
        assertThat(((Conflict) clash).item().number()).isEqualTo(4);
    }

    @Test
    public void oneNameReachesEveryRepositoryOfARequest() {
        bed.project(B);
        bed.checkout(B, "master");
        bed.push(B, "HEAD:refs/heads/stable/x");
        Patchset needed = bed.change(B, "master", () -> bed.edit(B, 2, "needed"));
        Patchset stable = bed.change(B, "stable/x", () -> bed.edit(B, 2, "stable"));
        Patchset change = bed.change(A, "master", () -> bed.edit(A, 2, "changed"));
        Merged merged = merged(needed.item(), stable.item(), change.item());
        String uuid = String.format("%032x", requests);
        assertThat(merged.refs())
                .containsExactlyInAnyOrder(
                        new ProjectBranch(A, "master"),
                        new ProjectBranch(B, "master"),
                        new ProjectBranch(B, "stable/x"));
        assertThat(refs(A)).containsExactly(change.commit() + " refs/zuul/master/Z" + uuid);
        assertThat(refs(B))
                .containsExactlyInAnyOrder(
                        needed.commit() + " refs/zuul/master/Z" + uuid,
                        stable.commit() + " refs/zuul/stable/x/Z" + uuid);
    }

    private List<String> refs(String project) {
        String out = GitBed.git(mirror(project), "for-each-ref", "--format=%(objectname) %(refname)", "refs/zuul");
        return out.isEmpty() ? List.of() : Arrays.asList(out.split("\n"));
    }

    @Test
    public void aBranchThatMovedIsMergedOntoWhereItIs() {
        Patchset change = bed.change(A, "master", () -> bed.edit(A, 2, "changed"));
        merged(change.item());
        String tip = bed.land(A, "master", () -> bed.edit(A, 8, "landed"));
        assertThat(log(merged(change.item()).commit(), "%P")).startsWith(tip);
        bed.checkout(A, "master");
        GitBed.git(bed.work(A), "reset", "-q", "--hard", "HEAD~1");
        bed.edit(A, 5, "rewritten");
        String rewritten = bed.commit(A, "history was rewritten");
        bed.push(A, "HEAD:refs/heads/master");
        assertThat(log(merged(change.item()).commit(), "%P")).startsWith(rewritten);
    }

    @Test
    public void aRefThatMovedIsTakenAsItIs() {
        Patchset change = bed.change(A, "master", () -> bed.edit(A, 2, "changed"));
        assertThat(merged(change.unknown()).commit()).isEqualTo(change.commit());
        bed.checkout(A, "master");
        bed.edit(A, 3, "forced");
        bed.commit(A, "forced");
        Patchset forced = bed.upload(A, "master", change.number(), change.patchset());
        assertThat(merged(change.unknown()).commit()).isEqualTo(forced.commit()).isNotEqualTo(change.commit());
    }

    @Test
    public void aBranchInTheWayOfAnotherIsNoObstacle() {
        bed.checkout(A, "master");
        bed.push(A, "HEAD:refs/heads/feature");
        merged(bed.change(A, "feature", () -> bed.edit(A, 2, "changed")).item());
        bed.push(A, ":refs/heads/feature");
        bed.checkout(A, "master");
        bed.push(A, "HEAD:refs/heads/feature/one");
        merged(bed.change(A, "feature/one", () -> bed.edit(A, 2, "changed")).item());
        assertThat(GitBed.git(mirror(A), "branch", "--list", "--format=%(refname)"))
                .isEqualTo("refs/heads/feature/one\nrefs/heads/master\n");
    }

    @Test
    public void updatesPruneBranches() {
        bed.checkout(A, "master");
        bed.push(A, "HEAD:refs/heads/old");
        get(merger.update(A));
        assertThat(GitBed.git(mirror(A), "branch", "--list")).contains("old");
        bed.push(A, ":refs/heads/old");
        get(merger.update(A));
        assertThat(GitBed.git(mirror(A), "branch", "--list")).doesNotContain("old");
        assertThat(merger.update("no/such")).failsWithin(Duration.ofSeconds(30));
        assertThat(merger.update("../x\n")).isCompletedExceptionally();
    }

    @Test
    public void strangeFilesDoNotMatter() throws IOException {
        bed.land(A, "master", () -> {
            bed.write(A, "HEAD", "a file named HEAD\n");
            bed.write(A, "FETCH_HEAD", "x\n");
            bed.write(A, "refs/heads/master", "x\n");
            bed.write(A, "Gr\u00fc\u00dfe/\u8b8a\u66f4 \"x\".txt", "unicode\n");
            bed.write(A, "-rf", "x\n");
        });
        String submodule = bed.head(A);
        Patchset change = bed.change(A, "master", () -> {
            bed.write(A, "Gr\u00fc\u00dfe/\u8b8a\u66f4 \"x\".txt", "changed\n");
            try {
                Files.createSymbolicLink(bed.work(A).resolve("link"), Path.of("/etc/passwd"));
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        change = gitlink(change, submodule);
        bed.land(A, "master", () -> bed.write(A, "HEAD", "still\n"));
        for (Mode mode : Mode.values()) {
            String commit = merged(change.item(mode)).commit();
            assertThat(show(commit, "Gr\u00fc\u00dfe/\u8b8a\u66f4 \"x\".txt")).isEqualTo("changed\n");
            assertThat(show(commit, "HEAD")).isEqualTo("still\n");
            assertThat(show(commit, "link")).isEqualTo("/etc/passwd");
            assertThat(GitBed.git(mirror(A), "ls-tree", "-r", commit)).contains("160000 commit " + submodule + "\tsub");
        }
        assertThat(Files.readString(mirror(A).resolve("HEAD"))).isEqualTo("ref: refs/heads/master\n");
    }

    @Test
    public void clashingSubmodulesConflict() {
        String one = "1".repeat(40);
        gitlink(bed.change(A, "master", () -> {}), one);
        bed.push(A, "HEAD:refs/heads/master");
        Patchset change = gitlink(bed.change(A, "master", () -> bed.edit(A, 2, "x")), "2".repeat(40));
        gitlink(bed.change(A, "master", () -> bed.edit(A, 3, "y")), "3".repeat(40));
        bed.push(A, "HEAD:refs/heads/master");
        MergeResult result = merge(change.item());
        assertThat(result).isInstanceOf(Conflict.class);
        assertThat(((Conflict) result).detail()).contains("sub");
    }

    private Patchset gitlink(Patchset change, String commit) {
        GitBed.git(bed.work(A), "update-index", "--add", "--cacheinfo", "160000," + commit + ",sub");
        GitBed.git(bed.work(A), "commit", "-q", "--allow-empty", "--amend", "-m", "sub");
        return bed.upload(A, "master", change.number(), 2);
    }

    @Test
    public void changesThatAreMergesThemselvesAreMerged() {
        bed.checkout(A, "master");
        String base = bed.head(A);
        List<String> sides = new ArrayList<>();
        for (int side = 1; side <= 3; side++) {
            GitBed.git(bed.work(A), "checkout", "-q", "--detach", base);
            bed.write(A, "side" + side, "x\n");
            sides.add(bed.commit(A, "side " + side));
        }
        GitBed.git(bed.work(A), "checkout", "-q", "--detach", sides.get(0));
        GitBed.git(bed.work(A), "merge", "-q", "-m", "octopus", sides.get(1), sides.get(2));
        Patchset octopus = bed.upload(A, "master", 50, 1);
        bed.land(A, "master", () -> bed.edit(A, 8, "landed"));
        for (Mode mode : Mode.values()) {
            String commit = merged(octopus.item(mode)).commit();
            assertThat(GitBed.git(mirror(A), "ls-tree", "--name-only", commit))
                    .isEqualTo("README\nside1\nside2\nside3\n");
        }
    }

    @Test
    public void crissCrossHistoriesMerge() {
        bed.checkout(A, "master");
        String base = bed.head(A);
        bed.edit(A, 2, "one");
        String one = bed.commit(A, "one");
        GitBed.git(bed.work(A), "checkout", "-q", "--detach", base);
        bed.edit(A, 8, "two");
        String two = bed.commit(A, "two");
        GitBed.git(bed.work(A), "merge", "-q", "-m", "x", one);
        bed.edit(A, 5, "three");
        bed.commit(A, "three");
        bed.push(A, "HEAD:refs/heads/master");
        GitBed.git(bed.work(A), "checkout", "-q", "--detach", one);
        GitBed.git(bed.work(A), "merge", "-q", "-m", "y", two);
        Patchset change = bed.changeHere(A, "master", () -> bed.write(A, "new", "x\n"));
        for (Mode mode : List.of(Mode.MERGE, Mode.MERGE_RESOLVE)) {
            assertThat(show(merged(change.item(mode)).commit(), "README")).contains("one", "two", "three");
        }
    }

    @Test
    public void unrelatedHistoriesConflictAndRootsCanBePicked() {
        GitBed.git(bed.work(A), "checkout", "-q", "--orphan", "unrelated");
        GitBed.git(bed.work(A), "rm", "-q", "-r", "-f", ".");
        bed.write(A, "other", "x\n");
        bed.commit(A, "root");
        Patchset root = bed.upload(A, "master", 60, 1);
        assertThat(((Conflict) merge(root.item())).detail()).contains("no common history");
        String commit = merged(root.item(Mode.CHERRY_PICK)).commit();
        assertThat(GitBed.git(mirror(A), "ls-tree", "--name-only", commit)).isEqualTo("README\nother\n");
    }

    @Test
    public void metaBranchesCanBeMerged() {
        bed.checkout(A, "master");
        bed.push(A, "HEAD:refs/meta/config");
        Patchset change = bed.changeHere(A, "refs/meta/config", () -> bed.edit(A, 2, "config"));
        Merged merged = merged(change.item());
        assertThat(merged.zuulRef()).startsWith("refs/zuul/refs/meta/config/Z");
        assertThat(merged.commit()).isEqualTo(change.commit());
    }

    @Test
    public void olderProtocolsDo() {
        merger.close();
        merger = merger(bed.remote(asked, "version=0"));
        Patchset change = bed.change(A, "master", () -> bed.edit(A, 2, "changed"));
        assertThat(merged(change.item()).commit()).isEqualTo(change.commit());
        bed.land(A, "master", () -> bed.edit(A, 8, "landed"));
        assertThat(show(merged(change.item()).commit(), "README")).contains("changed", "landed");
    }

    @Test
    public void anEmptyRepositoryHasNoBranch() {
        GitBed.git(bed.bare("empty"), "init", "-q", "--bare");
        MergeResult result = merge(new MergeItem("empty", "master", 1, 1, "refs/changes/01/1/1", null, Mode.MERGE));
        assertThat(((Unmergeable) result).reason()).isEqualTo("empty has no branch master.");
    }

    @Test
    public void noNameLeadsOutOfTheDirectory() {
        for (String project : List.of(
                "../../etc", "..", ".", "a/../b", ".git", "a\\b", "\u8b8a\u66f4", "a%2Fb", "x".repeat(400), "CON")) {
            Path directory = mirrors.resolve(MirrorName.directory(project)).normalize();
            assertThat(directory.getParent()).as(project).isEqualTo(mirrors);
            assertThat(directory.getFileName().toString().getBytes(UTF_8).length)
                    .isLessThan(200);
        }
        assertThat(MirrorName.directory("a/b")).isEqualTo("a%2Fb.git").isNotEqualTo(MirrorName.directory("a%2Fb"));
        assertThat(MirrorName.directory("x".repeat(400))).isNotEqualTo(MirrorName.directory("x".repeat(401)));
        for (String bad : List.of("", "/a", "a/", "a\nb", "-a", "a\0b")) {
            MergeResult result = merge(new MergeItem(bad, "master", 1, 1, "refs/changes/01/1/1", null, Mode.MERGE));
            assertThat(result).as(bad).isInstanceOf(Unmergeable.class);
        }
        assertThat(mirrors).doesNotExist();
    }

    @Test
    public void forgottenRefsAreGoneAndKeptOnesSurviveARestart() {
        Patchset change = bed.change(A, "master", () -> bed.edit(A, 2, "changed"));
        merged(change.item());
        merged(change.item());
        merged(change.item());
        assertThat(refs(A)).hasSize(3);
        merger.forget(String.format("%032x", 2));
        await().until(() -> refs(A).size() == 2);
        merger.close();
        merger = merger(bed.remote(asked));
        assertThat(merger.isLive("refs/zuul/master/Z" + String.format("%032x", 1)))
                .isFalse();
        merger.keepOnly(Map.of(String.format("%032x", 3), Set.of()));
        await().until(() -> refs(A).size() == 1);
        assertThat(refs(A).get(0)).endsWith("Z" + String.format("%032x", 3));
        assertThat(merger.isLive("refs/zuul/master/Z" + String.format("%032x", 3)))
                .isTrue();
        assertThat(merger.isLive("refs/zuul/master/Z" + String.format("%032x", 1)))
                .isFalse();
        merger.forget(String.format("%032x", 3));
        await().until(() -> refs(A).isEmpty());
    }

    @Test
    public void aMirrorThatHasWhatIsNeededFetchesNothing() throws IOException {
        Patchset change = bed.change(A, "master", () -> bed.edit(A, 2, "changed"));
        merged(change.item());
        int packs = MirrorFiles.packs(mirror(A));
        merged(change.item());
        assertThat(MirrorFiles.packs(mirror(A))).isEqualTo(packs);
    }

    @Test
    public void hundredsOfRunsAreTidiedAway() {
        merger.close();
        MergerLimits small = new MergerLimits(
                2,
                Duration.ofMinutes(1),
                Duration.ofMinutes(5),
                8,
                100_000,
                1_000_000,
                Duration.ZERO,
                Duration.ofMinutes(1));
        merger = merger(bed.remote(asked), small);
        for (int run = 0; run < 40; run++) {
            String line = "run " + run;
            Patchset change = bed.change(A, "master", () -> bed.edit(A, 2, line));
            MergeRequest request = new MergeRequest(uuid(), List.of(change.item()));
            assertThat(get(merger.merge(request))).isInstanceOf(Merged.class);
            merger.forget(request.uuid());
        }
        await().until(() -> refs(A).isEmpty() && MirrorFiles.packs(mirror(A)) <= 8);
        assertThat(GitBed.tryGit(mirror(A), "fsck", "--full").output()).doesNotContain("missing", "error");
        merged(bed.change(A, "master", () -> bed.edit(A, 3, "after")).item());
    }

    /** What 4ba48d99 mended in zuul-merger. */
    @Test
    public void noFileStaysOpen() throws IOException {
        assumeTrue(Files.exists(Path.of("/proc/self/fd")));
        for (int run = 0; run < 10; run++) {
            String line = "run " + run;
            merged(bed.change(A, "master", () -> bed.edit(A, 2, line)).item());
        }
        await().until(() -> merger.state().running() == 0);
        merger.close();
        await().until(() -> openFiles().isEmpty());
    }

    private List<String> openFiles() throws IOException {
        List<String> open = new ArrayList<>();
        try (var links = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path link : links) {
                try {
                    String target = Files.readSymbolicLink(link).toString();
                    if (target.startsWith(mirrors.toRealPath().toString())) {
                        open.add(target);
                    }
                } catch (NoSuchFileException e) {
                    // Closed meanwhile.
                    continue;
                }
            }
        }
        return open;
    }
}
