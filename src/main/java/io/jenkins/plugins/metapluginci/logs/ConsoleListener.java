package io.jenkins.plugins.metapluginci.logs;

import hudson.Extension;
import hudson.model.Run;
import hudson.model.listeners.RunListener;
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
            for (LogsAction action : ((Run<?, ?>) run).getActions(LogsAction.class)) {
                LogsAction.Owed owed = action.settle();
                if (owed != null) {
                    LogRoom.publisher().publishConsole(run, owed.destination(), owed.tree());
                }
            }
        } catch (RuntimeException e) {
            // core 1.395 would take down the executor with it
            LOGGER.log(Level.WARNING, "Cannot publish the console of " + run, e);
        }
    }
}
