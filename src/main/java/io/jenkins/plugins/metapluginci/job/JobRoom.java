package io.jenkins.plugins.metapluginci.job;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.model.Run;
import io.jenkins.plugins.metapluginci.scheduler.BuildEvents;
import io.jenkins.plugins.metapluginci.scheduler.BuildLauncher;
import io.jenkins.plugins.metapluginci.scheduler.BuildRecord;
import io.jenkins.plugins.metapluginci.store.JsonStore;
import java.util.function.Supplier;

/**
 * Where the extensions of this room find what the root made: Jenkins makes them, so nothing can be handed to them. Before it
 * is installed no build of ours runs.
 */
public final class JobRoom {
    private static volatile JobRoom installed;

    private final BuildRecords records;
    private final JenkinsBuildLauncher launcher;
    private final Supplier<String> nodeUrl;
    private final BranchTips tips;
    private final OtherBuilds others = new OtherBuilds();

    private JobRoom(JsonStore<BuildRecord> builds, BuildEvents events, Supplier<String> nodeUrl, BranchTips tips) {
        this.records = new BuildRecords(builds, events);
        this.launcher = new JenkinsBuildLauncher(records, events);
        this.nodeUrl = nodeUrl;
        this.tips = tips;
    }

    /**
     * Puts the room into service.
     *
     * @param builds the records, by uuid
     * @param events is told of builds
     * @param nodeUrl gives the URL at which nodes reach the controller; null or empty when it is the root URL
     * @param tips tells what builds test that people start
     */
    public static JobRoom install(
            JsonStore<BuildRecord> builds, BuildEvents events, Supplier<String> nodeUrl, BranchTips tips) {
        JobRoom room = new JobRoom(builds, events, nodeUrl, tips);
        installed = room;
        return room;
    }

    /** Takes the room out of service: from then on no build of ours runs. */
    public static void uninstall() {
        installed = null;
    }

    /** The room in service; null before the plugin is up and after it ended. */
    @CheckForNull
    static JobRoom get() {
        return installed;
    }

    /** Starts builds for the scheduler. */
    public BuildLauncher launcher() {
        return launcher;
    }

    /** Looks for builds that people cancelled in the queue; at once, in memory. */
    void checkQueue() {
        launcher.checkQueue();
    }

    /** A build of ours has an executor, whose thread calls. */
    void started(Run<?, ?> run, String uuid) {
        launcher.started(run, uuid);
    }

    /** Whether the scheduler does not want the build any more. */
    boolean isCancelled(String uuid) {
        return launcher.isCancelled(uuid);
    }

    /** Builds of jobs that are not ours. */
    OtherBuilds others() {
        return others;
    }

    BranchTips tips() {
        return tips;
    }

    BuildRecords records() {
        return records;
    }

    /** With a slash at its end; null when it is the root URL. */
    @CheckForNull
    String nodeUrl() {
        String url = nodeUrl.get();
        return url == null || url.isBlank() ? null : url.endsWith("/") ? url : url + "/";
    }
}
