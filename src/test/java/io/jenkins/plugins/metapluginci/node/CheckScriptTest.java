package io.jenkins.plugins.metapluginci.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** {@code check-node.sh} as the sh of this machine runs it, with some of the machine's commands replaced. */
public class CheckScriptTest {
    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private final List<Long> started = new ArrayList<>();
    private Path root;
    private Path commands;

    @Before
    public void directories() throws IOException {
        root = folder.newFolder("it's a root").toPath();
        commands = folder.newFolder("bin").toPath();
        command("sudo", "shift; exec \"$@\"");
    }

    @After
    public void endWhatWasStarted() {
        started.forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
    }

    private void command(String name, String body) throws IOException {
        Path file = commands.resolve(name);
        Files.writeString(file, "#!/bin/sh\n" + body + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private CheckAnswer run(String gate) throws Exception {
        CheckSettings settings = new CheckSettings(true, true, true, gate, 1, 1, 5_000, true);
        ProcessBuilder builder = new ProcessBuilder("sh").redirectErrorStream(true);
        builder.environment().merge("PATH", commands + ":", (old, ours) -> ours + old);
        Process process = builder.start();
        process.getOutputStream()
                .write(NodeCheckup.script(settings, root.toString()).getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        CheckAnswer answer = CheckAnswer.of(output);
        assertThat(answer.isCut()).as(output).isFalse();
        assertThat(answer.firstStrange()).as(output).isEmpty();
        return answer;
    }

    @Test
    public void itTellsOfThisMachine() throws Exception {
        long before = System.currentTimeMillis();
        CheckAnswer answer = run("");
        long after = System.currentTimeMillis();

        assertThat(answer.says("sudo", "yes")).isTrue();
        assertThat(answer.text("git")).startsWith("git version");
        assertThat(answer.number("disk")).isBetween(1L, Files.getFileStore(root).getTotalSpace() / 1024);
        assertThat(answer.number("memory")).isGreaterThan(100_000);
        assertThat(answer.millis("begin")).isBetween(before - 1, after + 1);
        assertThat(answer.text("gate")).as("not asked").isEmpty();
        assertThat(answer.processes()).isEmpty();
        assertThat(answer.mounts()).isEmpty();
    }

    @Test
    public void whatIsMissingOrBrokenIsNotThere() throws Exception {
        command("sudo", "exit 1");
        command("git", "exit 127");
        command("java", "echo Error: Could not find a JVM; exit 1");
        CheckAnswer answer = run("");

        assertThat(answer.says("sudo", "no")).isTrue();
        assertThat(answer.text("git")).isEmpty();
        assertThat(answer.text("java")).isEmpty();
    }

    @Test
    public void devstackGateIsWhereItsScriptIs() throws Exception {
        Path gate = folder.newFolder("gate").toPath();
        assertThat(run(gate + "/none").text("gate")).isEqualTo("no");
        assertThat(run(gate.toString()).text("gate")).isEqualTo("empty");
        Files.writeString(gate.resolve("devstack-vm-gate-wrap.sh"), "exit 0\n");
        assertThat(run(gate.toString()).text("gate")).isEqualTo("yes");
    }

    @Test
    public void theDirectoryMayBeYetToCome() throws Exception {
        root = root.resolve("some/where");
        assertThat(run("").number("disk")).isPositive();
    }

    @Test
    public void whatAnEarlierRunLeftRunningIsNamedAndNothingElse() throws Exception {
        Path workspace = Files.createDirectories(root.resolve("workspace/job"));
        long inWorkspace = orphan(workspace, Map.of());
        long marked = orphan(folder.getRoot().toPath(), Map.of("ZUUL_UUID", "0123"));
        orphan(root, Map.of("NOT_ZUUL_UUID", "0123"));
        Process ofTheAgent =
                new ProcessBuilder("sleep", "60").directory(workspace.toFile()).start();
        started.add(ofTheAgent.pid());

        assertThat(run("").processes()).containsExactlyInAnyOrder(inWorkspace + " sleep", marked + " sleep");
    }

    /** A process whose parent is gone, as what a run leaves behind. */
    private long orphan(Path directory, Map<String, String> environment) throws Exception {
        ProcessBuilder builder = new ProcessBuilder("sh", "-c", "sleep 60 >/dev/null 2>&1 & echo $!");
        builder.directory(directory.toFile()).environment().putAll(environment);
        Process parent = builder.start();
        long pid = Long.parseLong(new String(parent.getInputStream().readAllBytes(), StandardCharsets.UTF_8).trim());
        started.add(pid);
        parent.waitFor();
        Path name = Path.of("/proc/" + pid + "/comm");
        Awaitility.await().until(() -> Files.readString(name).trim().equals("sleep"));
        return pid;
    }
}
