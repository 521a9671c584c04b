package io.jenkins.plugins.metapluginci.scheduler;

/** What the Jenkins half tells the scheduler of a build. Callable from any thread; returns at once. */
public interface BuildEvents {
    /** The build started on a node; its record is on disk. */
    void buildStarted(BuildRecord record);

    /**
     * The build is final, its console and logs are where they will be, its record is on disk.
     *
     * @param record with an outcome; without one (the run step never ended) it counts as INFRASTRUCTURE
     */
    void buildFinished(BuildRecord record);

    /** A person cancelled the build while it was in Jenkins' queue. */
    void buildCancelled(String uuid);
}
