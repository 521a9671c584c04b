package io.jenkins.plugins.metapluginci.scheduler;

import java.util.Collection;

/** Starts builds for the scheduler; the Jenkins half implements it. Called from the scheduler's thread only. */
public interface BuildLauncher {
    /**
     * Puts a build into Jenkins' queue and returns at once; {@link BuildEvents} tells the rest.
     *
     * @throws LaunchRefusedException when it cannot be queued now; the scheduler keeps the request and asks again
     */
    void launch(BuildRequest request) throws LaunchRefusedException;

    /**
     * Takes every build of ours out of Jenkins' queue, before the scheduler asks for its own again (core-notes R8).
     * Running builds are left alone.
     */
    void cancelQueued();

    /** The uuids of our builds that Jenkins runs or holds queued at this moment. */
    Collection<String> alive();

    /** Why a build cannot be queued now, for people: no such job, job disabled, controller shutting down. */
    final class LaunchRefusedException extends Exception {
        private static final long serialVersionUID = 1L;

        public LaunchRefusedException(String reason) {
            super(reason);
        }
    }
}
