package io.jenkins.plugins.metapluginci.merger;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.storage.file.FileBasedConfig;
import org.eclipse.jgit.storage.file.WindowCacheConfig;
import org.eclipse.jgit.util.FS;
import org.eclipse.jgit.util.SystemReader;

/**
 * Settings that JGit keeps for a whole JVM, or rather for the class loader of this plugin, which brings its own JGit. Nothing
 * of the controller's account has a say in merges: no {@code ~/.gitconfig}, no {@code GIT_*} variables; and nothing is written
 * there, and no {@code git} is run to find its configuration.
 */
final class IsolatedGit {
    /** JGit's default of 10 MB reads a big project's packs over and over. Bytes. */
    private static final long PACK_CACHE = 64L * WindowCacheConfig.MB;

    private static boolean done;

    private IsolatedGit() {}

    static synchronized void ensure() {
        if (done) {
            return;
        }
        SystemReader.setInstance(new Isolated(SystemReader.getInstance()));
        // It measures for seconds how finely a file system keeps time; merges need not wait for that.
        FS.FileStoreAttributes.setBackground(true);
        WindowCacheConfig cache = new WindowCacheConfig();
        cache.setPackedGitLimit(PACK_CACHE);
        cache.setPackedGitWindowSize(64 * WindowCacheConfig.KB);
        cache.setDeltaBaseCacheLimit(32 * WindowCacheConfig.MB);
        cache.install();
        done = true;
    }

    private static final class Isolated extends SystemReader.Delegate {
        Isolated(SystemReader system) {
            super(system);
        }

        @Override
        @CheckForNull
        public String getenv(String variable) {
            return variable.startsWith("GIT_") || variable.startsWith("XDG_") ? null : super.getenv(variable);
        }

        @Override
        public FileBasedConfig openUserConfig(Config parent, FS fs) {
            return new Nothing(parent, fs);
        }

        @Override
        public FileBasedConfig openSystemConfig(Config parent, FS fs) {
            return new Nothing(parent, fs);
        }

        @Override
        public FileBasedConfig openJGitConfig(Config parent, FS fs) {
            return new Nothing(parent, fs);
        }
    }

    /** A configuration that is nowhere. */
    private static final class Nothing extends FileBasedConfig {
        Nothing(Config parent, FS fs) {
            super(parent, null, fs);
        }

        @Override
        public void load() {
            clear();
        }

        @Override
        public void save() {
            // What JGit measured of the file system is measured again after the next start.
            clear();
        }

        @Override
        public boolean isOutdated() {
            return false;
        }
    }
}
