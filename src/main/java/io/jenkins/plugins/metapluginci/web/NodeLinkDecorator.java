package io.jenkins.plugins.metapluginci.web;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Extension;
import hudson.model.Computer;
import hudson.model.Hudson;
import hudson.model.PageDecorator;
import org.kohsuke.stapler.Stapler;
import org.kohsuke.stapler.StaplerRequest;

/** Shows the link to {@link NodePage} at the side of a node's page where the core itself does not: on 1.395. */
@Extension
public final class NodeLinkDecorator extends PageDecorator {
    public NodeLinkDecorator() {
        super(NodeLinkDecorator.class);
    }

    /** The path, below Jenkins' root, to link to; null where there is nothing to add. */
    @CheckForNull
    public String getPath() {
        StaplerRequest request = Stapler.getCurrentRequest();
        if (request == null || NodeLinks.coreShowsActions()) {
            return null;
        }
        Computer computer = request.findAncestorObject(Computer.class);
        return computer == null
                        || computer instanceof Hudson.MasterComputer
                        || request.findAncestorObject(NodePage.class) != null
                ? null
                : NodePage.path(computer.getName());
    }
}
