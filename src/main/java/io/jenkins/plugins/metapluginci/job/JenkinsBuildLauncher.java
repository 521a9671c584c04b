package io.jenkins.plugins.metapluginci.job;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.model.AbstractProject;
import hudson.model.Action;
import hudson.model.Computer;
import hudson.model.Executor;
import hudson.model.Hudson;
import hudson.model.ParametersAction;
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
    public Collection<String> alive() {
        Collection<String> alive = seen();
        alive.addAll(waiting.keySet());
        return alive;
    }

    @Override
    public void cancel(String uuid) {
        AsSystem.run(() -> {
            Queue queue = Hudson.getInstance().getQueue();
            for (Queue.Item item : queue.getItems()) {
                if (isOf(uuid, parametersOf(item)) && queue.cancel(item)) {
                    waiting.remove(uuid);
                    events.buildCancelled(uuid);
                    return;
                }
            }
            for (Computer computer : Hudson.getInstance().getComputers()) {
                for (Executor executor : computer.getExecutors()) {
                    if (executor.getCurrentExecutable() instanceof Run<?, ?> run
                            && isOf(uuid, GateParameters.of(run))) {
                        executor.interrupt();
                    }
                }
            }
        });
    }

    private static boolean isOf(String uuid, @CheckForNull GateParameters parameters) {
        return parameters != null && parameters.getUuid().equals(uuid);
    }

    @Override
    public boolean exists(String job) {
        return AsSystem.call(() -> Hudson.getInstance().getItemByFullName(job, AbstractProject.class) != null);
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
            for (Computer computer : Hudson.getInstance().getComputers()) {
                for (Executor executor : computer.getExecutors()) {
                    if (executor.getCurrentExecutable() instanceof Run<?, ?> run) {
                        add(uuids, GateParameters.of(run));
                    }
                }
            }
            uuids.addAll(records.open());
            return uuids;
        });
    }

    /** A build started: it cannot be cancelled in the queue any more. */
    void started(String uuid) {
        waiting.remove(uuid);
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
        AbstractProject<?, ?> job = hudson.getItemByFullName(request.job(), AbstractProject.class);
        if (job == null) {
            return Messages.JenkinsBuildLauncher_NoJob(request.job());
        }
        if (job.isDisabled()) {
            return Messages.JenkinsBuildLauncher_Disabled(request.job());
        }
        List<Action> actions = new ArrayList<>();
        actions.add(GateParameters.ofScheduler(request.uuid(), request.environment()));
        String branch = request.environment().get(GateParameters.BRANCH);
        if (branch != null && job instanceof DevstackGateProject) {
            // Else the core adds the parameter's default, which would be shown with the build and win over ours.
            actions.add(new ParametersAction(new StringParameterValue(GateParameters.BRANCH, branch)));
        }
        waiting.put(request.uuid(), false);
        boolean queued = job.scheduleBuild2(0, new ChangeCause(request.description(), request.url()), actions) != null;
        if (!queued) {
            waiting.remove(request.uuid());
        }
        return queued ? null : Messages.JenkinsBuildLauncher_NotNow(request.job());
    }

    @CheckForNull
    private static GateParameters parametersOf(Queue.Item item) {
        return GateParameters.among(new ArrayList<>(item.getActions()));
    }

    private static void add(Set<String> uuids, @CheckForNull GateParameters parameters) {
        if (parameters != null) {
            uuids.add(parameters.getUuid());
        }
    }
}
