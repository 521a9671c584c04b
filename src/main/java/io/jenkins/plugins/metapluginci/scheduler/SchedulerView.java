package io.jenkins.plugins.metapluginci.scheduler;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.List;
import java.util.Map;

/**
 * Everything that pages and status.json show of the scheduler, as of one moment. Immutable. Times are epoch milliseconds,
 * durations milliseconds; 0 or null where there is none, as noted. Texts were partly written by strangers.
 *
 * @param now when it was made
 * @param triggerEvents events of Gerrit's that are not decided yet
 * @param resultEvents news of builds and merges that are not dealt with yet
 * @param lastReconfigured 0 before a layout was taken
 * @param takeEvents whether events are taken
 * @param silent whether nothing is posted
 * @param idle why no event is taken although they should be (no layout, the default layout's job does not exist); null when
 *     they are
 * @param holding why nothing is launched now (Jenkins prepares for shutdown); null when builds are launched
 * @param pipelines in the layout's order
 * @param backlog events that wait for an answer of Gerrit's, oldest first
 * @param later missed events beyond the limit of a catch-up, which a person may enqueue
 * @param unvoted reports that went out without their vote, newest first, with the cause
 * @param refused reports that Gerrit will never take, newest first
 * @param problems what somebody should look at, for people
 * @param position how far the stream is decided, epoch seconds by Gerrit's clock; 0 before the first event
 */
public record SchedulerView(
        long now,
        int triggerEvents,
        int resultEvents,
        long lastReconfigured,
        boolean takeEvents,
        boolean silent,
        @CheckForNull String idle,
        @CheckForNull String holding,
        List<PipelineView> pipelines,
        List<Waiting> backlog,
        List<Later> later,
        List<Notice> unvoted,
        List<Notice> refused,
        List<String> problems,
        long position) {

    public SchedulerView {
        pipelines = List.copyOf(pipelines);
        backlog = List.copyOf(backlog);
        later = List.copyOf(later);
        unvoted = List.copyOf(unvoted);
        refused = List.copyOf(refused);
        problems = List.copyOf(problems);
    }

    /**
     * A pipeline.
     *
     * @param description null when the layout has none
     * @param disabled whether too many failures in a row switched its reports off
     * @param failuresInARow so far
     * @param disableAfter how many switch it off; 0 when none do
     * @param items the live ones, in the order in which they are served; each is the last of its own queue
     */
    public record PipelineView(
            String name,
            @CheckForNull String description,
            boolean disabled,
            int failuresInARow,
            int disableAfter,
            List<ItemView> items) {
        public PipelineView {
            items = List.copyOf(items);
        }
    }

    /**
     * An item of a queue.
     *
     * @param id {@code N,PS}, or the new revision of an updated ref
     * @param key of the item among all; null for one that is not live
     * @param url of the change at Gerrit; may be null
     * @param branch or ref
     * @param owner of the change; null where unknown
     * @param trigger type of the event that asked for it; empty for one that is not live
     * @param enqueuedAt when
     * @param remaining until its last build ends, estimated; null until all have started
     * @param active always true in these pipelines, whose window is unlimited
     * @param live false for what only is ahead of the change that needs it
     * @param zuulRef what its builds fetch; null before the merge
     * @param itemAhead id of the item before it in its queue; null for the first
     * @param itemsBehind ids of those right behind it
     * @param failingReasons Zuul's words for why it will not succeed
     * @param jobs in the order of the report; empty for one that is not live
     * @param ahead the items before it in its queue, first one first; empty for one that is not live
     * @param state what happens to it now, for people
     * @param since of the state
     * @param reason why that takes so long; null when there is nothing to say
     * @param report the owed report; null until there is one
     */
    public record ItemView(
            String id,
            @CheckForNull String key,
            @CheckForNull String url,
            String project,
            String branch,
            String subject,
            @CheckForNull Person owner,
            String trigger,
            long enqueuedAt,
            @CheckForNull Long remaining,
            boolean active,
            boolean live,
            @CheckForNull String zuulRef,
            @CheckForNull String itemAhead,
            List<String> itemsBehind,
            List<String> failingReasons,
            List<JobView> jobs,
            List<ItemView> ahead,
            String state,
            long since,
            @CheckForNull String reason,
            @CheckForNull OwedView report) {
        public ItemView {
            itemsBehind = List.copyOf(itemsBehind);
            failingReasons = List.copyOf(failingReasons);
            jobs = List.copyOf(jobs);
            ahead = List.copyOf(ahead);
        }
    }

    /**
     * A job of an item.
     *
     * @param url of the running or ended build; null while there is none
     * @param reportUrl what the report would link to
     * @param result null until it has one; Zuul's words
     * @param number of the build; null before it starts
     * @param elapsed null before it starts
     * @param remaining estimated; null before it starts or without an estimate
     * @param estimated mean of its last successful runs; null without any
     * @param launchedAt 0 before
     * @param startedAt 0 before
     * @param endedAt 0 before
     * @param retry whether an attempt of it failed by the infrastructure
     * @param node null before it starts
     * @param state WAITING, LAUNCHED, RUNNING or DONE
     * @param since of the state
     * @param reason why it waits or how its last attempt failed; null when there is nothing to say
     * @param attempts that ended without a verdict
     */
    public record JobView(
            String name,
            @CheckForNull String url,
            @CheckForNull String reportUrl,
            @CheckForNull String result,
            boolean voting,
            @CheckForNull String uuid,
            @CheckForNull Integer number,
            @CheckForNull Long elapsed,
            @CheckForNull Long remaining,
            @CheckForNull Long estimated,
            long launchedAt,
            long startedAt,
            long endedAt,
            String pipeline,
            boolean canceled,
            boolean retry,
            @CheckForNull String node,
            String state,
            long since,
            @CheckForNull String reason,
            int attempts) {}

    /** A report on its way. @param phase OWED, SENDING or REFUSED */
    public record OwedView(
            String phase,
            long owedSince,
            int attempts,
            @CheckForNull String problem,
            Map<String, Integer> labels) {
        public OwedView {
            labels = Map.copyOf(labels);
        }
    }

    /** An event that waits for Gerrit's answer. @param what event and change @param reason null at the first try */
    public record Waiting(
            String what,
            String project,
            long since,
            int attempts,
            @CheckForNull String reason) {}

    /** A missed event that was not taken up by itself. @param key to enqueue or drop it by */
    public record Later(String key, String type, String project, int number, int patchset, long at) {}

    /** Something that a person should know of a report. @param change {@code N,PS} @param url may be null */
    public record Notice(
            String pipeline,
            String project,
            String change,
            @CheckForNull String url,
            long at,
            String cause) {}
}
