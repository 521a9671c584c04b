package io.jenkins.plugins.metapluginci.job.gate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Runs the generated scripts with a real bash on a small wrap script of the test's own. */
public class GateScriptsIT {
    @Rule
    public TemporaryFolder temporary = new TemporaryFolder();

    private Path workspace;
    private Path gate;
    private Path base;
    private final List<String> dropped = new ArrayList<>();
    private String errors = "";

    @Before
    public void makeDevstackGate() throws IOException {
        workspace = temporary.newFolder("work space's").toPath();
        base = temporary.newFolder("stack").toPath();
        gate = temporary.newFolder("gate").toPath();
        wrap("echo ran");
    }

    @Test
    public void variablesReachTheWrapScriptByteForByte() throws Exception {
        String nasty = "it's \"$HOME\" `id` \\ $(id) %s\n  second line ü 日本 !! *";
        wrap("printf '[%s]' \"$NASTY\"; printf '<%s>' \"$ZUUL_REF\" \"$WORKSPACE\" \"$BUILD_TIMEOUT\""
                + " \"$DEVSTACK_GATE_TIMEOUT\"");
        GatePlan plan = plan(60, Map.of("NASTY", nasty, "ZUUL_REF", "of the job"), "", Map.of(), List.of());
        assertThat(runWhole(plan, Map.of("ZUUL_REF", "refs/changes/'42'"), 60))
                .contains("[" + nasty + "]<refs/changes/'42'><" + workspace + "><3600000><50>");
    }

    @Test
    public void aTimeoutSetByHandStands() throws Exception {
        wrap("echo \"$DEVSTACK_GATE_TIMEOUT/$BUILD_TIMEOUT\"");
        GatePlan plan = plan(15, Map.of("DEVSTACK_GATE_TIMEOUT", "12"), "", Map.of(), List.of());
        assertThat(runWhole(plan, Map.of(), 60)).contains("12/900000");
    }

    @Test
    public void whatBashCannotHoldIsDroppedAndNamed() throws Exception {
        wrap("env");
        GatePlan plan = plan(60, Map.of(), "", Map.of(), List.of());
        Map<String, String> files = new GateScripts(plan, workspace.toString())
                .files(Map.of("BAD-NAME", "x", "UID", "0", "LONG", "x".repeat(200_000)), Map.of(), dropped::add);
        assertThat(dropped).containsExactlyInAnyOrder("BAD-NAME", "UID", "LONG");
        assertThat(files.get("environment.sh")).doesNotContain("BAD-NAME", "UID=", "LONG=");
    }

    @Test
    public void hooksAreExportedFunctionsWithTheirBodiesAsWritten() throws Exception {
        wrap("type -t pre_test_hook gate_hook post_test_hook; bash -c 'gate_hook; echo status $?'");
        String body = "cat <<'END'\nquotes ' \" and $vars ü\nEND\nfalse # a comment in the last line";
        Map<Hook, String> hooks = new LinkedHashMap<>();
        hooks.put(Hook.GATE, body);
        hooks.put(Hook.POST_TEST, "# nothing but a comment");
        String output = runWhole(plan(60, Map.of(), "", hooks, List.of()), Map.of(), 60);
        assertThat(output).contains("function\nfunction\nquotes ' \" and $vars ü\nstatus 1\n");
    }

    @Test
    public void aHookThatIsNotBashFailsTheCleanupWithItsLine() throws Exception {
        GatePlan plan = plan(60, Map.of(), "", Map.of(Hook.GATE, "echo one\nif true; then\n"), List.of());
        prepare(plan, Map.of());
        assertThat(cleanup()).isEqualTo(1);
        assertThat(errors)
                .startsWith("the gate_hook of the job is not valid bash: line ")
                .contains("syntax error");
    }

    @Test
    public void aHookCannotCloseItsFunction() throws Exception {
        GatePlan plan = plan(60, Map.of(), "", Map.of(Hook.PRE_TEST, "}\necho outside\n{ :"), List.of());
        prepare(plan, Map.of());
        assertThat(cleanup()).isEqualTo(1);
        assertThat(errors).contains("pre_test_hook of the job is not valid bash");
    }

