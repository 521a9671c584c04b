package io.jenkins.plugins.metapluginci.job;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.model.Computer;
import hudson.model.Hudson;
import hudson.model.Result;
import hudson.model.Run;
import hudson.remoting.VirtualChannel;
import io.jenkins.plugins.metapluginci.scheduler.BuildRecord.Outcome;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How builds end whose job is not ours: they write no outcome, so it is what Jenkins makes of them, but for a node that was
 * lost on the way, which both cores call a FAILURE (core-notes R1). Safe for any thread.
 */
final class OtherBuilds {
    /** Where a build runs. A node that was lost and is back has another channel. */
    private record Place(Computer computer, VirtualChannel channel) {
        boolean lost() {
            return computer.getChannel() != channel;
        }
    }

    /** By the build, those on nodes only; parts of a matrix among them. */
    private final Map<String, Place> places = new ConcurrentHashMap<>();

    /** The first node that a build lost, by the build's uuid. */
    private final Map<String, String> lost = new ConcurrentHashMap<>();

    /** On the build's executor thread. */
    void started(Run<?, ?> run) {
        Computer computer = Computer.currentComputer();
        if (computer != null && !(computer instanceof Hudson.MasterComputer)) {
            VirtualChannel channel = computer.getChannel();
            if (channel != null) {
                places.put(key(run), new Place(computer, channel));
            }
        }
    }

    /** A build, or a part of it, is over. @param uuid of the whole */
    void completed(Run<?, ?> run, String uuid) {
        Place place = places.remove(key(run));
        if (place != null && place.lost()) {
            lost.putIfAbsent(uuid, place.computer().getName());
        }
    }

    /** What the whole build says, from its final result; asked once, after {@link #completed}. */
    Ending ending(@CheckForNull Result result, String uuid) {
        String node = lost.remove(uuid);
        if (Result.SUCCESS.equals(result)) {
            return new Ending(Outcome.SUCCESS, null, null);
        }
        if (node != null) {
            return Ending.infrastructure(Messages.OtherBuilds_Lost(node));
        }
        if (Result.UNSTABLE.equals(result)) {
            return new Ending(Outcome.UNSTABLE, null, null);
        }
        if (Result.FAILURE.equals(result)) {
            return new Ending(Outcome.FAILURE, null, null);
        }
        if (Result.ABORTED.equals(result)) {
            return Ending.aborted(Messages.GateRun_Aborted());
        }
        return Ending.infrastructure(Messages.OtherBuilds_NotBuilt());
    }

    private static String key(Run<?, ?> run) {
        return run.getParent().getFullName() + "#" + run.getNumber();
    }
}
