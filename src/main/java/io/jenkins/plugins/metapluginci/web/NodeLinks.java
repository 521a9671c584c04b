package io.jenkins.plugins.metapluginci.web;

import hudson.Extension;
import hudson.model.Computer;
import hudson.model.Hudson;
import hudson.model.TaskListener;
import hudson.slaves.ComputerListener;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Gives every node's own page the link to {@link NodePage}. The core has no factory for such actions in 1.395, so they are put
 * where the core keeps them, again for every node that comes new.
 */
@Extension
public final class NodeLinks extends ComputerListener {
    private static final Logger LOGGER = Logger.getLogger(NodeLinks.class.getName());

    @Override
    public void onOnline(Computer computer, TaskListener listener) {
        attach(computer);
    }

    @Override
    public void onConfigurationChange() {
        attachAll();
    }

    /** To be called when the nodes are loaded; from then on the core tells of changes. */
    static void attachAll() {
        for (Computer computer : Hudson.getInstance().getComputers()) {
            attach(computer);
        }
    }

    private static void attach(Computer computer) {
        try {
            // Two threads may come for one node, and 1.395 finds the first of two equal links.
            synchronized (NodeLinks.class) {
                if (!(computer instanceof Hudson.MasterComputer) && computer.getAction(NodePage.class) == null) {
                    computer.addAction(new NodePage(computer.getName()));
                }
            }
        } catch (RuntimeException e) {
            // On 1.395 what a listener throws would end the launch of the node.
            LOGGER.log(Level.WARNING, "The page of node " + computer.getName() + " has no link to ours", e);
        }
    }

    /** Whether the core lists a node's actions at the side of its page; 1.395 does not. */
    static boolean coreShowsActions() {
        try {
            return Computer.class.getMethod("getActions").getDeclaringClass() == Computer.class;
        } catch (NoSuchMethodException e) {
            LOGGER.log(Level.FINEST, "A core without actions", e);
            return false;
        }
    }
}
