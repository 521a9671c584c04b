package io.jenkins.plugins.metapluginci.scheduler;

import edu.umd.cs.findbugs.annotations.CheckForNull;
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

    /**
     * The build is not wanted any more (its change was superseded, abandoned or dequeued): takes it out of Jenkins' queue, or
     * stops it if it runs, or keeps it from running if it is on its way from one to the other. Returns at once; nothing happens when
     * there is none. Its end is told as that of any other. Calling it again changes nothing.
     */
    void cancel(String uuid);

    /** Whether the controller has a job of that full name that can be built, enabled or not. */
    boolean exists(String job);

    /** The uuids of our builds that Jenkins runs or holds queued at this moment. */
    Collection<String> alive();

    /** Why nothing may be launched now, for people: Jenkins prepares for shutdown. Null when builds may be launched. */
    @CheckForNull
    String holding();

    /** Why a build cannot be queued now, for people: no such job, job disabled, controller shutting down. */
    final class LaunchRefusedException extends Exception {
        private static final long serialVersionUID = 1L;

        public LaunchRefusedException(String reason) {
            super(reason);
        }
    }
}
