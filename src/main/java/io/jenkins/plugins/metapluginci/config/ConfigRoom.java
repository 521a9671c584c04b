package io.jenkins.plugins.metapluginci.config;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.metapluginci.gerrit.GerritProbe;
import io.jenkins.plugins.metapluginci.gerrit.GerritSettings;
import io.jenkins.plugins.metapluginci.ssh.SshException;

/** The way from the page to the engine, which the root package puts here and takes away again. */
public final class ConfigRoom {
    @CheckForNull
    private static volatile Engine engine;

    private ConfigRoom() {}

    /** What the page needs of the engine. */
    public interface Engine {
        /** New settings are saved: take them now. Returns at once. */
        void configured(MetapluginCiSettings settings);

        /** What goes on, as JSON for the page's script; holds no secret. */
        String statusJson();

        /** Tries settings of Gerrit, on a connection of its own, within some seconds. */
        GerritProbe testGerrit(GerritSettings settings) throws SshException, InterruptedException;
    }

    /** @param started null when the engine stops */
    public static void install(@CheckForNull Engine started) {
        engine = started;
    }

    /** The engine, or null while it does not run. */
    @CheckForNull
    static Engine engine() {
        return engine;
    }
}
