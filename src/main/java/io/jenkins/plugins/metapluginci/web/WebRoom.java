package io.jenkins.plugins.metapluginci.web;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.metapluginci.scheduler.SchedulerView;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;

/** The way from the pages to the engine, which the root package puts here and takes away again. */
public final class WebRoom {
    /** Holds null while none runs. */
    private static final AtomicReference<Engine> ENGINE = new AtomicReference<>();

    private WebRoom() {}

    /**
     * What the pages need of the engine. Everything is callable from any thread and returns at once; what an operator asks for
     * completes with null when it is done, else with the reason, in Zuul's words and fit for people.
     */
    public interface Engine {
        /** The nodes; null when their records could not be read. */
        @CheckForNull
        NodeDesk nodes();

        /** What goes on. */
        SchedulerView view();

        /** What somebody should look at, each for people; those of the view among them. Empty when all is well. */
        List<String> problems(SchedulerView view);

        /** Reads the layout again, from its file too, and takes it if it is valid. */
        CompletableFuture<String> reload();

        /** Enqueues a patchset as an event would, but whatever the pipeline's triggers and requirements say. */
        CompletableFuture<String> enqueue(String pipeline, String project, int number, int patchset);

        /**
         * Takes an item out of a pipeline: its builds are stopped, nothing is reported.
         *
         * @param change {@code N,PS}, or the new revision of an updated ref
         */
        CompletableFuture<String> dequeue(String pipeline, String change);

        /** Puts items first in a pipeline, in that order. @param changes as for {@link #dequeue}, not empty */
        CompletableFuture<String> promote(String pipeline, List<String> changes);

        /** The reports that went out without their vote were seen: they are listed no more. */
        CompletableFuture<String> forgetUnvoted();

        /** Sends now what waits for its log server. @param id of the publication, as the status names it */
        CompletableFuture<String> retryLogs(String id);

        /** Gives up what is not at its log server yet. @param id of the publication, as the status names it */
        CompletableFuture<String> giveUpLogs(String id);

        /** Takes up missed events that were beyond the limit. @param keys of {@link SchedulerView.Later} */
        CompletableFuture<String> enqueueMissed(Collection<String> keys);
    }

    /** @param started null when the engine stops */
    public static void install(@CheckForNull Engine started) {
        ENGINE.set(started);
        if (started != null) {
            NodeLinks.attachAll();
        }
    }

    /** The engine, or null while it does not run. */
    @CheckForNull
    static Engine engine() {
        return ENGINE.get();
    }
}
