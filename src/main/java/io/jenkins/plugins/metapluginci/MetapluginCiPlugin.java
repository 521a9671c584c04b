package io.jenkins.plugins.metapluginci;

import hudson.Extension;
import hudson.Plugin;
import hudson.model.Hudson;
import hudson.model.listeners.ItemListener;
import io.jenkins.plugins.metapluginci.config.MetapluginCiConfiguration;
import io.jenkins.plugins.metapluginci.job.AsSystem;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The plugin's entry point, named by {@code Plugin-Class} in the manifest. Starts the engine when Jenkins has loaded its
 * jobs and nodes, not before (core-notes R16), and stops it with the plugin.
 */
public class MetapluginCiPlugin extends Plugin {
    private static final Logger LOGGER = Logger.getLogger(MetapluginCiPlugin.class.getName());

    /** Current Jenkins can install a plugin while it runs: nobody tells such a one that the jobs are loaded. */
    @Override
    public void postInitialize() {
        if (jobsAreLoaded()) {
            startEngine();
        }
    }

    @Override
    public void stop() {
        MetapluginCi.stop();
    }

    /** {@code Jenkins.getInitLevel()}, which core 1.395 does not have: there a plugin is never installed so late. */
    private static boolean jobsAreLoaded() {
        try {
            Object level = Hudson.class.getMethod("getInitLevel").invoke(Hudson.getInstance());
            return "COMPLETED".equals(String.valueOf(level));
        } catch (ReflectiveOperationException e) {
            LOGGER.log(Level.FINEST, "A core without init levels", e);
            return false;
        }
    }

    /** An engine that cannot start leaves Jenkins alone; every node of ours then stays vetoed. */
    private static void startEngine() {
        try {
            AsSystem.run(() -> MetapluginCi.start(
                    Hudson.getInstance().getRootDir().toPath(),
                    MetapluginCiConfiguration.get().settings()));
        } catch (RuntimeException e) {
            LOGGER.log(Level.SEVERE, "Metaplugin CI cannot start", e);
        }
    }

    /** Jenkins tells here that its jobs are loaded. */
    @Extension
    public static final class Loaded extends ItemListener {
        @Override
        public void onLoaded() {
            startEngine();
        }
    }
}
