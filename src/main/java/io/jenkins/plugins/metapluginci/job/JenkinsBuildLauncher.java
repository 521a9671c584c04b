package io.jenkins.plugins.metapluginci.job;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.model.AbstractProject;
import hudson.model.Action;
import hudson.model.CauseAction;
import hudson.model.Computer;
import hudson.model.Executor;
import hudson.model.Hudson;
import hudson.model.Job;
import hudson.model.ParameterDefinition;
import hudson.model.ParameterValue;
import hudson.model.ParametersAction;
import hudson.model.ParametersDefinitionProperty;
import hudson.model.Queue;
import hudson.model.Run;
import hudson.model.StringParameterValue;
import io.jenkins.plugins.metapluginci.scheduler.BuildEvents;
import io.jenkins.plugins.metapluginci.scheduler.BuildLauncher;
import io.jenkins.plugins.metapluginci.scheduler.BuildRequest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Puts the scheduler's builds into Jenkins' queue, with the rights of the system. Safe for any thread. */
final class JenkinsBuildLauncher implements BuildLauncher {
    private final BuildRecords records;
    private final BuildEvents events;
    /** Builds that were queued and were not seen to start; the value says whether the last look already missed them. */
    private final Map<String, Boolean> waiting = new ConcurrentHashMap<>();
    /** Builds that the scheduler wants no more. */
    private final CancelledBuilds cancelled = new CancelledBuilds();

    JenkinsBuildLauncher(BuildRecords records, BuildEvents events) {
        this.records = records;
        this.events = events;
    }

    @Override
    public void launch(BuildRequest request) throws LaunchRefusedException {
        String refusal = AsSystem.call(() -> queue(request));
        if (refusal != null) {
            throw new LaunchRefusedException(refusal);
        }
    }

    @Override
    public void cancelQueued() {
        AsSystem.run(() -> {
            Queue queue = Hudson.getInstance().getQueue();
            for (Queue.Item item : queue.getItems()) {
                GateParameters parameters = parametersOf(item);
                if (parameters != null && !parameters.isByPerson()) {
                    waiting.remove(parameters.getUuid());
                    queue.cancel(item);
                }
            }
        });
    }

    @Override
    public void cancel(String uuid) {
        // First, so that a build that is shown nowhere while it moves from the queue to its executor is stopped when it
        // starts.
        cancelled.add(uuid);
        AsSystem.run(() -> {
            Queue queue = Hudson.getInstance().getQueue();
            for (Queue.Item item : queue.getItems()) {
                if (carries(parametersOf(item), uuid) && queue.cancel(item)) {
                    waiting.remove(uuid);
                    events.buildCancelled(uuid);
                }
            }
            for (Executor executor : executors()) {
                if (executor.getCurrentExecutable() instanceof Run<?, ?> run && carries(GateParameters.of(run), uuid)) {
                    stop(uuid, executor);
                }
            }
        });
    }

    @Override
    public boolean exists(String job) {
        return LaunchableJobs.exists(job);
    }

    /** Whether the scheduler does not want this build any more. */
    boolean isCancelled(String uuid) {
        return cancelled.contains(uuid);
    }

    /** Once: a second interrupt would keep a build from cleaning up. */
    private void stop(String uuid, Executor executor) {
        if (cancelled.stop(uuid)) {
            executor.interrupt();
        }
    }

    @Override
    public Collection<String> alive() {
        Collection<String> alive = seen();
        alive.addAll(waiting.keySet());
        return alive;
    }

    @Override
    @CheckForNull
    public String holding() {
        Hudson hudson = Hudson.getInstance();
        return hudson == null || hudson.isQuietingDown() ? Messages.JenkinsBuildLauncher_ShuttingDown() : null;
    }

    /** The uuids that Jenkins shows now; a build on its way from the queue to its executor is shown nowhere. */
    private Collection<String> seen() {
        return AsSystem.call(() -> {
            // In the order of a build's way, so that one that moves on meanwhile is seen at least once.
            Set<String> uuids = new HashSet<>();
            for (Queue.Item item : Hudson.getInstance().getQueue().getItems()) {
                add(uuids, parametersOf(item));
            }
            for (Executor executor : executors()) {
                if (executor.getCurrentExecutable() instanceof Run<?, ?> run) {
                    add(uuids, GateParameters.of(run));
                }
            }
            uuids.addAll(records.open());
            return uuids;
        });
    }

