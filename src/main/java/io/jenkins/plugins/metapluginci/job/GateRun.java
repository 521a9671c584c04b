package io.jenkins.plugins.metapluginci.job;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.FilePath;
import hudson.Launcher;
import hudson.model.BuildListener;
import hudson.model.Computer;
import hudson.model.Node;
import hudson.model.TaskListener;
import io.jenkins.plugins.metapluginci.job.Ending.InfrastructureException;
import io.jenkins.plugins.metapluginci.job.gate.GateCommands;
import io.jenkins.plugins.metapluginci.job.gate.GatePlan;
import io.jenkins.plugins.metapluginci.job.gate.GateRules;
import io.jenkins.plugins.metapluginci.job.gate.GateScripts;
import io.jenkins.plugins.metapluginci.job.gate.RunStatus;
import io.jenkins.plugins.metapluginci.job.gate.Texts;
import io.jenkins.plugins.metapluginci.job.gate.UnusablePlanException;
import io.jenkins.plugins.metapluginci.logs.LogRoom;
import io.jenkins.plugins.metapluginci.logs.LogSource;
import io.jenkins.plugins.metapluginci.logs.LogsResult;
import io.jenkins.plugins.metapluginci.node.NodeBuilds;
import io.jenkins.plugins.metapluginci.node.NodeLifecycle;
import io.jenkins.plugins.metapluginci.node.Nodes;
import io.jenkins.plugins.metapluginci.scheduler.BuildRecord.Outcome;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import java.util.logging.Level;
import java.util.logging.Logger;

/** One execution of {@link DevstackGateStep}: cleanup, run, publish. Used once, on the build's executor thread. */
final class GateRun {
    private static final Logger LOGGER = Logger.getLogger(GateRun.class.getName());

    /** What a node gets beyond the limit of a command that ends by itself, before it counts as lost. */
    private static final Duration SLACK = Duration.ofSeconds(60);

    private static final Duration SHORT = Duration.ofSeconds(GateCommands.SHORT_COMMAND_SECONDS);

    private final DevstackGateBuild build;
    private final Launcher launcher;
    private final BuildListener listener;
    private final PrintStream console;
    private final long secondsPerMinute;

    private GateParameters parameters;
    private FilePath workspace;
    private String nodeUrl;
    private GatePlan plan;
    private GateCommands commands;
    private NodeCommands node;
    private RunStatus status = RunStatus.NOTHING;

    @CheckForNull
    private InterruptedException abort;

    /** @param secondsPerMinute of the time limit; 60 but for tests */
    GateRun(DevstackGateBuild build, Launcher launcher, BuildListener listener, long secondsPerMinute) {
        this.build = build;
        this.launcher = launcher;
        this.listener = listener;
        this.console = listener.getLogger();
        this.secondsPerMinute = secondsPerMinute;
    }

    /**
     * Runs the three steps, whatever happens in between, and records how the run ended before it returns. Never throws: see
     * {@link #abort()}.
     */
    Ending perform() {
        Ending ending;
        try {
            prepare();
            phase(Messages.GateRun_Cleanup(), this::cleanup);
            ending = phase(Messages.GateRun_Run(), this::run);
        } catch (InterruptedException e) {
            abort = e;
            ending = Ending.aborted(
                    isCancelled() ? Messages.JenkinsBuildLauncher_Cancelled() : Messages.GateRun_Aborted());
        } catch (InfrastructureException e) {
            ending = Ending.infrastructure(e.getMessage());
        } catch (TimeoutException e) {
            ending = Ending.infrastructure(Messages.GateRun_NoAnswer());
        } catch (IOException e) {
            LOGGER.log(Level.INFO, "The connection failed " + build, e);
            ending = Ending.infrastructure(Messages.GateRun_Lost(String.valueOf(e.getMessage())));
        } catch (RuntimeException | LinkageError e) {
            LOGGER.log(Level.WARNING, "Our own failure in " + build, e);
            ending = Ending.infrastructure(Messages.GateRun_Bug(e.toString()));
        }
        say(ending);
        NodeLifecycle lifecycle = Nodes.lifecycle();
        if (lifecycle != null && ending.outcome() == Outcome.INFRASTRUCTURE) {
            lifecycle.lost(NodeBuilds.refOf(build).key(), ending.reason());
        }
        JobRoom room = JobRoom.get();
        if (room != null && parameters != null && room.records().refusal(build, parameters) == null) {
            room.records().ended(parameters, ending.outcome(), ending.exitStatus(), ending.reason());
        }
        publish(ending);
        return ending;
    }