    @Test
    public void filesAreInstalledBeforeTheHookRuns() throws Exception {
        wrap("mkdir -p \"$BASE/new/devstack\"; pre_test_hook");
        List<InstalledFile> files = List.of(
                new InstalledFile("lib/neutron_thirdparty/metaplugin", "it's\n$HOME `id` ü\n"),
                new InstalledFile("files/second", "2"));
        Map<Hook, String> hooks = Map.of(Hook.PRE_TEST, "cat \"$BASE/new/devstack/lib/neutron_thirdparty/metaplugin\"");
        String output = runWhole(plan(60, Map.of("BASE", base.toString()), "", hooks, files), Map.of(), 60);
        assertThat(output).contains("it's\n$HOME `id` ü\n");
        assertThat(base.resolve("new/devstack/files/second")).hasContent("2");
        assertThat(runWhole(plan(60, Map.of("BASE", base.toString()), "", Map.of(), files), Map.of(), 60))
                .doesNotContain("not found");
    }

    @Test
    public void theFeatureMatrixIsAFileThatTheVariableNames() throws Exception {
        wrap("cat \"$DEVSTACK_GATE_FEATURE_MATRIX\"");
        String matrix = "config:\n  default:\n    master: [neutron]";
        assertThat(runWhole(plan(60, Map.of(), matrix, Map.of(), List.of()), Map.of(), 60))
                .contains(matrix);
    }

    @Test
    public void cleanupRemovesWhatTheLastRunLeft() throws Exception {
        Path old = Files.createDirectories(base.resolve("it's new/deep"));
        Files.writeString(workspace.resolve("leftover"), "x");
        Files.createSymbolicLink(workspace.resolve("logs"), base);
        GatePlan plan = new GatePlan(
                60, List.of(old.getParent().toString()), List.of(), gate.toString(), Map.of(), "", Map.of(), List.of());
        prepare(plan, Map.of());
        assertThat(cleanup()).isZero();
        assertThat(errors).isEmpty();
        assertThat(old.getParent()).doesNotExist();
        assertThat(base).exists();
        assertThat(workspace.resolve("leftover")).doesNotExist();
        assertThat(Files.isSymbolicLink(workspace.resolve("logs"))).isFalse();
        assertThat(workspace.resolve("devstack-gate").toRealPath()).isEqualTo(gate.toRealPath());
    }

    @Test
    public void aMissingDevstackGateIsNamed() throws Exception {
        Files.delete(gate.resolve("devstack-vm-gate-wrap.sh"));
        prepare(plan(60, Map.of(), "", Map.of(), List.of()), Map.of());
        assertThat(cleanup()).isEqualTo(1);
        assertThat(errors).isEqualTo("there is no devstack-vm-gate-wrap.sh in " + gate + "\n");
    }

    @Test
    public void theExitStatusIsRecordedOnTheNode() throws Exception {
        wrap("exit 42");
        runWhole(plan(60, Map.of(), "", Map.of(), List.of()), Map.of(), 60);
        assertThat(end()).isEqualTo(new RunStatus(RunStatus.Kind.EXITED, 42, "", false));
        wrap("exit 124");
        runWhole(plan(60, Map.of(), "", Map.of(), List.of()), Map.of(), 60);
        assertThat(end()).isEqualTo(new RunStatus(RunStatus.Kind.EXITED, 124, "", false));
    }

    @Test
    public void theLimitEndsTheRunAndWhatItStarted() throws Exception {
        wrap("trap '' TERM; sleep 321 & echo $! >\"$WORKSPACE/pid\"; sleep 321");
        runWhole(plan(60, Map.of(), "", Map.of(), List.of()), Map.of(), 1);
        assertThat(end()).isEqualTo(new RunStatus(RunStatus.Kind.TIMED_OUT, null, "", false));
        assertEnded();
    }

