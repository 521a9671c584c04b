package io.jenkins.plugins.metapluginci.job;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Extension;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.model.listeners.RunListener;
import io.jenkins.plugins.metapluginci.node.NodeBuilds;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Opens and closes the record of every build that carries {@link GateParameters}. */
@Extension
@SuppressWarnings("rawtypes") // the type that both cores declare
public final class GateRunListener extends RunListener<Run> {
    private static final Logger LOGGER = Logger.getLogger(GateRunListener.class.getName());

    public GateRunListener() {
        super(Run.class);
    }

    @Override
    public void onStarted(Run run, TaskListener listener) {
        guarded(run, (room, parameters) -> {
            String node = NodeBuilds.currentNode();
            room.records().started(run, parameters, node == null ? "" : node);
            room.started(parameters.getUuid());
        });
    }

    @Override
    public void onFinalized(Run run) {
        guarded(
                run,
                (room, parameters) -> room.records()
                        .finalized(run, parameters, run instanceof DevstackGateBuild build ? build.tree() : null));
    }

    @Override
    public void onDeleted(Run run) {
        guarded(run, (room, parameters) -> room.records().deleted(run, parameters));
    }

    private interface Work {
        void on(JobRoom room, GateParameters parameters);
    }

    /** On 1.395 what a listener throws takes the executor with it. */
    private static void guarded(Run<?, ?> run, Work work) {
        try {
            JobRoom room = JobRoom.get();
            @CheckForNull GateParameters parameters = GateParameters.of(run);
            if (room != null && parameters != null) {
                work.on(room, parameters);
            }
        } catch (RuntimeException e) {
            LOGGER.log(Level.WARNING, "The record of " + run + " could not be kept", e);
        }
    }
}
