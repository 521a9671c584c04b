package io.jenkins.plugins.metapluginci.merger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.metapluginci.merger.GitBed.Patchset;
import io.jenkins.plugins.metapluginci.merger.MergeResult.Failed;
import io.jenkins.plugins.metapluginci.merger.MergeResult.Merged;
import io.jenkins.plugins.metapluginci.ssh.HostKeys;
import io.jenkins.plugins.metapluginci.ssh.SshLogin;
import io.jenkins.plugins.metapluginci.ssh.SshTarget;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Mirrors that were interrupted, damaged, or left waiting; and who has them when. */
public class MirrorRecoveryIT {
    private static final SshTarget NOWHERE =
            new SshTarget("gerrit.example.org", 29418, "ci", new SshLogin.Password("x"), new HostKeys(""));
    private static final String A = "openstack/alpha";
    private static final String B = "openstack/beta";
    private static final MergerLimits SHORT = new MergerLimits(
            4,
            Duration.ofMillis(500),
            Duration.ofMinutes(1),
            100,
            10_000,
            1_000,
            Duration.ZERO,
            Duration.ofMinutes(10));

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private GitBed bed;
    private Path mirrors;
    private Merger merger;
    private int requests;

    @Before
    public void start() {
        bed = new GitBed(folder.getRoot().toPath()).project(A);
        mirrors = folder.getRoot().toPath().resolve("mirrors");
    }

    @After
    public void stop() {
        if (merger != null) {
            merger.close();
        }
    }

    private void open(GitRemote remote, MergerLimits limits) {
        stop();
        merger = new Merger(mirrors, target -> remote, limits);
        merger.reconfigure(new MergerSettings("CI", "ci@example.org", NOWHERE));
    }

    private void open() {
        open(bed.remote(new ArrayList<>()), MergerLimits.defaults());
    }

    private CompletableFuture<MergeResult> ask(Patchset... changes) {
        return merger.merge(new MergeRequest(
                uuid(++requests), Stream.of(changes).map(Patchset::item).toList()));
    }

