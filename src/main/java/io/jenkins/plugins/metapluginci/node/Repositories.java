package io.jenkins.plugins.metapluginci.node;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** The git repositories that the controller has for nodes. Methods may wait for network and disk; any thread may call. */
public interface Repositories {
    /** The projects that are tested, in their order on pages. */
    List<String> projects();

    /** Where a node would fetch a project from; empty when nobody knows. */
    String url(String project);

    /**
     * The branches of a project as they are now.
     *
     * @return commits (40 hexadecimal digits) by whole names of branches
     * @throws IOException with words for people
     */
    Map<String, String> branches(String project) throws IOException, InterruptedException;

    /**
     * Writes a git bundle.
     *
     * @param refs commits by the names that they have in the bundle
     * @param have commits that need not be in it
     */
    void bundle(String project, Map<String, String> refs, Collection<String> have, OutputStream out) throws IOException;
}
