package io.jenkins.plugins.metapluginci.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.Test;

/** Nothing of a test bed is left when its JVM has been killed. */
public class TestBedIT {

    /** What the killed JVM runs: a bed with a node, until the end. */
    public static final class Victim {
        private Victim() {}

        /** Starts a node, says which process it is, and waits. */
        public static void main(String[] args) throws InterruptedException {
            Node node = TestBed.get().node(1);
            System.out.println("processes "
                    + node.processes().stream()
                            .map(process -> String.valueOf(process.pid()))
                            .toList());
            Thread.currentThread().join();
        }
    }

    @Test
    public void nothingOutlivesAKilledJvm() throws Exception {
        Path bed = TestBed.get().directory().resolve("victim");
        BedProcess victim = BedProcess.start(
                "victim",
                TestBed.get().directory().resolve("victim.log"),
                Map.of(),
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Dtestbed.dir=" + bed,
                        "-cp",
                        System.getProperty("java.class.path"),
                        Victim.class.getName()));
        String line = Await.value(
                "the victim's node",
                Duration.ofSeconds(60),
                victim::tail,
                () -> victim.log()
                        .lines()
                        .filter(text -> text.startsWith("processes "))
                        .findFirst());
        List<Path> processes = List.of(line.replaceAll("[^0-9 ]", "").trim().split(" +")).stream()
                .map(pid -> Path.of("/proc", pid))
                .toList();
        assertThat(processes.stream().filter(Files::exists))
                .as("init, ovsdb-server, ovs-vswitchd, sshd")
                .hasSizeGreaterThanOrEqualTo(4);

        ProcessHandle.of(victim.pid()).orElseThrow().destroyForcibly();

        Await.until(
                "the node is gone",
                Duration.ofSeconds(20),
                processes::toString,
                () -> processes.stream().noneMatch(Files::exists));
        assertThat(Files.readString(Path.of("/proc/mounts"))).doesNotContain(bed.toString());
    }
}
