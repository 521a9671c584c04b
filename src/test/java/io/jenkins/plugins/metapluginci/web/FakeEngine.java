package io.jenkins.plugins.metapluginci.web;

import io.jenkins.plugins.metapluginci.scheduler.SchedulerView;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/** An engine that shows {@link Views} and notes what it is asked for. */
final class FakeEngine implements WebRoom.Engine {
    final List<String> asked = new CopyOnWriteArrayList<>();
    volatile SchedulerView view = Views.full();
    /** What every request is answered with; null for done. */
    volatile String refusal;

    /** What the pages see of the nodes; null: their records could not be read. */
    volatile FakeDesk desk = new FakeDesk();

    @Override
    public NodeDesk nodes() {
        return desk;
    }

    @Override
    public SchedulerView view() {
        return view;
    }

    @Override
    public List<String> problems(SchedulerView seen) {
        return seen.problems();
    }

    private CompletableFuture<String> answer(String what) {
        asked.add(what);
        return CompletableFuture.completedFuture(refusal);
    }

    @Override
    public CompletableFuture<String> reload() {
        return answer("reload");
    }

    @Override
    public CompletableFuture<String> enqueue(String pipeline, String project, int number, int patchset) {
        return answer("enqueue " + pipeline + " " + project + " " + number + "," + patchset);
    }

    @Override
    public CompletableFuture<String> dequeue(String pipeline, String change) {
        return answer("dequeue " + pipeline + " " + change);
    }

    @Override
    public CompletableFuture<String> promote(String pipeline, List<String> changes) {
        return answer("promote " + pipeline + " " + changes);
    }

    @Override
    public CompletableFuture<String> forgetUnvoted() {
        return answer("forget");
    }

    @Override
    public CompletableFuture<String> retryLogs(String id) {
        return answer("retry logs " + id);
    }

    @Override
    public CompletableFuture<String> giveUpLogs(String id) {
        return answer("give up logs " + id);
    }

    @Override
    public CompletableFuture<String> enqueueMissed(Collection<String> keys) {
        return answer("missed " + keys);
    }
}
