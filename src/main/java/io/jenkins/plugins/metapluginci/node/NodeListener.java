package io.jenkins.plugins.metapluginci.node;

import hudson.Extension;
import hudson.model.Computer;
import hudson.model.Hudson;
import hudson.model.TaskListener;
import hudson.slaves.ComputerListener;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Tells the lifecycle that a node is connected or that the list of nodes changed, however that came about: by our own
 * doing, by the core's, by an agent that connects from its side. Both only wake a worker; on 1.395 what a listener throws
 * would end the launch ({@code SlaveComputer.setChannel} has no catch).
 */
@Extension
public final class NodeListener extends ComputerListener {
    private static final Logger LOGGER = Logger.getLogger(NodeListener.class.getName());

    @Override
    public void onOnline(Computer computer, TaskListener listener) {
        try {
            NodeLifecycle lifecycle = Nodes.lifecycle();
            if (lifecycle != null && !(computer instanceof Hudson.MasterComputer)) {
                lifecycle.online(computer.getName());
            }
        } catch (RuntimeException e) {
            LOGGER.log(Level.WARNING, "The return of node " + computer.getName() + " was not noticed", e);
        }
    }

    /**
     * A person brought a node online. Called by cores after 1.395 only, which has no such method; there the flags are looked
     * at now and then.
     */
    public void onTemporarilyOnline(Computer computer) {
        try {
            NodeLifecycle lifecycle = Nodes.lifecycle();
            if (lifecycle != null && !(computer instanceof Hudson.MasterComputer)) {
                lifecycle.broughtOnline(computer.getName());
            }
        } catch (RuntimeException e) {
            LOGGER.log(Level.WARNING, "It was not noticed that " + computer.getName() + " was brought online", e);
        }
    }

    @Override
    public void onConfigurationChange() {
        try {
            NodeLifecycle lifecycle = Nodes.lifecycle();
            if (lifecycle != null) {
                lifecycle.nodesChanged();
            }
        } catch (RuntimeException e) {
            LOGGER.log(Level.WARNING, "A change of the nodes was not noticed", e);
        }
    }
}
