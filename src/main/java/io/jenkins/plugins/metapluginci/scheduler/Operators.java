package io.jenkins.plugins.metapluginci.scheduler;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.metapluginci.gerrit.GerritEvent;
import io.jenkins.plugins.metapluginci.layout.Layout;
import io.jenkins.plugins.metapluginci.layout.Pipeline;
import io.jenkins.plugins.metapluginci.scheduler.ChangeSource.Answer;
import io.jenkins.plugins.metapluginci.scheduler.ChangeSource.Failed;
import io.jenkins.plugins.metapluginci.scheduler.ChangeSource.Found;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What people ask for (rpclistener.py and scheduler.py of Zuul 2.5.2); each answer completes with null when it was done, else
 * with what is wrong, in Zuul's words first, then why in brackets. Owned by the scheduler's thread.
 */
final class Operators {
    private static final String NOT_THERE = " (it is not in that pipeline, or is done and only to be reported)";

    private final Engine engine;

    Operators(Engine engine) {
        this.engine = engine;
    }

    private long now() {
        return engine.world.clock().getAsLong();
    }

    /** However it ends, whoever waits gets to know. */
    private static void answer(CompletableFuture<String> answer, Supplier<String> action) {
        try {
            answer.complete(action.get());
        } catch (RuntimeException e) {
            answer.completeExceptionally(e);
            throw e;
        }
    }

    /** Tests a patchset whatever the pipeline requires or is triggered by. @param patchset 0 for the current one */
    void enqueue(String pipeline, String project, int number, int patchset, CompletableFuture<String> answer) {
        Layout layout = engine.plans().layout();
        String change = number + "," + patchset;
        if (layout == null || layout.pipeline(pipeline) == null) {
            answer.complete(noPipeline(pipeline));
        } else if (!layout.projects().containsKey(project)) {
            answer.complete("Invalid project: " + project
                    + " (the layout has no such project; its names are whole, such as" + " openstack/neutron)");
        } else if (number <= 0 || patchset < 0) {
            answer.complete("Invalid change: " + change + " (changes count from 1)");
        } else {
            engine.world
                    .changes()
                    .look(
                            number,
                            patchset,
                            found -> engine.world
                                    .inbox()
                                    .execute(() -> answer(answer, () -> enqueue(pipeline, project, change, found))));
        }
    }

    @CheckForNull
    private String enqueue(String pipeline, String project, String id, Answer found) {
        Pipeline into = engine.plans().pipeline(pipeline);
        if (into == null) {
            return noPipeline(pipeline);
        } else if (found instanceof Failed failed) {
            return "Gerrit cannot be asked now: " + failed.reason();
        } else if (!(found instanceof Found change)) {
            return "Invalid change: " + id + " (Gerrit has no such patchset, or does not show it to our account)";
        } else if (!change.change().project().equals(project)) {
            return "Invalid change: " + id + " (it is one of the project "
                    + change.change().project() + ")";
        } else {
            return enqueue(into, change);
        }
    }

    private String noPipeline(String name) {
        Layout layout = engine.plans().layout();
        String known = layout == null
                ? "there is no layout"
                : "the layout has "
                        + String.join(
                                ", ",
                                layout.pipelines().stream().map(Pipeline::name).toList());
        return "Invalid pipeline: " + name + " (" + known + ")";
    }

    @CheckForNull
    String enqueue(Pipeline into, Found change) {
        if (change.cycle() != null) {
            return change.cycle();
        }
        engine.queues.enqueue(into, change.change(), change, null, false, now());
        return null;
    }

    /** Takes a patchset out of a pipeline; nothing of it is reported. @param change {@code N,PS} */
    void dequeue(String pipeline, String change, CompletableFuture<String> answer) {
        answer(answer, () -> {
            if (engine.plans().pipeline(pipeline) == null) {
                return noPipeline(pipeline);
            }
            List<Item> found = find(pipeline, change);
            found.forEach(item -> engine.queues.dequeue(item, "a person said so", now()));
            return found.isEmpty() ? "Unable to find " + change + " in pipeline " + pipeline + NOT_THERE : null;
        });
    }

    /**
     * Serves some patchsets before all others of their pipeline. Builds of the others that are still in Jenkins' queue are
     * taken out of it and asked for again after those.
     */
    void promote(String pipeline, List<String> changes, CompletableFuture<String> answer) {
        answer(
                answer,
                () -> engine.plans().pipeline(pipeline) == null ? noPipeline(pipeline) : promote(pipeline, changes));
    }

    @CheckForNull
    private String promote(String pipeline, List<String> changes) {
        List<Item> first = new ArrayList<>();
        for (String change : changes) {
            List<Item> found = find(pipeline, change);
            if (found.isEmpty()) {
                return first.isEmpty()
                        ? "Unable to find shared change queue for " + change + NOT_THERE
                        : "Unable to find " + change + " in queue " + pipeline + NOT_THERE;
            }
            first.addAll(found);
        }
        long before = engine.items.all().stream().mapToLong(Item::order).min().orElse(now()) - first.size();
        for (int i = 0; i < first.size(); i++) {
            engine.items.put(engine.items.require(first.get(i).id()).withOrder(before + i));
        }
        for (Item item : engine.items.all()) {
            if (item.underTest()
                    && item.pipeline().equals(pipeline)
                    && first.stream().noneMatch(each -> each.id().equals(item.id()))) {
                engine.builds.unqueue(item, now());
            }
        }
        return null;
    }

    private List<Item> find(String pipeline, String change) {
        return engine.items.all().stream()
                .filter(item -> Queues.removable(item)
                        && item.pipeline().equals(pipeline)
                        && item.change().id().equals(change))
                .toList();
    }

    /**
     * Handles missed events that are listed. Those that are not were taken up by somebody else, or never were.
     *
     * @param take hands one on, as if it had just come
     */
    void takeLater(Set<String> keys, Consumer<GerritEvent> take, CompletableFuture<String> answer) {
        answer(answer, () -> {
            Set<String> unknown = new LinkedHashSet<>(keys);
            List<GerritEvent> listed = engine.memory.later().stream()
                    .filter(event -> unknown.remove(Views.key(event)))
                    .toList();
            listed.forEach(take);
            engine.memory.dropLater(listed);
            return unknown.isEmpty()
                    ? null
                    : "Not listed as missed: " + String.join(", ", unknown)
                            + " (taken up before, or not a key of missed_events)"
                            + (listed.isEmpty() ? "" : "; taken up: " + listed.size());
        });
    }
}
