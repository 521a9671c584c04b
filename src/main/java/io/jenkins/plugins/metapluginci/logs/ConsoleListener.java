package io.jenkins.plugins.metapluginci.logs;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Extension;
import hudson.model.Run;
import hudson.model.listeners.RunListener;
import java.util.concurrent.CompletableFuture;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Publishes the console of builds that ran a {@link LogPublisher}, when it is complete. */
@Extension
@SuppressWarnings("rawtypes") // the type that both cores declare
public final class ConsoleListener extends RunListener<Run> {
    private static final Logger LOGGER = Logger.getLogger(ConsoleListener.class.getName());

    public ConsoleListener() {
        super(Run.class);
    }

    @Override
    public void onFinalized(Run run) {
        try {
            publish(run);
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