    private static MergeResult get(CompletableFuture<MergeResult> future) {
        try {
            return future.get(60, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private Path mirror() {
        return mirrors.resolve(MirrorName.directory(A));
    }

    private Patchset change() {
        return bed.change(A, "master", () -> bed.edit(A, 2, "changed"));
    }

    @Test
    public void whatAKilledProcessLeftIsNoObstacle() throws IOException {
        open();
        Patchset change = change();
        assertThat(get(ask(change))).isInstanceOf(Merged.class);
        stop();
        List<Path> left = new ArrayList<>();
        for (String name : List.of(
                "refs/heads/master.lock",
                "refs/zuul/master/Z00000000000000000000000000000002.lock",
                "packed-refs.lock",
                "config.lock",
                "objects/incoming_123.pack",
                "objects/pack/gc_1.pack.tmp")) {
            Path file = mirror().resolve(name);
            Files.createDirectories(file.getParent());
            left.add(Files.writeString(file, "half"));
        }
        Path half = mirrors.resolve(mirror().getFileName() + ".new");
        Files.createDirectories(half.resolve("objects"));
        Files.writeString(half.resolve("HEAD"), "");
        bed.land(A, "master", () -> bed.edit(A, 8, "landed"));
        open();
        assertThat(get(ask(change))).isInstanceOf(Merged.class);
        assertThat(left).noneMatch(Files::exists);
    }

    @Test
    public void aHalfMadeCloneIsMadeAgain() throws IOException {
        Path half = mirrors.resolve(MirrorName.directory(A) + ".new");
        Files.createDirectories(half.resolve("objects/pack"));
        Files.writeString(half.resolve("objects/pack/pack-1.pack"), "half");
        open();
        assertThat(get(ask(change()))).isInstanceOf(Merged.class);
        assertThat(half).doesNotExist();
    }

    @Test
    public void aDamagedMirrorIsPutAsideAndClonedAnew() throws IOException {
        List<String> damages = List.of("pack", "config", "emptied", "object");
        for (String damage : damages) {
            open(bed.remote(new ArrayList<>()), MergerLimits.defaults());
            Patchset change = change();
            bed.land(A, "master", () -> bed.edit(A, 8, "landed " + damage));
            assertThat(get(ask(change))).isInstanceOf(Merged.class);
            stop();
            damage(damage);
            open();
            assertThat(get(ask(change))).as(damage).isInstanceOf(Merged.class);
            assertThat(mirrors.resolve(mirror().getFileName() + ".unreadable"))
                    .as(damage)
                    .isDirectory();
            assertThat(GitBed.tryGit(mirror(), "fsck", "--full").status()).isZero();
        }
    }

    @Test
    public void whoseRefsWentWithAMirrorIsToldAndGetsThemAgain() throws Exception {
        bed.project(B);
        open();
        List<String> lost = new CopyOnWriteArrayList<>();
        merger.onLost(lost::addAll);
        Patchset onA = change();
        Patchset onB = bed.change(B, "master", () -> bed.edit(B, 2, "changed"));
        assertThat(get(ask(onA))).isInstanceOf(Merged.class);
        assertThat(get(ask(onB))).isInstanceOf(Merged.class);
        assertThat(get(ask(onB, onA))).isInstanceOf(Merged.class);
        assertThat(get(ask(onA))).isInstanceOf(Merged.class);
        merger.forget(uuid(4));
        bed.land(A, "master", () -> bed.edit(A, 8, "landed"));
        damage("object");
        assertThat(get(ask(onA))).isInstanceOf(Merged.class);
        assertThat(lost)
                .as("neither forgotten, elsewhere nor the one that found it")
                .containsExactlyInAnyOrder(uuid(1), uuid(3));
        requests = 0;
        assertThat(get(ask(onA))).isInstanceOf(Merged.class);
        assertThat(GitBed.git(mirror(), "for-each-ref", "--format=%(refname)", "refs/zuul")
                        .lines())
                .containsExactlyInAnyOrder("refs/zuul/master/Z" + uuid(1), "refs/zuul/master/Z" + uuid(5));
    }

    @Test
    public void aStartTellsWhoseRefsAreNotThere() throws Exception {
        bed.project(B);
        open();
        Patchset onA = change();
        assertThat(get(ask(onA))).isInstanceOf(Merged.class);
        assertThat(get(ask(bed.change(B, "master", () -> bed.edit(B, 2, "changed")))))
                .isInstanceOf(Merged.class);
        Map<String, Set<String>> kept =
                Map.of(uuid(1), Set.of(A), uuid(2), Set.of(B), uuid(3), Set.of(), uuid(4), Set.of(A, B));
        for (String how : List.of("config", "emptied", "gone")) {
            stop();
            if (how.equals("gone")) {
                MirrorFiles.delete(mirror());
            } else {
                damage(how);
            }
            open();
            Set<String> lost = ConcurrentHashMap.newKeySet();
            merger.onLost(lost::addAll);
            merger.keepOnly(kept);
            await().untilAsserted(() -> assertThat(lost).as(how).containsExactlyInAnyOrder(uuid(1), uuid(4)));
            requests = 0;
            assertThat(get(ask(onA))).as(how).isInstanceOf(Merged.class);
            assertThat(lost).as(how).doesNotContain(uuid(2), uuid(3));
        }
    }

    private static String uuid(int number) {
        return String.format("%032x", number);
    }

    private void damage(String how) throws IOException {
        switch (how) {
            case "pack" -> {
                for (Path pack : files("objects/pack", ".pack")) {
                    byte[] bytes = Files.readAllBytes(pack);
                    for (int at = 20; at < bytes.length - 20; at++) {
                        bytes[at] ^= 0x55;
                    }
                    assertThat(pack.toFile().setWritable(true)).isTrue();
                    Files.write(pack, bytes);
                }
            }
            case "config" -> Files.writeString(mirror().resolve("config"), "[core\n\0garbage");
            case "emptied" -> {
                MirrorFiles.delete(mirror());
                Files.createDirectories(mirror());
            }
            default -> {
                for (Path pack : files("objects/pack", "")) {
                    Files.delete(pack);
                }
            }
        }
    }

    private List<Path> files(String directory, String end) throws IOException {
        try (Stream<Path> all = Files.list(mirror().resolve(directory))) {
            return all.filter(file -> file.toString().endsWith(end)).toList();
        }
    }

    /** Says how far it is, and lets everybody wait until it is told to go on. */
    private final class Held implements GitRemote {
        private final GitRemote real = bed.remote(new ArrayList<>());
        private final Set<String> held = ConcurrentHashMap.newKeySet();
        private final CountDownLatch go = new CountDownLatch(1);
        private final AtomicInteger together = new AtomicInteger();

        @Override
        public Exchange uploadPack(String project) throws IOException, InterruptedException {
            together.incrementAndGet();
            if (held.contains(project)) {
                go.await();
            }
            together.decrementAndGet();
            return real.uploadPack(project);
        }

        @Override
        public void close() {
            go.countDown();
            real.close();
        }
    }

    @Test
    public void projectsMergeInParallelAndOneProjectOneByOne() {
        bed.project(B);
        Held remote = new Held();
        remote.held.add(A);
        open(remote, MergerLimits.defaults());
        Patchset onA = change();
        Patchset onB = bed.change(B, "master", () -> bed.edit(B, 2, "changed"));
        CompletableFuture<MergeResult> first = ask(onA);
        CompletableFuture<MergeResult> second = ask(onA);
        CompletableFuture<MergeResult> both = ask(onA, onB);
        await().until(() -> remote.together.get() == 1);
        MirrorState cloning = merger.state().mirrors().get(0);
        assertThat(cloning.project()).isEqualTo(A);
        assertThat(cloning.phase()).isEqualTo(MirrorState.Phase.CLONING);
        assertThat(merger.state().waiting()).isEqualTo(2);
        assertThat(merger.state().running()).isEqualTo(1);
        // A request for both reserves the other project too, so that it is not overtaken for ever.
        CompletableFuture<MergeResult> behind = ask(onB);
        assertThat(behind).isNotDone();
        remote.go.countDown();
        for (CompletableFuture<MergeResult> each : List.of(first, second, both, behind)) {
            assertThat(get(each)).isInstanceOf(Merged.class);
        }
        await().until(() -> merger.state().running() == 0);
        assertThat(merger.state().mirrors()).allMatch(each -> each.phase() == MirrorState.Phase.IDLE);
    }

    @Test
    public void anotherProjectDoesNotWait() {
        bed.project(B);
        Held remote = new Held();
        remote.held.add(A);
        open(remote, MergerLimits.defaults());
        CompletableFuture<MergeResult> stuck = ask(change());
        assertThat(get(ask(bed.change(B, "master", () -> bed.edit(B, 2, "changed")))))
                .isInstanceOf(Merged.class);
        assertThat(stuck).isNotDone();
        remote.go.countDown();
        assertThat(get(stuck)).isInstanceOf(Merged.class);
    }

    @Test
    public void aRequestThatIsForgottenOnItsWayLeavesNothing() {
        Held remote = new Held();
        remote.held.add(A);
        open(remote, MergerLimits.defaults());
        CompletableFuture<MergeResult> one = ask(change());
        await().until(() -> remote.together.get() == 1);
        merger.forget(uuid(1));
        remote.go.countDown();
        assertThat(get(one)).isInstanceOf(Failed.class);
        await().until(() -> merger.state().running() == 0);
        assertThat(GitBed.git(mirror(), "for-each-ref", "refs/zuul")).isEmpty();
        assertThat(merger.isLive("refs/zuul/master/Z" + uuid(1))).isFalse();
    }

    @Test
    public void closingEndsWhatIsUnderWay() {
        Held remote = new Held();
        remote.held.add(A);
        open(remote, MergerLimits.defaults());
        Patchset change = change();
        CompletableFuture<MergeResult> running = ask(change);
        CompletableFuture<MergeResult> waiting = ask(change);
        await().until(() -> remote.together.get() == 1);
        merger.close();
        assertThat(((Failed) get(running)).reason()).isEqualTo("The merger was stopped.");
        assertThat(((Failed) get(waiting)).reason()).isEqualTo("The merger was stopped.");
        assertThat(((Failed) get(ask(change))).reason()).isEqualTo("The merger was stopped.");
        assertThat(merger.update(A)).isCompletedExceptionally();
    }

    @Test
    public void aGerritThatSaysNothingIsGivenUp() {
        open(new Mute(), SHORT);
        MergeResult result = get(ask(change()));
        assertThat(((Failed) result).reason()).contains("did not go on with openstack/alpha");
        open();
        assertThat(get(ask(change()))).isInstanceOf(Merged.class);
    }

    /** Takes everything and answers nothing. */
    private static final class Mute implements GitRemote {
        @Override
        public Exchange uploadPack(String project) {
            CountDownLatch closed = new CountDownLatch(1);
            return new Exchange() {
                @Override
                public InputStream fromRemote() {
                    return new InputStream() {
                        @Override
                        public int read() throws IOException {
                            try {
                                closed.await();
                            } catch (InterruptedException e) {
                                throw new IOException(e);
                            }
                            return -1;
                        }
                    };
                }

                @Override
                public OutputStream toRemote() {
                    return new ByteArrayOutputStream();
                }

                @Override
                public String errors() {
                    return "";
                }

                @Override
                public void close() {
                    closed.countDown();
                }
            };
        }

        @Override
        public void close() {
            // Each exchange is closed by whoever has it.
        }
    }

    @Test
    public void aFullDiskIsNotTheChangesFault() throws IOException {
        open();
        Files.createDirectories(mirrors.getParent());
        Files.writeString(mirrors, "a file where the directory should be");
        assertThat(get(ask(change()))).isInstanceOf(Failed.class);
        Files.delete(mirrors);
        assertThat(get(ask(change()))).isInstanceOf(Merged.class);
    }
}
