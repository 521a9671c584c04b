package io.jenkins.plugins.metapluginci.testbed;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What differs between the cores that a {@link Controller} can run: home, command line and how a plugin is installed. */
interface ControllerCore {

    /** Writes what a fresh home needs: security, root URL, plugins as far as they are copied. */
    void prepare(Path home, URI url, int port) throws IOException;

    /** The program and its arguments. */
    List<String> command(Path home, int port, Path temporary);

    /** Its environment. */
    Map<String, String> environment(Path home);

    /**
     * Installs the plugin into a controller that runs, the way a user does.
     *
     * @return whether it has to be restarted
     */
    boolean install(JenkinsClient admin, Path hpi);

    /** Whether this is core 1.395. */
    boolean isOld();
}