    /** What is to be thrown: a person stopped the build before or during the publishing. Null when nobody did. */
    @CheckForNull
    InterruptedException abort() {
        return abort;
    }

    /** Everything that is checked before the first command. */
    private void prepare() throws InfrastructureException, InterruptedException {
        JobRoom room = JobRoom.get();
        parameters = GateParameters.of(build);
        if (room == null || parameters == null) {
            throw new InfrastructureException(Messages.GateRun_NotUp());
        }
        if (isCancelled()) {
            throw new InterruptedException();
        }
        refuse(NodeBuilds.refusal(build));
        refuse(room.records().refusal(build, parameters));
        if (parameters.isByPerson()) {
            refuse(GateRules.branch(parameters.getBranch()));
        }
        try {
            plan = build.getProject().getSettings().plan();
        } catch (UnusablePlanException e) {
            throw new InfrastructureException(e.getMessage());
        }
        if (parameters.isByPerson()) {
            sayWhatIsTested();
        }
        workspace = build.getWorkspace();
        nodeUrl = room.nodeUrl();
        Node owner = Computer.currentComputer().getNode();
        if (workspace == null || owner == null || !launcher.isUnix()) {
            throw new InfrastructureException(Messages.GateRun_NoUnixNode());
        }
        for (String path : plan.cleanupPaths()) {
            if (GateRules.isWithin(workspace.getRemote(), path)) {
                throw new InfrastructureException(Texts.of("path.workspace", path, workspace.getRemote()));
            }
        }
        commands = new GateCommands(workspace.getRemote());
        // A launcher of our own: the build's would print every command line.
        node = new NodeCommands(owner.createLauncher(TaskListener.NULL), workspace, build.getFullDisplayName());
    }

    private boolean isCancelled() {
        JobRoom room = JobRoom.get();
        return room != null && parameters != null && room.isCancelled(parameters.getUuid());
    }

    /** Without a change nothing else on the console tells what is tested, and why nothing could be fetched. */
    private void sayWhatIsTested() {
        Map<String, String> known = new LinkedHashMap<>(plan.environment());
        known.putAll(parameters.getEnvironment());
        String project = known.getOrDefault(GateParameters.PROJECT, "");
        String url = known.getOrDefault(GateParameters.GIT_URL, "");
        String branch = parameters.getBranch();
        console.println(project.isEmpty() ? Messages.GateRun_NoProject(branch) : Messages.GateRun_Tip(branch, project));
        if (url.isEmpty()) {
            console.println(Messages.GateRun_NoGitUrl());
        }
    }

    private Ending cleanup() throws IOException, InterruptedException, TimeoutException, InfrastructureException {
        accept(node.ask(commands.prepare(), console, SHORT));
        GateScripts scripts = new GateScripts(plan, workspace.getRemote());
        Map<String, String> files = scripts.files(
                GateVariables.of(build, listener, nodeUrl),
                parameters.getEnvironment(),
                name -> console.println(Messages.GateRun_Dropped(name)));
        for (Map.Entry<String, String> file : files.entrySet()) {
            node.write(GateScripts.CONTROL + "/" + file.getKey(), file.getValue(), SHORT);
        }
        Duration deadline = Duration.ofSeconds(scripts.cleanupSeconds()).plus(SLACK);
        accept(node.ask(commands.cleanup(), console, deadline));
        return null;
    }

    private static void accept(NodeCommands.Answer answer) throws InfrastructureException {
        if (answer.status() != 0) {
            throw new InfrastructureException(Messages.GateRun_CleanupFailed(NodeCommands.firstLine(answer.text())));
        }
    }

