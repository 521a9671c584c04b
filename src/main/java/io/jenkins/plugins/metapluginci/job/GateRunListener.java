package io.jenkins.plugins.metapluginci.job;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Extension;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.model.listeners.RunListener;
import io.jenkins.plugins.metapluginci.logs.LogRoom;
import io.jenkins.plugins.metapluginci.node.NodeBuilds;
import io.jenkins.plugins.metapluginci.scheduler.BuildRecord.Outcome;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Opens and closes the record of every build that carries {@link GateParameters}, and writes the outcome of those whose job
 * is not ours. The parts of a matrix carry none: theirs are the whole's.
 */
@Extension(ordinal = 1) // before ConsoleListener, which would publish a console whose fate belongs into the record
@SuppressWarnings("rawtypes") // the type that both cores declare
public final class GateRunListener extends RunListener<Run> {
    private static final Logger LOGGER = Logger.getLogger(GateRunListener.class.getName());

    public GateRunListener() {
        super(Run.class);
    }

    @Override
    public void onStarted(Run run, TaskListener listener) {
        guarded(run, GateParameters.of(run), (room, parameters) -> {
            String node = NodeBuilds.currentNode();
            room.records().started(run, parameters, node == null ? "" : node);
            room.started(run, parameters.getUuid());
            if (run instanceof DevstackGateBuild build) {
                LogRoom.publisher().begun(run, parameters.getLogPath(), build.logServer());
            }
        });
        guarded(run, GateParameters.ofWhole(run), (room, parameters) -> {
            if (!(run instanceof DevstackGateBuild)) {
                room.others().started(run);
            }
        });
    }

    /** The last moment at which the node is certain not to be rebooting because of this build. */
    @Override
    public void onCompleted(Run run, @CheckForNull TaskListener listener) {
        if (run instanceof DevstackGateBuild) {
            return;
        }
        guarded(
                run,
                GateParameters.ofWhole(run),
                (room, parameters) -> room.others().completed(run, parameters.getUuid()));
        guarded(run, GateParameters.of(run), (room, parameters) -> {
            Ending jenkins = room.others().ending(run.getResult(), parameters.getUuid());
            // On 1.395 a step that is interrupted before it waits can call itself failed.
            Ending ending = room.isCancelled(parameters.getUuid())
                    ? new Ending(Outcome.ABORTED, null, Messages.JenkinsBuildLauncher_Cancelled())
                    : jenkins;
            if (ending.reason() != null && listener != null) {
                listener.getLogger().println(ending.reason());
            }
            room.records().ended(parameters, ending.outcome(), null, ending.reason());
        });
    }

    @Override
    public void onFinalized(Run run) {
        guarded(run, GateParameters.of(run), (room, parameters) -> {
            if (run instanceof DevstackGateBuild build) {
                room.records().finalized(build, parameters, build.tree());
            } else {
                room.records().finalizedOther(run, parameters);
            }
        });
    }

    @Override
    public void onDeleted(Run run) {
        guarded(
                run,
                GateParameters.of(run),
                (room, parameters) -> room.records().deleted(run, parameters));
    }

    private interface Work {
        void on(JobRoom room, GateParameters parameters);
    }

    /** On 1.395 what a listener throws takes the executor with it. */
    private static void guarded(Run<?, ?> run, @CheckForNull GateParameters parameters, Work work) {
        try {
            JobRoom room = JobRoom.get();
            if (room != null && parameters != null) {
                work.on(room, parameters);
            }
        } catch (RuntimeException e) {
            LOGGER.log(Level.WARNING, "The record of " + run + " could not be kept", e);
        }
    }
}