    /** With those that run the parent of a matrix. */
    private static List<Executor> executors() {
        List<Executor> executors = new ArrayList<>();
        for (Computer computer : Hudson.getInstance().getComputers()) {
            executors.addAll(computer.getExecutors());
            executors.addAll(computer.getOneOffExecutors());
        }
        return executors;
    }

    /**
     * A build started: it cannot be cancelled in the queue any more. Stops it if it is not wanted: builds of our own look
     * themselves, before their first command. On the build's executor thread.
     */
    void started(Run<?, ?> run, String uuid) {
        waiting.remove(uuid);
        Executor executor = Executor.currentExecutor();
        if (executor != null && !(run instanceof DevstackGateBuild)) {
            stop(uuid, executor);
        }
    }

    /**
     * Tells of builds that left the queue without starting: core 1.395 tells nobody when a person cancels one. One look is not
     * enough, see {@link #seen}.
     */
    void checkQueue() {
        if (waiting.isEmpty()) {
            return;
        }
        Set<String> before = new HashSet<>(waiting.keySet());
        Collection<String> alive = seen();
        for (String uuid : before) {
            if (alive.contains(uuid)) {
                waiting.replace(uuid, false);
            } else if (waiting.remove(uuid, true)) {
                events.buildCancelled(uuid);
            } else {
                waiting.replace(uuid, true);
            }
        }
    }

    @CheckForNull
    private String queue(BuildRequest request) {
        Hudson hudson = Hudson.getInstance();
        if (hudson == null || hudson.isQuietingDown()) {
            return Messages.JenkinsBuildLauncher_ShuttingDown();
        }
        Job<?, ?> job = LaunchableJobs.find(request.job());
        if (job == null) {
            return Messages.JenkinsBuildLauncher_NoJob(request.job());
        }
        // On 1.395 a job in the middle of being deleted or copied is not "disabled", but takes no builds either.
        if (!job.isBuildable()) {
            return Messages.JenkinsBuildLauncher_Disabled(request.job());
        }
        waiting.put(request.uuid(), false);
        boolean queued = schedule(job, request);
        if (!queued) {
            waiting.remove(request.uuid());
        }
        return queued ? null : Messages.JenkinsBuildLauncher_NotNow(request.job());
    }

    private static boolean schedule(Job<?, ?> job, BuildRequest request) {
        ChangeCause cause = new ChangeCause(request.description(), request.url());
        List<Action> actions = new ArrayList<>();
        actions.add(GateParameters.ofScheduler(request.uuid(), request.environment()));
        String branch = request.environment().get(GateParameters.BRANCH);
        if (branch != null && job instanceof DevstackGateProject) {
            // Else the core adds the parameter's default, which would be shown with the build and win over ours.
            actions.add(new ParametersAction(new StringParameterValue(GateParameters.BRANCH, branch)));
        }
        if (job instanceof AbstractProject<?, ?> project) {
            return project.scheduleBuild2(0, cause, actions) != null;
        }
        // A type of job that only current Jenkins has; there is no method of the core that adds its parameters'
        // defaults.
        ParametersDefinitionProperty definitions = job.getProperty(ParametersDefinitionProperty.class);
        List<ParameterValue> defaults = new ArrayList<>();
        if (definitions != null) {
            for (ParameterDefinition definition : definitions.getParameterDefinitions()) {
                ParameterValue value = definition.getDefaultParameterValue();
                if (value != null) {
                    defaults.add(value);
                }
            }
        }
        actions.add(new ParametersAction(defaults));
        actions.add(new CauseAction(cause));
        Action[] all = actions.toArray(new Action[0]);
        return Hudson.getInstance().getQueue().schedule((Queue.Task) job, 0, all) != null;
    }

    @CheckForNull
    private static GateParameters parametersOf(Queue.Item item) {
        return GateParameters.among(new ArrayList<>(item.getActions()));
    }

    private static boolean carries(@CheckForNull GateParameters parameters, String uuid) {
        return parameters != null && parameters.getUuid().equals(uuid);
    }

    private static void add(Set<String> uuids, @CheckForNull GateParameters parameters) {
        if (parameters != null) {
            uuids.add(parameters.getUuid());
        }
    }
}