    private Ending run() throws IOException, InterruptedException, TimeoutException, InfrastructureException {
        // Whoever fetches them later cannot ask how it ended: everything that may be there.
        LogRoom.publisher().leaves(build, parameters.getLogPath(), sources(Ending.infrastructure("")));
        long limit = plan.timeLimitMinutes() * secondsPerMinute;
        Duration deadline =
                Duration.ofSeconds(limit + GateCommands.GRACE_SECONDS).plus(SLACK);
        boolean overdue = false;
        try {
            node.run(commands.run(limit), console, console, deadline);
        } catch (TimeoutException e) {
            overdue = true;
        } catch (InterruptedException e) {
            console.println(Messages.GateRun_Ending());
            endAfterAbort();
            throw e;
        }
        end();
        if (overdue || status.kind() == RunStatus.Kind.TIMED_OUT) {
            return new Ending(Outcome.TIMED_OUT, null, Messages.GateRun_TimedOut(plan.timeLimitMinutes()));
        }
        switch (status.kind()) {
            case EXITED:
                return Ending.exited(Objects.requireNonNull(status.exitStatus()));
            case NOT_STARTED:
                throw new InfrastructureException(Messages.GateRun_NotStarted());
            default:
                throw new InfrastructureException(Messages.GateRun_NoStatus());
        }
    }

    /** The second command: ends what the run left, and asks how it ended. */
    private void end() throws IOException, InterruptedException, TimeoutException {
        status = RunStatus.parse(node.ask(commands.end(), console, SHORT).text());
        if (!status.left().isEmpty()) {
            console.println(Messages.GateRun_Left(status.left()));
        }
    }

    /** The abort stands whatever happens here; a second one is not waited out. */
    private void endAfterAbort() {
        try {
            end();
        } catch (IOException | TimeoutException | InterruptedException | RuntimeException e) {
            console.println(Messages.GateRun_NotEnded(e.toString()));
        }
    }

    private void publish(Ending ending) {
        if (commands == null) {
            // Refused before the first command: there is nothing on the node that is ours.
            return;
        }
        try {
            phase(Messages.GateRun_Publish(), () -> {
                LogsResult result = LogRoom.publisher()
                        .publishTree(
                                build, launcher, listener, sources(ending), parameters.getLogPath(), build.logServer());
                build.setTree(result);
                console.println(
                        result.published()
                                ? Messages.GateRun_Published(result.files(), result.bytes())
                                : result.late()
                                        ? Messages.GateRun_PublishedLater(result.problem())
                                        : Messages.GateRun_NotPublished(result.problem()));
                return null;
            });
        } catch (InterruptedException e) {
            console.println(Messages.GateRun_PublishAborted());
            abort = abort == null ? e : abort;
        } catch (IOException | TimeoutException | InfrastructureException | RuntimeException | LinkageError e) {
            LOGGER.log(Level.WARNING, "The logs of " + build + " could not be published", e);
            console.println(Messages.GateRun_NotPublished(e.toString()));
        }
    }

    /** devstack-gate collects its logs at its end: after any other end they are still where they were written. */
    private List<LogSource> sources(Ending ending) {
        List<LogSource> sources = new ArrayList<>();
        sources.add(new LogSource(workspace.getRemote(), "logs/**", ""));
        if (ending.leftLogsBehind()) {
            String base = plan.environment().getOrDefault("BASE", "/opt/stack");
            if (!status.logsLinked()) {
                sources.add(new LogSource(base, "logs/**", ""));
            }
            sources.add(new LogSource(base + "/new", "devstacklog*", ""));
            sources.add(new LogSource(base + "/new/screen-logs", "**", "screen-logs"));
        }
        return sources;
    }

    private void say(Ending ending) {
        if (ending.exitStatus() != null) {
            console.println(Messages.GateRun_Exited(ending.exitStatus()));
        } else if (ending.outcome() == Outcome.INFRASTRUCTURE) {
            listener.error(Messages.GateRun_Infrastructure(ending.reason()));
        } else {
            console.println(ending.reason());
        }
    }

    private interface Phase {
        Ending run() throws IOException, InterruptedException, TimeoutException, InfrastructureException;
    }

    private Ending phase(String name, Phase phase)
            throws IOException, InterruptedException, TimeoutException, InfrastructureException {
        console.println(Messages.GateRun_PhaseStarts(name));
        long start = System.nanoTime();
        try {
            return phase.run();
        } finally {
            String seconds = String.format(Locale.ROOT, "%.1f", (System.nanoTime() - start) / 1e9);
            console.println(Messages.GateRun_PhaseEnds(name, seconds));
        }
    }

    private static void refuse(@CheckForNull String reason) throws InfrastructureException {
        if (reason != null) {
            throw new InfrastructureException(reason);
        }
    }
}
