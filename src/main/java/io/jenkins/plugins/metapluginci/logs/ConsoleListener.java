package io.jenkins.plugins.metapluginci.logs;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Extension;
import hudson.model.AbstractBuild;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.model.listeners.RunListener;
import java.util.concurrent.CompletableFuture;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Shows the console of builds with a {@link LogPublisher} as it grows, and publishes it when it is complete. */
@Extension
@SuppressWarnings("rawtypes") // the type that both cores declare
public final class ConsoleListener extends RunListener<Run> {
    private static final Logger LOGGER = Logger.getLogger(ConsoleListener.class.getName());

    public ConsoleListener() {
        super(Run.class);
    }

    @Override
    public void onStarted(Run run, TaskListener listener) {
        try {
            if (run instanceof AbstractBuild<?, ?> build) {
                LogPublisher.begun(build);
            }
        } catch (RuntimeException e) {
            LOGGER.log(Level.WARNING, "Cannot show the console of " + run + " while it runs", e);
        }
    }

    @Override
    public void onFinalized(Run run) {
        try {
            publish(run);
            LogRoom.publisher().over(run);
        } catch (RuntimeException e) {
            // core 1.395 would take down the executor with it
            LOGGER.log(Level.WARNING, "Cannot publish the console of " + run, e);
        }
    }

    /**
     * Publishes the console of a final build if its {@link LogPublisher} ran and nobody did so yet.
     *
     * @return what becomes of console and files together; null when there was nothing to do
     */
    @CheckForNull
    public static CompletableFuture<LogsResult> publish(Run<?, ?> run) {
        CompletableFuture<LogsResult> last = null;
        for (LogsAction action : run.getActions(LogsAction.class)) {
            LogsAction.Owed owed = action.settle();
            if (owed != null) {
                last = LogRoom.publisher().publishConsole(run, owed.destination(), owed.server(), owed.tree());
            }
        }
        return last;
    }
}