    @Test
    public void aProcessThatHoldsTheOutputOpenHoldsNothingUp() throws Exception {
        wrap("setsid sleep 30 & echo $! >\"$WORKSPACE/pid\"; exit 3");
        long start = System.nanoTime();
        runWhole(plan(60, Map.of(), "", Map.of(), List.of()), Map.of(), 60);
        assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start)).isLessThan(20);
        assertThat(end().exitStatus()).isEqualTo(3);
        ProcessHandle.of(Long.parseLong(
                        Files.readString(workspace.resolve("pid")).trim()))
                .ifPresent(ProcessHandle::destroyForcibly);
    }

    @Test
    public void aRunThatNeverReachedTheWrapScriptSaysSo() throws Exception {
        GatePlan plan = plan(60, Map.of(), "", Map.of(), List.of());
        prepare(plan, Map.of());
        assertThat(cleanup()).isZero();
        Files.delete(workspace.resolve("devstack-gate"));
        start(new GateCommands(workspace.toString()).run(60)).waitFor();
        assertThat(end()).isEqualTo(new RunStatus(RunStatus.Kind.NOT_STARTED, 1, "", false));
    }

    @Test
    public void theSecondCommandEndsARunThatGoesOn() throws Exception {
        wrap("sleep 321 & echo $! >\"$WORKSPACE/pid.new\"; mv \"$WORKSPACE/pid.new\" \"$WORKSPACE/pid\"; sleep 321");
        prepare(plan(60, Map.of(), "", Map.of(), List.of()), Map.of());
        assertThat(cleanup()).isZero();
        Process run = start(new GateCommands(workspace.toString()).run(600));
        org.awaitility.Awaitility.await().until(() -> Files.exists(workspace.resolve("pid")));
        RunStatus status = end();
        assertThat(status.left()).isEmpty();
        assertThat(run.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertEnded();
    }

    @Test
    public void withoutARunThereIsNothingToEnd() throws Exception {
        prepare(plan(60, Map.of(), "", Map.of(), List.of()), Map.of());
        assertThat(end()).isEqualTo(RunStatus.NOTHING);
    }

    private void assertEnded() throws IOException {
        long pid = Long.parseLong(Files.readString(workspace.resolve("pid")).trim());
        org.awaitility.Awaitility.await()
                .atMost(10, TimeUnit.SECONDS)
                .until(() -> ProcessHandle.of(pid).map(p -> !p.isAlive()).orElse(true)
                        || Files.readString(Path.of("/proc/" + pid + "/stat")).contains(") Z "));
    }

    private GatePlan plan(
            int limit,
            Map<String, String> environment,
            String matrix,
            Map<Hook, String> hooks,
            List<InstalledFile> files) {
        return new GatePlan(limit, List.of(), List.of(), gate.toString(), environment, matrix, hooks, files);
    }

    private void wrap(String body) throws IOException {
        Path script = gate.resolve("devstack-vm-gate-wrap.sh");
        Files.writeString(script, "#!/bin/bash\n" + body + "\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private String runWhole(GatePlan plan, Map<String, String> parameters, int seconds) throws Exception {
        prepare(plan, parameters);
        assertThat(cleanup()).describedAs(errors).isZero();
        Process run = start(new GateCommands(workspace.toString()).run(seconds));
        String output = new String(run.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(run.waitFor()).isZero();
        return output;
    }

    private void prepare(GatePlan plan, Map<String, String> parameters) throws Exception {
        assertThat(start(new GateCommands(workspace.toString()).prepare()).waitFor())
                .isZero();
        for (Map.Entry<String, String> file : new GateScripts(plan, workspace.toString())
                .files(Map.of(), parameters, dropped::add)
                .entrySet()) {
            Files.writeString(workspace.resolve(GateScripts.CONTROL).resolve(file.getKey()), file.getValue());
        }
    }

    private int cleanup() throws Exception {
        Process cleanup = start(new GateCommands(workspace.toString()).cleanup());
        cleanup.getInputStream().readAllBytes();
        String answer = new String(cleanup.getErrorStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(answer).endsWith("end\n");
        errors = answer.substring(0, answer.length() - 4);
        return cleanup.waitFor();
    }

    private RunStatus end() throws Exception {
        Process end = start(new GateCommands(workspace.toString()).end());
        String answer = new String(end.getErrorStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(answer).endsWith("end\n");
        return RunStatus.parse(answer);
    }

    private static Process start(List<String> command) throws IOException {
        return new ProcessBuilder(command).start();
    }
}
